"""Names of topics on Broker and on ZeroMQ."""

from __future__ import annotations

import pytest

from broker_cli.dialects import other_names, subscription_warnings
from broker_core import PeerAddress

BROKER, WEB, ZMQ = (PeerAddress.parse(text) for text in ("h:1", "ws://h:1", "zmq://h:1"))


@pytest.mark.parametrize(
    ("topic", "expected"),
    [
        ("zeek/cluster/worker", "zeek.cluster.worker"),
        ("zeek.cluster.worker", "zeek/cluster/worker"),
        ("zeek/cluster/node/worker-1/", "zeek.cluster.node.worker-1."),
        ("zeek/cluster/node/worker-1", "zeek.cluster.node.worker-1."),
        ("zeek.cluster.node.worker-1", "zeek.cluster.node.worker-1."),
        ("zeek.cluster.node.worker-1.", "zeek/cluster/node/worker-1/"),
    ],
)
def test_other_names(topic, expected):
    names = other_names(topic)
    assert expected in names
    assert topic not in names
    assert len(set(names)) == len(names)


@pytest.mark.parametrize(
    ("topics", "peers", "words"),
    [
        (["", "/t"], [BROKER], ["cannot attach store masters"]),
        ([""], [], ["cannot attach store masters"]),
        ([""], [WEB], []),
        ([""], [ZMQ, WEB], ["sends all that it publishes"]),
        ([""], [ZMQ, BROKER], ["cannot attach store masters", "sends all that it publishes"]),
        (["zeek.cluster.nodeid.x."], [ZMQ], ["take us for a node"]),
        (["zeek.cluster.nodeid."], [ZMQ], ["take us for a node"]),
        (["zeek.cluster.nodeid.x."], [BROKER], []),
        (["zeek.cluster.node.x.", "/t"], [ZMQ], []),
    ],
)
def test_warnings(topics, peers, words):
    warnings = subscription_warnings(topics, peers)
    assert len(warnings) == len(words)
    assert all(word in text for word, text in zip(words, warnings, strict=True))
