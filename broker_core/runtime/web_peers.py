"""Peers over WebSocket: what servers that this endpoint is connected to, and clients of its own, have in common."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

import trio

from broker_core.errors import LocalProtocolError

from .wire_peers import WirePeer

if TYPE_CHECKING:
    from collections.abc import Callable

    from .streams import Connection
    from .wire_peers import WireConnection

__all__ = ["WebPeer", "read_into"]

_LAST_WORDS = 1.0  # seconds for the last frames to be written
_GRACE = 0.05  # seconds: what has arrived while this side was busy is read before the other side counts as silent


class WebPeer(WirePeer):
    """A peer that takes and sends JSON texts."""

    async def _round_trip(self, ask: Callable[[bytes], bytes]) -> None:
        try:
            await super()._round_trip(ask)
        except LocalProtocolError as error:  # nothing can be asked after the close frame of this side
            raise trio.BrokenResourceError from error

    async def leave(self) -> None:
        """Deliver what is queued, see that the other side has worked it off, close."""
        self.leaving = True
        if self.queue.accepted and await self._drained():
            # Whether it came that far shows in `undelivered`.
            with trio.move_on_after(self.limits.bye_timeout), suppress(trio.BrokenResourceError):
                await self._barrier()
        await super().leave()

    def _goodbye_confirms(self) -> bool:
        return False  # the barrier before it did

    async def _confirm_end(self) -> None:
        with trio.move_on_after(_LAST_WORDS):  # a close frame says why
            while (self.queue.items or self._writing) and not self.queue.closed:
                await self._idle.wait()

    async def _receive(self) -> bytes | None:
        deadline = self.protocol.next_deadline()
        if deadline is None:
            return await self.connection.receive()
        with trio.move_on_at(max(deadline, trio.current_time() + _GRACE)):
            return await self.connection.receive()
        return None


async def read_into(protocol: WireConnection, connection: Connection) -> None:
    """Give *protocol* what comes next: bytes, the end, or its deadline."""
    deadline = protocol.next_deadline()
    with trio.move_on_at(float("inf") if deadline is None else deadline) as scope:
        data = await connection.receive()
    if scope.cancelled_caught:
        protocol.handle_deadline(trio.current_time())
    elif data:
        protocol.receive_data(data, trio.current_time())
    else:
        protocol.receive_eof()
