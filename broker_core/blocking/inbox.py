"""What the portal has received and a program has not taken yet: a bounded queue from one thread to all others."""

from __future__ import annotations

import threading
import time
from collections import deque
from contextlib import suppress
from typing import TYPE_CHECKING, Generic, TypeVar

from broker_core.runtime.flare import Flare

from .portal import SIGNAL_CHECK

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

__all__ = ["Inbox"]

T = TypeVar("T")


class Inbox(Generic[T]):
    """Items for any thread. Taking one that is there needs no lock; the portal puts, and never waits."""

    def __init__(self, capacity: int) -> None:
        self._items: deque[T] = deque()
        self._capacity = capacity
        self._on_room: Callable[[], object] | None = None
        self._changed = threading.Condition()  # its lock may be taken again in a finalizer
        self._waiting = 0
        self._flare: Flare | None = None
        self.closed = False
        """Whether nothing will come any more."""

    def __len__(self) -> int:
        return len(self._items)

    # -- putting, in the portal -------------------------------------------------------------------------------------

    def put(self, items: Iterable[T]) -> None:
        """Add *items*, whether there is room or not."""
        self._items.extend(items)
        # A thread that waits, or wants a descriptor, says so before it looks for items: one of the two sees the other.
        if self._waiting or self._flare is not None:
            self._tell()

    def room(self) -> int:
        """How many items there is room for."""
        return max(0, self._capacity - len(self._items))

    def is_full(self, on_room: Callable[[], object]) -> bool:
        """Whether there is no room; *on_room* is then called, by the thread that takes until half of it is free."""
        self._on_room = on_room
        # A thread that takes looks for on_room afterwards: one of the two sees the other.
        if len(self._items) < self._capacity:
            self._on_room = None
            return False
        return True

    def close(self) -> None:
        """Nothing comes any more; what is here can still be taken. Idempotent."""
        self.closed = True
        self._on_room = None
        self._tell()

    def _tell(self) -> None:
        with self._changed:
            self._changed.notify_all()
            self._show()

    def _show(self) -> None:
        if self._flare is not None:
            self._flare.light(bool(self._items))

    # -- taking, in any thread ------------------------------------------------------------------------------------

    def pop(self) -> T:
        """The oldest item; IndexError when there is none."""
        item = self._items.popleft()
        if self._on_room is not None or self._flare is not None:
            self._taken()
        return item

    def take(self, most: int | None = None) -> list[T]:
        """The oldest items, all or at most *most*; perhaps none."""
        items = self._items
        count = len(items) if most is None else min(most, len(items))
        taken: list[T] = []
        with suppress(IndexError):  # another thread takes too
            taken.extend(items.popleft() for _ in range(count))
        if self._on_room is not None or self._flare is not None:
            self._taken()
        return taken

    def _taken(self) -> None:
        if self._flare is not None:
            with self._changed:
                self._show()
        on_room = self._on_room
        if on_room is not None and len(self._items) * 2 <= self._capacity:
            self._on_room = None
            on_room()

    def wait(self, deadline: float | None) -> bool:
        """Wait for an item until *deadline* on the monotonic clock; whether there is one.

        False at once when it is closed, empty, and there is no deadline.
        """
        with self._changed:
            self._waiting += 1
            try:
                while not self._items:
                    remaining = SIGNAL_CHECK
                    if deadline is not None:
                        remaining = min(remaining, deadline - time.monotonic())
                    if remaining <= 0 or (deadline is None and self.closed):
                        return False
                    self._changed.wait(remaining)
            finally:
                self._waiting -= 1
        return True

    def descriptor(self) -> int:
        """A descriptor that is readable exactly while there is something; the same one each time."""
        with self._changed:
            if self._flare is None:
                self._flare = Flare()
            self._show()
            return self._flare.descriptor()

    def discard(self) -> None:
        """Close it for good, descriptor and all."""
        with self._changed:
            self.closed = True
            flare, self._flare = self._flare, None
            if flare is not None:
                flare.close()
