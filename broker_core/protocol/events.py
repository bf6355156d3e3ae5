"""What a connection reports. Received data and commands are reported as :class:`Message` objects themselves.

The last event of every connection is :class:`Lost`, and there is only one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from broker_core.messages.envelopes import Message

if TYPE_CHECKING:
    from broker_core.errors import BrokerError, Cause
    from broker_core.model.ids import EndpointId

__all__ = ["Event", "FilterChanged", "Lost", "PeerIdentified", "PeerLeaving", "Peered", "PongReceived", "Skipped"]


@dataclass(frozen=True, slots=True)
class PeerIdentified:
    """The peer's id is known. The handshake stands still until ``proceed()`` or ``reject(code, text)``."""

    peer: EndpointId
    originator: bool
    """Whether this side is the originator: the one that decides about duplicate connections."""


@dataclass(frozen=True, slots=True)
class Peered:
    """The handshake is complete; messages may flow."""

    peer: EndpointId
    filter: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FilterChanged:
    """The peer announced a new filter, which replaces the old one."""

    filter: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PongReceived:
    """The answer to a ping of this side."""

    payload: bytes


@dataclass(frozen=True, slots=True)
class PeerLeaving:
    """The peer sent BYE: the end of the stream that follows is intended."""


@dataclass(frozen=True, slots=True)
class Skipped:
    """A frame that could not be read was left out; the connection goes on."""

    problem: str


@dataclass(frozen=True, slots=True)
class Lost:
    """The end. *error* is None when the peering ended in an orderly way: by BYE of either side."""

    error: BrokerError | None
    """Why it ended. In the handshake a PeerRefused-like reason is a RemoteProtocolError with the drop's code."""
    drop_code: int | None = None
    """The code of the peer's drop_conn, when it sent one."""
    drop_text: str = ""
    drop_sender: EndpointId | None = None
    """Who sent the drop_conn: with code 39 the attempt is a success if that one is connected already."""
    looks_like: str = ""
    """When the other side is no Broker peer: what it seems to be (see :mod:`broker_core.protocol.sniff`)."""
    cause: Cause | None = None
    """WebSocket: the same as *error* for programs, where it is one of the known causes."""
    refused: bool = False
    """WebSocket: whether one side refused the other on purpose: by HTTP status, error message or close code."""
    http_status: int | None = None
    """WebSocket: the status of the answer to the upgrade, when it was refused."""
    close_code: int | None = None
    """WebSocket: the code of the other side's close frame, when it sent one."""


Event = PeerIdentified | Peered | FilterChanged | PongReceived | PeerLeaving | Skipped | Lost | Message
