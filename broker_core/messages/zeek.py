"""Zeek messages: what Zeek nodes say to each other, in the values of data messages.

Each class is a view of a Broker value that can be made, read and sent: ``Event("ping", 1).value`` is the value,
and :func:`zeek_message` gives the view for a value that came in. Events and log streams have modules of their
own; here are the rest and what puts all together. Source: spec zeek-events.md sections 1, 6 and 7.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from broker_core.errors import DecodeError, InvalidValue
from broker_core.limits import DEFAULT_LIMITS
from broker_core.model import Count, sort_key, to_value
from broker_core.model.native import depth_exceeds

from .layouts import ONE, TEXT, outer_content, refuse, text_from_value, text_to_value
from .zeek_events import NETWORK_TIMESTAMP, PART_DEPTH, Event, event_name, event_of, refuse_depth
from .zeek_logs import LogCreate, LogField, LogWrite, record

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


__all__ = [
    "NETWORK_TIMESTAMP",
    "Batch",
    "Event",
    "IdentifierUpdate",
    "LogCreate",
    "LogField",
    "LogWrite",
    "ZeekMessage",
    "event_name",
    "record",
    "zeek_message",
]

_IDENTIFIER_UPDATE, _BATCH = Count(4), Count(5)

# Each batch takes two levels of vectors, so decoded values hold no more than this.
_MAX_BATCHES = DEFAULT_LIMITS.max_depth // 2


@dataclass(frozen=True, slots=True, eq=False)
class IdentifierUpdate:
    """A new value for a global identifier of the receiver. *content* is loose Python in, a strict value out.

    Raises :class:`InvalidValue` for what is no Broker value. Two are equal when the values are, kinds included.
    """

    name: str
    content: Any

    def __post_init__(self) -> None:
        strict = to_value(self.content, "content")
        if depth_exceeds((strict,), PART_DEPTH + 1):
            refuse_depth("content")
        _fill(self, name=text_from_value(text_to_value(self.name, "name")), content=strict)

    @property
    def value(self) -> Any:
        """The strict Broker value."""
        return ONE, _IDENTIFIER_UPDATE, (text_to_value(self.name), self.content)

    @classmethod
    def from_value(cls, value: Any) -> IdentifierUpdate:
        """From a strict Broker value. Raises :class:`DecodeError` when it is no valid identifier update."""
        name, content = outer_content(value, 4, "identifier update", 2)[:2]
        if type(name) not in TEXT:
            refuse("the name in an identifier update is a string", "[2][0]")
        update = object.__new__(cls)
        _fill(update, name=text_from_value(name), content=content)
        return update

    def __eq__(self, other: object) -> bool:
        if type(other) is not IdentifierUpdate:
            return NotImplemented
        return sort_key(self.value) == sort_key(other.value)

    def __hash__(self) -> int:
        return hash(sort_key(self.value))


@dataclass(frozen=True, slots=True, init=False)
class Batch:
    """Several Zeek messages in one; a batch may hold batches. Made from any iterable, iterates over its members.

    Raises :class:`InvalidValue` for a member that is no Zeek message.
    """

    messages: tuple[ZeekMessage, ...]

    def __init__(self, messages: Iterable[ZeekMessage]) -> None:
        members = tuple(messages)
        for at, member in enumerate(members):
            if not isinstance(member, _MESSAGE_CLASSES):
                msg = f"a batch holds Zeek messages, not {type(member).__name__}"
                raise InvalidValue(msg, f"messages[{at}]")
        _fill(self, messages=members)
        if depth_exceeds(self.value, DEFAULT_LIMITS.max_depth):
            msg = f"the whole batch is nested deeper than {DEFAULT_LIMITS.max_depth} levels (max_depth)"
            raise InvalidValue(msg, "messages")

    @property
    def value(self) -> Any:
        """The strict Broker value."""
        return ONE, _BATCH, tuple([member.value for member in self.messages])

    @classmethod
    def from_value(cls, value: Any) -> Batch:
        """From a strict Broker value. Raises :class:`DecodeError` for what is no batch, and for one bad member."""
        return _batch_of(outer_content(value, 5, "batch", 0), _MAX_BATCHES)

    def __iter__(self) -> Iterator[ZeekMessage]:
        return iter(self.messages)

    def __len__(self) -> int:
        return len(self.messages)

    def flatten(self) -> Iterator[Event | LogCreate | LogWrite | IdentifierUpdate]:
        """The messages in order, with those of inner batches in the place of these."""
        for member in self.messages:
            if isinstance(member, Batch):
                yield from member.flatten()
            else:
                yield member


ZeekMessage = Event | LogCreate | LogWrite | IdentifierUpdate | Batch
_MESSAGE_CLASSES = (Event, LogCreate, LogWrite, IdentifierUpdate, Batch)


def _fill(message: IdentifierUpdate | Batch, **fields: object) -> None:
    """Set the fields of a new, frozen *message*."""
    for name, content in fields.items():
        object.__setattr__(message, name, content)


def zeek_message(value: Any) -> ZeekMessage | None:
    """The Zeek message that the strict *value* is, or None when it is other data.

    What has the outer form ``[count 1, count, vector]`` is meant to be one. Raises :class:`DecodeError` when it
    is none all the same: an unknown type, or content that breaks a rule. One bad member makes a batch invalid.
    """
    return _message_of(value, _MAX_BATCHES)


def _message_of(value: Any, batches: int) -> ZeekMessage | None:
    """:func:`zeek_message` with at most *batches* batches in each other."""
    if type(value) is not tuple or len(value) < 3:
        return None
    version, kind, content = value if len(value) == 3 else value[:3]
    if type(version) is not Count or version != 1 or type(kind) is not Count or type(content) is not tuple:
        return None
    if kind == 1:
        return event_of(value, content)
    if kind == 3:
        return LogWrite.from_value(value)
    if kind == 5:
        return _batch_of(content, batches)
    if kind == 2:
        return LogCreate.from_value(value)
    if kind == 4:
        return IdentifierUpdate.from_value(value)
    return refuse(f"Zeek message of unknown type {kind} (1 .. 5)", "[1]")


def _batch_of(content: tuple[Any, ...], batches: int) -> Batch:
    if batches <= 0:
        refuse(f"more than {_MAX_BATCHES} Zeek batches in each other")
    members = []
    for at, item in enumerate(content):
        try:
            member = _message_of(item, batches - 1)
        except DecodeError as error:
            raise DecodeError(error.problem, None, f"[2][{at}]{error.path}") from None
        if member is None:
            refuse("member of a Zeek batch that is no Zeek message", f"[2][{at}]")
        members.append(member)
    batch = object.__new__(Batch)
    _fill(batch, messages=tuple(members))
    return batch
