"""Connections: dial and listen over TCP. Transport faults become errors of ours here only; TLS is in dialing."""

from __future__ import annotations

import contextlib
import errno
import os
import socket
import ssl
from contextlib import contextmanager
from typing import TYPE_CHECKING, Protocol

import trio

from broker_core.errors import Cause, PeeringError, PeerUnavailable
from broker_core.model.addresses import DEFAULT_PORTS, PeerAddress

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

__all__ = ["ByteStream", "Connection", "accepted", "dial", "hear_out", "open_listeners", "peek"]

READ_SIZE = 256 * 1024
LINGER = 1.0
LINGER_BYTES = 64 * 1024
_KEEPALIVE_IDLE = 60  # seconds of silence; a machine that vanished is noticed a minute after that
_FIREWALL = "a firewall may drop the packets, or the host is down"


class ByteStream(Protocol):
    """What the runtime needs of a stream: trio's TCP and TLS streams have it, and its memory streams."""

    async def send_all(self, data: bytes) -> None:
        """Send all of *data*."""

    async def receive_some(self, max_bytes: int | None = None) -> bytes | bytearray:
        """At least one byte, or none at the end."""

    async def aclose(self) -> None:
        """Close, at once when cancelled."""


class Connection:
    """A byte stream with what is known about its ends. *tls* is "off" or says version, cipher and certificates."""

    def __init__(self, stream: ByteStream, local: str, remote: PeerAddress, tls: str = "off") -> None:
        self.stream = stream
        self.local = local
        self.remote = remote
        self.tls = tls
        self.explain: Callable[[ssl.SSLError], PeeringError] | None = None
        """Says what a fault of TLS means that shows after the handshake."""
        self.reached = remote.host
        """The host of the other end as a number, once it is connected."""
        self.fault: PeeringError | None = None
        """Why the other side ended the connection, if it said so by an alert of TLS."""

    async def send(self, data: bytes) -> None:
        """Send all; trio.BrokenResourceError when the connection is gone."""
        await self.stream.send_all(data)

    async def receive(self) -> bytes:
        """Some bytes, b"" at the end of the stream, however the other side ended it."""
        try:
            return bytes(await self.stream.receive_some(READ_SIZE))
        except trio.BrokenResourceError as error:
            if self.explain is not None and isinstance(error.__cause__, ssl.SSLError):
                self.fault = self.explain(error.__cause__)
            return b""

    async def close(self) -> None:
        """Close at once, without waiting for the other side."""
        await trio.aclose_forcefully(self.stream)  # type: ignore[arg-type]


def _address_of(name: object) -> PeerAddress:
    if isinstance(name, tuple) and len(name) >= 2:
        host = str(name[0]).removeprefix("::ffff:") if "." in str(name[0]) else str(name[0])
        return PeerAddress(host, int(name[1]))
    return PeerAddress("unknown", 0)


@contextmanager
def _as_unavailable(address: PeerAddress) -> Iterator[None]:
    try:
        yield
    except socket.gaierror as error:
        reason = f"the name cannot be resolved ({error.strerror or error})"
        hint = "check the spelling of the host"
        raise PeerUnavailable(str(address), reason, hint, cause=Cause.NAME_UNKNOWN) from error
    except OSError as error:
        reason, hint, cause = _os_reason(error, address)
        raise PeerUnavailable(str(address), reason, hint, cause=cause) from error


def _os_reason(error: OSError, address: PeerAddress) -> tuple[str, str, Cause]:
    causes = list(getattr(error.__cause__, "exceptions", ())) or [error]
    codes = {cause.errno for cause in causes if isinstance(cause, OSError)}
    if codes == {errno.ECONNREFUSED}:
        hint = f"is something listening there? Zeek's default port is {DEFAULT_PORTS[address.transport]}"
        if address.transport == "zmq":
            hint = "is the central broker running? Zeek's ports are 5555 and 5556, those of zeekctl 27760 and 27761"
        return "connection refused", hint, Cause.REFUSED
    if codes & {errno.EHOSTUNREACH, errno.ENETUNREACH}:
        return "no route to the host", "check the address and the network", Cause.UNREACHABLE
    code = next((code for code in codes if code), None)
    reason = os.strerror(code).lower() if code else str(error)
    if code == errno.ETIMEDOUT:
        return reason, _FIREWALL, Cause.FILTERED
    return reason, "", Cause.CONNECTION_LOST if code == errno.ECONNRESET else Cause.UNREACHABLE


async def dial(address: PeerAddress, timeout: float) -> Connection:
    """A plain TCP connection. Raises :class:`PeerUnavailable`."""
    with _as_unavailable(address):
        with trio.move_on_after(timeout) as scope:
            stream = await trio.open_tcp_stream(address.host, address.port)
        if scope.cancelled_caught:
            reason = f"no answer within {timeout:g} s"
            raise PeerUnavailable(str(address), reason, _FIREWALL, cause=Cause.FILTERED)
    _keep_alive(stream)
    connection = Connection(stream, str(_address_of(stream.socket.getsockname())), address)
    with contextlib.suppress(OSError):  # gone already; the first read will say so
        connection.reached = _address_of(stream.socket.getpeername()).host
    return connection


async def peek(stream: trio.SocketStream) -> bytes:
    """The first byte that the other side sent, b"" at the end; it stays where it is."""
    return await stream.socket.recv(1, socket.MSG_PEEK)


async def hear_out(stream: ByteStream) -> None:
    """Let the other side read what was sent last: to close with bytes of it that nobody took would destroy that.

    No more is sent; what still comes is thrown away, for LINGER seconds and LINGER_BYTES bytes at the most.
    """
    room = LINGER_BYTES
    with trio.move_on_after(LINGER), contextlib.suppress(trio.BrokenResourceError, trio.ClosedResourceError):
        if isinstance(stream, trio.SocketStream):
            await stream.send_eof()
        while room > 0 and (data := await stream.receive_some(room)):
            room -= len(data)


async def open_listeners(host: str, port: int) -> list[trio.SocketListener]:
    """Sockets that accept on *host* ("" is every interface) and *port* (0: any). Raises :class:`PeerUnavailable`."""
    where = f"{host or '*'}:{port}"
    try:
        listeners = await trio.open_tcp_listeners(port, host=host or None)
        if port == 0 and len(listeners) > 1:  # IPv4 and IPv6 got different ports; users want to name one
            port = listeners[0].socket.getsockname()[1]
            for listener in listeners:
                await listener.aclose()
            listeners = await trio.open_tcp_listeners(port, host=host or None)
    except socket.gaierror as error:
        reason = f"cannot listen: the name cannot be resolved ({error.strerror})"
        raise PeerUnavailable(where, reason, cause=Cause.CANNOT_LISTEN) from error
    except (OSError, OverflowError) as error:
        reason = (os.strerror(error.errno) if isinstance(error, OSError) and error.errno else str(error)).lower()
        raise PeerUnavailable(where, f"cannot listen: {reason}", cause=Cause.CANNOT_LISTEN) from error
    return listeners


def accepted(stream: trio.SocketStream) -> Connection:
    """The connection for a stream that a listener accepted."""
    try:
        remote, local = _address_of(stream.socket.getpeername()), _address_of(stream.socket.getsockname())
    except OSError:  # it is gone already; the first read will say so
        remote, local = PeerAddress("unknown", 0), PeerAddress("unknown", 0)
    _keep_alive(stream)
    return Connection(stream, str(local), remote)


def _keep_alive(stream: trio.SocketStream) -> None:
    """Let the system find out when the other machine is gone: Broker's protocol has no heartbeat (spec section 2)."""
    options = {"SO_KEEPALIVE": 1, "TCP_KEEPIDLE": _KEEPALIVE_IDLE, "TCP_KEEPINTVL": 10, "TCP_KEEPCNT": 6}
    for name, value in options.items():
        number = getattr(socket, name, None)  # not every system has all of them
        if number is not None:
            with contextlib.suppress(OSError):  # closed already; the next read will say so
                stream.setsockopt(socket.SOL_SOCKET if name.startswith("SO") else socket.IPPROTO_TCP, number, value)
