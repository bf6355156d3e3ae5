"""Zeek events as the C++ bindings have them (manual section 2.5.3).

Metadata came with bindings after 1.4. Sources: C++ bindings 1.4.0; spec zeek-events.md sections 1 and 2.
"""

from __future__ import annotations

from enum import IntEnum
from typing import TYPE_CHECKING, Any

from broker_core.model import Count

from .conversion import to_broker, to_immutable, to_python
from .data import Data, ImmutableData
from .values import Wrapper, WrongType

if TYPE_CHECKING:
    from collections.abc import Mapping

    from broker_core.model import Value

__all__ = ["Event", "ImmutableData", "Message", "MetadataType", "SafeEvent"]

_ONE = Count(1)
_TEXT = (str, bytes)


class MetadataType(IntEnum):
    """The ids that Zeek gives to metadata of its own."""

    NetworkTimestamp = 1


class Message(Wrapper):
    """What Zeek messages have in common."""

    __slots__ = ()

    def as_data(self) -> Data:
        """The message as data."""
        return Data.wrap(self._value)


class Event(Message):
    """A Zeek event, made or received: ``Event("ping", 1)``, or ``Event(data)`` with what a subscriber gave.

    The first argument is the name, a str. A single argument of any other type is what was received, and may be no
    event: see :meth:`valid`. *metadata* maps ids to values.
    Raises what :class:`Data` raises, and a TypeError for a name that is none.
    """

    __slots__ = ()

    def __init__(self, *args: object, metadata: Mapping[int, object] | None = None) -> None:
        if len(args) == 1 and not isinstance(args[0], str):
            self._value = to_broker(args[0])
            return
        if not args or not isinstance(args[0], _TEXT):
            msg = "an event is made from its name, a str, and its arguments"
            raise WrongType(msg)
        content: tuple[Value, ...] = (to_broker(args[0]), to_broker(args[1:]))
        if metadata is not None:
            content += (to_broker([(Count(key), entry) for key, entry in metadata.items()]),)
        self._value = (_ONE, _ONE, content)

    def valid(self) -> bool:
        """Whether the data has the form of an event."""
        return self._content() is not None

    def name(self) -> str:
        """The name; bytes in it that are not UTF-8 as surrogate escapes. Raises ValueError when this is no event."""
        name: str | bytes = self._event()[0]
        return name if isinstance(name, str) else name.decode("utf-8", "surrogateescape")

    def args(self) -> list[Any]:
        """The arguments as plain Python. Raises ValueError when this is no event."""
        return [to_python(argument) for argument in self._event()[1]]

    def metadata(self) -> dict[int, Any] | None:
        """The metadata as plain Python, by id; None without any. Raises ValueError when this is no event."""
        rest = self._event()[2:]
        if not rest or type(rest[0]) is not tuple:
            return None
        return {
            int(entry[0]): to_python(entry[1])
            for entry in rest[0]
            if type(entry) is tuple and len(entry) == 2 and type(entry[0]) is Count
        }

    def _event(self) -> tuple[Any, ...]:
        content = self._content()
        if content is None:
            msg = f"invalid Event data/type: {self}"
            raise ValueError(msg)
        return content

    def _content(self) -> tuple[Any, ...] | None:
        """Name, arguments and what follows; None for no event. The bindings look at no more than this."""
        value = self._value
        if type(value) is not tuple or len(value) < 3:
            return None
        kind, content = value[1:3]
        if type(kind) is not Count or kind != 1 or type(content) is not tuple or len(content) < 2:
            return None
        return content if type(content[0]) in _TEXT and type(content[1]) is tuple else None


class SafeEvent(Event):
    """An event whose arguments can all be hashed: a ``frozenset`` for a set, and so on."""

    __slots__ = ()

    def args(self) -> list[Any]:
        """The arguments as immutable Python. Raises ValueError when this is no event."""
        return [to_immutable(argument) for argument in self._event()[1]]
