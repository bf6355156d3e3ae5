"""Store events: what the subscribers of an endpoint learn about the keys of a store that it holds.

Masters and clones publish them locally, one vector for each key that changes. Sources: spec store-protocol.md
section 8, manual section 2.4.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, NamedTuple, Protocol

from broker_core.errors import InvalidValue
from broker_core.model import Count, EndpointId, EntityId, Timespan

from .layouts import TEXT, describe, refuse, text_from_value, text_to_value

if TYPE_CHECKING:
    from broker_core.model import Value

__all__ = ["STORE_EVENTS_TOPIC", "StoreEvent", "parse_store_event", "store_event"]

STORE_EVENTS_TOPIC = "<$>/local/data/store-events/"
"""In front of the store's name: where its events are published."""

# How many elements the vector of each kind has.
_SIZES = {"insert": 7, "update": 8, "erase": 5, "expire": 5}


class StoreEvent(NamedTuple):
    """What happened to *key* of *store*.

    *new* is the value of an insert or update, and *old* the one that an update replaced; otherwise they are
    None. *expiry* is how long the new value lives, where the operation said so. *publisher* is the master or
    clone that asked for the change, the master itself for an expire; None when nobody is known.
    """

    kind: Literal["insert", "update", "erase", "expire"]
    store: str
    key: Value
    old: Value
    new: Value
    expiry: Timespan | None
    publisher: EntityId | None


class _Change(Protocol):
    """What an event is made from: a ``Change`` of the stores, which stand one floor above."""

    @property
    def kind(self) -> str: ...
    @property
    def key(self) -> Value: ...
    @property
    def old(self) -> Value: ...
    @property
    def new(self) -> Value: ...
    @property
    def expiry(self) -> int | None: ...
    @property
    def publisher(self) -> EntityId | None: ...


def store_event(change: _Change, store: str) -> Value:
    """The value of the event that tells of *change* in the *store* of that name."""
    kind = change.kind
    content: tuple[Any, ...] = ()
    if kind in {"insert", "update"}:
        expiry = None if change.expiry is None else Timespan(change.expiry)
        content = (change.new, expiry) if kind == "insert" else (change.old, change.new, expiry)
    who: tuple[Any, Any] = (None, None)
    if change.publisher is not None:
        who = (str(change.publisher.endpoint), Count(change.publisher.object))
    return kind, text_to_value(store), change.key, *content, *who


def parse_store_event(value: Any) -> StoreEvent:
    """The event that a strict Broker value holds. Raises :class:`DecodeError` when it is none."""
    if type(value) is not tuple or len(value) < 5:
        refuse("a store event is a vector of at least five: kind, store, key, ..., publisher's endpoint and number")
    kind, store, key, *content, endpoint, number = value
    if kind not in _SIZES:
        refuse(f"the first element of a store event is one of the strings {', '.join(_SIZES)}", "[0]")
    if len(value) != _SIZES[kind]:
        refuse(f"a store event of kind {kind} has {_SIZES[kind]} elements, not {len(value)}")
    if type(store) not in TEXT:
        refuse(f"the store of a store event is a string, not {describe(store)}", "[1]")
    old = new = expiry = None
    if content:
        *before, new, expiry = content
        old = before[0] if before else None
        if expiry is not None and type(expiry) is not Timespan:
            refuse(f"the expiry of a store event is a timespan or none, not {describe(expiry)}", f"[{len(value) - 3}]")
    publisher = _publisher(endpoint, number, len(value) - 2)
    return StoreEvent(kind, text_from_value(store), key, old, new, expiry, publisher)


def _publisher(endpoint: Any, number: Any, at: int) -> EntityId | None:
    if endpoint is None and number is None:
        return None
    if type(number) is not Count:
        refuse(f"the publisher's number is a count, not {describe(number)}", f"[{at + 1}]")
    try:
        return EntityId(EndpointId.parse(endpoint), int(number))
    except (InvalidValue, TypeError, AttributeError):
        refuse("the publisher's endpoint is a string with a UUID", f"[{at}]")
