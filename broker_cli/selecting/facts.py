"""What can be asked of a message: its topic, the name and arguments of its event, its value, and where it came from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from broker_core import Count, DecodeError, EncodeError, Event, MessageKind, event_name, zeek_message

if TYPE_CHECKING:
    from collections.abc import Callable

    from broker_core import Message

__all__ = ["MISSING", "ROOTS", "Facts", "metadata_value", "name_of_event"]


class _Missing:
    """The type of :data:`MISSING`."""

    def __repr__(self) -> str:
        return "MISSING"


MISSING: Any = _Missing()
"""What stands for a part that a message has not, such as the third argument of an event with two."""

_FOREIGN = MessageKind.FOREIGN
_Parts = tuple[str, tuple[Any, ...], Any]


class Facts:
    """One message, taken apart when somebody asks. Raises DecodeError when the message holds no value."""

    __slots__ = ("_parts", "message")

    def __init__(self, message: Message) -> None:
        self.message = message
        self._parts: _Parts | bool | None = False  # until somebody asks

    @property
    def parts(self) -> _Parts | None:
        """Name, arguments and metadata (None for none at all) of the event; None when the message is no event."""
        if self._parts is False:
            self._parts = _parts_of(self.message.value)
        return self._parts  # type: ignore[return-value]  # never True


def _parts_of(value: Any) -> _Parts | None:
    if type(value) is not tuple or len(value) < 3 or type(value[1]) is not Count or value[1] != 1:
        return None
    content = value[2]
    if type(content) is tuple and len(content) == 2 and type(value[0]) is Count and value[0] == 1:
        name, args = content  # the usual form, without metadata
        if type(name) is str and type(args) is tuple:
            return name, args, None
    try:
        view = zeek_message(value)
    except DecodeError:
        return None
    return (view.name, view.args, view.metadata) if type(view) is Event else None


def name_of_event(facts: Facts) -> Any:
    """The name of the event, or MISSING. The value is not decoded for it if it has not been before.

    Raises DecodeError for a message in another format than Broker's.
    """
    message = facts.message
    if not message.is_decoded:
        if message.kind is _FOREIGN:
            message.check()
        name = event_name(message.payload)
        return MISSING if name is None else name
    parts = facts.parts
    return MISSING if parts is None else parts[0]


def _topic(facts: Facts) -> Any:
    return facts.message.topic


def _args(facts: Facts) -> Any:
    parts = facts.parts
    return MISSING if parts is None else parts[1]


def _metadata(facts: Facts) -> Any:
    parts = facts.parts
    return MISSING if parts is None or parts[2] is None else parts[2]


def metadata_value(entries: Any, key: int) -> Any:
    """The value of *key* in the *entries* of an event's metadata, or MISSING."""
    for number, value in entries:
        if number == key:
            return value
    return MISSING


def _value(facts: Facts) -> Any:
    return facts.message.value


def _sender(facts: Facts) -> Any:
    return str(facts.message.sender)


def _size(facts: Facts) -> Any:
    try:
        return Count(len(facts.message.payload))
    except EncodeError:  # JSON can hold what the binary format cannot
        return MISSING


ROOTS: dict[str, Callable[[Facts], Any]] = {
    "topic": _topic,
    "event": name_of_event,
    "args": _args,
    "metadata": _metadata,
    "value": _value,
    "from": _sender,
    "size": _size,
}
"""The names that every message knows, with how to get at what they stand for."""
