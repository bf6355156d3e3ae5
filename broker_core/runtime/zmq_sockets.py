"""Sockets of libzmq under trio.

libzmq does its work in a thread of its own and tells by a file descriptor that *something* has changed for a socket;
what, one finds out by trying. The descriptor is readable from the change until any call on the socket has seen it, so a
task that sends can take the news away from another that waits for messages. Hence one task waits (:meth:`wait`), and
whoever else uses the socket wakes it (:meth:`poke`).
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, NamedTuple

import trio
import zmq

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from broker_core.limits import Limits

    from .curve import CurveKeys

__all__ = ["ZAP_DOMAIN", "ZmqEvent", "ZmqSocket", "client_options", "read_event", "server_options"]

_STALL_RETRY = 0.05
"""Seconds after which a full socket is tried again when nothing said that there is room. libzmq says that only once,
and whichever call on the socket comes first hears it."""
_EVENT = struct.Struct("=HI")
_NOW = int(zmq.NOBLOCK)  # a plain int is faster than one with a name
_NOW_MORE = int(zmq.NOBLOCK | zmq.SNDMORE)
_LONGEST = 6_553_599
"""Milliseconds: what the longest heartbeat of ZMTP can be."""
_WATCHED = int(
    zmq.Event.CONNECTED
    | zmq.Event.CONNECT_DELAYED
    | zmq.Event.CLOSED
    | zmq.Event.DISCONNECTED
    | zmq.Event.HANDSHAKE_SUCCEEDED
    | zmq.Event.HANDSHAKE_FAILED_NO_DETAIL
    | zmq.Event.HANDSHAKE_FAILED_PROTOCOL
    | zmq.Event.HANDSHAKE_FAILED_AUTH
)
ZAP_DOMAIN = b"broker"
"""What authentication is asked for by; CURVE without a domain would not be checked by some versions of libzmq."""


class ZmqEvent(NamedTuple):
    """What libzmq tells about a connection."""

    kind: zmq.Event
    value: int
    """A number that goes with it: a descriptor, an error of the system, a code of the handshake."""


class ZmqSocket:
    """A socket of libzmq with trio's manners. Its methods are for the trio thread only."""

    def __init__(self, raw: zmq.Socket[bytes]) -> None:
        self.raw = raw
        self.stalls = 0
        """How often a message had to wait because the high-water mark was reached."""
        self._fd = int(raw.getsockopt(zmq.FD))
        self._sleeping: trio.CancelScope | None = None
        self._stirred = trio.Event()

    @classmethod
    def open(cls, context: zmq.Context[zmq.Socket[bytes]], kind: int, options: Mapping[int, int | bytes]) -> ZmqSocket:
        """A new socket of one of the kinds of libzmq, with its options set."""
        raw = context.socket(kind)
        for option, value in options.items():
            raw.setsockopt(option, value)
        return cls(raw)

    # -- receiving ----------------------------------------------------------------------------------------------

    def arrived(self, most: int) -> Iterator[list[bytes]]:
        """The parts of each message that is there, of at most *most* of them."""
        # Not recv_multipart(), which needs half as long again to find out where a message ends.
        receive = self.raw.recv
        try:
            for _ in range(most):
                frame = receive(_NOW, False)  # a frame, which knows whether more follow
                parts = [frame.bytes]
                while frame.more:
                    frame = receive(_NOW, False)
                    parts.append(frame.bytes)
                yield parts
        except zmq.Again:  # only ever at the first part
            pass

    def receive_nowait(self) -> list[bytes] | None:
        """The parts of the next message, None when there is none."""
        return next(self.arrived(1), None)

    @property
    def _readable(self) -> bool:
        return bool(int(self.raw.getsockopt(zmq.EVENTS)) & zmq.POLLIN)

    async def wait(self) -> None:
        """Wait until there may be a message. For one task, which has taken all that was there."""
        if self._readable:
            await trio.lowlevel.checkpoint()
            return
        with trio.CancelScope() as self._sleeping:
            await trio.lowlevel.wait_readable(self._fd)
        self._sleeping = None
        self._stirred.set()
        self._stirred = trio.Event()

    async def receive(self) -> list[bytes]:
        """The parts of the next message."""
        while (parts := self.receive_nowait()) is None:
            await self.wait()
        return parts

    def poke(self) -> None:
        """Let the task that waits look again, since another has used the socket."""
        if self._sleeping is not None and self._readable:
            self._sleeping.cancel()

    # -- sending ------------------------------------------------------------------------------------------------

    def send_nowait(self, *parts: bytes) -> bool:
        """Send a message; False when the high-water mark is reached, and nothing of it is sent."""
        send = self.raw.send
        try:
            for part in parts[:-1]:
                send(part, _NOW_MORE)
            send(parts[-1], _NOW)
        except zmq.Again:  # only ever at the first part
            return False
        return True

    async def send(self, *parts: bytes) -> None:
        """Send a message, waiting for room. A checkpoint only if it has to wait."""
        if self.send_nowait(*parts):
            return
        self.stalls += 1
        self.poke()
        while not self.send_nowait(*parts):
            with trio.move_on_after(_STALL_RETRY):
                await self._stirred.wait()
            self.poke()

    # -- what happens to the connection -----------------------------------------------------------------------------

    def monitor(self) -> ZmqSocket:
        """A socket that tells what happens to the connections of this one, to be read with :func:`read_event`."""
        return ZmqSocket(self.raw.get_monitor_socket(_WATCHED))

    def close(self) -> None:
        """Close at once, without what libzmq has not sent yet. Idempotent."""
        if not self.raw.closed:
            self.raw.disable_monitor()
            self.raw.close(linger=0)


def read_event(parts: list[bytes]) -> ZmqEvent:
    """What a message of a monitor says."""
    kind, value = _EVENT.unpack_from(parts[0])
    return ZmqEvent(zmq.Event(kind), value)


def client_options(limits: Limits, keys: CurveKeys | None) -> dict[int, int | bytes]:
    """Options of every socket that connects. It does so once: to try again, and when, is decided elsewhere."""
    options = _common(limits) | {zmq.RECONNECT_IVL: -1}
    if keys is not None:
        keys.check_client()
        assert keys.server_public is not None
        assert keys.client_public is not None
        assert keys.client_secret is not None
        options[zmq.CURVE_SERVERKEY] = keys.server_public.encode()
        options[zmq.CURVE_PUBLICKEY] = keys.client_public.encode()
        options[zmq.CURVE_SECRETKEY] = keys.client_secret.encode()
    return options


def server_options(limits: Limits, keys: CurveKeys | None) -> dict[int, int | bytes]:
    """Options of every socket that others connect to."""
    options = _common(limits)
    if keys is not None:
        keys.check_server()
        assert keys.server_secret is not None
        options[zmq.CURVE_SERVER] = 1
        options[zmq.CURVE_SECRETKEY] = keys.server_secret.encode()
        options[zmq.ZAP_DOMAIN] = ZAP_DOMAIN
    return options


def _common(limits: Limits) -> dict[int, int | bytes]:
    heartbeat = _milliseconds(limits.zmq_heartbeat)
    return {
        zmq.LINGER: 0,  # what has to arrive is confirmed before a socket is closed
        zmq.IPV6: 1,
        zmq.MAXMSGSIZE: limits.max_frame,
        zmq.HANDSHAKE_IVL: _milliseconds(limits.handshake_timeout),
        zmq.HEARTBEAT_IVL: heartbeat,
        zmq.HEARTBEAT_TIMEOUT: heartbeat,
    }


def _milliseconds(seconds: float) -> int:
    return max(1, min(round(seconds * 1000), _LONGEST))
