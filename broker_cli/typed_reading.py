"""Lines for ``publish --from`` that are read, or at least checked, as events are declared; and lines with times.

In typed formats (ndjson, literals of other values, Zeek logs) a value that Zeek would drop is a bad line. In formats
without types, or where a literal could be meant in several ways, the declaration says what the words are.
"""

from __future__ import annotations

from math import isfinite
from typing import TYPE_CHECKING, Any

from broker_core import Batch as ZeekBatch
from broker_core import Count, DecodeError, Event, InvalidValue, Timestamp, zeek_message
from broker_core.declarations import (
    MisfitError,
    check_arguments,
    load_plain,
    plain_arguments,
    read_argument,
    read_listed,
    within,
)
from broker_core.model.topics import check_topic

from .arguments import declared, undeclared
from .reading import NOTICES, Batch, JsonReader, LineReader, MessageReader, Recorded, TextReader, make_reader

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from broker_core.declarations import Declarations, Signature

    from .reading import InputFormat

__all__ = ["CheckedReader", "PlainReader", "TimedReader", "TypedLines", "make_typed_reader", "typed_text"]

_ONE = Count(1)
_NETWORK_TIMESTAMP = 1
_LATEST = 9e9  # seconds since 1970, more or less what 64 bits of nanoseconds hold


class CheckedReader(MessageReader):
    """What *inner* reads, if its events are as *known* declares them; anything else is passed on."""

    def __init__(self, inner: MessageReader, known: Declarations) -> None:
        super().__init__(inner.topic)
        self._inner = inner
        self._known = known

    def parse(self, line: str) -> tuple[str, Any] | None:
        """The message of a line."""
        message = self._inner.parse(line)
        if message is not None:
            self._check_value(message[1])
        return message

    def _check_value(self, value: Any) -> None:
        if type(value) is tuple:
            self._check(zeek_message(value))

    def _check(self, view: Any) -> None:
        if isinstance(view, Event):
            signature = declared(view.name, self._known)
            if signature is not None:
                check_arguments(signature, view.args)
        elif isinstance(view, ZeekBatch):
            for member in view.flatten():
                self._check(member)

    def batch(self, lines: Sequence[bytes], *, keep_going: bool) -> Batch[tuple[str, Any]]:
        """What *lines* hold; the inner reader gets them one by one, so that it is known which line is wrong."""
        found: list[tuple[str, Any]] = []
        problems: list[tuple[int, str]] = []
        for at, line in enumerate(lines):
            inner = self._inner.batch((line,), keep_going=True)
            problems += [(at, problem) for _, problem in inner.problems]
            for message in inner.found:
                try:
                    self._check_value(message[1])
                except (DecodeError, InvalidValue) as error:
                    problems.append((at, str(error)))
                else:
                    found.append(message)
            if problems and not keep_going:
                break
        return Batch(found, problems)


def typed_text(topic: str | None, known: Declarations) -> MessageReader:
    """Lines of the format ``text``; the arguments of declared events are read by their types."""

    def read_args(name: str, listed: str) -> Any:
        signature = declared(name, known)
        if signature is None:
            from broker_core.codecs import text

            return text.decode(listed)
        return read_listed(signature, listed)

    return CheckedReader(TextReader(topic, read_args), known)


class TypedLines(MessageReader):
    """Any lines: each is the one argument of an event, of the type that *signature* says."""

    def __init__(self, topic: str, signature: Signature) -> None:
        super().__init__(check_topic(topic))
        self._signature = signature
        self._parameter = signature.parameters[0]

    def parse(self, line: str) -> tuple[str, Any] | None:
        """The event of a line."""
        try:
            value = read_argument(line, self._parameter.type)
        except MisfitError as error:
            raise within(error, str(self._parameter)) from None
        assert self.topic is not None  # noqa: S101  # these lines have none of their own
        return self.topic, (_ONE, _ONE, (self._signature.name, (value,)))


class PlainReader(MessageReader):
    """JSON without types, which gets them from *known*: what ``-o plain`` prints.

    A line is an object with ``topic`` (unless one is given for all), ``event``, ``args`` (an array, or an object by
    names) or ``named`` in its place, and maybe ``network_timestamp``. With an *event* for all, a line can also be the
    arguments alone, an array or an object by names.
    """

    def __init__(self, topic: str | None, event: str | None, known: Declarations) -> None:
        super().__init__(None if topic is None else check_topic(topic))
        self._known = known
        self._event = event
        self.last: Any = None
        """The JSON of the last line."""

    def parse(self, line: str) -> tuple[str, Any] | None:
        """The event of a line."""
        if not line or line.isspace():
            return None
        self.last = thing = load_plain(line)
        if type(thing) is dict and thing.get("type") in NOTICES and "event" not in thing:
            return None
        if type(thing) is dict and {"serializer", "payload"} <= thing.keys() and "event" not in thing:
            msg = f"a message in the format {thing['serializer']!r}, which is not Broker's"
            raise DecodeError(msg)
        whole = type(thing) is dict and ("args" in thing or "event" in thing)
        if self._event is None and not whole:
            msg = "a line is an object with topic, event and args; without these, give TOPIC and EVENT as arguments"
            raise DecodeError(msg)
        name = self._event if self._event is not None else thing.get("event")
        if type(name) is not str:
            msg = "no event: values that are no events have no declared type"
            raise DecodeError(msg)
        signature = self._known.event(name)
        if signature is None:
            raise undeclared(name, self._known)
        args = thing
        if whole:
            args = thing["args"] if "args" in thing else thing.get("named")
        metadata = None
        if whole and "network_timestamp" in thing:
            metadata = {_NETWORK_TIMESTAMP: _timestamp(thing["network_timestamp"])}
        event = Event(name, *plain_arguments(signature, args), metadata=metadata)
        return self._topic_of(thing if whole else {}), event.value

    def _topic_of(self, thing: dict[str, Any]) -> str:
        topic = thing.get("topic") if self.topic is None else self.topic
        if type(topic) is not str:
            msg = "no topic, and none was given as an argument"
            raise DecodeError(msg)
        return check_topic(topic)


def _timestamp(thing: Any) -> Timestamp:
    from broker_core.declarations import Basic, plain_value

    moment: Timestamp = plain_value(thing, Basic("time"))
    return moment


# -- lines with times -----------------------------------------------------------------------------------------------


class TimedReader(LineReader[Recorded]):
    """What *inner* reads, each with its time: that of the line that was read last, in nanoseconds."""

    def __init__(self, inner: LineReader[tuple[str, Any]], time_of: Callable[[], int | None]) -> None:
        self._inner = inner
        self._time_of = time_of

    def parse(self, line: str) -> Recorded | None:
        """The message of a line. Raises DecodeError when there is no time."""
        message = self._inner.parse(line)
        if message is None:
            return None
        ns = self._time_of()
        if ns is None:
            msg = "no ts: the line does not say when it was recorded"
            raise DecodeError(msg)
        return Recorded(*message, ns)


class _JsonLines(JsonReader):
    """ndjson that remembers the last line."""

    def __init__(self, topic: str | None) -> None:
        super().__init__(topic)
        self.last: Any = None

    def message(self, thing: Any) -> tuple[str, Any]:
        """The message in *thing*."""
        self.last = thing
        return super().message(thing)


def make_typed_reader(
    form: InputFormat, topic: str | None, event: str | None, known: Declarations | None, *, timed: bool = False
) -> LineReader[tuple[str, Any]] | LineReader[Recorded]:
    """The reader for lines of the format *form* that are as *known* declares; *timed* with the times of its lines.

    Raises InvalidValue for what cannot be: lines without an event of one parameter, plain lines without declarations.
    """
    if form == "plain":
        if known is None:
            msg = "lines without types need a declaration: --sig, --types or --event-file"
            raise InvalidValue(msg)
        plain = PlainReader(topic, event, known)
        return TimedReader(plain, lambda: _ns(plain.last)) if timed else plain
    if form == "ndjson":
        lines = _JsonLines(topic)
        checked = lines if known is None else CheckedReader(lines, known)
        return TimedReader(checked, lambda: _ns(lines.last)) if timed else checked
    if timed:
        msg = f"lines of the format {form} have no times"
        raise InvalidValue(msg)
    if known is None:
        return make_reader(form, topic, event)
    if form == "text":
        return typed_text(topic, known)
    signature = None if event is None else declared(event, known)
    if signature is None or topic is None:
        return make_reader(form, topic, event)
    if len(signature.parameters) != 1:
        msg = f"each line is one argument, and {signature} takes {len(signature.parameters)}"
        raise InvalidValue(msg)
    return TypedLines(topic, signature)


def _ns(thing: Any) -> int | None:
    """The nanoseconds of the member ``ts``."""
    try:
        seconds = float(thing["ts"])
    except (KeyError, TypeError, ValueError, OverflowError):
        return None
    return round(seconds * 1e9) if isfinite(seconds) and abs(seconds) < _LATEST else None
