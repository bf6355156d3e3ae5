"""Batches, taken apart."""

from __future__ import annotations

import pytest

from broker_cli.selecting.unpacking import members
from broker_core import Batch, Count, DecodeError, EndpointId, Event, ForeignMessage, IdentifierUpdate, Message
from broker_core.codecs import binary

ID = EndpointId.parse("00000000-0000-0000-0000-000000000007")
INNER = Batch([Event("b"), IdentifierUpdate("X::y", 5)])
BATCH = Batch([Event("a", "x"), INNER, Event("c")])


@pytest.mark.parametrize("received", [True, False])
def test_batches_in_batches(received):
    value = BATCH.value
    parts = {"payload": binary.encode(value)} if received else {"value": value}
    found = members(Message("/t", sender=ID, **parts))
    assert [message.value for message in found] == [member.value for member in BATCH.flatten()]
    assert len(found) == 4
    assert {(message.topic, message.sender) for message in found} == {("/t", ID)}


def test_an_empty_batch_holds_nothing():
    assert list(members(Message("/t", Batch([]).value))) == []


@pytest.mark.parametrize(
    "value",
    [
        Event("a").value,
        "text",
        (),
        (Count(1), Count(5)),
        (Count(1), Count(5), "no vector"),
        (Count(1), Count(5), ("no message",)),
        (Count(2), Count(5), ()),
    ],
)
def test_all_else_stays_whole(value):
    message = Message("/t", value)
    assert list(members(message)) == [message]
    received = Message("/t", payload=binary.encode(value))
    assert list(members(received)) == [received]


def test_an_event_is_not_decoded_for_it():
    message = Message("/t", payload=binary.encode(Event("a").value))
    members(message)
    assert not message.is_decoded


def test_a_message_without_a_value():
    with pytest.raises(DecodeError):
        members(Message("/t", payload=b"\x63"))


def test_a_message_in_another_format_is_no_batch():
    message = ForeignMessage("/t", Message("/t", Batch([Event("x")]).value).payload, "broker-bin-v2")
    assert members(message) == (message,)
