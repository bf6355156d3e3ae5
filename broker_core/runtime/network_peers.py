"""A peer that speaks Broker's own protocol."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import trio

from broker_core.protocol.events import FilterChanged, PeerLeaving, PongReceived, Skipped

from .wire_peers import WirePeer

if TYPE_CHECKING:
    from collections.abc import Sequence

    from broker_core.limits import Limits
    from broker_core.protocol.events import Event
    from broker_core.protocol.peering import PeerConnection

    from .peers import Direction, PeerSink
    from .queues import Overflow
    from .streams import Connection

__all__ = ["NetworkPeer"]


class NetworkPeer(WirePeer):
    """A peer over a connection whose Broker handshake is complete."""

    protocol: PeerConnection

    def __init__(
        self,
        connection: Connection,
        protocol: PeerConnection,
        direction: Direction,
        *,
        limits: Limits,
        overflow: Overflow,
        pending: Sequence[Event],
    ) -> None:
        assert protocol.peer_id is not None  # the handshake is complete
        super().__init__(
            protocol.peer_id, connection, protocol, direction, limits=limits, overflow=overflow, pending=pending
        )
        self.attempt: object = None
        """What the registry knows this connection by."""
        self._bye_mark: tuple[int, int] | None = None

    @property
    def filter(self) -> tuple[str, ...]:
        """The prefixes that the peer wants."""
        return self.protocol.peer_filter

    @property
    def pings(self) -> int:
        """How many the peer has sent."""
        return self.protocol.pings

    @property
    def pongs(self) -> int:
        """How many the peer has sent."""
        return self.protocol.pongs

    def tell_wanted(self, prefixes: tuple[str, ...], *, at_once: bool) -> None:  # noqa: ARG002  # it costs nothing
        """Tell the peer what this side wants now."""
        self.protocol.set_filter(prefixes)
        self._queue_control()

    def _happened(self, event: Any, sink: PeerSink) -> None:
        match event:
            case FilterChanged():
                sink.filter_changed()
            case PongReceived(payload):
                self._answered(payload)
            case Skipped(problem):
                sink.skipped(self, problem)
            case PeerLeaving():
                self._bye_mark = self._mark()
            case _:  # events of the handshake, which is over
                pass

    def _left_mark(self) -> tuple[int, int] | None:
        # A peer that left after our answer to its BYE has read that, and so all that was before it.
        return self._bye_mark

    def _ask(self, token: bytes) -> bytes:
        payload = b"PING" + token
        self.protocol.send_ping(payload)
        return payload

    def _start_leaving(self, token: bytes) -> None:
        self.protocol.start_bye(token, trio.current_time())

    def _goodbye_confirms(self) -> bool:
        return self.protocol.bye_answered
