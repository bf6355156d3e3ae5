"""From what failed, and who was found at the port, to the cause: decisions without a socket.

An attempt to peer says how it failed; who is really there may tell why. What the portrait shows for certain counts
more than what the attempt made of it.
"""

from __future__ import annotations

import re
import ssl
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from broker_core.errors import EC, Cause
from broker_core.protocol.sniff import BROKER_WEB, HTTP, METRICS, OLD_BROKER, WEB, ZEEK_WEB, ZEROMQ, server_of
from broker_core.runtime.portraits import BROKER
from broker_core.runtime.zmq_look import CURVE

from .neighbours import zmq_address

if TYPE_CHECKING:
    from broker_core.errors import PeeringError
    from broker_core.model.addresses import PeerAddress
    from broker_core.protocol.certificates import CertificateFacts
    from broker_core.runtime.portraits import Portrait
    from broker_core.runtime.tls import TlsMode
    from broker_core.runtime.zmq_look import SocketLook

__all__ = ["WEB_SERVERS", "Means", "Verdict", "is_clear", "judge", "words_of"]

_CLEAR = frozenset(
    {
        Cause.NAME_UNKNOWN,
        Cause.REFUSED,
        Cause.FILTERED,
        Cause.UNREACHABLE,
        Cause.VERSION,
        Cause.DUPLICATE,
        Cause.SHUTTING_DOWN,
        Cause.TOO_MANY,
    }
)
"""Causes that need no second look."""

_REDUNDANT = "redundant connection"  # in the texts that go with code 40 of a responder (spec section 4.4)
_SELF = "connected to itself"
WEB_SERVERS = frozenset({ZEEK_WEB, BROKER_WEB, WEB})
"""What a portrait calls those who speak WebSocket."""
_HTTP_SERVERS = WEB_SERVERS | {HTTP, METRICS}
_UNAUTHORIZED = "401"
_REFUSED = re.compile(rf"\(({_UNAUTHORIZED}\b[^)]*)\)")
"""How the error of an attempt says that the server wants a token, or another one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Means:
    """What this side tried with."""

    address: PeerAddress
    tls: TlsMode
    certificates: bool
    """Whether it had files for TLS with certificates, and was to use them."""
    own_certificate: CertificateFacts | None = None
    own_file: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """The cause, which line of the table of remedies suits, and words for it."""

    cause: Cause
    variant: str = ""
    words: dict[str, str] = field(default_factory=dict)


def judge(error: PeeringError, portrait: Portrait | None, means: Means, now: datetime | None = None) -> Verdict:
    """Why *error* was, given who answers there; *now* is the time in UTC."""
    words = words_of(means.address) | {"reason": error.reason}
    cause, variant = _alone(error)
    if portrait is not None and not is_clear(error, means.address):
        words |= _portrait_words(portrait, means)
        native = means.address.transport == "broker"
        cause, variant = (_native if native else _web)(error, portrait, means)
        if variant == "token" and (refused := _REFUSED.search(error.reason)):
            words["status"] = refused[1]
    if portrait is not None and cause in {Cause.CERTIFICATE_EXPIRED, Cause.CERTIFICATE_INVALID}:
        # OpenSSL calls a certificate that is not valid yet a bad one, to the other side.
        variant, words["when"] = _dates(portrait, means, now or datetime.now(UTC))
        cause = Cause.CERTIFICATE_EXPIRED if variant else cause
    return Verdict(cause=cause, variant=variant, words=words)


def is_clear(error: PeeringError, address: PeerAddress) -> bool:
    """Whether *error* tells all: nothing else would be learnt from a look at who answers there."""
    cause, variant = _alone(error)
    return cause in _CLEAR or variant == "self" or (cause is Cause.REJECTED and address.transport == "broker")


def _alone(error: PeeringError) -> tuple[Cause, str]:
    """What *error* says by itself."""
    if error.code is EC.LOGIC_ERROR and _REDUNDANT in error.reason:
        return Cause.DUPLICATE, ""
    if error.cause is Cause.BAD_HANDSHAKE and _SELF in error.reason:
        return Cause.BAD_HANDSHAKE, "self"
    return error.cause or Cause.BAD_HANDSHAKE, ""


def words_of(address: PeerAddress) -> dict[str, str]:
    """The words that every line can use."""
    return {
        "address": str(address),
        "host": address.host,
        "port": str(address.port),
        "place": address.host_and_port,
        "send_port": str(address.sending.port),
    }


def _portrait_words(portrait: Portrait, means: Means) -> dict[str, str]:
    tls = portrait.tls
    certificate = tls.certificate if tls else None
    own = means.own_certificate
    server = server_of(portrait.said)
    web = "wss" if tls else "ws"
    other = f"{web}://{means.address.host_and_port}" if portrait.speaks != BROKER else means.address.host_and_port
    kind = portrait.socket.socket_type if portrait.socket else ""
    if portrait.speaks == ZEROMQ:
        other = str(zmq_address(means.address.host, means.address.port, kind))
    words = {
        "looks_like": portrait.speaks or ("TLS" if tls else "something that says nothing"),
        "server": f" ({server})" if server else "",
        "status": _status(portrait.said),
        "socket": kind or "unknown",
        "try": f"`broker doctor {other}`",
        "own_issuer": (own.issuer or own.subject) if own else "the CA",
        "own_file": f"{means.own_file} ({own})" if own else means.own_file or "it",
    }
    if certificate is not None:
        words |= {
            "certificate": str(certificate),
            "issuer": certificate.issuer or certificate.subject or "a CA without a name",
            "hosts": ", ".join(certificate.hosts) or certificate.subject or "nobody",
        }
    else:
        words |= {"certificate": "one that cannot be seen", "issuer": "a CA that cannot be seen", "hosts": "others"}
    return words


def _status(said: bytes) -> str:
    """Number and text of an HTTP answer."""
    line = said.partition(b"\r\n")[0].decode("latin-1")
    number, _, text = line.partition(" ")[2].partition(" ")
    return f"{number} {text}".strip() if line.startswith("HTTP/") else "nothing"


# -- Broker's own protocol --------------------------------------------------------------------------------------------


def _native(error: PeeringError, portrait: Portrait, means: Means) -> tuple[Cause, str]:
    stranger = _stranger(portrait)
    if stranger is not None:
        return stranger
    by_tls = _tls_mode(portrait, means)
    if by_tls is not None:
        return by_tls
    cause = error.cause or Cause.BAD_HANDSHAKE
    if cause in {Cause.CONNECTION_LOST, Cause.NOT_BROKER, Cause.CLOSED_AT_ONCE} and not portrait.speaks:
        if portrait.tls is not None:
            return (Cause.NOT_BROKER, "tls") if not portrait.tls.demands_certificate else (cause, "")
        return (Cause.CLOSED_AT_ONCE, "") if portrait.closed else (cause, "")
    if cause is Cause.HANDSHAKE_TIMEOUT:
        return cause, _where_it_hangs(portrait)
    if cause is Cause.CA_UNKNOWN:
        return cause, _who_checked(error)
    return cause, ""


def _stranger(portrait: Portrait) -> tuple[Cause, str] | None:
    """Somebody who is no Broker of today."""
    speaks = portrait.speaks
    if speaks in {"", BROKER}:
        return None
    if speaks == OLD_BROKER:
        return Cause.OLD_BROKER, ""
    if speaks in WEB_SERVERS:
        return Cause.WEBSOCKET, "zeek" if speaks == ZEEK_WEB else ""
    if speaks == HTTP and _status(portrait.said).startswith(_UNAUTHORIZED):
        return Cause.NOT_BROKER, "http-token"
    if speaks == ZEROMQ:
        return Cause.NOT_BROKER, _which_zeromq(portrait.socket)
    return Cause.NOT_BROKER, {METRICS: "metrics", HTTP: "http"}.get(speaks, "")


def _which_zeromq(look: SocketLook | None) -> str:
    """The variant of a ZeroMQ socket where something else was expected."""
    if look is None or (look.mechanism != CURVE and not look.socket_type):
        return "zeromq"
    if look.mechanism == CURVE:
        return "zeromq-curve"
    return {"XPUB": "zeromq-xpub", "XSUB": "zeromq-xsub", "PULL": "zeromq-pull"}.get(look.socket_type, "zeromq-other")


def _tls_mode(portrait: Portrait, means: Means) -> tuple[Cause, str] | None:
    """One side with TLS, or with certificates, and the other without."""
    tls = portrait.tls
    if tls is None:
        if portrait.speaks == BROKER and (means.certificates or means.tls in {"anon", "verify"}):
            return Cause.PLAIN_EXPECTED, "certificates" if means.certificates else ""
        return None
    if means.tls == "off":
        return Cause.TLS_EXPECTED, "" if tls.anonymous else "certificates"
    if tls.anonymous and means.certificates:
        return Cause.CERTIFICATE_EXPECTED, "ours"
    if tls.certificate is not None and not means.certificates:
        return Cause.CERTIFICATE_EXPECTED, "theirs"
    return None


def _where_it_hangs(portrait: Portrait) -> str:
    if portrait.speaks == BROKER:
        return "hello"
    if portrait.tls is not None:
        return "" if portrait.tls.completed else "tls"
    return "silent" if not portrait.said else ""


def _who_checked(error: PeeringError) -> str:
    """Whether this side refused the certificate of the other ("theirs"), or the other way round."""
    return "theirs" if isinstance(error.__cause__, ssl.SSLCertVerificationError) else "ours"


def _dates(portrait: Portrait, means: Means, now: datetime) -> tuple[str, str]:
    """Whose certificate is out of its time, and the date that tells."""
    theirs = portrait.tls.certificate if portrait.tls else None
    for whose, facts in (("theirs", theirs), ("ours", means.own_certificate)):
        if facts is not None and facts.not_after < now:
            return whose, f"{facts.not_after:%Y-%m-%d}"
        if facts is not None and now < facts.not_before:
            return f"{whose}-early", f"{facts.not_before:%Y-%m-%d}"
    return "", ""


# -- WebSocket --------------------------------------------------------------------------------------------------------


def _web(error: PeeringError, portrait: Portrait, means: Means) -> tuple[Cause, str]:
    speaks, tls = portrait.speaks, portrait.tls
    secure = means.address.transport == "wss"
    if speaks == OLD_BROKER:
        return Cause.OLD_BROKER, ""
    if speaks == BROKER:
        return Cause.WEBSOCKET, "native"
    if tls is not None and not secure:
        return Cause.TLS_EXPECTED, "web"
    if tls is None and secure and speaks in _HTTP_SERVERS:
        return Cause.PLAIN_EXPECTED, "web"
    if speaks and speaks not in _HTTP_SERVERS:
        return Cause.NOT_BROKER, _which_zeromq(portrait.socket) if speaks == ZEROMQ else "not-web"
    if _REFUSED.search(error.reason):
        return Cause.REJECTED, "token"
    if speaks in {HTTP, METRICS} and error.cause is not Cause.REJECTED:
        return Cause.NOT_BROKER, "metrics" if speaks == METRICS else "path"
    cause = error.cause or Cause.BAD_HANDSHAKE
    if tls is not None and tls.anonymous and means.certificates:
        return Cause.CERTIFICATE_EXPECTED, "ours"
    if cause is Cause.HANDSHAKE_TIMEOUT:
        return cause, "web" if speaks else "silent"
    if cause is Cause.CA_UNKNOWN:
        return cause, _who_checked(error)
    if cause in {Cause.CONNECTION_LOST, Cause.CLOSED_AT_ONCE} and portrait.closed:
        return Cause.CLOSED_AT_ONCE, ""
    return cause, ""
