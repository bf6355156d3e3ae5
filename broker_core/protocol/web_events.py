"""What the connections of the WebSocket interface report.

Received data messages are reported as :class:`~broker_core.messages.envelopes.Message` objects themselves, and the
last event of every connection is :class:`~broker_core.protocol.events.Lost`.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from broker_core.messages.envelopes import Message
from broker_core.protocol.events import Lost, PongReceived, Skipped

__all__ = [
    "Acknowledged",
    "BarrierReached",
    "ClientEvent",
    "ServerError",
    "ServerEvent",
    "Subscribed",
    "UpgradeRequested",
]


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """Client: the server took the subscription; messages may flow."""

    endpoint: str
    """The server's id: a UUID, or a Zeek node's id with ``-websocket-<n>`` behind it."""
    version: str
    """The version of libbroker, or of Zeek."""


@dataclass(frozen=True, slots=True)
class ServerError:
    """Client: an error message of the server, as it is. The session goes on.

    Most answer a message of this side that was refused; ``broker_error`` of a Zeek concerns another message.
    """

    code: str
    context: str


@dataclass(frozen=True, slots=True)
class BarrierReached:
    """Client: the server has processed, or refused, everything sent before the barrier *token*."""

    token: bytes


@dataclass(frozen=True, slots=True)
class UpgradeRequested:
    """Server: a client asks for the WebSocket. Nothing happens until ``accept()`` or ``refuse(status, text)``."""

    path: str
    """The request's target, with its query."""
    app_name: str
    """X-Application-Name, "" when it is absent."""
    authorization: str = field(repr=False)
    """The Authorization header, "" when it is absent. A secret."""
    origin: str
    """The Origin header, "" when it is absent: set by browsers, to the site whose script connects."""


@dataclass(frozen=True, slots=True)
class Subscribed:
    """Server: the client's topic prefixes. ``acknowledge(endpoint, version)`` or ``deny(code, context)`` follows."""

    topics: tuple[str, ...]


ClientEvent = Acknowledged | ServerError | BarrierReached | PongReceived | Skipped | Lost | Message
ServerEvent = UpgradeRequested | Subscribed | PongReceived | Skipped | Lost | Message
