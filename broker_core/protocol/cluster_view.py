"""What a node sees of the subscriptions in a ZeroMQ cluster, and which of them are not its own.

The central broker passes every subscription to all nodes, also back to the one that made it. So each of our own is
expected once, and what comes beyond that is of others. An end is passed on only when nobody holds the prefix any more:
while this side holds it too, others that gave it up cannot be told from others that did not. Older central brokers
(Zeek 7.1) do not repeat a subscription that somebody has already; then nothing can be said about prefixes of our own.

Who subscribed is not told. Of two that subscribe at about the same time to the same, the first that is heard counts as
our own, and in the end it comes to the same; except when the other one is the first, and ends before ours has arrived.
An end while we hold the prefix says so: ours has not been passed on yet, and is still expected.
Source: spec zeromq.md section 4.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from broker_core.limits import DEFAULT_LIMITS
from broker_core.messages.cluster_wire import (
    INTERNAL_PREFIX,
    ClusterNode,
    name_in_topic,
    node_in_topic,
    read_subscription,
    subscription,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["ClusterView"]

_LONGEST = 1 + DEFAULT_LIMITS.max_topic
"""Bytes of a subscription that some topic can match."""


class ClusterView:
    """The subscriptions of a cluster.

    It takes at most *most* of them, and none that is longer than any topic. The others are counted in :attr:`ignored`.
    """

    def __init__(self, most: int) -> None:
        self.ignored = 0
        self._most = most
        self._repeats = True
        self._own: set[str] = set()
        self._expected: Counter[str] = Counter()
        self._others: dict[str, None] = {}
        self._filter: tuple[str, ...] = ()
        self._stale = False

    @property
    def repeats(self) -> bool:
        """Whether the central broker passes a subscription on that somebody holds already."""
        return self._repeats

    @repeats.setter
    def repeats(self, repeats: bool) -> None:
        self._repeats = repeats
        self._stale = True
        if not repeats:
            self._expected.clear()

    @property
    def filter(self) -> tuple[str, ...]:
        """The prefixes that others want, in the order in which they came; the same object until one comes or goes.

        Without those of :data:`INTERNAL_PREFIX`, on which nothing is meant for anybody else.
        """
        if self._stale:
            self._stale = False
            wanted = self._others if self._repeats else self._others | dict.fromkeys(sorted(self._own))
            found = tuple([prefix for prefix in wanted if not prefix.startswith(INTERNAL_PREFIX)])
            if found != self._filter:
                self._filter = found
        return self._filter

    @property
    def nodes(self) -> tuple[ClusterNode, ...]:
        """The nodes that have announced themselves."""
        names = {name for prefix in self._others if (name := name_in_topic(prefix))}
        found = [node_in_topic(prefix) for prefix in self._others]
        return tuple([ClusterNode.parse(node, names) for node in found if node])

    def want(self, prefixes: Iterable[str]) -> list[bytes]:
        """Hold exactly *prefixes*; returns what the central broker is to be told."""
        wanted = dict.fromkeys(prefixes)
        ended = [prefix for prefix in sorted(self._own) if prefix not in wanted]
        begun = [prefix for prefix in wanted if prefix not in self._own]
        self._own = set(wanted)
        if self._repeats:
            self._expected.update(begun)
        self._stale = True
        # New ones first: where one takes the place of another, nothing is missed between them.
        return [subscription(prefix, begins=True) for prefix in begun] + [
            subscription(prefix, begins=False) for prefix in ended
        ]

    def expect(self, prefix: str) -> bytes:
        """What is to be told to subscribe to *prefix* by another connection of this side. It counts as our own."""
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
                self._stale = True
            if self._repeats and prefix in self._own:
                self._expected[prefix] = max(1, self._expected[prefix])
            return None
        if left := self._expected.pop(prefix, 0):
            if left > 1:
                self._expected[prefix] = left - 1
            return prefix
        if prefix not in self._others:
            if len(self._others) >= self._most or len(part) > _LONGEST:
                self.ignored += 1
                return prefix
            self._others[prefix] = None
            self._stale = True
        return prefix
