"""What can be asked of a message."""

from __future__ import annotations

import pytest
from hypothesis import given

from broker_cli.selecting.facts import MISSING, ROOTS, Facts, metadata_value, name_of_event
from broker_core import (
    Batch,
    Count,
    DecodeError,
    EndpointId,
    Event,
    ForeignMessage,
    LogCreate,
    Message,
    NodeId,
    Set,
    Timestamp,
)
from broker_core.codecs import binary
from strategies import values

ID = EndpointId.parse("00000000-0000-0000-0000-000000000007")
ONE = Count(1)
PING = Event("ping", "a", Count(5), metadata={1: Timestamp(7), 200: "x"})


def ask(message: Message) -> dict[str, object]:
    facts = Facts(message)
    return {name: get(facts) for name, get in ROOTS.items()}


@pytest.mark.parametrize("received", [True, False])
def test_an_event_knows_everything(received):
    value = PING.value
    parts = {"payload": binary.encode(value)} if received else {"value": value}
    assert ask(Message("/t", sender=ID, **parts)) == {
        "topic": "/t",
        "event": "ping",
        "args": ("a", Count(5)),
        "metadata": ((Count(1), Timestamp(7)), (Count(200), "x")),
        "value": value,
        "from": str(ID),
        "size": len(binary.encode(value)),
    }


@pytest.mark.parametrize(
    "value",
    [
        "text",
        (),
        (ONE, ONE),
        (ONE, Count(2), ("ping", ())),
        (1, ONE, ("ping", ())),  # an integer
        (ONE, ONE, "ping"),
        (ONE, ONE, ("ping", "no vector")),
        (ONE, ONE, (5, ())),
        (ONE, ONE, ("ping", (), "no metadata")),
        Batch([PING]).value,
    ],
)
def test_what_is_no_event_has_none_of_its_parts(value):
    found = ask(Message("/t", value))
    assert (found["event"], found["args"], found["metadata"]) == (MISSING, MISSING, MISSING)
    assert found["value"] == value


def test_metadata_that_is_not_there_is_missing():
    assert ask(Message("/t", Event("ping").value))["metadata"] is MISSING
    assert ask(Message("/t", Event("ping", metadata={}).value))["metadata"] == ()
    assert metadata_value(((ONE, "x"),), 1) == "x"
    assert metadata_value(((ONE, "x"),), 2) is MISSING
    assert repr(MISSING) == "MISSING"


def test_the_name_is_read_without_the_rest():
    payload = binary.encode(Event("ping", "a").value)[:-1]
    message = Message("/t", payload=payload)
    assert name_of_event(Facts(message)) == "ping"
    assert not message.is_decoded
    with pytest.raises(DecodeError):
        ROOTS["args"](Facts(message))


def test_odd_names_are_the_same_either_way():
    for value in ((ONE, ONE, (b"\xff", ())), (*Event("ping").value, "more")):
        received = Facts(Message("/t", payload=binary.encode(value)))
        made = Facts(Message("/t", value))
        assert name_of_event(received) == name_of_event(made) != MISSING


@given(values())
def test_there_is_an_answer_for_every_value(value):
    found = ask(Message("/t", value))
    assert (found["args"] is MISSING) == (found["event"] is MISSING)


def test_what_has_no_binary_form_has_no_size():
    assert ask(Message("/t", Set([0.0, 5e-324])))["size"] is MISSING


def test_a_log_is_no_event():
    assert name_of_event(Facts(Message("/t", LogCreate("A::LOG", "A::WRITER", "x", ()).value))) is MISSING


def test_a_message_in_another_format_has_no_name_of_an_event():
    payload = Message("/t", Event("ping").value).payload
    facts = Facts(ForeignMessage("/t", payload, "broker-bin-v2", sender=NodeId("a b")))
    for name in ("event", "args", "metadata", "value"):
        with pytest.raises(DecodeError, match="which is not Broker's"):
            ROOTS[name](facts)
    assert [ROOTS[name](facts) for name in ("topic", "from", "size")] == ["/t", "a%20b", len(payload)]
