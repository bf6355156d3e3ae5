"""Shared by the tests of messages and protocol: recorded connections, frames, and two ends joined in memory."""

from __future__ import annotations

import json
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

from hypothesis import strategies as st

from broker_core.errors import EC, RemoteProtocolError
from broker_core.limits import DEFAULT_LIMITS, Limits
from broker_core.messages.binary_wire import FrameWriter
from broker_core.messages.envelopes import Message
from broker_core.messages.handshake import OriginatorAck, OriginatorSyn, ResponderSynAck, VersionSelect
from broker_core.model import EndpointId
from broker_core.protocol.events import Event, Lost, PeerIdentified
from broker_core.protocol.framing import frame_of
from broker_core.protocol.peering import PeerConnection, Phase

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

VECTORS = Path(__file__).parent / "vectors"
SIDES = ("acceptor", "connector")

SMALL = EndpointId(b"\x10" + bytes(14) + b"\x01")
MIDDLE = EndpointId(b"\x77" * 16)
LARGE = EndpointId(b"\xf0" + bytes(14) + b"\x02")


@dataclass(frozen=True)
class Recording:
    """One recorded connection: who sent which frame (None: the end of the stream), in order."""

    name: str
    ids: dict[str, EndpointId]
    frames: list[tuple[str, bytes | None]]

    def __str__(self) -> str:
        return self.name

    @property
    def handshake_size(self) -> int:
        """How many frames belong to the handshake."""
        return self.frames.index((self.originator, OriginatorAck().encode())) + 1

    @property
    def originator(self) -> str:
        """The side with the smaller id."""
        return min(SIDES, key=lambda side: self.ids[side])


def recordings() -> list[Recording]:
    """All recorded connections, of C++ endpoints and of Zeek."""
    found = []
    for name in ("transcripts-pubsub", "transcripts-stores", "zeek-native"):
        for scenario, row in json.loads((VECTORS / f"{name}.json").read_text()).items():
            assert all(frame["conn"] == 0 for frame in row["frames"])
            frames = [
                (frame["from"], None if frame.get("eof") else bytes.fromhex(frame["frame"])) for frame in row["frames"]
            ]
            found.append(Recording(scenario, {side: EndpointId.parse(row[side]) for side in SIDES}, frames))
    return found


def connection(
    own_id: EndpointId = SMALL,
    *,
    server: bool = True,
    own_filter: Iterable[str] = ("/own",),
    limits: Limits = DEFAULT_LIMITS,
    now: float = 0.0,
) -> PeerConnection:
    """A connection at its beginning."""
    return PeerConnection(own_id, server=server, own_filter=own_filter, limits=limits, now=now)


def peered(*, originator: bool = True, limits: Limits = DEFAULT_LIMITS, now: float = 0.0) -> PeerConnection:
    """A connection in operation, drained; its own filter is /own, the peer's is /peer."""
    own, peer = (SMALL, LARGE) if originator else (LARGE, SMALL)
    conn = connection(own, server=False, limits=limits, now=now)
    if originator:
        conn.receive_data(hello_frame(peer), now)
        conn.proceed()
        conn.receive_data(frame_of(ResponderSynAck(("/peer",)).encode()), now)
    else:
        conn.receive_data(frame_of(VersionSelect(peer).encode()), now)
        conn.proceed()
        conn.receive_data(frame_of(OriginatorSyn(("/peer",)).encode()), now)
        conn.receive_data(frame_of(OriginatorAck().encode()), now)
    conn.events()
    conn.data_to_send()
    return conn


def hello_frame(sender: EndpointId) -> bytes:
    """A hello with its length, written out."""
    return b"\x00\x00\x00\x17\x06ZEEK" + sender + b"\x01\x01"


def frames_of_peer(conn: PeerConnection) -> FrameWriter:
    """What makes the frames that the peer of *conn* would send."""
    assert conn.peer_id is not None
    return FrameWriter(conn.peer_id)


def cut(data: bytes, cuts: Sequence[int]) -> list[bytes]:
    """*data* in pieces, cut at the given positions."""
    edges = [0, *sorted({position for position in cuts if 0 < position < len(data)}), len(data)]
    return [data[start:end] for start, end in pairwise(edges)]


def plain(events: Iterable[Event]) -> list[object]:
    """Events in a form that can be compared."""
    return [
        (event.kind, event.topic, event.payload, event.sender, event.receiver, event.ttl)
        if isinstance(event, Message)
        else event
        for event in events
    ]


class Link:
    """Joins two connections in memory. *sizes* gives the length of each piece that is carried; None: whole."""

    def __init__(self, one: PeerConnection, other: PeerConnection, sizes: Sequence[int] | None = None) -> None:
        self.ends = (one, other)
        self.events: tuple[list[Event], list[Event]] = ([], [])
        self.written: tuple[list[bytes], list[bytes]] = ([], [])
        self._wires = (bytearray(), bytearray())
        self._sizes = list(sizes or ())
        self._turn = 0

    def run(self, now: float = 0.0) -> None:
        """Carry bytes until nothing moves any more. Every peer is accepted."""
        moved = True
        while moved:
            moved = False
            for at, end in enumerate(self.ends):
                for frame in end.data_to_send():
                    self.written[at].append(frame)
                    self._wires[at].extend(frame)
                self._drain(at)
            for at in (0, 1):
                wire = self._wires[at]
                if wire:
                    moved = True
                    size = self._next_size() or len(wire)
                    self.ends[1 - at].receive_data(bytes(wire[:size]), now)
                    del wire[:size]
                    self._drain(1 - at)

    def _next_size(self) -> int:
        if not self._sizes:
            return 0
        self._turn += 1
        return self._sizes[self._turn % len(self._sizes)]

    def _drain(self, at: int) -> None:
        for event in self.ends[at].events():
            self.events[at].append(event)
            if isinstance(event, PeerIdentified):
                self.ends[at].proceed()
                self._drain(at)


def sizes() -> st.SearchStrategy[list[int]]:
    """Sizes of pieces for :class:`Link`."""
    return st.lists(st.integers(1, 40), min_size=1, max_size=8)


def update_frame(own: EndpointId, peer: EndpointId, *filter_: str) -> bytes:
    return FrameWriter(own).routing_update_frame(peer, filter_)


def broken_update(payload: bytes) -> bytes:
    return frame_of(LARGE + SMALL + b"\x03\x00\x10\x00\x03<$>" + payload)


def lost(conn: PeerConnection) -> Lost:
    """The one Lost of a closed connection, which is its last event."""
    events = conn.events()
    ends = [event for event in events if isinstance(event, Lost)]
    assert conn.closed
    assert conn.phase is Phase.CLOSED
    assert conn.next_deadline() is None
    assert ends == events[-1:]
    return ends[0]


def problem(conn: PeerConnection) -> tuple[EC, str]:
    error = lost(conn).error
    assert isinstance(error, RemoteProtocolError)
    return error.code, error.problem
