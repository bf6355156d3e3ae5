"""ZeroMQ clusters for tests: a central broker of this process, and nodes written by hand with pyzmq.

Real sockets and real clocks: whoever uses these bounds what it waits for with :data:`LIMIT`.
"""

from __future__ import annotations

import json
from contextlib import asynccontextmanager
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import trio
import zmq

from broker_core import Endpoint, EndpointOptions, PeerAddress
from broker_core.limits import DEFAULT_LIMITS
from broker_core.runtime.zmq_proxy import CentralBroker
from broker_core.runtime.zmq_sockets import ZmqSocket, client_options

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from broker_core import CurveKeys

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


class Pusher:
    """A node that pushes logs, or whatever it is told to."""

    def __init__(self, address: str, keys: CurveKeys | None = None) -> None:
        self._context: zmq.Context[zmq.Socket[bytes]] = zmq.Context()
        options: dict[int, int | bytes] = {zmq.LINGER: 0}
        if keys is not None:
            options |= client_options(DEFAULT_LIMITS, keys)
        self.socket = ZmqSocket.open(self._context, zmq.PUSH, options)
        self.socket.raw.connect(address)

    def close(self) -> None:
        self.socket.close()
        self._context.term()

    async def push(self, *parts: bytes) -> None:
        """Send *parts*, when somebody takes them."""
        with trio.fail_after(LIMIT):
            await self.socket.send(*parts)


@asynccontextmanager
async def pusher(address: str, keys: CurveKeys | None = None) -> AsyncIterator[Pusher]:
    """A node that pushes to a sink for logs."""
    made = Pusher(address, keys)
    try:
        yield made
    finally:
        made.close()


def pushed(name: str = "zeromq-log-writes") -> list[list[bytes]]:
    """The batches of log records in a recording, each as its parts."""
    return [frame["parts"] for frame in recording(name)["frames"] if frame.get("parts", [b""])[0] == b"log-write"]


async def until(true: Callable[[], object]) -> None:
    """Let other tasks and libzmq run until *true()*."""
    with trio.fail_after(LIMIT):
        while not true():
            await trio.lowlevel.checkpoint()


class Recorder:
    """A central broker that passes everything on by hand and writes it down; as that of Zeek 7.1 without *repeats*."""

    def __init__(self, *, repeats: bool = True, mark: int = 1000) -> None:
        self.context: zmq.Context[zmq.Socket[bytes]] = zmq.Context()
        options: dict[int, int | bytes] = {zmq.LINGER: 0, zmq.XPUB_VERBOSER: int(repeats), zmq.XPUB_NODROP: 1}
        self.xpub = ZmqSocket.open(self.context, zmq.XPUB, options)
        self.xsub = ZmqSocket.open(self.context, zmq.XSUB, {zmq.LINGER: 0, zmq.RCVHWM: mark})
        ports = [one.raw.bind_to_random_port("tcp://127.0.0.1") for one in (self.xpub, self.xsub)]
        self.address = PeerAddress("127.0.0.1", ports[0], "zmq", ports[1])
        self.frames: list[tuple[str, list[bytes]]] = []
        self._going = trio.Event()
        self._going.set()

    def stop(self) -> None:
        """Pass nothing on any more."""
        self._going = trio.Event()

    def go_on(self) -> None:
        """Pass on what has come meanwhile, and what comes."""
        self._going.set()

    async def carry(self, what: str, source: ZmqSocket, sink: ZmqSocket) -> None:
        while True:
            await self._going.wait()
            parts = await source.receive()
            await self._going.wait()
            self.frames.append((what, parts))
            await sink.send(*parts)
            sink.poke()

    async def pass_on(self, *, task_status: trio.TaskStatus[None]) -> None:
        """Be the central broker, until cancelled."""
        try:
            async with trio.open_nursery() as nursery:
                nursery.start_soon(partial(self.carry, "subscription", self.xpub, self.xsub))
                nursery.start_soon(partial(self.carry, "publication", self.xsub, self.xpub))
                task_status.started()
        finally:
            self.xpub.close()
            self.xsub.close()
            self.context.term()

    def said(self, what: str) -> list[list[bytes]]:
        """What came, without the topics with which an endpoint finds out how far it is."""
        return [parts for kind, parts in self.frames if kind == what and b"zeek.zeromq.internal." not in parts[0]]
