"""One direction of a relay: takes messages from a subscriber at one side, and publishes them at the other."""

from __future__ import annotations

from collections import deque
from contextlib import suppress
from typing import TYPE_CHECKING

import trio

from broker_cli.complaints import Complaints
from broker_cli.exit_codes import ExitCode, Failure
from broker_cli.output.foreign import foreign_problem
from broker_cli.selecting.facts import MISSING, Facts, name_of_event
from broker_core import CodecError, EncodeError, ForeignMessage, InvalidValue, LocalProtocolError

from .counting import Counts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from broker_cli.session import Session
    from broker_core import Message, Subscriber

    from .guard import LoopGuard
    from .rules import Side, Topics

__all__ = ["BATCH", "Budget", "Carrier"]

BATCH = 256
"""Messages that are taken at once: between two batches the other direction has its turn."""
_PROBLEMS_SHOWN = 5
_LAST_HOP = 1


class Carrier:
    """What comes from *side*, on its way to *target*. *topics* and *events* say what is carried."""

    def __init__(
        self,
        side: Side,
        source: Session,
        subscriber: Subscriber,
        target: Session,
        topics: Topics,
        *,
        guard: LoopGuard | None,
        events: Callable[[str], bool] | None,
        budget: Budget,
    ) -> None:
        self.counts = Counts()
        self.side = side
        self._source = source
        self._subscriber = subscriber
        self._target = target
        self._unfit = Complaints(target.context, "messages of that kind", _PROBLEMS_SHOWN)
        self._topics = topics
        self._guard = guard
        self._events = events
        self._budget = budget
        self._pending: deque[Message] = deque()
        self._final = False
        self._dropped: int | None = None

    async def run(self) -> None:
        """Carry until cancelled, or until there were enough. Raises :class:`Failure` when the queue overflowed."""
        await self._carry_on()
        if self._subscriber.overflowed:
            message = f"the other side is too slow: the queue for what comes from {self.side.upper()} is full"
            hint = "--on-overflow says what to do then, --max-queue how many may wait"
            raise Failure(message, ExitCode.LOST, hint)

    async def finish(self) -> None:
        """Ask for no more, and carry what is here or on its way, unless the other side has no connection any more."""
        self._final = True
        self._subscriber.withdraw()
        async with trio.open_nursery() as nursery:
            nursery.start_soon(self._carry_rest, nursery.cancel_scope)
            await self._all_arrived()
            self._dropped = self._subscriber.dropped  # what comes to a closed queue is none of ours
            self._subscriber.close()

    async def _carry_rest(self, scope: trio.CancelScope) -> None:
        with suppress(trio.BrokenResourceError):
            await self._carry_on()
        scope.cancel()  # all is done, or cannot be done

    async def _all_arrived(self) -> None:
        """Wait until each peer of the source has nothing more for us."""
        endpoint = self._source.endpoint
        for peer in endpoint.peers():
            with suppress(trio.BrokenResourceError, trio.TooSlowError, LocalProtocolError):
                await endpoint.ping(peer.id, timeout=float("inf"))

    async def _carry_on(self) -> None:
        """Carry until the subscriber is closed and empty."""
        await self._carry(())
        while not self._budget.spent:
            try:
                batch = await self._subscriber.get_batch(BATCH)
            except trio.EndOfChannel:
                return
            await self._carry(batch)

    def refresh(self) -> Counts:
        """The counts, as of now."""
        self.counts.dropped = self._subscriber.dropped if self._dropped is None else self._dropped
        self.counts.queued = len(self._pending) + self._subscriber.available()
        return self.counts

    # -- one message after the other ----------------------------------------------------------------------------

    async def _carry(self, batch: Iterable[Message]) -> None:
        pending = self._pending
        pending.extend(batch)
        if self._guard is not None:
            self._guard.tick(trio.current_time())
        while pending and not self._budget.spent:
            await self._carry_one(pending[0])
            pending.popleft()  # only now: who is cancelled while it waits carries it later
            self.counts.received += 1

    async def _carry_one(self, message: Message) -> None:
        counts = self.counts
        topic = self._topics.renamed(message.topic)
        if topic is None or not self._is_wanted(message):
            counts.filtered += 1
        elif isinstance(message, ForeignMessage):
            self.note_unfit(message.topic, foreign_problem(message))
        elif message.ttl == _LAST_HOP:
            counts.expired += 1
        else:
            try:
                payload = message.payload
            except EncodeError as error:
                self.note_unfit(message.topic, str(error))
                return
            if self._guard is not None and self._guard.holds_back(self.side, message.topic, topic, payload):
                counts.echoes += 1
                return
            try:
                receivers = await self._publish(message, topic)
            except (CodecError, InvalidValue) as error:
                self.note_unfit(message.topic, str(error))
                return
            if not receivers:
                counts.unwanted += 1
                return
            if self._guard is not None:
                self._guard.note(self.side, topic, payload)
            counts.relayed += 1
            counts.bytes += len(payload)
            self._budget.spend()

    def _is_wanted(self, message: Message) -> bool:
        if self._events is None:
            return True
        if isinstance(message, ForeignMessage):
            return False
        name = name_of_event(Facts(message))
        return name is not MISSING and self._events(name)

    async def _publish(self, message: Message, topic: str) -> int:
        """Publish *message*; to how many peers it goes. While there is none it waits for one."""
        endpoint = self._target.endpoint
        ttl = max(0, message.ttl - 1) or None
        while True:
            receivers = await endpoint.publish_message(message, topic=topic, ttl=ttl)
            if receivers or endpoint.peers():
                return receivers
            if self._final:
                raise trio.BrokenResourceError
            await trio.lowlevel.checkpoint()  # the session may not have heard of the loss yet
            await self._target.wait_connected()

    def note_unfit(self, topic: str, problem: str) -> None:
        """Tell of a value that the other side has no form for."""
        self.counts.unfit += 1
        self._unfit.tell(f"a message on {topic} cannot be carried: {problem}")


class Budget:
    """How many messages may still be carried, in both directions together; None is without end."""

    def __init__(self, count: int | None, on_spent: Callable[[], None]) -> None:
        self._left = count
        self._on_spent = on_spent

    @property
    def spent(self) -> bool:
        """Whether there were enough. Then one more may be on its way in the other direction."""
        return self._left is not None and self._left <= 0

    def spend(self) -> None:
        """One was carried."""
        if self._left is not None:
            self._left -= 1
            if self._left <= 0:
                self._on_spent()
