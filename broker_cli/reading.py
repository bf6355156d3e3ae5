"""Lines become things: for ``publish --from`` messages to publish."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING, Any, Generic, Literal, NamedTuple, TypeVar

from broker_core import Count, DecodeError, Event, InvalidValue
from broker_core.codecs import json, text
from broker_core.model.topics import check_topic

from .names import is_plain_name

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

__all__ = [
    "INPUT_FORMATS",
    "NOTICES",
    "Batch",
    "InputFormat",
    "JsonReader",
    "LineReader",
    "MessageReader",
    "Recorded",
    "TextReader",
    "make_reader",
    "parse_body",
]

InputFormat = Literal["ndjson", "plain", "text", "lines", "zeek"]
INPUT_FORMATS: tuple[InputFormat, ...] = ("ndjson", "plain", "text", "lines", "zeek")

_STRING = r'"(?:[^"\\]|\\.)*"'
_QUOTED = re.compile(_STRING)
_STRING_OR_METADATA = re.compile(rf"{_STRING}|\) @ \(", re.DOTALL)
NOTICES = frozenset({"listening", "peer", "status", "error", "ack", "gap"})
"""Types of ndjson lines that are no messages: what this program and Zeek's WebSocket interface print besides."""

_ONE = Count(1)


T = TypeVar("T")


class Batch(NamedTuple, Generic[T]):
    """What a list of lines holds: things, and what is wrong with lines that hold none, by index."""

    found: list[T]
    problems: list[tuple[int, str]]


class Recorded(NamedTuple):
    """A message, and when it was recorded, in nanoseconds of any clock."""

    topic: str
    value: Any
    ns: int


class LineReader(Generic[T]):
    """Reads lines of one format."""

    def parse(self, line: str) -> T | None:
        """What one line holds; None when it holds nothing and need not. Raises DecodeError, InvalidValue."""
        raise NotImplementedError

    def batch(self, lines: Sequence[bytes], *, keep_going: bool) -> Batch[T]:
        """What *lines* hold; up to the first problem, unless *keep_going*."""
        batch: Batch[T] = Batch([], [])
        for at, line in enumerate(lines):
            try:
                thing = self.parse(line.decode("utf-8", "surrogateescape"))
            except (DecodeError, InvalidValue) as error:
                batch.problems.append((at, str(error)))
                if not keep_going:
                    break
            else:
                if thing is not None:
                    batch.found.append(thing)
        return batch


class MessageReader(LineReader[tuple[str, Any]]):
    """Reads lines with the topic and the value of a message. *topic* is for all of them, instead of theirs."""

    def __init__(self, topic: str | None) -> None:
        self.topic = topic


class JsonReader(MessageReader):
    """Messages as ``subscribe`` prints them, and as Zeek's WebSocket interface sends them."""

    def parse(self, line: str) -> tuple[str, Any] | None:
        """The message of a line; other lines that ``subscribe`` or ``listen`` print are passed over."""
        thing = self.load(line)
        return None if thing is None else self.message(thing)

    @staticmethod
    def load(line: str) -> Any:
        """The JSON of a line; None for one that is no message. Raises DecodeError."""
        if not line or line.isspace():
            return None
        thing = json.loads(line)
        if type(thing) is dict and thing.get("type") in NOTICES and "@data-type" not in thing:
            return None
        return thing

    def message(self, thing: Any) -> tuple[str, Any]:
        """The message in what :meth:`load` gave. Raises DecodeError, InvalidValue."""
        if type(thing) is dict and thing.get("type") == "foreign-message":
            msg = f"a message in the format {thing.get('serializer')!r}, which is not Broker's"
            raise DecodeError(msg)
        if type(thing) is dict and "@data-type" not in thing and "args" in thing:
            msg = "no types, as in -o plain; --in plain takes them from --sig, --types or --event-file"
            raise DecodeError(msg)
        value = json.from_json(thing)
        topic = self.topic
        if topic is None:
            topic = thing.get("topic")
            if type(topic) is not str:
                msg = "no topic, and none was given as an argument"
                raise DecodeError(msg)
        return check_topic(topic), value


class TextReader(MessageReader):
    """Lines of the format ``text``: TOPIC and a value; only the value when a topic is given for all.

    *read_args* is as for :func:`parse_body`.
    """

    def __init__(self, topic: str | None, read_args: Callable[[str, str], Any] | None = None) -> None:
        super().__init__(topic)
        self._read_args = read_args

    def parse(self, line: str) -> tuple[str, Any] | None:
        """The message of a line."""
        line = line.strip(" \t\r")
        if not line:
            return None
        if self.topic is not None:
            return self.topic, parse_body(line, self._read_args)
        if quoted := _QUOTED.match(line):
            raw = text.decode(quoted[0])
            topic = raw if isinstance(raw, str) else bytes(raw).decode("utf-8", "surrogateescape")  # type: ignore[arg-type]
            rest = line[quoted.end() :]
        else:
            topic, blank, rest = line.partition(" ")
            rest = blank + rest
        if not rest.startswith(" "):
            msg = "a line is a topic, a blank and a value; without topics in the lines, give TOPIC as an argument"
            raise DecodeError(msg)
        return check_topic(topic), parse_body(rest.lstrip(" "), self._read_args)


def parse_body(body: str, read_args: Callable[[str, str], Any] | None = None) -> Any:
    """The value of a literal, or of ``NAME(ARG, ...)`` with or without `` @ (METADATA)``. Raises DecodeError.

    *read_args* takes the name of an event and the arguments in their parentheses, and gives a tuple of values.
    """
    if body.startswith("<foreign "):
        msg = "a message in another format than Broker's"
        raise DecodeError(msg)
    name, bracket, _ = body.partition("(")
    if not bracket or not is_plain_name(name):
        return text.decode(body)
    args = body[len(name) :]  # it starts with a parenthesis, and so is a vector or an error
    read = text.decode if read_args is None else partial(read_args, name)
    # One pass, however long the line is; what looks like metadata inside a string is text.
    found = (match for match in _STRING_OR_METADATA.finditer(args) if match[0] == ") @ (")
    if args.endswith(")") and (match := next(found, None)):
        return _ONE, _ONE, (name, read(args[: match.start() + 1]), text.decode(args[match.end() - 1 :]))
    return _ONE, _ONE, (name, read(args))


class PlainReader(MessageReader):
    """Any lines: each is a string, byte for byte, or the one string argument of an event."""

    def __init__(self, topic: str, event: str | None) -> None:
        super().__init__(topic)
        self._fixed = topic
        self._event = event

    def batch(self, lines: Sequence[bytes], *, keep_going: bool) -> Batch[tuple[str, Any]]:  # noqa: ARG002  # every line is good
        """All lines."""
        topic, event = self._fixed, self._event
        try:
            strings: Sequence[str | bytes] = [line.decode() for line in lines]
        except UnicodeDecodeError:
            strings = [_string(line) for line in lines]
        if event is None:
            return Batch([(topic, string) for string in strings], [])
        return Batch([(topic, (_ONE, _ONE, (event, (string,)))) for string in strings], [])


def _string(raw: bytes) -> str | bytes:
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return raw


def make_reader(form: InputFormat, topic: str | None, event: str | None) -> MessageReader:
    """The reader for *form*; *event* is for lines only, which need a topic."""
    if form == "ndjson":
        return JsonReader(topic)
    if form == "text":
        return TextReader(topic)
    if topic is None:
        msg = "lines need a topic"
        raise InvalidValue(msg)
    return PlainReader(check_topic(topic), None if event is None else Event(event).name)
