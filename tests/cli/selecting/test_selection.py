"""All that a message has to pass."""

from __future__ import annotations

import pytest

from broker_cli.selecting.expressions import condition
from broker_cli.selecting.globs import NameGlobs
from broker_cli.selecting.selection import Selection
from broker_core import Batch, Count, Event, ForeignMessage, Message, NodeId
from broker_core.codecs import binary

PING, PONG, DONE = (Message("/t", Event(name, Count(at)).value) for at, name in enumerate(("ping", "pong", "done")))
BELOW = Message("/t/x", Event("ping", Count(7)).value)
TEXT = Message("/t", "text")
BATCH = Message("/b", Batch([Event("ping", Count(8)), Batch([Event("pong", Count(9))]), Event("done")]).value)
BROKEN = Message("/t", payload=b"\x63")
ALL = [PING, BELOW, PONG, TEXT, BATCH, DONE]


def names(messages):
    return [value[2][0] if type(value := message.value) is tuple else value for message in messages]


@pytest.mark.parametrize(
    ("options", "chosen"),
    [
        ({}, ALL),
        ({"topics": frozenset(["/t"])}, [PING, PONG, TEXT, DONE]),
        ({"exclude": ("/t/", "/b")}, [PING, PONG, TEXT, DONE]),
        ({"topics": frozenset(["/t", "/t/x"]), "exclude": ("/t/",)}, [PING, PONG, TEXT, DONE]),
    ],
)
def test_topics(options, chosen):
    selection = Selection(**options)
    assert selection.select(ALL) == chosen
    assert selection.left_out == len(ALL) - len(chosen)


def test_events_are_looked_for_in_batches():
    selection = Selection(events=NameGlobs(["p*ng"]))
    assert names(selection.select(ALL)) == ["ping", "ping", "pong", "ping", "pong"]
    assert selection.left_out == 3
    assert selection.summary() == ["3 not selected"]


def test_conditions_see_the_members_of_batches():
    selection = Selection(where=condition("args[0] > 5 or value == 'text'"))
    chosen = selection.select(ALL)
    assert names(chosen) == ["ping", "text", "ping", "pong"]
    assert [message.topic for message in chosen] == ["/t/x", "/t", "/b", "/b"]


def test_both_have_to_hold():
    selection = Selection(events=NameGlobs(["ping"]), where=condition("args[0] > 5"), exclude=("/b",))
    assert selection.select(ALL) == [BELOW]


def test_a_sample_is_taken_of_what_passes():
    turns = iter([True, False, True])
    selection = Selection(events=NameGlobs(["p*"]), exclude=("/b",), sample=lambda: next(turns))
    assert selection.select(ALL) == [PING, PONG]
    assert (selection.left_out, selection.not_sampled) == (3, 1)
    assert selection.summary() == ["3 not selected", "1 not in the sample"]


def test_batches_stay_whole_without_a_reason():
    selection = Selection(sample=lambda: True)
    assert selection.select([BATCH]) == [BATCH]


def test_the_last_event_passes_everything_but_the_topics():
    selection = Selection(
        events=NameGlobs(["ping"]), where=condition("F"), sample=lambda: False, until=NameGlobs(["pong"])
    )
    assert selection.waits
    assert names(selection.select([PING, BATCH, DONE])) == ["pong"]
    assert selection.done
    selection = Selection(until=NameGlobs(["done"]), exclude=("/b",))
    assert selection.select(ALL) == [PING, BELOW, PONG, TEXT, DONE]
    assert selection.done


def test_no_more_than_wanted_is_looked_at():
    selection = Selection(until=NameGlobs(["done"]))
    assert names(selection.select([TEXT, BATCH], 2)) == ["text", "ping"]
    assert not selection.done
    assert selection.left_out == 0
    passing = selection.passing([PING, BATCH, DONE])
    assert names([next(passing), next(passing)]) == ["ping", "ping"]
    assert names(passing) == ["pong", "done"]
    assert selection.done


@pytest.mark.parametrize("options", [{"where": condition("event == 'x'")}, {"where": condition("args[0] == 5")}, {}])
def test_what_cannot_be_read_passes_so_that_somebody_says_so(options):
    assert Selection(until=NameGlobs(["x"]), **options).select([BROKEN]) == [BROKEN]


def test_events_that_arrive_are_not_decoded_for_their_names():
    received = Message("/t", payload=binary.encode(PING.value))
    assert Selection(events=NameGlobs(["pong"])).select([received]) == []
    assert not received.is_decoded


FOREIGN = ForeignMessage("/t/f", PING.payload, "broker-bin-v2", sender=NodeId("n-1"))  # looks like an event


@pytest.mark.parametrize(
    ("options", "passes"),
    [
        ({}, True),
        ({"topics": frozenset(["/t"])}, False),
        ({"events": NameGlobs(["*"])}, False),
        ({"until": NameGlobs(["ping"]).__call__}, True),
        ({"where": condition("topic == '/t/f' and from == 'n-1' and size > 1")}, True),
        ({"where": condition("from == 'n-2'")}, False),
        ({"where": condition("event == 'ping'")}, False),
        ({"where": condition("event != 'ping'")}, False),
        ({"where": condition("not (args[0] == 1)")}, False),
        ({"where": condition("value != 1")}, False),
        ({"events": NameGlobs(["*"]), "where": condition("topic == '/t/f'")}, False),
        ({"where": condition("topic == '/t/f'"), "sample": lambda: False}, False),
    ],
)
def test_messages_in_other_formats_are_no_events(options, passes):
    selection = Selection(**options)
    assert selection.select([FOREIGN]) == [FOREIGN] * passes
    assert selection.left_out + selection.not_sampled == (not passes)
    assert not selection.done
