"""ZeroMQ clusters for tests: a central broker of this process, and nodes written by hand with pyzmq.

Real sockets and real clocks: whoever uses these bounds what it waits for with :data:`LIMIT`.
"""

from __future__ import annotations

import json
from contextlib import asynccontextmanager
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import trio
import zmq

from broker_core import Endpoint, EndpointOptions
from broker_core.limits import DEFAULT_LIMITS
from broker_core.runtime.zmq_proxy import CentralBroker
from broker_core.runtime.zmq_sockets import ZmqSocket

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from broker_core import CurveKeys, PeerAddress

LIMIT = 10
"""Seconds that anything may take that has to happen."""
_VECTORS = Path(__file__).parent / "vectors" / "zeek-zeromq.json"


@cache
def recording(name: str) -> dict[str, Any]:
    """One scenario that was recorded with a live Zeek; the ``parts`` of its frames are bytes."""
    scenario = json.loads(_VECTORS.read_text())[name]
    for frame in scenario["frames"]:
        if "parts" in frame:
            frame["parts"] = [bytes.fromhex(part) for part in frame["parts"]]
    return scenario


@asynccontextmanager
async def central(keys: CurveKeys | None = None) -> AsyncIterator[CentralBroker]:
    """A central broker on any two free ports."""
    broker = await CentralBroker.open("127.0.0.1", 0, 0, limits=DEFAULT_LIMITS, keys=keys)
    try:
        yield broker
    finally:
        await broker.aclose()


@asynccontextmanager
async def member(address: PeerAddress, **options: Any) -> AsyncIterator[Endpoint]:
    """An endpoint that is a node of the cluster."""
    async with Endpoint(EndpointOptions(**options)) as endpoint:
        with trio.fail_after(LIMIT):
            await endpoint.peer(address)
        yield endpoint


class Node:
    """A node without any manners: what is sent is sent as it is."""

    def __init__(self, address: PeerAddress, name: str = "my-node-id") -> None:
        self.name = name.encode()
        self._context: zmq.Context[zmq.Socket[bytes]] = zmq.Context()
        self.xsub = ZmqSocket.open(self._context, zmq.XSUB, {zmq.LINGER: 0})
        self.xpub = ZmqSocket.open(self._context, zmq.XPUB, {zmq.LINGER: 0, zmq.XPUB_VERBOSE: 1})
        self.xsub.raw.connect(f"tcp://{address.host}:{address.port}")
        self.xpub.raw.connect(f"tcp://{address.host}:{address.sending.port}")
        self.heard: list[bytes] = []
        """Subscriptions of the cluster that came by."""

    def close(self) -> None:
        self.xsub.close()
        self.xpub.close()
        self._context.term()

    def subscribe(self, prefix: bytes) -> None:
        self.xsub.send_nowait(b"\x01" + prefix)

    def unsubscribe(self, prefix: bytes) -> None:
        self.xsub.send_nowait(b"\x00" + prefix)

    async def hears(self, part: bytes) -> None:
        """Wait for a subscription, or for the end of one (with its first byte)."""
        with trio.fail_after(LIMIT):
            while part not in self.heard:
                self.heard += await self.xpub.receive()

    async def send(self, *parts: bytes) -> None:
        """Send *parts*, when somebody has subscribed to the first."""
        with trio.fail_after(LIMIT):
            while not any(parts[0].startswith(one[1:]) for one in self.heard if one[:1] == b"\x01"):
                self.heard += await self.xpub.receive()
            await self.xpub.send(*parts)

    async def publish(self, topic: bytes, payload: bytes, serializer: bytes = b"broker-bin-v1") -> None:
        """A message with this node as its sender."""
        await self.send(topic, self.name, serializer, payload)

    async def receive(self) -> list[bytes]:
        """The parts of the next message for this node."""
        with trio.fail_after(LIMIT):
            return await self.xsub.receive()


@asynccontextmanager
async def node(address: PeerAddress, name: str = "my-node-id") -> AsyncIterator[Node]:
    """A node written by hand."""
    made = Node(address, name)
    try:
        yield made
    finally:
        made.close()
