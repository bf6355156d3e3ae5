"""Bounded queues with a policy for when they are full. One task takes, anyone puts.

``offer`` never waits: it is what the hot paths call. It says False only under the policy "block", and then the
caller decides: wait with ``put``, or refuse. Every message that a policy discards is counted.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Generic, Literal, TypeVar, get_args

import trio

from broker_core.errors import ConfigurationError
from broker_core.messages.envelopes import Message

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["ControlFrame", "DataQueue", "FrameQueue", "MessageQueue", "Overflow", "check_overflow"]

Overflow = Literal["block", "drop_oldest", "drop_newest", "disconnect"]
"""What to do with a message for a full queue: make its source wait, discard one, or end the relation."""

T = TypeVar("T")

_LONG = 16 * 1024
"""Bytes from which on a message counts in a :class:`DataQueue`."""


def check_overflow(policy: str) -> Overflow:
    """*policy*, or :class:`ConfigurationError` when there is none of that name."""
    for known in get_args(Overflow):
        if policy == known:
            return known  # type: ignore[no-any-return]
    msg = f"overflow policy {policy!r} is none of {', '.join(get_args(Overflow))}"
    raise ConfigurationError(msg)


class ControlFrame(bytes):
    """A frame that no policy discards: pings, pongs, routing updates."""

    __slots__ = ()


class MessageQueue(Generic[T]):
    """Items for one taker, at most *capacity* of them."""

    def __init__(self, capacity: int, policy: Overflow, block_timeout: float) -> None:
        self.items: deque[T] = deque()
        self.capacity = capacity
        self.policy = check_overflow(policy)
        self.block_timeout = block_timeout
        self.dropped = 0
        self.closed = False
        self.stalled = False
        """A source waited for block_timeout in vain: until there is room again nobody waits here."""
        self.overflowed = False
        """The policy "disconnect", or another bound that ends the relation, was met."""
        self.on_overflow: Callable[[], None] | None = None
        """Called when that happens first."""
        self.on_drop: Callable[[int], None] | None = None
        """Called with the new total whenever an item was discarded."""
        self._item_waiter: trio.Event | None = None
        self._room_waiters: list[trio.Event] = []

    # -- putting ------------------------------------------------------------------------------------------------

    @property
    def full(self) -> bool:
        """Whether the next item would meet the policy."""
        return len(self.items) >= self.capacity

    def offer(self, item: T) -> bool:
        """Take *item* in, or treat it as the policy says. False: full, policy "block", not taken."""
        if len(self.items) >= self.capacity or self.closed:
            return self._overflow(item)
        self.items.append(item)
        if self._item_waiter is not None:
            self._wake_taker()
        return True

    async def put(self, item: T) -> None:
        """As :meth:`offer`, but wait for room under the policy "block", at most block_timeout seconds.

        After that the item counts as dropped, and so do further ones until there is room: one stuck taker
        delays its source once, not for ever.
        """
        while not self.offer(item):
            if not self.stalled:
                with trio.move_on_after(self.block_timeout):
                    await self._wait_room()
                    continue
                self.stalled = True
            self.count_drop()
            self._given_up()
            return

    async def wait_for_room(self) -> None:
        """Wait, however long, until the next item would be taken in, or treated as the policy says.

        For sources that can leave what they have where it is. Only the policy "block" makes them wait.
        """
        while self.full and self.policy == "block" and not self.closed:
            await self._wait_room()

    async def _wait_room(self) -> None:
        event = trio.Event()
        self._room_waiters.append(event)
        try:
            await event.wait()
        finally:
            if event in self._room_waiters:
                self._room_waiters.remove(event)

    def _overflow(self, item: T) -> bool:
        if self.closed:
            self.count_drop()
            return True
        match self.policy:
            case "block":
                return False
            case "drop_newest":
                self.count_drop()
            case "drop_oldest":
                self._drop_oldest()
                self.items.append(item)
            case "disconnect":
                self.count_drop()
                self.end()
        return True

    def _drop_oldest(self) -> None:
        self.items.popleft()
        self.count_drop()

    def end(self) -> None:
        """Whoever takes here is too slow to go on with."""
        if not self.overflowed:
            self.overflowed = True
            if self.on_overflow is not None:
                self.on_overflow()

    def count_drop(self) -> None:
        """One item was discarded."""
        self.dropped += 1
        if self.on_drop is not None:
            self.on_drop(self.dropped)

    def _given_up(self) -> None:
        """A source has waited in vain."""

    # -- taking -------------------------------------------------------------------------------------------------

    async def wait(self) -> bool:
        """Wait until there is an item; False when the queue is closed and empty. One task at a time."""
        while not self.items:
            if self.closed:
                return False
            if self._item_waiter is not None:
                msg = "another task is already waiting for messages here"
                raise trio.BusyResourceError(msg)
            event = self._item_waiter = trio.Event()
            try:
                await event.wait()
            finally:
                if self._item_waiter is event:
                    self._item_waiter = None
        return True

    def pop(self) -> T:
        """The oldest item; IndexError when there is none."""
        item = self.items.popleft()
        if self._room_waiters or self.stalled:
            self._made_room()
        return item

    def take(self, most: int | None = None) -> list[T]:
        """The oldest items, all or at most *most*; perhaps none."""
        if most is None or most >= len(self.items):
            taken = list(self.items)
            self.items.clear()
        else:
            taken = [self.items.popleft() for _ in range(most)]
        if self._room_waiters or self.stalled:
            self._made_room()
        return taken

    def _made_room(self) -> None:
        # Not before half of it is free: else source and taker would wake each other for every single item.
        if len(self.items) * 2 <= self.capacity:
            self.stalled = False
            self._release_sources()

    def _wake_taker(self) -> None:
        if self._item_waiter is not None:
            self._item_waiter.set()
            self._item_waiter = None

    def _release_sources(self) -> None:
        waiters, self._room_waiters = self._room_waiters, []
        for event in waiters:
            event.set()

    def close(self) -> None:
        """No more items; the taker still gets what is here. Idempotent."""
        self.closed = True
        self._wake_taker()
        self._release_sources()


class DataQueue(MessageQueue[Message]):
    """Messages for a subscriber or a peer of this process, bounded in number, and in bytes as far as they count.

    Only long messages that came as bytes count: *max_bytes* is there against few messages that take all memory. Short
    ones are bounded by their number, and values that were made here are the program's own.
    """

    def __init__(self, capacity: int, policy: Overflow, block_timeout: float, max_bytes: int) -> None:
        super().__init__(capacity, policy, block_timeout)
        self.max_bytes = max_bytes
        self.bytes = 0
        self._long: dict[int, int] = {}  # by id(): what each long message here counts

    @property
    def full(self) -> bool:
        """Whether the next message would meet the policy."""
        return len(self.items) >= self.capacity or self.bytes >= self.max_bytes

    def offer(self, item: Message) -> bool:
        """As the base class, with both bounds."""
        if len(self.items) >= self.capacity or self.bytes >= self.max_bytes or self.closed:
            return self._overflow(item)
        self.items.append(item)
        payload = item._payload  # noqa: SLF001  # None for what was made here; the property would encode that
        if payload is not None and len(payload) >= _LONG:
            self._count(item, payload)
        if self._item_waiter is not None:
            self._wake_taker()
        return True

    def _count(self, item: Message, payload: bytes) -> None:
        self._long[id(item)] = len(payload)
        self.bytes += len(payload)

    def _forget(self, item: Message) -> None:
        self.bytes -= self._long.pop(id(item), 0)

    def _overflow(self, item: Message) -> bool:
        taken = super()._overflow(item)
        payload = item._payload  # noqa: SLF001  # as in offer()
        if self.policy == "drop_oldest" and not self.closed and payload is not None and len(payload) >= _LONG:
            self._count(item, payload)
        return taken

    def _drop_oldest(self) -> None:
        while self.items:
            self._forget(self.items.popleft())
            self.count_drop()
            if self.bytes < self.max_bytes:
                return

    def pop(self) -> Message:
        """The oldest message; IndexError when there is none."""
        item = self.items.popleft()
        if self._long:
            self._forget(item)
        if self._room_waiters or self.stalled:
            self._made_room()
        return item

    def take(self, most: int | None = None) -> list[Message]:
        """The oldest messages, all or at most *most*; perhaps none."""
        if not self._long:
            return super().take(most)
        taken = [self.items.popleft() for _ in range(len(self.items) if most is None else min(most, len(self.items)))]
        for item in taken:
            self._forget(item)
        if self._room_waiters or self.stalled:
            self._made_room()
        return taken

    def _made_room(self) -> None:
        if self.bytes * 2 <= self.max_bytes:
            super()._made_room()


class FrameQueue(MessageQueue[bytes]):
    """Frames for one peer, bounded in number and in bytes. Control frames are always taken in, in order."""

    def __init__(
        self, capacity: int, max_bytes: int, policy: Overflow, block_timeout: float, max_control: int = 1024
    ) -> None:
        super().__init__(capacity, policy, block_timeout)
        self.max_bytes = max_bytes
        self.max_control = max_control
        self.bytes = 0
        self.accepted = 0
        """Data frames ever taken in, those included that were discarded later."""

    @property
    def full(self) -> bool:
        """Whether the next data frame would meet the policy."""
        return len(self.items) >= self.capacity or self.bytes >= self.max_bytes

    def offer(self, item: bytes) -> bool:
        """As the base class, with both bounds."""
        if len(self.items) >= self.capacity or self.bytes >= self.max_bytes or self.closed:
            return self._overflow(item)
        self.items.append(item)
        self.bytes += len(item)
        self.accepted += 1
        if self._item_waiter is not None:
            self._wake_taker()
        return True

    def put_control(self, frame: bytes) -> None:
        """Queue *frame* behind what is here, whatever the policy says; nothing when closed.

        A peer that provokes more than max_control of them, or as many bytes of them as messages may have, and does
        not read them, has overflowed.
        """
        if len(self.items) >= self.capacity + self.max_control or self.bytes >= 2 * self.max_bytes:
            self.end()
        elif not self.closed:
            self.items.append(ControlFrame(frame))
            self.bytes += len(frame)
            self._wake_taker()

    def _overflow(self, item: bytes) -> bool:
        if self.policy == "drop_oldest" and not self.closed:
            self._drop_oldest()
            self.items.append(item)
            self.bytes += len(item)
            self.accepted += 1
            return True
        return super()._overflow(item)

    def _drop_oldest(self) -> None:
        while True:
            for at, frame in enumerate(self.items):
                if type(frame) is not ControlFrame:
                    self.bytes -= len(frame)
                    del self.items[at]
                    self.count_drop()
                    break
            else:
                return
            if self.bytes < self.max_bytes:
                return

    def _given_up(self) -> None:
        self.end()

    def take_all(self) -> bytes:
        """Everything that is here, for one write."""
        return self.take_chunk(self.bytes)

    def take_chunk(self, most: int) -> bytes:
        """Frames for one write: all of them, or as many as *most* bytes hold (one at the least)."""
        items = self.items
        if self.bytes <= most:
            chunk = b"".join(items)
            items.clear()
            self.bytes = 0
        else:
            part = [items.popleft()]
            size = len(part[0])
            while items and size + len(items[0]) <= most:
                part.append(items.popleft())
                size += len(part[-1])
            chunk = b"".join(part)
            self.bytes -= size
        if self._room_waiters or self.stalled:
            self._made_room()
        return chunk

    def _made_room(self) -> None:
        if self.bytes * 2 <= self.max_bytes:
            super()._made_room()
