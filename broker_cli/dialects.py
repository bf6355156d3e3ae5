"""Topics as Zeek has them on Broker, with slashes, and on ZeroMQ, with dots; and what subscribing does to a cluster.

``zeek/cluster/worker`` on Broker is ``zeek.cluster.worker`` on ZeroMQ, and the topics of single nodes end with the
separator. Other topics, such as ``zeek/supervisor``, are the same on both. Source: spec zeromq.md sections 4 to 7.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from broker_core import PeerAddress

__all__ = ["NODE_TOPICS", "other_names", "subscription_warnings"]

NODE_TOPICS = "zeek.cluster.nodeid."
"""Who subscribes to such a topic on ZeroMQ says that there is a node with that id."""


def other_names(topic: str) -> list[str]:
    """What Zeek may call *topic*: with the other separator, and with one at the end."""
    slashed, dotted = topic.replace(".", "/"), topic.replace("/", ".")
    names = [name for one in (dotted, slashed) for name in (one, one + _end_of(one))]
    return [name for name in dict.fromkeys(names) if name != topic]


def _end_of(topic: str) -> str:
    """The separator that *topic* does not end with yet."""
    if topic.endswith((".", "/")):
        return ""
    return "." if "." in topic else "/"


def subscription_warnings(topics: Collection[str], peers: Iterable[PeerAddress]) -> list[str]:
    """What a subscription to *topics* at *peers* does to others; without peers, at those that will connect."""
    transports = {peer.transport for peer in peers} or {"broker"}
    warnings = []
    if "" in topics:
        if "broker" in transports:
            warnings.append('"" is everything: while we are connected, C++ endpoints cannot attach store masters')
        if "zmq" in transports:
            warnings.append(
                '"" is everything: each node of the cluster now sends all that it publishes to the central broker'
            )
    announcing = [topic for topic in topics if topic.startswith(NODE_TOPICS)]
    if announcing and "zmq" in transports:
        warnings.append(
            f"{announcing[0]}: all nodes of the cluster take us for a node that subscribes to this, and log warnings"
        )
    return warnings
