"""All that a message has to pass before it is shown."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from broker_core import DecodeError, MessageKind

from .facts import MISSING, Facts, name_of_event
from .unpacking import members

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from broker_core import Message

__all__ = ["Selection"]


class Selection:
    """Lets through what is to be shown, and counts what is not.

    *topics* are the only ones, *exclude* are prefixes of those left out. *events* and *until* are asked for the name of
    an event, *where* for the rest of the message, and *sample* at last, by chance or turn. With *events*, *where* or
    *until* batches are taken apart, and each member counts for itself. A message that holds no value passes then:
    whoever shows it says so. One in another format than Broker's is no event, and passes *where* only if that asks for
    nothing but its topic, sender and size.
    """

    def __init__(
        self,
        *,
        topics: frozenset[str] | None = None,
        exclude: tuple[str, ...] = (),
        events: Callable[[str], bool] | None = None,
        where: Callable[[Facts], bool] | None = None,
        sample: Callable[[], bool] | None = None,
        until: Callable[[str], bool] | None = None,
    ) -> None:
        self.left_out = 0
        """How many did not pass."""
        self.not_sampled = 0
        """How many passed, but for the sample."""
        self.waits = until is not None
        """Whether there is an event that ends it."""
        self.done = False
        """Whether that event has come."""
        self._topics = topics
        self._exclude = exclude
        self._events = events
        self._where = where
        self._sample = sample
        self._until = until
        self._looks_inside = events is not None or where is not None or until is not None

    def select(self, messages: Sequence[Message], most: int | None = None) -> list[Message]:
        """Those of *messages* that are to be shown, at most *most*."""
        return list(islice(self.passing(messages), most))

    def passing(self, messages: Iterable[Message]) -> Iterator[Message]:
        """The same one by one: what nobody asks for is not looked at. The last one is that which ends it."""
        topics, exclude, looks_inside = self._topics, self._exclude, self._looks_inside
        for message in messages:
            if (topics is not None and message.topic not in topics) or message.topic.startswith(exclude):
                self.left_out += 1
                continue
            try:
                parts = members(message) if looks_inside else (message,)
            except DecodeError:
                yield message
                continue
            for member in parts:
                if self._passes(member):
                    yield member
                    if self.done:
                        return

    def _passes(self, message: Message) -> bool:
        if self._looks_inside:
            try:
                fits = self._fits(Facts(message))
            except DecodeError:
                if message.kind is not MessageKind.FOREIGN:
                    return True
                fits = False
            if self.done:
                return True
            if not fits:
                self.left_out += 1
                return False
        if self._sample is not None and not self._sample():
            self.not_sampled += 1
            return False
        return True

    def _fits(self, facts: Facts) -> bool:
        if facts.message.kind is MessageKind.FOREIGN:
            return self._events is None and (self._where is None or self._where(facts))
        if self._until is not None or self._events is not None:
            name = name_of_event(facts)
            known = name is not MISSING
            if self._until is not None and known and self._until(name):
                self.done = True
                return True
            if self._events is not None and not (known and self._events(name)):
                return False
        return self._where is None or self._where(facts)

    def summary(self) -> list[str]:
        """What was left out, in words."""
        parts = [f"{self.left_out} not selected"] if self.left_out else []
        return [*parts, f"{self.not_sampled} not in the sample"] if self.not_sampled else parts
