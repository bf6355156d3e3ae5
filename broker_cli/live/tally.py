"""Counts messages by topic, and by topic and event: how many, how many bytes, how fast, and which was the last.

Nothing is decoded here; the name of an event is read from the bytes. Time comes in as an argument, in seconds of any
clock that does not jump. :meth:`Tally.tick` ends an interval; rates are those of the last one.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, cast

from broker_core import CodecError, MessageKind, event_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from broker_core import ForeignMessage, Message

__all__ = ["DATA", "HISTORY", "KINDS", "LARGEST_LAST", "LONGEST_NAME", "MAX_ROWS", "Row", "Tally"]

MAX_ROWS = 10_000
"""Topics that are told apart, and topics with an event; what comes on further ones is counted together."""
LONGEST_NAME = 1024
"""Characters of a topic, or of the name of an event; what has a longer one is counted with the others, too."""
LARGEST_LAST = 16 * 1024
"""Bytes of a message that is kept as the last one; of a larger one only the size is."""
HISTORY = 60
"""Intervals whose rates are remembered."""

DATA = 0
KINDS = {DATA: "data", 2: "log-create", 3: "log-write", 4: "identifier-update", 5: "batch"}
"""What a message without an event's name holds, by the number that Zeek messages have for it."""

_FOREIGN = MessageKind.FOREIGN
_WEIGHT = 0.3
"""Of the last interval, in the average that changes slowly."""
_STILL = 0.005
"""Messages a second; an average below that is none."""
_COUNT_HEAD = b"\x02" + bytes(7)
_ZEEK_HEAD = b"\x0e\x03" + _COUNT_HEAD + b"\x01" + _COUNT_HEAD
_ZEEK_KIND = len(_ZEEK_HEAD)


class Row:
    """What is known of one topic, or of one event on one topic. Both are None in the row of all others."""

    __slots__ = (
        "_history",
        "_marked",
        "_marked_bytes",
        "_tick",
        "average",
        "byte_rate",
        "bytes",
        "event",
        "first_seen",
        "kind",
        "last",
        "last_seen",
        "last_size",
        "messages",
        "peak",
        "rate",
        "topic",
        "was_rate",
        "whole",
    )

    def __init__(self, topic: str | None, event: str | None = None, kind: str | None = None, now: float = 0.0) -> None:
        self.topic = topic
        self.event = event
        """Its name; None when the row is for a whole topic, or for messages without one."""
        self.kind = kind
        """What the messages hold: of KINDS, "event", or the name of a format that is not Broker's, in parentheses.

        None when the row is for a whole topic.
        """
        self.messages = 0
        self.bytes = 0
        """Of the values in Broker's binary form, without topic and framing."""
        self.last: Message | None = None
        """None as well when it is too large to be kept."""
        self.last_size = 0
        self.first_seen = now
        self.last_seen = now
        self.rate = 0.0
        """Messages a second in the last interval."""
        self.byte_rate = 0.0
        self.was_rate = 0.0
        """The rate in the interval before that."""
        self.average = 0.0
        """The rate over the last intervals, the newest counting most."""
        self.peak = 0.0
        self.whole: Row = self
        """The row of the whole topic."""
        self._history: deque[float] = deque(maxlen=HISTORY)
        self._marked = 0
        self._marked_bytes = 0
        self._tick = 0

    def count(self, message: Message, size: int, now: float) -> None:
        """One more message of *size* bytes."""
        self.messages += 1
        self.bytes += size
        self.last = message if size <= LARGEST_LAST else None
        self.last_size = size
        self.last_seen = now

    def tick(self, number: int, elapsed: float) -> None:
        """End interval *number*, which took *elapsed* seconds."""
        new = self.messages - self._marked
        self.was_rate = self.rate
        self.rate = rate = new / elapsed
        self.byte_rate = (self.bytes - self._marked_bytes) / elapsed
        self._marked, self._marked_bytes = self.messages, self.bytes
        self.average = rate if self.average == 0 else self.average + _WEIGHT * (rate - self.average)
        if self.average < _STILL:
            self.average = 0.0
        self.peak = max(self.peak, rate)
        self._history.extend([0.0] * min(number - 1 - self._tick, HISTORY))  # intervals in which nobody asked
        self._history.append(rate)
        self._tick = number

    @property
    def has_new(self) -> bool:
        """Whether messages came after the last :meth:`tick`."""
        return self.messages != self._marked

    @property
    def moves(self) -> bool:
        """Whether there is something for :meth:`tick` to do."""
        return self.messages != self._marked or self.average > 0 or self.rate > 0 or self.was_rate > 0

    def estimate(self, elapsed: float) -> None:
        """Rates from the first *elapsed* seconds, before an interval has ended."""
        self.rate = self.average = self.messages / elapsed
        self.byte_rate = self.bytes / elapsed

    def forget_estimate(self) -> None:
        """As if there had been no :meth:`estimate`."""
        self.rate = self.average = self.byte_rate = 0.0

    def history(self, ticks: int) -> list[float]:
        """The rates of the last intervals, oldest first, when *ticks* have ended."""
        return [*self._history, *[0.0] * min(ticks - self._tick, HISTORY)][-HISTORY:]

    def copy(self) -> Row:
        """A row that stays as this one is now."""
        other = Row.__new__(Row)
        for name in Row.__slots__:
            setattr(other, name, getattr(self, name))
        other._history = self._history.copy()  # noqa: SLF001  # the same class
        other.whole = other
        return other


class Tally:
    """All counts since *now*."""

    def __init__(self, now: float, *, max_rows: int = MAX_ROWS) -> None:
        self._max_rows = max_rows
        self.reset(now)

    def reset(self, now: float) -> None:
        """Start anew."""
        self.started = now
        self.ticks = 0
        """How many intervals have ended."""
        self.total = Row(None, now=now)
        """Everything."""
        self._ticked = now
        self._estimated = False
        self._events: dict[tuple[str, str | int | tuple[str]], Row] = {}
        self._topics: dict[str, Row] = {}
        self._other_events = Row(None, now=now)
        self._other_topics = Row(None, now=now)

    def add(self, messages: Iterable[Message], now: float) -> None:
        """Count *messages*, which came until *now*."""
        events, longest = self._events, LARGEST_LAST
        count = bytes_ = size = 0
        message = None
        for message in messages:
            try:
                payload = message.payload
            except CodecError:  # a value that came as JSON, and has no binary form
                payload = b""
            size = len(payload)
            count += 1
            bytes_ += size
            name: str | int | tuple[str] | None
            if message.kind is _FOREIGN:
                name = (cast("ForeignMessage", message).serializer,)
            elif (name := event_name(payload)) is None:
                name = _kind(payload)
            row = events.get((message.topic, name))
            if row is None:
                self._admit(message, name, size, now)
                continue
            last = message if size <= longest else None
            row.messages += 1
            row.bytes += size
            row.last, row.last_size, row.last_seen = last, size, now
            whole = row.whole
            whole.messages += 1
            whole.bytes += size
            whole.last, whole.last_size, whole.last_seen = last, size, now
        if message is not None:
            total = self.total
            total.count(message, size, now)
            total.messages += count - 1
            total.bytes += bytes_ - size

    def _admit(self, message: Message, name: str | int | tuple[str], size: int, now: float) -> None:
        """Count a message that has no row yet, or gets none."""
        topic = message.topic
        whole = self._topics.get(topic)
        if whole is None:
            if len(self._topics) < self._max_rows and len(topic) <= LONGEST_NAME:
                whole = self._topics[topic] = Row(topic, now=now)
            else:
                whole = self._other_topics
        is_short = isinstance(name, int) or len(name if isinstance(name, str) else name[0]) <= LONGEST_NAME
        if whole.topic is None or len(self._events) >= self._max_rows or not is_short:
            row = self._other_events
        else:
            if isinstance(name, str):
                row = Row(topic, name, "event", now)
            else:
                row = Row(topic, None, KINDS[name] if isinstance(name, int) else f"({name[0]})", now)
            row.whole = whole
            self._events[topic, name] = row
        row.count(message, size, now)
        whole.count(message, size, now)

    def tick(self, now: float) -> None:
        """End an interval."""
        elapsed = now - self._ticked
        if elapsed <= 0:
            return
        if self._estimated:
            self._estimated = False
            for row in self._all():
                row.forget_estimate()
        self._ticked = now
        self.ticks += 1
        for row in self._all():
            if row.moves:
                row.tick(self.ticks, elapsed)

    def estimate(self, now: float) -> None:
        """Have rates before the first interval has ended; nothing after that."""
        if not self.ticks and now > self.started:
            self._estimated = True
            for row in self._all():
                row.estimate(now - self.started)

    def _all(self) -> Iterable[Row]:
        yield from self._events.values()
        yield from self._topics.values()
        yield from (self._other_events, self._other_topics, self.total)

    def rows(self, *, by_event: bool) -> Sequence[Row]:
        """A row for each topic, or for each topic and event, in the order in which they appeared.

        The row of all others is the last one, if there are others.
        """
        found = list(self._events.values()) if by_event else list(self._topics.values())
        others = self._other_events if by_event else self._other_topics
        return [*found, others] if others.messages else found

    def copy(self) -> Tally:
        """A tally that stays as this one is now, to be looked at."""
        other = Tally.__new__(Tally)
        vars(other).update(vars(self))
        other.total = self.total.copy()
        other._events = {key: row.copy() for key, row in self._events.items()}  # noqa: SLF001  # the same class
        other._topics = {key: row.copy() for key, row in self._topics.items()}  # noqa: SLF001
        other._other_events = self._other_events.copy()  # noqa: SLF001
        other._other_topics = self._other_topics.copy()  # noqa: SLF001
        return other


def _kind(payload: bytes) -> int:
    """What a message without an event's name holds."""
    if payload.startswith(_ZEEK_HEAD) and len(payload) > _ZEEK_KIND and payload[_ZEEK_KIND] in KINDS:
        return payload[_ZEEK_KIND]
    return DATA
