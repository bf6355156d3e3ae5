"""Short visits to a port, each with a question of its own: is there a way, who speaks first, who answers to what?

For telling people why a peering does not come about. A visit is one connection with a bound in time; it trusts
nobody, shows no certificate and no secret, and never raises for what it finds there.
"""

from __future__ import annotations

import errno
import os
import socket
import ssl
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal, NamedTuple

import trio

from broker_core.errors import Cause, DecodeError, PeerUnavailable
from broker_core.protocol.certificates import CertificateFacts, read_certificate
from broker_core.protocol.tls_flight import ServerFlight

if TYPE_CHECKING:
    from collections.abc import Callable

    from .streams import ByteStream

__all__ = ["Answer", "Question", "Reach", "TlsLook", "Way", "ask", "look_at_tls", "reach", "reach_all", "resolve"]

_MOST_ADDRESSES = 16
_MOST_BYTES = 16 * 1024
_TLS_STARTS = (b"\x15\x03", b"\x16\x03")  # an alert, a handshake

Way = Literal["open", "refused", "filtered", "unreachable"]

_WAYS: dict[int | None, Way] = {errno.ECONNREFUSED: "refused", errno.ETIMEDOUT: "filtered"}
"""Every other error of the system means that this machine cannot, or must not, send anything there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """What came of a TCP connection to one address."""

    host: str
    """As a number."""
    way: Way
    problem: str = ""
    """What the system says about it, "" when the port is open."""
    seconds: float = 0.0


class Question(NamedTuple):
    """What is said, b"" for nothing, and how the answer is awaited."""

    words: bytes
    patience: float
    """Seconds."""
    enough: Callable[[bytes], bool]
    """Whether what came so far is all that matters."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the other side said, perhaps nothing."""

    data: bytes = b""
    closed: bool = False
    """Whether it ended the connection."""
    fault: str = ""
    """OpenSSL's name for why it did, if there was TLS and an alert."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TlsLook:
    """What a TLS handshake shows that offers everything and trusts everybody."""

    speaks: bool
    """Whether TLS was answered with TLS."""
    completed: bool = False
    version: str = ""
    cipher: str = ""
    certificate: CertificateFacts | None = None
    """The server's; None without, also when it cannot be read."""
    wants_certificate: bool = False
    """Whether the server asks the client for a certificate."""
    demands_certificate: bool = False
    """Whether it takes no client without one."""
    hung_up: bool = False
    """Whether it ended the handshake."""
    alert: str = ""
    """Why it broke off, "" when it did not say."""
    said: bytes = b""
    """The first bytes that came, TLS or not."""
    inside: Answer = Answer()
    """What was said under TLS."""

    @property
    def anonymous(self) -> bool:
        """Whether it is Broker's certificate-less TLS."""
        return self.cipher.startswith(("AECDH", "ADH"))


async def resolve(host: str, timeout: float) -> tuple[str, ...]:
    """The addresses of *host* as numbers, in the order in which they are tried.

    Raises :class:`PeerUnavailable` (name_unknown), also when there is no answer within *timeout* seconds.
    """
    try:
        with trio.fail_after(timeout):
            found = await trio.socket.getaddrinfo(host, 0, type=socket.SOCK_STREAM)
    except trio.TooSlowError:
        reason = f"the name cannot be resolved (no answer within {timeout:g} s)"
        raise PeerUnavailable(host, reason, cause=Cause.NAME_UNKNOWN) from None
    except (OSError, UnicodeError) as error:  # a label that is too long, or empty, is no name either
        reason = f"the name cannot be resolved ({getattr(error, 'strerror', None) or error})"
        raise PeerUnavailable(host, reason, cause=Cause.NAME_UNKNOWN) from error
    return tuple(dict.fromkeys(str(name[0]) for *_, name in found))[:_MOST_ADDRESSES]


async def reach(host: str, port: int, timeout: float) -> Reach:
    """Whether a TCP connection to *host*, an address as a number, comes about."""
    begin = trio.current_time()
    way: Way = "filtered"
    problem = f"no answer within {timeout:g} s"
    with trio.move_on_after(timeout):
        try:
            stream = await trio.open_tcp_stream(host, port)
        except OSError as error:
            code = _error_number(error)
            problem = os.strerror(code).lower() if code else str(error)
            way = _WAYS.get(code, "unreachable")
        else:
            way, problem = "open", ""
            await trio.aclose_forcefully(stream)
    return Reach(host=host, way=way, problem=problem, seconds=trio.current_time() - begin)


def _error_number(error: OSError) -> int | None:
    for one in (*getattr(error.__cause__, "exceptions", ()), error.__cause__, error):
        if isinstance(one, OSError) and one.errno:
            return one.errno
    return None


async def reach_all(hosts: tuple[str, ...], port: int, timeout: float) -> list[Reach]:
    """:func:`reach` for all *hosts* side by side."""
    found: dict[str, Reach] = {}

    async def one(host: str) -> None:
        found[host] = await reach(host, port, timeout)

    async with trio.open_nursery() as nursery:
        for host in hosts:
            nursery.start_soon(one, host)
    return [found[host] for host in hosts]


async def ask(host: str, port: int, question: Question) -> Answer:
    """Say something and listen, until that is enough, the other side hangs up, or patience ends."""
    try:
        with trio.fail_after(question.patience):
            stream = await trio.open_tcp_stream(host, port)
    except (OSError, trio.TooSlowError):
        return Answer(closed=True)
    try:
        return await _converse(stream, question)
    finally:
        with trio.CancelScope(shield=True):
            await trio.aclose_forcefully(stream)


async def _converse(stream: ByteStream, question: Question) -> Answer:
    data = b""
    with trio.move_on_after(question.patience):
        try:
            if question.words:
                await stream.send_all(question.words)
            while not (data and question.enough(data)) and len(data) < _MOST_BYTES:
                part = await stream.receive_some(_MOST_BYTES)
                if not part:
                    return Answer(data=data, closed=True)
                data += part
        except trio.BrokenResourceError as error:
            return Answer(data=data, closed=True, fault=getattr(error.__cause__, "reason", None) or "")
    return Answer(data=data)


# -- TLS ------------------------------------------------------------------------------------------------------------


class _Reader:
    """A TCP stream, with somebody who reads along what comes in."""

    def __init__(self, stream: trio.SocketStream) -> None:
        self._stream = stream
        self.flight = ServerFlight()
        self.first = b""

    async def send_all(self, data: bytes) -> None:
        await self._stream.send_all(data)

    async def receive_some(self, max_bytes: int | None = None) -> bytes | bytearray:
        data = await self._stream.receive_some(max_bytes)
        if len(self.first) < _MOST_BYTES:
            self.first += data
        self.flight.receive_data(bytes(data))
        return data

    async def aclose(self) -> None:
        await self._stream.aclose()


def _curious_context(newest: ssl.TLSVersion) -> ssl.SSLContext:
    """Offers all that OpenSSL knows, and trusts everybody: it is for looking only."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    context.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
    context.maximum_version = newest
    with suppress(ssl.SSLError):  # a build without old ciphers offers what it has
        context.set_ciphers("ALL:@SECLEVEL=0")
    return context


async def look_at_tls(host: str, port: int, timeout: float, question: Question) -> TlsLook:
    """Shake hands within *timeout* seconds; under TLS then listen, and after the question's patience :func:`ask` it.

    Up to TLS 1.2 a server shows in the open which certificate it has and whether it wants one; so 1.3 is only for a
    server that takes nothing older.
    """
    found = await _look(host, port, timeout, question, ssl.TLSVersion.TLSv1_2)
    if found.hung_up and found.certificate is None and (found.speaks or not found.said):
        newer = await _look(host, port, timeout, question, ssl.TLSVersion.TLSv1_3)
        return newer if newer.completed else found
    return found


async def _look(host: str, port: int, timeout: float, question: Question, newest: ssl.TLSVersion) -> TlsLook:
    try:
        with trio.fail_after(timeout):
            reader = _Reader(await trio.open_tcp_stream(host, port))
    except (OSError, trio.TooSlowError):
        return TlsLook(speaks=False)
    stream = trio.SSLStream(reader, _curious_context(newest), https_compatible=True)  # type: ignore[type-var]
    look, hung_up, inside = TlsLook(speaks=False), False, Answer()
    try:
        with trio.move_on_after(timeout):
            try:
                await stream.do_handshake()
                look = _completed(stream)
            except trio.BrokenResourceError:
                hung_up = True
        if look.completed:
            inside = await _listen_inside(stream, question)
    finally:
        with trio.CancelScope(shield=True):
            await trio.aclose_forcefully(reader)  # type: ignore[arg-type]  # it has what that needs
    flight, demanded = reader.flight, "CERTIFICATE_REQUIRED" in inside.fault  # TLS 1.3 says so behind the handshake
    return replace(
        look,
        speaks=reader.first.startswith(_TLS_STARTS),
        certificate=_facts(flight.certificates[0]) if flight.certificates else look.certificate,
        wants_certificate=flight.wants_certificate or demanded,
        demands_certificate=demanded or (flight.wants_certificate and hung_up),
        hung_up=hung_up,
        alert=flight.alert,
        said=reader.first[:_MOST_BYTES],
        inside=inside,
    )


def _completed(stream: trio.SSLStream[_Reader]) -> TlsLook:  # type: ignore[type-var]
    name, *_ = stream.cipher() or ("",)
    return TlsLook(
        speaks=True,
        completed=True,
        version=stream.version() or "",
        cipher=name,
        certificate=_facts(stream.getpeercert(binary_form=True)),
    )


def _facts(der: bytes | None) -> CertificateFacts | None:
    with suppress(DecodeError):
        return read_certificate(der) if der else None
    return None


async def _listen_inside(stream: trio.SSLStream[_Reader], question: Question) -> Answer:  # type: ignore[type-var]
    """What is said under TLS, first without being asked."""
    heard = await _converse(stream, question._replace(words=b""))
    return heard if heard.data or heard.closed else await _converse(stream, question)
