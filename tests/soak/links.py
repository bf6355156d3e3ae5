"""A TCP link that breaks: it carries bytes between whoever connects and a port, until it is told how to fail."""

from __future__ import annotations

import socket
import struct
from contextlib import suppress
from typing import TYPE_CHECKING, Literal

import trio

if TYPE_CHECKING:
    from random import Random

__all__ = ["FAULTS", "Fault", "Link"]

Fault = Literal["reset", "close", "half-close", "stall", "cut"]
FAULTS: tuple[Fault, ...] = ("reset", "close", "half-close", "stall", "cut")
"""``reset``: both sides get a reset. ``close``: both get the end of the stream. ``half-close``: one side does, and what
it then says is still carried for a moment. ``stall``: nothing is carried for a while, and it goes on after that.
``cut``: half a read is carried, then a reset, so that a frame or a TLS record is torn."""

_READ = 64 * 1024
_LINGER_NONE = struct.pack("ii", 1, 0)
_HALF_CLOSED = 0.2  # seconds
_BROKEN = (trio.BrokenResourceError, trio.ClosedResourceError, OSError)


class _Wire:
    """One connection through the link."""

    def __init__(self, near: trio.SocketStream, far: trio.SocketStream, scope: trio.CancelScope) -> None:
        self.ends = (near, far)
        self.scope = scope
        self.cut = False
        self.flowing = trio.Event()
        self.flowing.set()

    async def carry(self, at: int) -> None:
        source, target = self.ends[at], self.ends[1 - at]
        with suppress(*_BROKEN):
            while data := await source.receive_some(_READ):
                await self.flowing.wait()
                if self.cut:
                    await target.send_all(data[: len(data) // 2 + 1])
                    self.reset()
                    return
                await target.send_all(data)
        with suppress(*_BROKEN):
            await target.send_eof()

    def reset(self) -> None:
        for end in self.ends:
            with suppress(OSError):
                end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _LINGER_NONE)
        self.scope.cancel()


class Link:
    """Accepts on :attr:`port` and connects to *target*, a port of this machine."""

    def __init__(self, target: int, nursery: trio.Nursery) -> None:
        self.target = target
        self.port = 0
        self.connections = 0
        """How many were carried."""
        self._nursery = nursery
        self._wires: set[_Wire] = set()

    async def open(self) -> None:
        """Accept from now on, until the nursery is cancelled."""
        listeners = await self._nursery.start(trio.serve_tcp, self._serve, 0)
        self.port = listeners[0].socket.getsockname()[1]

    async def _serve(self, near: trio.SocketStream) -> None:
        async with near:
            try:
                far = await trio.open_tcp_stream("127.0.0.1", self.target)
            except OSError:
                return
            self.connections += 1
            async with far:
                await self._carry(near, far)

    async def _carry(self, near: trio.SocketStream, far: trio.SocketStream) -> None:
        async with trio.open_nursery() as nursery:
            wire = _Wire(near, far, nursery.cancel_scope)
            self._wires.add(wire)
            try:
                nursery.start_soon(wire.carry, 0)
                await wire.carry(1)
            finally:
                self._wires.discard(wire)

    def fail(self, fault: Fault, random: Random) -> int:
        """Let all connections fail in this way; how many were ended by it."""
        wires = list(self._wires)
        side, pause = random.randrange(2), random.uniform(0.05, 0.5)
        for wire in wires:
            match fault:
                case "reset":
                    wire.reset()
                case "close":
                    wire.scope.cancel()
                case "cut":
                    wire.cut = True
                case "half-close":
                    with suppress(OSError):
                        wire.ends[side].socket.shutdown(socket.SHUT_WR)
                    self._nursery.start_soon(_end_later, wire, _HALF_CLOSED)
                case "stall":
                    wire.flowing = trio.Event()
                    self._nursery.start_soon(_set_later, wire.flowing, pause)
        return 0 if fault == "stall" else len(wires)


async def _end_later(wire: _Wire, pause: float) -> None:
    await trio.sleep(pause)
    wire.scope.cancel()


async def _set_later(event: trio.Event, pause: float) -> None:
    await trio.sleep(pause)
    event.set()
