"""Who is peered with whom: the decision about duplicate connections. Source: spec native-protocol.md section 4.4.

Two endpoints may connect to each other at the same time, or twice in a row. Of all these connections one is to
survive, and both sides have to agree on which: the originator decides, the responder follows.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Final, Generic, TypeVar

from broker_core.errors import EC

if TYPE_CHECKING:
    from broker_core.model.ids import EndpointId

__all__ = ["Decision", "Drop", "Hold", "PeerRegistry", "PeerState", "Proceed", "Verdicts", "decision"]

C = TypeVar("C")

_MAX_REMEMBERED: Final = 1024
"""How many disconnected ids are remembered; that state changes nothing, so the bound costs nothing."""


class PeerState(Enum):
    """What is known about a peer id, with C++'s numbers (spec data-model.md section 10.3)."""

    INITIALIZED = 0
    """Nothing."""
    CONNECTING = 1
    """A handshake is in progress."""
    CONNECTED = 2
    """The handshake is complete."""
    PEERED = 3
    """Messages flow."""
    DISCONNECTED = 4
    """The peering has ended."""
    RECONNECTING = 5
    """As CONNECTING, after an earlier peering."""


_IN_HANDSHAKE = (PeerState.CONNECTING, PeerState.RECONNECTING)
_CONNECTED = (PeerState.CONNECTED, PeerState.PEERED)


@dataclass(frozen=True, slots=True)
class Proceed:
    """Call ``connection.proceed()``."""


@dataclass(frozen=True, slots=True)
class Hold:
    """Do nothing now; a later verdict settles it."""


@dataclass(frozen=True, slots=True)
class Drop:
    """Call ``connection.reject(code, text)``."""

    code: EC
    text: str


Decision = Proceed | Hold | Drop
Verdicts = list[tuple[C, Decision]]
"""What to do with connections that were held."""

_PROCEED = Proceed()
_HOLD = Hold()
_SHUTTING_DOWN = Drop(EC.SHUTTING_DOWN, "shutting down")
_REDUNDANT = Drop(EC.REDUNDANT_CONNECTION, "redundant connection")
_REDUNDANT_AT_RESPONDER = Drop(EC.LOGIC_ERROR, "detected redundant connection at the responder")
_NOTHING_PENDING = Drop(EC.LOGIC_ERROR, "detected redundant connection but find_pending_handshake failed")


def decision(state: PeerState, *, originator: bool, pending: bool, shutting_down: bool = False) -> Decision:
    """The table of section 4.4. *pending* says that a handshake with that peer id is in progress."""
    if shutting_down:
        return _SHUTTING_DOWN
    if state in (PeerState.INITIALIZED, PeerState.DISCONNECTED):
        return _PROCEED
    if not originator:
        return _REDUNDANT_AT_RESPONDER
    if state in _CONNECTED:
        return _REDUNDANT
    return _HOLD if pending else _NOTHING_PENDING


class PeerRegistry(Generic[C]):
    """A state for each peer id. C is whatever the caller knows a connection by; it is compared by identity.

    Of the connections with one peer id, at most one is current: in its handshake, or peered. Others are held
    until that is settled.
    """

    def __init__(self) -> None:
        self.shutting_down = False
        self._states: dict[EndpointId, PeerState] = {}
        self._current: dict[EndpointId, C] = {}
        self._held: dict[EndpointId, list[C]] = {}
        self._disconnected: dict[EndpointId, None] = {}  # a dict, since it keeps the order

    def decide(self, peer_id: EndpointId, originator: bool, connection: C) -> Decision:
        """What becomes of *connection*, whose peer is known now. Call it on PeerIdentified.

        Hold means that a later call returns the verdict on it.
        """
        state = self.state(peer_id)
        pending = state in _IN_HANDSHAKE and peer_id in self._current
        verdict = decision(state, originator=originator, pending=pending, shutting_down=self.shutting_down)
        if verdict is _PROCEED:
            self._begin(peer_id, connection)
        elif verdict is _HOLD:
            self._held.setdefault(peer_id, []).append(connection)
        return verdict

    def completed(self, peer_id: EndpointId, connection: C) -> Verdicts[C]:
        """The handshake of *connection* is complete: the ones that were held for it are redundant."""
        if self._current.get(peer_id) is not connection:
            return []
        self._states[peer_id] = PeerState.CONNECTED
        return [(held, _REDUNDANT) for held in self._held.pop(peer_id, [])]

    def joined(self, peer_id: EndpointId) -> None:
        """The peering is in operation."""
        if self._states.get(peer_id) is PeerState.CONNECTED:
            self._states[peer_id] = PeerState.PEERED

    def ended(self, peer_id: EndpointId, connection: C) -> Verdicts[C]:
        """Forget *connection*, whether it was held, in its handshake or peered; harmless when it was none of these.

        When a handshake ends this way, the first of those that were held for it takes its place.
        """
        held = self._held.get(peer_id, [])
        if self._current.get(peer_id) is not connection:
            held[:] = [other for other in held if other is not connection]
            if not held:
                self._held.pop(peer_id, None)
            return []
        del self._current[peer_id]
        before = self._states.pop(peer_id)
        if before is not PeerState.CONNECTING:
            self._remember(peer_id)
        if not held:
            return []
        successor = held.pop(0)
        if not held:
            del self._held[peer_id]
        self._begin(peer_id, successor)
        return [(successor, _PROCEED)]

    def start_shutdown(self) -> Verdicts[C]:
        """Refuse every connection from now on, those that are held included."""
        self.shutting_down = True
        held = [connection for waiting in self._held.values() for connection in waiting]
        self._held.clear()
        return [(connection, _SHUTTING_DOWN) for connection in held]

    def state(self, peer_id: EndpointId) -> PeerState:
        """What is known about *peer_id*; INITIALIZED for an unknown one."""
        known = self._states.get(peer_id)
        if known is not None:
            return known
        return PeerState.DISCONNECTED if peer_id in self._disconnected else PeerState.INITIALIZED

    def is_connected(self, peer_id: EndpointId) -> bool:
        """Whether a peering with *peer_id* exists or is being made.

        A drop_conn 39 from that peer then means that the attempt was not needed, not that it failed (section 4.5).
        """
        return peer_id in self._states

    def _begin(self, peer_id: EndpointId, connection: C) -> None:
        again = self._disconnected.pop(peer_id, self) is None
        self._states[peer_id] = PeerState.RECONNECTING if again else PeerState.CONNECTING
        self._current[peer_id] = connection

    def _remember(self, peer_id: EndpointId) -> None:
        self._disconnected[peer_id] = None
        if len(self._disconnected) > _MAX_REMEMBERED:
            del self._disconnected[next(iter(self._disconnected))]
