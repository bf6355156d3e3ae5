"""What a node sees of the subscriptions in a ZeroMQ cluster, and which of them are not its own.

The central broker passes every subscription to all nodes, also back to the one that made it. So each of our own is
expected once, and what comes beyond that is of others. An end is passed on only when nobody holds the prefix any more:
while this side holds it too, others that gave it up cannot be told from others that did not. Older central brokers
(Zeek 7.1) do not repeat a subscription that somebody has already; then nothing can be said about prefixes of our own.
Source: spec zeromq.md section 4.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from broker_core.messages.cluster_wire import (
    INTERNAL_PREFIX,
    ClusterNode,
    node_in_topic,
    read_subscription,
    subscription,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["ClusterView"]


class ClusterView:
    """The subscriptions of a cluster. It takes at most *most* of them; those beyond are counted in :attr:`ignored`."""

    def __init__(self, most: int) -> None:
        self.repeats = True
        """Whether the central broker passes a subscription on that somebody holds already."""
        self.ignored = 0
        self._most = most
        self._own: set[str] = set()
        self._expected: Counter[str] = Counter()
        self._others: dict[str, None] = {}
        self._filter: tuple[str, ...] | None = None

    @property
    def filter(self) -> tuple[str, ...]:
        """The prefixes that others want, in the order in which they came; the same object until one comes or goes.

        Without those of :data:`INTERNAL_PREFIX`, on which nothing is meant for anybody else.
        """
        if self._filter is None:
            wanted = self._others if self.repeats else self._others | dict.fromkeys(self._own)
            self._filter = tuple([prefix for prefix in wanted if not prefix.startswith(INTERNAL_PREFIX)])
        return self._filter

    @property
    def nodes(self) -> tuple[ClusterNode, ...]:
        """The nodes that have announced themselves."""
        found = [node_in_topic(prefix) for prefix in self._others]
        return tuple([ClusterNode.parse(node) for node in found if node])

    def want(self, prefixes: Iterable[str]) -> list[bytes]:
        """Hold exactly *prefixes*; returns what the central broker is to be told."""
        wanted = dict.fromkeys(prefixes)
        ended = [prefix for prefix in sorted(self._own) if prefix not in wanted]
        begun = [prefix for prefix in wanted if prefix not in self._own]
        self._own = set(wanted)
        self._expected.update(begun)
        self._filter = None
        # New ones first: where one takes the place of another, nothing is missed between them.
        return [subscription(prefix, begins=True) for prefix in begun] + [
            subscription(prefix, begins=False) for prefix in ended
        ]

    def again(self, prefix: str) -> bytes:
        """What to tell to subscribe once more to *prefix*, which is held already: that shows :attr:`repeats`."""
        self._expected[prefix] += 1
        return subscription(prefix, begins=True)

    def heard(self, part: bytes) -> str | None:
        """Take what the central broker passed on; the prefix that begins with it, None when it is no beginning.

        Whether :attr:`filter` has changed shows when it is another object.
        """
        said = read_subscription(part)
        if said is None:
            return None
        prefix = said.prefix
        if not said.begins:
            if self._others.pop(prefix, self) is None:
                self._filter = None
            return None
        if self.repeats and (left := self._expected.pop(prefix, 0)):
            if left > 1:
                self._expected[prefix] = left - 1
            return prefix
        if prefix not in self._others:
            if len(self._others) >= self._most:
                self.ignored += 1
                return prefix
            self._others[prefix] = None
            self._filter = None
        return prefix
