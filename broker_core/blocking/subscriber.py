"""Receiving messages (manual sections 2.2.1 and 2.5.2)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from broker_core import Message

from .conversion import to_immutable, to_python
from .receiver import Pump, Receiver
from .topic import topic_text, topic_texts

if TYPE_CHECKING:
    from collections.abc import Iterable

    from .host import Host
    from .topic import AnyTopic

__all__ = ["SafeSubscriber", "Subscriber"]


class Subscriber(Receiver[Message, tuple[str, Any]]):
    """Messages on topics that start with one of its prefixes, as pairs of topic and value.

    Made by ``endpoint.make_subscriber``. The subscription ends when nobody holds the subscriber any more.
    """

    def __init__(self, host: Host, topics: AnyTopic | Iterable[AnyTopic], qsize: int | None) -> None:
        prefixes = topic_texts(topics)
        if qsize is not None and (not isinstance(qsize, int) or qsize < 0):
            msg = f"qsize is a number of messages, not {qsize!r}"
            raise TypeError(msg)
        capacity = host.limits.subscriber_queue if qsize is None else max(1, qsize)
        super().__init__(host, host.ask(self._subscribe, host, prefixes, capacity))

    def _subscribe(self, host: Host, prefixes: list[str], capacity: int) -> Pump[Message]:
        self._source = host.endpoint.make_subscriber(prefixes, capacity=capacity)
        return Pump(host, self._source, capacity, None)

    def _convert(self, item: Message) -> tuple[str, Any]:
        return item.topic, to_python(item.value)

    def add_topic(self, topic: AnyTopic, block: bool = False) -> None:
        """Subscribe to the prefix *topic* too. *block* changes nothing: the subscription is there on return."""
        del block
        self._host.ask(self._source.add_topic, topic_text(topic))

    def remove_topic(self, topic: AnyTopic, block: bool = False) -> None:
        """End the subscription to the prefix *topic*; nothing when there is none. *block* changes nothing."""
        del block
        self._host.ask(self._source.remove_topic, topic_text(topic))


class SafeSubscriber(Subscriber):
    """A subscriber whose values can all be members of sets and keys of dicts: frozenset, tuple, immutable mapping."""

    def _convert(self, item: Message) -> tuple[str, Any]:
        return item.topic, to_immutable(item.value)
