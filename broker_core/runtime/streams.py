"""Connections: dial and listen over TCP, with or without TLS. Transport faults become errors of ours here only."""

from __future__ import annotations

import contextlib
import errno
import os
import socket
import ssl
from contextlib import contextmanager
from typing import TYPE_CHECKING, Protocol

import trio

from broker_core.errors import PeerIncompatible, PeerUnavailable
from broker_core.model.addresses import PeerAddress

from .tls import anonymous_context, describe_tls

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = [
    "ByteStream",
    "Connection",
    "accept_tls",
    "connect_tls",
    "dial",
    "open_listeners",
]

READ_SIZE = 256 * 1024
_FIRST_BYTES = 256
_KEEPALIVE_IDLE = 60  # seconds of silence; a machine that vanished is noticed a minute after that
_TLS_HANDSHAKE = 0x16
_TLS_ALERT = 0x15


class ByteStream(Protocol):
    """What the runtime needs of a stream: trio's TCP and TLS streams have it, and its memory streams."""

    async def send_all(self, data: bytes) -> None:
        """Send all of *data*."""

    async def receive_some(self, max_bytes: int | None = None) -> bytes | bytearray:
        """At least one byte, or none at the end."""

    async def aclose(self) -> None:
        """Close, at once when cancelled."""


class _Recorder:
    """A TCP stream that remembers the first bytes it received, to tell what speaks there."""

    def __init__(self, stream: trio.SocketStream) -> None:
        self.stream = stream
        self.first = b""

    async def send_all(self, data: bytes) -> None:
        await self.stream.send_all(data)

    async def wait_send_all_might_not_block(self) -> None:
        await self.stream.wait_send_all_might_not_block()

    async def receive_some(self, max_bytes: int | None = None) -> bytes | bytearray:
        data = await self.stream.receive_some(max_bytes)
        if len(self.first) < _FIRST_BYTES:
            self.first = (self.first + data)[:_FIRST_BYTES]
        return data

    async def aclose(self) -> None:
        await self.stream.aclose()


class Connection:
    """A byte stream with what is known about its ends. *tls* is "off" or says version and cipher."""

    def __init__(self, stream: ByteStream, local: str, remote: PeerAddress, tls: str = "off") -> None:
        self.stream = stream
        self.local = local
        self.remote = remote
        self.tls = tls

    async def send(self, data: bytes) -> None:
        """Send all; trio.BrokenResourceError when the connection is gone."""
        await self.stream.send_all(data)

    async def receive(self) -> bytes:
        """Some bytes, b"" at the end of the stream, however the other side ended it."""
        try:
            return bytes(await self.stream.receive_some(READ_SIZE))
        except trio.BrokenResourceError:
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
def _as_unavailable(address: str) -> Iterator[None]:
    try:
        yield
    except socket.gaierror as error:
        reason = f"the name cannot be resolved ({error.strerror or error})"
        raise PeerUnavailable(address, reason, "check the spelling of the host") from error
    except OSError as error:
        raise PeerUnavailable(address, *_os_reason(error)) from error


def _os_reason(error: OSError) -> tuple[str, str]:
    causes = list(getattr(error.__cause__, "exceptions", ())) or [error]
    codes = {cause.errno for cause in causes if isinstance(cause, OSError)}
    if codes == {errno.ECONNREFUSED}:
        return "connection refused", "is something listening there? Zeek's default port is 9999"
    if codes & {errno.EHOSTUNREACH, errno.ENETUNREACH}:
        return "no route to the host", "check the address and the network"
    code = next((code for code in codes if code), None)
    return (os.strerror(code).lower() if code else str(error)), ""


async def dial(address: PeerAddress, timeout: float) -> Connection:
    """A plain TCP connection. Raises :class:`PeerUnavailable`."""
    with _as_unavailable(str(address)):
        with trio.move_on_after(timeout) as scope:
            stream = await trio.open_tcp_stream(address.host, address.port)
        if scope.cancelled_caught:
            reason = f"no answer within {timeout:g} s"
            raise PeerUnavailable(str(address), reason, "a firewall may drop the packets, or the host is down")
    _keep_alive(stream)
    return Connection(_Recorder(stream), str(_address_of(stream.socket.getsockname())), address)


async def connect_tls(connection: Connection) -> Connection | bytes:
    """Start certificate-less TLS on *connection* as the client.

    Returns the bytes that the other side sent instead when it does not speak TLS (none at all: b""), and leaves
    the connection closed then. Raises :class:`PeerIncompatible` when it speaks TLS, but not this kind.
    """
    recorder = connection.stream
    assert isinstance(recorder, _Recorder)  # dial() made it
    stream = trio.SSLStream(recorder, anonymous_context(server=False), https_compatible=True)  # type: ignore[type-var]
    try:
        await stream.do_handshake()
    except trio.BrokenResourceError as error:
        await connection.close()
        if recorder.first[:1] and recorder.first[0] in (_TLS_HANDSHAKE, _TLS_ALERT):
            reason = f"it speaks TLS, but not without certificates ({_ssl_reason(error)})"
            raise PeerIncompatible(
                str(connection.remote), reason, "that Broker has ssl_* options set, or this is no Broker"
            ) from error
        return recorder.first
    return _with_tls(connection, stream)


async def accept_tls(connection: Connection) -> Connection:
    """Start certificate-less TLS as the server; trio.BrokenResourceError when the client does not do its part."""
    stream = trio.SSLStream(connection.stream, anonymous_context(server=True), server_side=True, https_compatible=True)  # type: ignore[type-var]
    await stream.do_handshake()
    return _with_tls(connection, stream)


async def speaks_tls(stream: trio.SocketStream) -> bool:
    """Whether the client's first byte, which stays in the socket, starts a TLS handshake."""
    first = await stream.socket.recv(1, socket.MSG_PEEK)
    return first[:1] == bytes((_TLS_HANDSHAKE,))


def _with_tls(connection: Connection, stream: trio.SSLStream) -> Connection:  # type: ignore[type-arg]
    tls = describe_tls(stream.version(), stream.cipher())
    return Connection(stream, connection.local, connection.remote, tls)


def _ssl_reason(error: BaseException) -> str:
    cause = error.__cause__
    if isinstance(cause, ssl.SSLError):
        return (cause.reason or str(cause)).lower().replace("_", " ")
    return "connection closed"


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
        raise PeerUnavailable(where, f"cannot listen: the name cannot be resolved ({error.strerror})") from error
    except (OSError, OverflowError) as error:
        reason = (os.strerror(error.errno) if isinstance(error, OSError) and error.errno else str(error)).lower()
        raise PeerUnavailable(where, f"cannot listen: {reason}") from error
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
