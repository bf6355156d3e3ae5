"""How an endpoint behaves."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import UTC, tzinfo
from typing import TYPE_CHECKING

from broker_core.errors import ConfigurationError
from broker_core.limits import DEFAULT_LIMITS, Limits
from broker_core.routing.access import is_token
from broker_core.runtime.queues import Overflow, check_overflow
from broker_core.runtime.tls import TlsCredentials, TlsMode, check_tls_mode

if TYPE_CHECKING:
    from broker_core.model.ids import EndpointId
    from broker_core.runtime.curve import CurveKeys

__all__ = ["EndpointOptions"]

_APPLICATION = re.compile(r"[-/_.=:*@A-Za-z0-9]*")  # what Zeek takes (spec websocket-json.md section 8.2)


@dataclass(frozen=True, slots=True, kw_only=True)
class EndpointOptions:
    """Options of one endpoint; raises :class:`ConfigurationError` for what none of them can be."""

    id: EndpointId | None = None
    """The endpoint's id; a random one when None."""
    forward: bool = True
    """Pass messages on from peer to peer (manual 2.2.2). Zeek runs with False."""
    ttl: int = 20
    """Hops that a message published here may take (manual 2.2.2); C++ peers do not count them."""
    tls: TlsMode = "auto"
    """``auto``: dial with TLS or without, whichever the peer speaks; listen with TLS. ``anon``, ``off``: always so."""
    credentials: TlsCredentials | None = None
    """Certificate, key and CAs; required for the TLS mode ``verify``, and what ``auto`` uses when they are there."""
    token: str | None = field(default=None, repr=False)
    """What WebSocket servers are told that let in only those who know it (``Authorization: Bearer``)."""
    curve: CurveKeys | None = field(default=None, repr=False)
    """The keys of a ZeroMQ cluster that encrypts."""
    web_zone: tzinfo = UTC
    """The time zone of WebSocket servers before Zeek 8.0, which write times in that zone without saying so."""
    application: str = "broker-toolkit"
    """How this program calls itself to WebSocket servers (``X-Application-Name``)."""
    peer_overflow: Overflow = "block"
    """What happens to a message for a peer whose queue is full."""
    limits: Limits = field(default=DEFAULT_LIMITS)
    """All bounds and timeouts."""

    def __post_init__(self) -> None:
        check_tls_mode(self.tls)
        check_overflow(self.peer_overflow)
        if self.token is not None and not is_token(self.token):
            msg = "the token has characters that no HTTP header can carry; use ASCII without blanks"
            raise ConfigurationError(msg)
        if not _APPLICATION.fullmatch(self.application):
            msg = f"the application name {self.application!r} has other characters than letters, digits and /_-.=:*@"
            raise ConfigurationError(msg)
        if not 1 <= self.ttl <= 0xFFFF:
            msg = f"ttl {self.ttl} is outside 1 .. 65535"
            raise ConfigurationError(msg)
