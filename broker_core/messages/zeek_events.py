"""Zeek events: made from Python values, read from Broker values, and their names read from bytes.

Validity follows the C++ library, not Zeek's scripts: whether the arguments fit the event's declaration only the
receiving Zeek knows. Source: spec zeek-events.md sections 1 and 2.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NoReturn

from broker_core.codecs.binary import read_varbyte
from broker_core.errors import DecodeError, InvalidValue
from broker_core.limits import DEFAULT_LIMITS
from broker_core.model import Count, Timestamp, sort_key, to_value
from broker_core.model.native import convert, depth_exceeds

from .layouts import ONE, outer_content, refuse, text_from_value, text_to_value

if TYPE_CHECKING:
    from collections.abc import Iterable


__all__ = ["NETWORK_TIMESTAMP", "PART_DEPTH", "Event", "event_name", "event_of", "refuse_depth"]

NETWORK_TIMESTAMP = 1
"""The metadata id of an event's network time. 2 .. 199 are Zeek's, 200 and up are free for users."""

# The levels left for a part of a Zeek message that stands two vectors deep, so that the whole can be decoded.
PART_DEPTH = DEFAULT_LIMITS.max_depth - 2


class Event:
    """A Zeek event: ``Event("Intel::match", "10.0.0.1", Count(3))``. Immutable.

    Arguments are loose Python, as :func:`~broker_core.model.to_value` takes it, one for each argument of the
    event; Zeek wants its exact types (a ``count`` is a :class:`Count`, not an int). *metadata* maps ids
    (0 .. 2**64-1) to values, or is pairs of them; id 1 is the network timestamp, and must be one.
    Raises :class:`InvalidValue` with the path, such as ``args[2]["k"]``.

    Two events are equal when name, arguments and metadata are the same values, kinds included.
    """

    __slots__ = ("args", "metadata", "name", "value")
    __match_args__ = ("name", "args", "metadata")

    name: str
    """Such as ``MyModule::my_event``; bytes that are not UTF-8 are held as surrogate escapes, as in topics."""
    args: tuple[Any, ...]
    """The arguments as strict values."""
    metadata: tuple[tuple[int, Any], ...] | None
    """Pairs of id and value in the order sent, () for an empty list, None for none at all: both occur."""
    value: Any
    """The strict Broker value, with any further elements that it came with."""

    def __init__(
        self, name: str, *args: object, metadata: Mapping[int, object] | Iterable[tuple[int, object]] | None = None
    ) -> None:
        raw_name: Any = name
        if type(name) is not str or not name.isascii():
            raw_name = text_to_value(name, "name")
            name = text_from_value(raw_name)
        try:
            strict = convert(args)
        except (InvalidValue, RecursionError, TypeError, OverflowError):
            strict = to_value(args, "args")  # fails again, and says where
        if depth_exceeds(strict, PART_DEPTH):
            refuse_depth("args")
        _set_name(self, name)
        _set_args(self, strict)
        if metadata is None:
            _set_metadata(self, None)
            _set_value(self, (ONE, ONE, (raw_name, strict)))
        else:
            entries = _make_metadata(metadata)
            _set_metadata(self, entries)
            _set_value(self, (ONE, ONE, (raw_name, strict, entries)))

    @classmethod
    def from_value(cls, value: Any) -> Event:
        """From a strict Broker value. Raises :class:`DecodeError` when it is no valid event."""
        return event_of(value, outer_content(value, 1, "event", 2))

    @property
    def network_timestamp(self) -> Timestamp | None:
        """The first network timestamp in the metadata; None without one, and for a negative one.

        Zeek sends -1 s when it does not know the time of the event.
        """
        for key, entry in self.metadata or ():
            if key == NETWORK_TIMESTAMP:
                moment: Timestamp = entry
                return moment if moment.ns >= 0 else None
        return None

    def __setattr__(self, name: str, value: object) -> NoReturn:
        msg = "Event cannot be changed"
        raise AttributeError(msg)

    def __delattr__(self, name: str) -> NoReturn:
        msg = "Event cannot be changed"
        raise AttributeError(msg)

    def __eq__(self, other: object) -> bool:
        if type(other) is not Event:
            return NotImplemented
        return self is other or _identity(self) == _identity(other)

    def __hash__(self) -> int:
        return hash(_identity(self))

    def __repr__(self) -> str:
        parts = [repr(self.name), *map(repr, self.args)]
        if self.metadata is not None:
            parts.append(f"metadata={self.metadata!r}")
        return f"Event({', '.join(parts)})"

    def __reduce__(self) -> tuple[Any, tuple[Any]]:
        return Event.from_value, (self.value,)


_new_object = object.__new__
_set_name = Event.__dict__["name"].__set__
_set_args = Event.__dict__["args"].__set__
_set_metadata = Event.__dict__["metadata"].__set__
_set_value = Event.__dict__["value"].__set__


def _identity(event: Event) -> tuple[Any, ...]:
    return event.name, sort_key(event.args), sort_key(event.metadata)


def _make_metadata(metadata: Any) -> tuple[tuple[Count, Any], ...]:
    entries = []
    try:
        pairs = [(key, entry) for key, entry in (metadata.items() if isinstance(metadata, Mapping) else metadata)]
    except (TypeError, ValueError):
        msg = "metadata maps ids to values, or is pairs of an id and a value"
        raise InvalidValue(msg, "metadata") from None
    for key, entry in pairs:
        path = f"metadata[{key!r}]"
        try:
            number = Count(key)
        except InvalidValue as error:
            raise InvalidValue(error.problem, path) from None
        value = to_value(entry, path)
        if number == NETWORK_TIMESTAMP and type(value) is not Timestamp:
            msg = f"metadata 1 is the network timestamp, so a Timestamp or datetime, not {type(entry).__name__}"
            raise InvalidValue(msg, path)
        entries.append((number, value))
    strict = tuple(entries)
    if depth_exceeds(strict, PART_DEPTH):
        refuse_depth("metadata")
    return strict


def refuse_depth(path: str) -> NoReturn:
    """Raise the :class:`InvalidValue` for a part of a message that is nested too deep."""
    msg = f"nested deeper than {PART_DEPTH} levels (max_depth, less two for the Zeek message around it)"
    raise InvalidValue(msg, path)


def event_of(value: Any, content: tuple[Any, ...]) -> Event:
    """The event *value*, whose outer form is right and whose content is the tuple *content*."""
    metadata = None
    if len(content) == 2:
        name, args = content
    elif len(content) > 2:
        name, args, metadata = content[:3]
        if type(metadata) is not tuple:
            refuse("the metadata of a Zeek event is a vector", "[2][2]")
        if metadata:
            _check_metadata(metadata)
    else:
        refuse("the content of a Zeek event is a vector of at least 2", "[2]")
    if type(name) is not str:
        if type(name) is not bytes:
            refuse("the name of a Zeek event is a string", "[2][0]")
        name = text_from_value(name)
    if type(args) is not tuple:
        refuse("the arguments of a Zeek event are a vector", "[2][1]")
    event = _new_object(Event)
    _set_name(event, name)
    _set_args(event, args)
    _set_metadata(event, metadata)
    _set_value(event, value)
    return event


def _check_metadata(metadata: tuple[Any, ...]) -> None:
    for at, entry in enumerate(metadata):
        if type(entry) is not tuple or len(entry) != 2 or type(entry[0]) is not Count:
            refuse("an entry of event metadata is a vector of two: count and value", f"[2][2][{at}]")
        if entry[0] == NETWORK_TIMESTAMP and type(entry[1]) is not Timestamp:
            refuse("the network timestamp of a Zeek event is a timestamp", f"[2][2][{at}][1]")


# -- a look at the bytes ------------------------------------------------------------------------------------

_COUNT_ONE = b"\x02" + (1).to_bytes(8, "big")
_EVENT_HEAD = _COUNT_ONE + _COUNT_ONE + b"\x0e"
_USUAL_HEAD = b"\x0e\x03" + _EVENT_HEAD
_USUAL_NAME = len(_USUAL_HEAD) + 3  # the content has one byte of length, so has the name


def event_name(payload: bytes) -> str | None:
    """The name of the event in a binary *payload*, without decoding it; None when it holds no event. Never raises.

    This looks no further than the name: when the rest is broken, decoding fails all the same.
    """
    if payload.startswith(_USUAL_HEAD):
        try:
            size = payload[23]
            if 1 < payload[21] < 0x80 and payload[22] == 5 and size < 0x80:
                end = _USUAL_NAME + size
                if payload[end] == 14:  # the arguments follow
                    return payload[_USUAL_NAME:end].decode("utf-8", "surrogateescape")
                return None
        except IndexError:
            return None
    return _unusual_event_name(payload)


def _unusual_event_name(payload: bytes) -> str | None:
    """:func:`event_name` for lengths of more than one byte, and more than three outer elements."""
    if not payload.startswith(b"\x0e"):
        return None
    try:
        outer, at = read_varbyte(payload, 1)
        if outer < 3 or not payload.startswith(_EVENT_HEAD, at):
            return None
        inner, at = read_varbyte(payload, at + len(_EVENT_HEAD))
        if inner < 2 or payload[at] != 5:
            return None
        size, at = read_varbyte(payload, at + 1)
        return payload[at : at + size].decode("utf-8", "surrogateescape") if payload[at + size] == 14 else None
    except (IndexError, DecodeError):
        return None
