"""Counts what a recording holds, in flat memory."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from broker_core import event_name
from broker_core.recordings import Damage, End, Gap, RecordedMessage, RecordingHeader

if TYPE_CHECKING:
    from collections.abc import Sequence

    from broker_core.recordings import Entry

__all__ = ["LONGEST_NAME", "MOST_NAMES", "NOTES_KEPT", "Counts", "Tally"]

T = TypeVar("T")

MOST_NAMES = 10_000
"""How many topics, events and senders are told apart; what comes on others is counted together."""
LONGEST_NAME = 512
"""Characters of the longest that is."""
NOTES_KEPT = 100
"""How many gaps, damaged places and sessions are remembered one by one."""

# An event's type is found with its name; these are the other Zeek messages, by the number behind a common head.
_HEAD = b"\x0e\x03\x02\0\0\0\0\0\0\0\x01\x02\0\0\0\0\0\0\0"
_KINDS = {2: "(log create)", 3: "(log write)", 4: "(identifier update)", 5: "(batch)"}
_VALUE = "(no event)"


class Counts(dict[str, list[int]]):
    """Messages and bytes by name."""

    def __init__(self) -> None:
        super().__init__()
        self.others = [0, 0]
        """Those of names that are not told apart."""

    def slot(self, name: str) -> list[int]:
        """Where *name* is counted."""
        found = self.get(name)
        if found is None:
            if len(self) >= MOST_NAMES or len(name) > LONGEST_NAME:
                return self.others
            found = self[name] = [0, 0]
        return found

    def top(self, most: int) -> list[tuple[str, int, int]]:
        """Name, messages and bytes of the *most* frequent."""
        ordered = sorted(self.items(), key=lambda item: (-item[1][0], item[0]))
        return [(name, messages, size) for name, (messages, size) in ordered[:most]]

    def merge(self, other: Counts) -> None:
        """Add what *other* has counted."""
        for name, counted in other.items():
            _add(self.slot(name), counted)
        _add(self.others, other.others)


def _add(slot: list[int], counted: list[int]) -> None:
    slot[0] += counted[0]
    slot[1] += counted[1]


class Tally:
    """What there is in one recording, or after :meth:`merge` in several."""

    def __init__(self) -> None:
        self.bytes = 0
        """Of the file."""
        self.messages = 0
        self.value_bytes = 0
        """Of the values of all messages."""
        self.first: int | None = None
        self.last: int | None = None
        """Times in nanoseconds since 1970."""
        self.sessions: list[RecordingHeader] = []
        self.session_count = 0
        self.unended = 0
        """How many sessions have no end: their recorder was killed, or is still at it."""
        self.gaps: list[Gap] = []
        self.gap_count = 0
        self.lost = 0
        """How many messages are known to be missing."""
        self.damage: list[Damage] = []
        """Without what is cut off at the end."""
        self.damage_count = 0
        self.damaged_bytes = 0
        self.torn: Damage | None = None
        """What is cut off at the end."""
        self.topics = Counts()
        self.events = Counts()
        self.senders = Counts()
        self._open = False
        self._sender_names: dict[bytes, str] = {}

    def add(self, entries: Sequence[Entry | Damage]) -> None:
        """Count the entries of a block."""
        topics, events, senders = self.topics, self.events, self._sender_names
        value_bytes, messages = 0, 0
        first, last = self.first, self.last
        for entry in entries:
            if type(entry) is not RecordedMessage:
                self._other(entry)
                continue
            payload, time = entry.payload, entry.time
            size = len(payload)
            messages += 1
            value_bytes += size
            if first is None or time < first:
                first = time
            if last is None or time > last:
                last = time
            slot = topics.get(entry.topic) or topics.slot(entry.topic)
            slot[0] += 1
            slot[1] += size
            name = event_name(payload) or _kind(payload)
            slot = events.get(name) or events.slot(name)
            slot[0] += 1
            slot[1] += size
            sender = senders.get(entry.sender) or self._sender(entry.sender)
            slot = self.senders.get(sender) or self.senders.slot(sender)
            slot[0] += 1
            slot[1] += size
        self.first, self.last = first, last
        self.messages += messages
        self.value_bytes += value_bytes

    def _sender(self, raw: bytes) -> str:
        if len(self._sender_names) >= MOST_NAMES:
            self._sender_names.clear()
        name = self._sender_names[raw] = str(raw)
        return name

    def _other(self, entry: Entry | Damage) -> None:
        match entry:
            case RecordingHeader():
                self.unended += self._open
                self._open = True
                self.session_count += 1
                _keep(self.sessions, entry)
            case End():
                self._open = False
            case Gap():
                self.gap_count += 1
                self.lost += entry.lost
                _keep(self.gaps, entry)
            case Damage(at_end=True):
                self.torn = entry
            case Damage():
                self.damage_count += 1
                self.damaged_bytes += entry.size
                _keep(self.damage, entry)

    def finish(self, size: int) -> None:
        """There is no more; the file has *size* bytes."""
        self.bytes = size
        self.unended += self._open
        self._open = False

    @property
    def duration(self) -> int:
        """Nanoseconds from the first message to the last."""
        return 0 if self.first is None or self.last is None else self.last - self.first

    @property
    def rate(self) -> float | None:
        """Messages a second; None when they all came at once."""
        return self.messages / self.duration * 1e9 if self.duration else None

    def merge(self, other: Tally) -> None:
        """Add what *other* has counted, except for notes on single places."""
        for name in ("bytes", "messages", "value_bytes", "session_count", "unended", "gap_count", "lost"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.damage_count += other.damage_count
        self.damaged_bytes += other.damaged_bytes
        if other.first is not None and (self.first is None or other.first < self.first):
            self.first = other.first
        if other.last is not None and (self.last is None or other.last > self.last):
            self.last = other.last
        for mine, others in ((self.topics, other.topics), (self.events, other.events), (self.senders, other.senders)):
            mine.merge(others)


def _keep(notes: list[T], note: T) -> None:
    if len(notes) < NOTES_KEPT:
        notes.append(note)


def _kind(payload: bytes) -> str:
    """What the value of a message is that is no event."""
    if payload.startswith(_HEAD) and len(payload) > len(_HEAD):
        return _KINDS.get(payload[len(_HEAD)], _VALUE)
    return _VALUE
