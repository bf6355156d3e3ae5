"""The parts of a peering with a ZeroMQ cluster."""

from __future__ import annotations

import pytest
import zmq

from broker_core.messages.cluster_wire import probe_topic
from broker_core.messages.envelopes import Message
from broker_core.runtime.zmq_lines import ClusterLine, OutQueue, why_lost
from broker_core.runtime.zmq_sockets import ZmqEvent, ZmqSocket

QUESTION = Message(probe_topic("me", 0), 1)


def messages(*values: int) -> list[Message]:
    return [Message("/t", value) for value in values]


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("CONNECTED", ""),
        ("HANDSHAKE_SUCCEEDED", ""),
        ("DISCONNECTED", "closed the connection"),
        ("CLOSED", "was closed"),
        ("HANDSHAKE_FAILED_NO_DETAIL", "ended the handshake"),
        ("HANDSHAKE_FAILED_PROTOCOL", "the handshake with the central broker failed"),
        ("HANDSHAKE_FAILED_AUTH", "does not let this side in"),
    ],
)
def test_ends_of_connections_have_words(kind, words):
    said = why_lost(ZmqEvent(getattr(zmq.Event, kind), 0))
    assert words in said
    assert bool(said) == bool(words)


def test_questions_are_taken_in_whatever_the_policy_says():
    queue = OutQueue(2, "drop_newest", 0, 1000)
    for message in messages(1, 2, 3):
        queue.offer(message)
    queue.put_control(QUESTION)
    assert [message.value for message in queue.take()] == [1, 2, 1]
    assert queue.dropped == 1
    queue.close()
    queue.put_control(QUESTION)
    assert not queue.items


def test_questions_are_not_discarded_and_keep_their_place():
    queue = OutQueue(3, "drop_oldest", 0, 1000)
    queue.put_control(QUESTION)
    for message in messages(1, 2):
        queue.offer(message)
    queue.put_control(QUESTION)
    queue.offer(messages(3)[0])
    queue.offer(messages(4)[0])
    assert [message.topic for message in queue.items].count(QUESTION.topic) == 2
    assert queue.items[0] is QUESTION
    assert queue.dropped >= 2
    assert queue.items[-1].value == 4


def test_a_line_gives_each_question_once_and_closes_twice():
    context: zmq.Context[zmq.Socket[bytes]] = zmq.Context()
    sockets = [ZmqSocket.open(context, kind, {}) for kind in (zmq.XSUB, zmq.XPUB)]
    line = ClusterLine(context, *sockets, "me")
    assert [line.next_probe() for _ in range(2)] == [probe_topic("me", 0), probe_topic("me", 1)]
    line.close()
    line.close()
    assert context.closed
