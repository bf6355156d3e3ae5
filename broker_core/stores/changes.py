"""What happened to a key, as masters and clones report it. Source: spec store-protocol.md section 8."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

if TYPE_CHECKING:
    from broker_core.model import Value
    from broker_core.model.ids import EntityId

__all__ = ["Change", "ChangeKind"]

ChangeKind = Literal["insert", "update", "erase", "expire"]


class Change(NamedTuple):
    """One key that was inserted, updated, erased, or expired.

    *expiry* is how long the new value lives, in nanoseconds from then on, where the operation said so. *old* is
    what was there before (None where nothing was, or where C++ does not tell), *publisher* who asked for it:
    the clone or master, None when nobody is known.
    """

    kind: ChangeKind
    key: Value
    old: Value
    new: Value
    expiry: int | None
    publisher: EntityId | None
