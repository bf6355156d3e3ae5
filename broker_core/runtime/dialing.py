"""From an address to a connection: TCP, then the TLS that was asked for, or that the other side has.

The same for Broker's own protocol and for WebSocket; what is said over the connection is not known here. Source:
spec native-protocol.md section 11. The other direction is in :mod:`.accepting`.
"""

from __future__ import annotations

import ssl
from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple

import trio

from broker_core.errors import Cause, ConfigurationError, PeerIncompatible, PeeringError, PeerTimeout
from broker_core.protocol.sniff import PROBE, describe_first_bytes

from .strangers import strange_server
from .streams import Connection, dial
from .tls_contexts import anonymous_context, verified_context, web_client_context
from .tls_faults import Role, explain_client
from .tls_stream import TlsStream

if TYPE_CHECKING:
    from broker_core.limits import Limits
    from broker_core.model.addresses import PeerAddress

    from .tls import TlsCredentials, TlsMode

__all__ = ["answers_tls", "check_dialing", "open_connection"]

_TLS_HANDSHAKE = 0x16
_TLS_ALERT = 0x15
_OWN_PROTOCOL = "Broker's own protocol"


class _Step(NamedTuple):
    """One way to connect. *then* are the causes of failure with which the next way is worth trying."""

    context: ssl.SSLContext | None
    role: Role = Role(certificates=False)
    then: frozenset[Cause] = frozenset()


def check_dialing(address: PeerAddress, tls: TlsMode, credentials: TlsCredentials | None) -> None:
    """Raise the :class:`ConfigurationError` that :func:`open_connection` would raise."""
    _steps(address, tls, credentials)


async def open_connection(
    address: PeerAddress, tls: TlsMode, credentials: TlsCredentials | None, limits: Limits
) -> Connection:
    """Connect to *address*, with TLS as *tls* and *credentials* say; ``.tls`` of the result says what came of it.

    With "auto" it is TLS with certificates where *credentials* name files. Without those it is certificate-less TLS,
    as every stock Zeek speaks it, or what the other side speaks instead: for ``broker://`` plain TCP, for ``wss://``
    TLS with a certificate that the system's CAs vouch for. ``ws://`` is always plain.

    Raises :class:`ConfigurationError`, before anything is sent, and :class:`PeeringError`. A server of TLS 1.3 may
    refuse this side's certificate after this has returned: ``.fault`` of the connection says so when reading ends.
    """
    steps = _steps(address, tls, credentials)
    for step in steps[:-1]:
        try:
            return await _connect(address, step, limits)
        except PeeringError as error:
            if error.cause not in step.then:
                raise
    return await _connect(address, steps[-1], limits)


def _steps(address: PeerAddress, tls: TlsMode, credentials: TlsCredentials | None) -> list[_Step]:
    if address.transport == "ws":
        if tls in {"anon", "verify"}:
            msg = f"{address}: TLS mode {tls} does not go with ws://, which is plain; use wss://"
            raise ConfigurationError(msg)
        return [_Step(None)]
    if tls == "auto" and credentials is not None and (credentials.wanted or credentials.check_host):
        tls = "verify"
    if address.transport == "wss":
        return _web_steps(address, tls, credentials)
    if tls == "off":
        return [_Step(None)]
    if tls == "verify":
        host = address.host if credentials is not None and credentials.check_host else None
        return [_Step(verified_context(credentials, server=False), Role(True, True, host))]
    anonymous = anonymous_context(credentials, server=False)
    if tls == "anon":
        return [_Step(anonymous)]
    return [_Step(anonymous, then=frozenset((Cause.PLAIN_EXPECTED, Cause.CLOSED_AT_ONCE))), _Step(None)]


def _web_steps(address: PeerAddress, tls: TlsMode, credentials: TlsCredentials | None) -> list[_Step]:
    if tls == "off":
        msg = f"{address}: TLS mode off does not go with wss://, which is TLS; use ws://"
        raise ConfigurationError(msg)
    if tls == "anon":
        return [_Step(anonymous_context(credentials, server=False))]
    own = credentials is not None and credentials.certificate is not None
    verified = _Step(web_client_context(credentials), Role(True, own, address.host))
    if tls == "verify":
        return [verified]
    with suppress(ConfigurationError):  # an OpenSSL without the anonymous suite can still do the other
        anonymous = anonymous_context(credentials, server=False)
        return [_Step(anonymous, then=frozenset((Cause.CERTIFICATE_EXPECTED,))), verified]
    return [verified]


async def _connect(address: PeerAddress, step: _Step, limits: Limits) -> Connection:
    connection = await dial(address, limits.connect_timeout)
    if step.context is None:
        return connection
    try:
        return await _connect_tls(connection, step.context, step.role, limits.handshake_timeout)
    except BaseException:
        with trio.CancelScope(shield=True):
            await connection.close()
        raise


async def _connect_tls(connection: Connection, context: ssl.SSLContext, role: Role, timeout: float) -> Connection:
    address = connection.remote
    host = _name_to_check(address.host) if address.transport == "wss" or context.check_hostname else None
    stream = TlsStream(connection.stream, context, server=False, host=host)
    try:
        with trio.fail_after(timeout):
            await stream.do_handshake()
    except trio.TooSlowError:
        raise _no_tls_handshake(address, timeout, stream.first) from None
    except (ssl.SSLError, trio.BrokenResourceError) as error:
        if not _is_tls(stream.first):
            raise _no_tls(address, stream.first) from error
        if isinstance(error, trio.BrokenResourceError | ssl.SSLEOFError):
            reason = "it ended the connection in the middle of the TLS handshake"
            raise PeerIncompatible(str(address), reason, cause=Cause.CONNECTION_LOST) from error
        raise explain_client(error, stream.first, role).error(str(address)) from error
    tls = stream.describe("certificate verified" if role.certificates else "")
    secured = Connection(stream, connection.local, address, tls)
    secured.explain = lambda error: explain_client(error, stream.first, role).error(str(address))
    return secured


def _name_to_check(host: str) -> str:
    """*host* as certificates have it: without the dot of a full name, and the interface of an IPv6 address."""
    return host.partition("%")[0].removesuffix(".")


def _is_tls(first: bytes) -> bool:
    return bool(first) and first[0] in (_TLS_HANDSHAKE, _TLS_ALERT)


def _no_tls(address: PeerAddress, said: bytes) -> PeeringError:
    """What *said*, in place of an answer to a TLS handshake, tells about the other side."""
    where = str(address)
    if not said:
        hint = "it may speak plain TCP only, be no Broker, or be shutting down"
        return PeerIncompatible(where, "it ended the TLS handshake without a word", hint, cause=Cause.CLOSED_AT_ONCE)
    looks_like = None if PROBE.startswith(said[: len(PROBE)]) else describe_first_bytes(said)
    if address.transport == "wss":
        hint = f"use ws://{address.host_and_port}" if said.startswith(b"HTTP") else ""
        reason = f"it does not speak TLS, but {looks_like or _OWN_PROTOCOL}"
        return PeerIncompatible(where, reason, hint, cause=Cause.PLAIN_EXPECTED)
    if looks_like:
        return strange_server(where, looks_like)
    return PeerIncompatible(where, "it does not speak TLS", "use TLS mode auto, or off", cause=Cause.PLAIN_EXPECTED)


def _no_tls_handshake(address: PeerAddress, timeout: float, said: bytes) -> PeerTimeout:
    if said:
        reason = f"TLS handshake not finished within {timeout:g} s"
        return PeerTimeout(str(address), reason, cause=Cause.HANDSHAKE_TIMEOUT)
    reason = f"no answer to the TLS handshake within {timeout:g} s"
    hint = "is that port Broker's? TLS mode off talks to a Broker without TLS"
    return PeerTimeout(str(address), reason, hint, cause=Cause.HANDSHAKE_TIMEOUT)


async def answers_tls(address: PeerAddress, limits: Limits) -> bool:
    """Whether something that says nothing in plain TCP answers a TLS handshake, of whichever kind.

    Raises :class:`PeeringError` when it cannot be reached.
    """
    try:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    except ssl.SSLError:  # without TLS at this end nobody can tell
        return False
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    connection = await dial(address, limits.connect_timeout)
    stream = TlsStream(connection.stream, context, server=False)
    try:
        with trio.move_on_after(limits.connect_timeout), suppress(ssl.SSLError, trio.BrokenResourceError):
            await stream.do_handshake()
    finally:
        with trio.CancelScope(shield=True):
            await connection.close()
    return _is_tls(stream.first)
