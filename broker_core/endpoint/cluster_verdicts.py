"""From what the two ports of a ZeroMQ cluster show, and how an attempt failed, to the cause: without a socket.

A central broker has an XPUB, where nodes receive, and an XSUB, where they send; each is judged by the look at it, and
both together may tell more: ports the wrong way round, one that is missing, two of different brokers.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from broker_core.errors import Cause
from broker_core.model.addresses import PeerAddress
from broker_core.protocol.sniff import OLD_BROKER, ZEROMQ
from broker_core.runtime.portraits import BROKER
from broker_core.runtime.zmq_look import CURVE

from .neighbours import zmq_address
from .verdicts import WEB_SERVERS, Verdict, words_of

if TYPE_CHECKING:
    from broker_core.errors import PeeringError
    from broker_core.runtime.portraits import Portrait
    from broker_core.runtime.probes import Reach
    from broker_core.runtime.zmq_look import SocketLook

__all__ = ["PortView", "judge_attempt", "judge_ports"]

_UNKNOWN_CLIENT = "does not know the CURVE key of this client"
_TWO_BROKERS = "do not belong to one central broker"
"""In the errors of an attempt (:mod:`broker_core.runtime.zmq_dialing`)."""


@dataclass(slots=True, kw_only=True)
class PortView:
    """What one of the two ports shows."""

    address: PeerAddress
    """With this port as the first."""
    ways: list[Reach]
    """What came of connections to all addresses of the host."""
    look: SocketLook | None = None
    error: PeeringError | None = None
    """Why there is no look, although the port is open."""
    portrait: Portrait | None = None
    """Who answers there instead."""

    @property
    def open(self) -> Reach | None:
        """The first address that answers."""
        return next((way for way in self.ways if way.way == "open"), None)

    @property
    def kind(self) -> str:
        """``XPUB``, ``XSUB``, ...; "" when it is not known."""
        return self.look.socket_type if self.look is not None else ""

    @property
    def encrypts(self) -> bool:
        """Whether it wants CURVE."""
        return self.look is not None and self.look.mechanism == CURVE


def judge_ports(first: PortView, second: PortView, *, keys: bool, timeout: float) -> Verdict | None:
    """What is wrong with the two ports, at least one of which is open; None when nothing shows.

    *keys*: whether this side has CURVE keys. *timeout*: the seconds that a connection was given.
    """
    found = _by_first(first, second) or _by_second(first, second) or _by_mechanism(first, second, keys=keys)
    if found is None:
        return None
    cause, variant, more = found
    words = words_of(first.address._replace(send_port=second.address.port)) | {"timeout": f"{timeout:g} s"}
    return Verdict(cause=cause, variant=variant, words=words | more)


def judge_attempt(error: PeeringError, address: PeerAddress) -> Verdict:
    """Why *error* was, with two ports that looked well."""
    cause, variant = error.cause or Cause.BAD_HANDSHAKE, ""
    if cause is Cause.CURVE_REFUSED:
        variant = "client" if _UNKNOWN_CLIENT in error.reason else "server"
    elif cause is Cause.HANDSHAKE_TIMEOUT:
        variant = "two-brokers" if _TWO_BROKERS in error.reason else "zeromq"
    elif cause is Cause.CONNECTION_LOST:
        variant = "zeromq"
    return Verdict(cause=cause, variant=variant, words=words_of(address) | {"reason": error.reason})


_Found = tuple[Cause, str, dict[str, str]] | None


def _try(address: object) -> dict[str, str]:
    return {"try": f"`broker doctor {address}`"}


def _by_first(first: PortView, second: PortView) -> _Found:
    """What the port of the XPUB shows; where it is closed, what the other one does."""
    host, port, other = first.address.host, first.address.port, second.address.port
    if first.kind == "XSUB":
        if second.kind == "XPUB":
            return Cause.WRONG_SOCKET, "reversed", _try(PeerAddress(host, other, "zmq", port))
        return Cause.WRONG_SOCKET, "sending", _try(zmq_address(host, port, "XSUB"))
    if first.kind not in {"", "XPUB"}:
        return _wrong_kind(first)
    if first.error is not None:
        return _stranger(first)
    if first.open is not None:
        return None
    if second.error is not None:
        return _stranger(second)
    if second.kind not in {"", "XPUB", "XSUB"}:
        return _wrong_kind(second)
    if second.kind == "XPUB":
        return _closed(first) or (Cause.REFUSED, "zeromq-behind", _try(PeerAddress(host, other, "zmq")))
    return _closed(first) or (Cause.REFUSED, "zeromq-no-xpub", {"socket": _other(second)})


def _by_second(first: PortView, second: PortView) -> _Found:
    if second.error is not None:
        return _stranger(second)
    if second.open is None:
        return _closed(second) or (Cause.REFUSED, "zeromq-no-xsub", {"socket": _other(first)})
    return _wrong_kind(second) if second.kind not in {"", "XSUB"} else None


def _by_mechanism(first: PortView, second: PortView, *, keys: bool) -> _Found:
    if first.encrypts != second.encrypts:
        return Cause.CURVE_EXPECTED, "mixed", {}
    if first.encrypts != keys:
        return Cause.CURVE_EXPECTED, "ours" if keys else "theirs", {}
    return None


def _other(view: PortView) -> str:
    """What answers at the port that is open."""
    if view.encrypts:
        return "a socket with CURVE"
    return f"an {view.kind}" if view.kind in {"XPUB", "XSUB"} else "a ZeroMQ socket"


def _wrong_kind(view: PortView) -> _Found:
    variant = {"PULL": "pull", "XPUB": "xpub"}.get(view.kind, "")
    words = {"place": view.address.host_and_port, "port": str(view.address.port), "socket": view.kind}
    return Cause.WRONG_SOCKET, variant, words


def _closed(view: PortView) -> _Found:
    """Of a port that is not open, unless it is simply refused."""
    if any(way.way == "refused" for way in view.ways):
        return None
    filtered = any(way.way == "filtered" for way in view.ways)
    words = {"place": view.address.host_and_port, "port": str(view.address.port), "reason": view.ways[0].problem}
    return Cause.FILTERED if filtered else Cause.UNREACHABLE, "", words


def _stranger(view: PortView) -> _Found:
    """Somebody who is no ZeroMQ of today."""
    error, portrait = view.error, view.portrait
    assert error is not None  # noqa: S101  # asked by the callers
    place = view.address.host_and_port
    words = {"place": place, "port": str(view.address.port), "address": place, "reason": error.reason}
    speaks, tls = (portrait.speaks, portrait.tls) if portrait is not None else ("", None)
    if speaks == OLD_BROKER:
        return Cause.OLD_BROKER, "", words
    if speaks == BROKER:
        return Cause.NOT_BROKER, "zeromq-native", words | _try(place)
    if speaks in WEB_SERVERS:
        return Cause.WEBSOCKET, "zeromq", words | _try(f"{'wss' if tls else 'ws'}://{place}")
    if speaks == ZEROMQ and error.cause is Cause.NOT_BROKER:
        return Cause.NOT_BROKER, "zeromq-strange", words
    if (speaks and speaks != ZEROMQ) or tls is not None:
        return Cause.NOT_BROKER, "zeromq-none", words | {"looks_like": speaks or "TLS"}
    if portrait is not None and portrait.closed:
        return Cause.CLOSED_AT_ONCE, "", words
    if error.cause is Cause.HANDSHAKE_TIMEOUT:
        return error.cause, "zeromq-greeting" if speaks else "silent", words
    return error.cause or Cause.BAD_HANDSHAKE, "", words
