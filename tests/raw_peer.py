"""A peer that a test plays by hand: it shakes hands as it should, and then sends what the test wants."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import trio

from broker_core.messages.binary_wire import FrameWriter
from broker_core.model.ids import NIL, EndpointId
from broker_core.protocol.events import Peered, PeerIdentified
from broker_core.protocol.peering import PeerConnection

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from broker_core.messages.envelopes import Message


class RawPeer:
    """The other end of one connection to an endpoint under test."""

    def __init__(self, stream: trio.SocketStream, own_id: EndpointId, wants: tuple[str, ...]) -> None:
        self.stream = stream
        self.id = own_id
        self.frames = FrameWriter(own_id)
        self.protocol = PeerConnection(own_id, server=False, own_filter=wants, now=0)
        self.pending: list[object] = []

    async def shake_hands(self) -> None:
        while not any(isinstance(event, Peered) for event in await self.step()):
            pass

    async def flush(self) -> None:
        for frame in self.protocol.data_to_send():
            await self.stream.send_all(frame)

    async def step(self) -> list[object]:
        await self.flush()
        data = await self.stream.receive_some()
        self.protocol.receive_data(data, 0) if data else self.protocol.receive_eof()
        await self.flush()
        events = list(self.protocol.events())
        if any(isinstance(event, PeerIdentified) for event in events):
            self.protocol.proceed()
            await self.flush()
            events += self.protocol.events()
        self.pending += [event for event in events if not isinstance(event, PeerIdentified | Peered)]
        return events

    async def send(self, frame: bytes) -> None:
        await self.stream.send_all(frame)

    async def send_data(self, topic: str, payload: bytes, ttl: int = 16, receiver: EndpointId = NIL) -> None:
        await self.send(self.frames.data_frame(topic, payload, ttl, receiver))

    async def next(self) -> Message:
        """The next thing that the endpoint sent: a message, or another event."""
        while not self.pending:
            await self.step()
        return self.pending.pop(0)  # type: ignore[return-value]

    async def barrier(self) -> list[object]:
        """Everything that came before the endpoint's answer to a ping."""
        self.protocol.send_ping(b"barrier")
        while not any(getattr(event, "payload", None) == b"barrier" for event in self.pending):
            await self.step()
        got, self.pending = self.pending[:-1], []
        return got


@asynccontextmanager
async def raw_peer(port: int, number: int = 7, wants: tuple[str, ...] = ()) -> AsyncIterator[RawPeer]:
    """A raw peer with the id *number* that is peered with the endpoint listening on *port*."""
    with trio.fail_after(20):
        async with await trio.open_tcp_stream("127.0.0.1", port) as stream:
            peer = RawPeer(stream, EndpointId(number.to_bytes(16, "big")), wants)
            await peer.shake_hands()
            yield peer
