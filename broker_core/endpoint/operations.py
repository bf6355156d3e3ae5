"""The changing operations of a store for those who do not wait for the master: one method for each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from broker_core.stores import operations
from broker_core.stores.operations import MISSING, Expiry

if TYPE_CHECKING:
    from collections.abc import Callable

    from broker_core.messages.commands import Action
    from broker_core.model.ids import EntityId

__all__ = ["Operations"]


class Operations:
    """Makes an action of every call, in the name of the publisher of that moment, and hands it to *do*.

    Arguments are those of :class:`Store`; all methods raise :class:`InvalidValue` for what is no Broker value.
    """

    def __init__(self, publisher: Callable[[], EntityId], do: Callable[[Action], None]) -> None:
        self._publisher = publisher
        self._do = do

    def put(self, key: object, value: object, expiry: Expiry = None) -> None:
        """Store *value* at *key*, whatever was there."""
        self._do(operations.put(self._publisher(), key, value, expiry))

    def erase(self, key: object) -> None:
        """Remove *key*, if it exists."""
        self._do(operations.erase(self._publisher(), key))

    def clear(self) -> None:
        """Remove all keys."""
        self._do(operations.clear(self._publisher()))

    def increment(self, key: object, amount: object = 1, expiry: Expiry = None) -> None:
        """Add *amount* to the number or time at *key*."""
        self._do(operations.increment(self._publisher(), key, amount, expiry))

    def decrement(self, key: object, amount: object = 1, expiry: Expiry = None) -> None:
        """Subtract *amount* from the number or time at *key*."""
        self._do(operations.decrement(self._publisher(), key, amount, expiry))

    def append(self, key: object, text: object, expiry: Expiry = None) -> None:
        """Append *text* to the string at *key*."""
        self._do(operations.append(self._publisher(), key, text, expiry))

    def insert_into(self, key: object, index: object, value: object = MISSING, expiry: Expiry = None) -> None:
        """Add *index* to the set at *key*, or with *value* an entry to the table there."""
        self._do(operations.insert_into(self._publisher(), key, index, value, expiry))

    def remove_from(self, key: object, index: object, expiry: Expiry = None) -> None:
        """Take *index* out of the set or table at *key*, or the last element off the vector there."""
        self._do(operations.remove_from(self._publisher(), key, index, expiry))

    def push(self, key: object, value: object, expiry: Expiry = None) -> None:
        """Append *value* to the vector at *key*."""
        self._do(operations.push(self._publisher(), key, value, expiry))

    def pop(self, key: object, expiry: Expiry = None) -> None:
        """Remove the last element of the vector at *key*."""
        self._do(operations.pop(self._publisher(), key, expiry))
