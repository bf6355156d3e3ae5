"""A peer in the same process: messages are passed on as they are, nothing is serialized (manual 2.1.1)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

import trio

from broker_core.errors import EC, RemoteProtocolError, UndeliveredError
from broker_core.protocol.events import Lost

from .peers import OVERFLOW, Direction, Peer, PeerInfo, PeerSink
from .queues import DataQueue, Overflow

if TYPE_CHECKING:
    from broker_core.limits import Limits
    from broker_core.model.ids import EndpointId

__all__ = ["LocalPeer", "LocalSink"]


class LocalSink(PeerSink, Protocol):
    """The hub of another endpoint in this process."""

    own_id: EndpointId

    @property
    def wanted(self) -> tuple[str, ...]:
        """The filter that it announces."""


class LocalPeer(Peer):
    """An endpoint of the same process: messages are passed on as they are, nothing is serialized (manual 2.1.1)."""

    direction: Direction = "local"
    address = None

    def __init__(self, other: LocalSink, *, limits: Limits, overflow: Overflow) -> None:
        super().__init__()
        self.other = other
        self.peer_id = other.own_id
        self.queue: DataQueue = DataQueue(
            limits.peer_queue_messages, overflow, limits.block_timeout, limits.peer_queue_bytes
        )
        self.queue.on_overflow = self._overflow
        self._drain_timeout = limits.drain_timeout
        self._scope = trio.CancelScope()
        self._taken = 0
        self._busy = 0
        self._idle = trio.Event()

    @property
    def filter(self) -> tuple[str, ...]:
        """The prefixes that the other endpoint wants."""
        return self.other.wanted

    def tell_wanted(self, prefixes: tuple[str, ...], *, at_once: bool) -> None:  # noqa: ARG002  # it looks by itself
        """Let the other endpoint look at what this one wants now."""
        self.other.filter_changed()

    def info(self) -> PeerInfo:
        """A snapshot for users."""
        queue = self.queue
        return PeerInfo(
            self.peer_id,
            "",
            "local",
            "off",
            self.filter,
            len(queue.items),
            self._taken,
            self.received,
            queue.dropped,
            transport="local",
        )

    async def run(self, own_id: EndpointId, reverse: LocalPeer) -> None:
        """Pass messages on until either side leaves; *reverse* is the peering as the other endpoint sees it."""
        try:
            with self._scope:
                await self._carry(own_id, reverse)
        finally:
            self.lost = self.lost or Lost(None)
            self.queue.close()
            self.ended.set()

    async def _carry(self, own_id: EndpointId, reverse: LocalPeer) -> None:
        while await self.queue.wait():
            batch = self.queue.take()
            self._busy = len(batch)
            reverse.received += len(batch)
            await self.other.receive(batch, own_id)
            self._taken += len(batch)
            self._busy = 0
            if not self.queue.items:
                self._confirmed = self._mark()
            self._idle.set()
            self._idle = trio.Event()

    def _overflow(self) -> None:
        self.lost = Lost(RemoteProtocolError(OVERFLOW, EC.UNSPECIFIED))
        self.leaving = True
        self._scope.cancel()

    def stop(self) -> None:
        """The other endpoint has left."""
        self._scope.cancel()

    async def flush(self, timeout: float) -> None:
        """Wait until the other endpoint has taken everything."""
        with trio.move_on_after(timeout):
            while self.undelivered and not self.ended.is_set():
                await self._idle.wait()
        if self.undelivered:
            raise UndeliveredError({str(self.peer_id): self.undelivered})

    async def leave(self) -> None:
        """Pass on what is queued, then end."""
        self.leaving = True
        try:
            await self.flush(self._drain_timeout)
        except UndeliveredError:
            pass  # it shows in `undelivered`, which the endpoint reads
        finally:
            self._scope.cancel()
            with trio.CancelScope(shield=True):
                await self.ended.wait()
