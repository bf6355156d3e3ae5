"""What nodes of a ZeroMQ cluster say to each other: the parts of messages, subscriptions, and names in topics.

Source: spec zeromq.md sections 3 to 7. A message has four parts: topic, node id of the sender, name of the format,
payload. With the format ``broker-bin-v1`` the payload is a Broker value as on Broker's own wire.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from broker_core.model.topics import topic_from_bytes, topic_to_bytes

if TYPE_CHECKING:
    from collections.abc import Container

__all__ = [
    "INTERNAL_PREFIX",
    "LOG_FORMAT",
    "LOG_WRITE",
    "NODEID_PREFIX",
    "NODE_PREFIX",
    "PARTS",
    "SERIALIZER",
    "ClusterNode",
    "Subscription",
    "name_in_topic",
    "node_in_topic",
    "probe_topic",
    "read_subscription",
    "subscription",
]

PARTS = 4
SERIALIZER = b"broker-bin-v1"
"""The format of events, ``Cluster::event_serializer``."""
LOG_WRITE = b"log-write"
"""The first part of a batch of log records."""
LOG_FORMAT = b"zeek-bin-serializer"
"""The format of such a batch, ``Cluster::log_serializer``."""
INTERNAL_PREFIX = "zeek.zeromq.internal."
"""Topics with which somebody finds out what has reached the central broker."""
NODEID_PREFIX = "zeek.cluster.nodeid."
"""A subscription to such a topic says that the node with that id is there."""
NODE_PREFIX = "zeek.cluster.node."
"""A subscription to such a topic is of the node with that name in the cluster layout."""

_SUBSCRIBE = 1
_NODE_ID = re.compile(r"zeromq_(.*_.*)_([0-9]{1,10})_N[^_]*", re.DOTALL)


class Subscription(NamedTuple):
    """A subscription, or the end of one."""

    prefix: str
    begins: bool


def subscription(prefix: str, *, begins: bool) -> bytes:
    """The one part with which *prefix* is subscribed to, or not any more."""
    return (b"\x01" if begins else b"\x00") + topic_to_bytes(prefix)


def read_subscription(part: bytes) -> Subscription | None:
    """What *part* says; None when it is no subscription."""
    if not part or part[0] > _SUBSCRIBE:
        return None
    return Subscription(topic_from_bytes(part[1:]), part[0] == _SUBSCRIBE)


def probe_topic(node: str, number: int) -> str:
    """A topic that nobody else has (section 4)."""
    return f"{INTERNAL_PREFIX}{node}.{number}."


class ClusterNode(NamedTuple):
    """What the id of a node tells (section 5): ``zeromq_worker-1_host_2367_NeDuhx4Nppqdbdij7e``."""

    id: str
    name: str = ""
    """As in the cluster layout; "" for a Zeek without one, and for what is no Zeek."""
    host: str = ""
    pid: int | None = None

    @classmethod
    def parse(cls, node: str, names: Container[str] = ()) -> ClusterNode:
        """What *node* tells; nothing more than itself when it has another form.

        Names and hosts may have underlines in them. Then *names*, which are known from elsewhere, tell where the name
        ends; without them the host has none, unless the name would begin with one.
        """
        match = _NODE_ID.fullmatch(node)
        if match is None:
            return cls(node)
        both, pid = match.groups()
        ends = [at for at in range(len(both) - 1, -1, -1) if both[at] == "_"]
        usual = 0 if both.startswith("_") else ends[0]
        end = next((at for at in ends if both[:at] in names), usual)
        return cls(node, both[:end], both[end + 1 :], int(pid))


def node_in_topic(topic: str) -> str | None:
    """The node id that a subscription to *topic* announces, None when it is none of that kind.

    Since Zeek 7.2 such topics end with a dot, which is no part of the id.
    """
    if not topic.startswith(NODEID_PREFIX):
        return None
    return topic.removeprefix(NODEID_PREFIX).removesuffix(".")


def name_in_topic(topic: str) -> str | None:
    """The name of the node that subscribes to *topic*, None when it is no topic of one node. The dot is as above."""
    if not topic.startswith(NODE_PREFIX):
        return None
    return topic.removeprefix(NODE_PREFIX).removesuffix(".")
