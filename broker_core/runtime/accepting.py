"""From a connection that a listener accepted to a secured one: with TLS, without, or as the client likes it.

The same for Broker's own protocol and for WebSocket. Source: spec native-protocol.md section 11. The other direction
is in :mod:`.dialing`.
"""

from __future__ import annotations

import ssl
from contextlib import suppress
from typing import TYPE_CHECKING

import trio

from broker_core.errors import Cause, ConfigurationError, PeerIncompatible, PeeringError, PeerTimeout, PeerUnavailable
from broker_core.protocol.sniff import describe_first_bytes

from .strangers import strange_client
from .streams import LINGER, Connection, hear_out, peek
from .tls_contexts import anonymous_context, verified_context
from .tls_faults import Role, explain_server
from .tls_stream import TlsStream

if TYPE_CHECKING:
    from broker_core.model.addresses import Transport

    from .tls import TlsCredentials, TlsMode

__all__ = ["check_listening", "secure_accepted"]

_TLS_HANDSHAKE = 0x16
_THIS_IS_TLS = b"\x15\x03\x03\x00\x02\x02\x0a"  # the alert unexpected_message, for who does not speak TLS


def check_listening(tls: TlsMode, credentials: TlsCredentials | None) -> None:
    """Raise :class:`ConfigurationError` when a listener could not serve anybody with *tls* and *credentials*."""
    if tls != "off":
        _listening_context(tls, credentials)


def _listening_context(tls: TlsMode, credentials: TlsCredentials | None) -> tuple[ssl.SSLContext, Role]:
    if tls == "verify" or (tls == "auto" and credentials is not None and credentials.wanted):
        return verified_context(credentials, server=True), Role(certificates=True, own_certificate=True)
    return anonymous_context(credentials, server=True), Role(certificates=False)


async def secure_accepted(
    stream: trio.SocketStream,
    connection: Connection,
    tls: TlsMode,
    credentials: TlsCredentials | None,
    timeout: float,
    *,
    transport: Transport = "broker",
) -> Connection:
    """Do the TLS part of a connection that a listener accepted, within *timeout* seconds.

    With "auto" the client may speak TLS, with certificates when *credentials* name files, or plain TCP. *transport*
    is what is expected inside, for the words of an error. Raises :class:`PeeringError`; the connection is closed then.
    """
    try:
        return await _secure(stream, connection, tls, credentials, timeout=timeout, transport=transport)
    except OSError as error:  # it is gone already
        await connection.close()
        reason = f"connection lost: {(error.strerror or str(error)).lower()}"
        raise PeerUnavailable(str(connection.remote), reason, cause=Cause.CONNECTION_LOST) from error
    except ConfigurationError as error:  # the files were good when the listener started
        await connection.close()
        reason = f"cannot use TLS any more: {error}"
        raise PeerUnavailable(str(connection.remote), reason, cause=Cause.CONFIGURATION) from error
    except BaseException:
        with trio.CancelScope(shield=True):
            await connection.close()
        raise


async def _secure(
    stream: trio.SocketStream,
    connection: Connection,
    tls: TlsMode,
    credentials: TlsCredentials | None,
    *,
    timeout: float,
    transport: Transport,
) -> Connection:
    where = str(connection.remote)
    if tls == "off":
        return connection
    secure: TlsStream | None = None
    try:
        with trio.fail_after(timeout):
            if tls == "auto" and not await _starts_tls(stream):
                return connection
            context, role = _listening_context(tls, credentials)
            secure = TlsStream(stream, context, server=True)
            await secure.do_handshake()
    except trio.TooSlowError:
        reason = f"no TLS handshake within {timeout:g} s"
        raise PeerTimeout(where, reason, cause=Cause.HANDSHAKE_TIMEOUT) from None
    except (ssl.SSLError, trio.BrokenResourceError) as error:
        first = secure.first if secure else b""
        if first and first[0] != _TLS_HANDSHAKE:
            await _part(stream, _THIS_IS_TLS)
            raise _plain_client(where, first, transport) from error
        if isinstance(error, trio.BrokenResourceError | ssl.SSLEOFError):
            raise _client_left(where, first) from error
        await _part(stream)
        raise explain_server(error, first, role).error(where) from error
    secured = Connection(secure, connection.local, connection.remote, secure.describe(_checked_by(context, role)))
    secured.explain = lambda error: explain_server(error, secure.first, role).error(where)
    return secured


async def _starts_tls(stream: trio.SocketStream) -> bool:
    return await peek(stream) == bytes((_TLS_HANDSHAKE,))


def _checked_by(context: ssl.SSLContext, role: Role) -> str:
    if not role.certificates:
        return ""
    return "certificate verified" if context.verify_mode is ssl.CERT_REQUIRED else "no client certificate"


def _plain_client(where: str, first: bytes, transport: Transport) -> PeeringError:
    looks_like = describe_first_bytes(first)
    if looks_like is not None and transport == "broker":
        return strange_client(where, looks_like, first)
    plain = f"plain TCP ({looks_like})" if looks_like else "plain TCP"
    hint = "it has to use TLS, or this side TLS mode auto"
    return PeerIncompatible(where, f"TLS handshake failed: the client speaks {plain}", hint, cause=Cause.PLAIN_EXPECTED)


def _client_left(where: str, first: bytes) -> PeeringError:
    if not first:
        reason = "the client closed the connection before it said anything"
        return PeerIncompatible(where, reason, cause=Cause.CLOSED_AT_ONCE)
    reason = "the client ended the connection in the middle of the TLS handshake"
    return PeerIncompatible(where, reason, cause=Cause.CONNECTION_LOST)


async def _part(stream: trio.SocketStream, last_words: bytes = b"") -> None:
    with trio.move_on_after(LINGER), suppress(trio.BrokenResourceError):
        await stream.send_all(last_words)
        await hear_out(stream)
