"""Zeek messages: events, batches, identifier updates, against recordings of a live Zeek and at random."""

from __future__ import annotations

import copy
import pickle
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broker_core.codecs import binary
from broker_core.errors import DecodeError, InvalidValue
from broker_core.limits import DEFAULT_LIMITS
from broker_core.messages.zeek import (
    Batch,
    Event,
    IdentifierUpdate,
    LogCreate,
    LogWrite,
    event_name,
    zeek_message,
)
from broker_core.model import Count, EnumValue, Set, Table, Timestamp
from strategies import strings, values
from zeek_frames import DataFrame, data_frames, scenarios, steps

# The messages of the recording zeek-wrong-arguments that Zeek called invalid, by its own words for what was sent.
NOT_ZEEKS = {"plain string, no Zeek message", "plain vector", "version integer 1", "version 2"}
BROKEN = {
    "event name as enum value",
    "event content without args",
    "type 0",
    "type 9",
    "args not a vector",
    "metadata not a vector",
    "metadata entry of three",
    "metadata with integer id",
    "identifier update too short",
    "batch with one invalid member",
}


# -- recordings ---------------------------------------------------------------------------------------------


def valid_frames() -> list[DataFrame]:
    """All but those that Zeek called invalid; one of them in a scenario without steps."""
    invalid = {frame for frame in data_frames() if b"notatime" in frame.payload}
    for name, scenario in scenarios().items():
        if "steps" in scenario:
            invalid |= {frame for frame, step in steps(name) if called_invalid(step)}
    return [frame for frame in data_frames() if frame not in invalid]


def called_invalid(step: dict[str, Any]) -> bool:
    return any("received invalid broker message" in line for line in step["zeek"])


@pytest.mark.parametrize("frame", valid_frames(), ids=str)
def test_recorded_message_is_read_and_written_byte_for_byte(frame: DataFrame) -> None:
    view = zeek_message(binary.decode(frame.payload))
    assert view is not None
    assert binary.encode(view.value) == frame.payload
    assert type(view).from_value(view.value) == view
    name = event_name(frame.payload)
    assert name == (view.name if isinstance(view, Event) else None)


def test_recordings_hold_every_kind_of_message() -> None:
    kinds = {type(zeek_message(binary.decode(frame.payload))) for frame in valid_frames()}
    assert kinds == {Event, LogCreate, LogWrite, IdentifierUpdate, Batch}


@pytest.mark.parametrize(
    ("frame", "step"),
    [pytest.param(frame, step, id=step["sent"]) for frame, step in steps("zeek-wrong-arguments")],
)
def test_structure_is_judged_as_zeek_judged_it(frame: DataFrame, step: dict[str, Any]) -> None:
    assert called_invalid(step) == (step["sent"] in NOT_ZEEKS | BROKEN)
    value = binary.decode(frame.payload)
    if step["sent"] in NOT_ZEEKS:
        assert zeek_message(value) is None
        with pytest.raises(DecodeError):
            Event.from_value(value)
    elif step["sent"] in BROKEN:
        with pytest.raises(DecodeError):
            zeek_message(value)
    else:
        assert zeek_message(value) is not None


def test_recorded_identifier_updates() -> None:
    updates = [zeek_message(binary.decode(frame.payload)) for frame in data_frames("zeek-publish-id")]
    assert updates == [
        IdentifierUpdate("Rec::some_count", Count(77)),
        IdentifierUpdate("Rec::some_table", Table({"one": Count(1)})),
    ]


# -- identifier updates -------------------------------------------------------------------------------------


def test_identifier_update_from_loose_python() -> None:
    update = IdentifierUpdate("M::x", [1, {"a": True}])
    assert update.content == (1, Table({"a": True}))
    assert update.value == (1, 4, ("M::x", update.content))
    assert IdentifierUpdate.from_value((*update.value[:2], (*update.value[2], "more"), "extra")) == update


def test_identifier_update_with_a_name_that_is_not_utf8() -> None:
    update = IdentifierUpdate.from_value((Count(1), Count(4), (b"\xff", 1)))
    assert update.name == "\udcff"
    assert update == IdentifierUpdate("\udcff", 1)
    assert update.value == (1, 4, (b"\xff", 1))


def test_identifier_updates_compare_by_kind_too() -> None:
    assert IdentifierUpdate("x", 1) == IdentifierUpdate("x", 1)
    assert IdentifierUpdate("x", 1) != IdentifierUpdate("x", Count(1))
    assert IdentifierUpdate("x", 1) != 1
    assert Batch([Event("e", 1)]) != Batch([Event("e", Count(1))])


@pytest.mark.parametrize(
    ("make", "problem"),
    [
        (lambda: IdentifierUpdate("x", [object()]), "content[0]: object is no Broker type"),
        (lambda: IdentifierUpdate(b"x", 1), "name: a str is needed, not bytes"),
        (lambda: Batch([Event("e"), ("e", ())]), "messages[1]: a batch holds Zeek messages, not tuple"),  # type: ignore[list-item]
    ],
)
def test_what_cannot_be_sent_is_refused_where_it_is_made(make: Any, problem: str) -> None:
    with pytest.raises(InvalidValue) as caught:
        make()
    assert str(caught.value) == problem


def test_what_can_be_made_can_be_decoded_however_deep() -> None:
    deep: Any = 1
    for _ in range(DEFAULT_LIMITS.max_depth - 2):
        deep = [deep]
    update = IdentifierUpdate("x", deep)
    assert IdentifierUpdate.from_value(binary.decode(binary.encode(update.value))) == update
    with pytest.raises(InvalidValue, match="content: nested deeper"):
        IdentifierUpdate("x", [deep])
    with pytest.raises(InvalidValue, match="messages: the whole batch is nested deeper"):
        Batch([update])


def test_messages_cannot_be_changed() -> None:
    with pytest.raises(AttributeError):
        IdentifierUpdate("x", 1).content = 2  # type: ignore[misc]
    with pytest.raises(AttributeError):
        Batch([]).messages = ()  # type: ignore[misc]


# -- batches ------------------------------------------------------------------------------------------------


def test_batches_nest_and_flatten_in_order() -> None:
    one, two, three = Event("one"), IdentifierUpdate("two", 2), Event("three")
    batch = Batch([one, Batch([two, Batch([])]), three])
    assert len(batch) == 3
    assert list(batch) == list(batch.messages)
    assert list(batch.flatten()) == [one, two, three]
    read = zeek_message(binary.decode(binary.encode(batch.value)))
    assert read == batch
    assert Batch.from_value(batch.value) == batch


def test_error_in_a_batch_says_where() -> None:
    bad = (Count(1), Count(1), ("e", "x"))
    batch = (Count(1), Count(5), (Event("e").value, (Count(1), Count(5), (bad,))))
    with pytest.raises(DecodeError) as caught:
        zeek_message(batch)
    assert str(caught.value) == "the arguments of a Zeek event are a vector in [2][1][2][0][2][1]"
    assert caught.value.path == "[2][1][2][0][2][1]"
    with pytest.raises(DecodeError, match=r"no Zeek message in \[2\]\[0\]"):
        Batch.from_value((Count(1), Count(5), ("hello",)))


def test_batches_in_batches_are_bounded() -> None:
    value: Any = (Count(1), Count(5), ())
    for _ in range(DEFAULT_LIMITS.max_depth // 2 - 1):
        value = (Count(1), Count(5), (value,))
    assert isinstance(zeek_message(binary.decode(binary.encode(value))), Batch)
    value = (Count(1), Count(5), (value,))
    with pytest.raises(DecodeError, match="batches in each other"):
        zeek_message(value)
    for _ in range(5000):
        value = (Count(1), Count(5), (value,))
    with pytest.raises(DecodeError, match="batches in each other"):
        zeek_message(value)


# -- what is no Zeek message --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "value",
    [
        None,
        "hello",
        (),
        (1, 2, 3),
        (Count(1), Count(1)),
        (1, Count(1), ("e", ())),
        (True, Count(1), ("e", ())),
        (Count(2), Count(1), ("e", ())),
        (Count(1), 1, ("e", ())),
        (Count(1), Count(1), "e"),
        Set([(Count(1), Count(1), ("e", ()))]),
    ],
)
def test_other_data(value: Any) -> None:
    assert zeek_message(value) is None
    assert event_name(binary.encode(value)) is None
    for view in (Event, IdentifierUpdate, Batch, LogCreate, LogWrite):
        with pytest.raises(DecodeError):
            view.from_value(value)


@pytest.mark.parametrize(
    ("value", "problem"),
    [
        ((Count(1), Count(6), ()), "Zeek message of unknown type 6 (1 .. 5) in [1]"),
        ((Count(1), Count(1), ("e",)), "the content of a Zeek event is a vector of at least 2 in [2]"),
        ((Count(1), Count(1), (1, ())), "the name of a Zeek event is a string in [2][0]"),
        ((Count(1), Count(1), ("e", 1)), "the arguments of a Zeek event are a vector in [2][1]"),
        ((Count(1), Count(1), ("e", (), None)), "the metadata of a Zeek event is a vector in [2][2]"),
        (
            (Count(1), Count(1), ("e", (), ((Count(200), 1), (Count(1), 1)))),
            "the network timestamp of a Zeek event is a timestamp in [2][2][1][1]",
        ),
        (
            (Count(1), Count(1), ("e", (), (1,))),
            "an entry of event metadata is a vector of two: count and value in [2][2][0]",
        ),
        ((Count(1), Count(4), ("x",)), "the content of a Zeek identifier update is a vector of at least 2 in [2]"),
        ((Count(1), Count(4), (EnumValue("x"), 1)), "the name in an identifier update is a string in [2][0]"),
    ],
)
def test_broken_messages_say_what_is_wrong(value: Any, problem: str) -> None:
    with pytest.raises(DecodeError) as caught:
        zeek_message(value)
    assert str(caught.value) == problem


# -- at random ----------------------------------------------------------------------------------------------


names = strings().map(lambda name: name if isinstance(name, str) else name.decode("utf-8", "surrogateescape"))
messages = st.recursive(
    st.builds(lambda name, args: Event(name, *args), names, st.lists(values(subnormal=False), max_size=3))
    | st.builds(IdentifierUpdate, names, values(subnormal=False)),
    lambda inner: st.builds(Batch, st.lists(inner, max_size=3)),
)


@given(messages)
def test_any_message_comes_back(message: Any) -> None:
    value = message.value
    assert zeek_message(value) == message
    assert hash(zeek_message(value)) == hash(message)
    assert pickle.loads(pickle.dumps(message)) == copy.deepcopy(message) == message
    assert type(message).from_value(binary.decode(binary.encode(value))).value == binary.decode(binary.encode(value))


# Values near Zeek messages: the outer form and the parts of events, put together wrongly.
near_parts = st.sampled_from([*map(Count, range(6)), 1, "e", b"\xff", EnumValue("e"), (), Timestamp(1), None])
near = st.recursive(near_parts, lambda inner: st.lists(inner, max_size=5).map(tuple))
outer = st.tuples(
    st.sampled_from([Count(1)] * 5 + [1, Count(2)]), st.integers(0, 6).map(Count), near, st.lists(near, max_size=1)
).map(lambda parts: (*parts[:3], *parts[3]))


@given(near | outer | values(subnormal=False))
def test_any_value_is_read_or_refused_with_decode_error(value: Any) -> None:
    payload = binary.encode(value)
    try:
        view = zeek_message(value)
    except DecodeError:
        return
    if isinstance(view, Event):
        assert event_name(payload) == view.name
        assert view.value is value
    else:
        assert event_name(payload) is None
    if view is not None:
        assert type(view).from_value(view.value) == view
