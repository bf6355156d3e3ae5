"""Events: made here, read from recordings of a live Zeek, and their names found in bytes."""

from __future__ import annotations

import copy
import datetime as dt
import pickle
from ipaddress import IPv4Address
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broker_core.codecs import binary
from broker_core.errors import DecodeError, InvalidValue
from broker_core.limits import DEFAULT_LIMITS
from broker_core.messages.zeek import Batch, zeek_message
from broker_core.messages.zeek_events import NETWORK_TIMESTAMP, Event, event_name
from broker_core.model import Count, EnumValue, Port, Set, Table, Timespan, Timestamp, same_value
from strategies import strings, values
from zeek_frames import data_frames

TWO_THOUSAND_TWENTY = Timestamp(1577934245678900992)


def scenario_events(name: str, *, from_zeek: bool) -> list[Event]:
    found = []
    for frame in data_frames(name):
        if frame.from_zeek == from_zeek:
            view = zeek_message(binary.decode(frame.payload))
            assert view is not None
            found += [
                event for event in (view.flatten() if isinstance(view, Batch) else [view]) if type(event) is Event
            ]
    return found


# -- recordings ---------------------------------------------------------------------------------------------


def test_zeek_publishes_with_an_empty_metadata_vector() -> None:
    (event, *_rest) = scenario_events("zeek-every-type-no-metadata-connector-smaller", from_zeek=True)
    assert event.name == "Rec::every"
    assert event.metadata == ()
    assert event.network_timestamp is None
    assert len(event.args) == 21
    assert event.args[:6] == (True, -42, Count(42), 3.14159, Timestamp(1700000000123456000), Timespan(90500000000))
    assert event.args[8:11] == (EnumValue("Rec::GREEN"), Port(443, "tcp"), IPv4Address("192.168.1.1"))
    assert event.args[14] == Set([Count(1), Count(2), Count(3)])


def test_metadata_of_recorded_pings() -> None:
    pings = scenario_events("zeek-pings-without-metadata", from_zeek=False)
    assert [(event.name, *event.args) for event in pings] == [
        ("Rec::ping", 1, "hello"),
        ("Rec::ping", 2, "with timestamp"),
        ("Rec::ping", 3, "empty metadata"),
        ("Rec::ping", 4, "batch 1"),
        ("Rec::ping", 5, "batch 2"),
        ("Rec::ping", 6, "nested batch"),
        ("Rec::ping", 7, "extra outer element"),
        ("Rec::ping", 8, "longer topic"),
        ("Rec::noargs",),
    ]
    stamped = ((1, TWO_THOUSAND_TWENTY),)
    assert [event.metadata for event in pings] == [None, stamped, (), None, None, None, None, None, None]


def test_network_timestamps_of_recorded_pongs() -> None:
    recording = "zeek-every-type-and-pings-with-metadata"
    pongs = scenario_events(recording, from_zeek=True)[1:]
    assert [pong.network_timestamp for pong in pongs] == [
        None,  # -1 s, Zeek's "unknown"
        TWO_THOUSAND_TWENTY,
        None,
        TWO_THOUSAND_TWENTY,
        TWO_THOUSAND_TWENTY,
    ]
    assert pongs[0].metadata == ((1, Timestamp(-1_000_000_000)),)
    for frame in data_frames(recording):
        if b"two timestamps" in frame.payload and not frame.from_zeek:
            event = Event.from_value(binary.decode(frame.payload))
            assert event.metadata == ((1, TWO_THOUSAND_TWENTY), (1, Timestamp(1609556645678900992)))
            assert event.network_timestamp == TWO_THOUSAND_TWENTY  # the first counts
        if b"notatime" in frame.payload:
            with pytest.raises(DecodeError, match="network timestamp"):
                zeek_message(binary.decode(frame.payload))


def test_bytes_given_in_the_documentation_of_the_format() -> None:
    bare = Event("event_1", 42, "test")
    assert binary.encode(bare.value).hex() == (
        "0e030200000000000000010200000000000000010e0205076576656e745f310e0203000000000000002a050474657374"
    )
    stamped = Event("event_1", 42, "test", metadata={1: Timestamp(1795354778377263279)})
    assert binary.encode(stamped.value).hex().endswith("0e010e0202000000000000000109" + "18ea61a8a2fa18af")


# -- making events ------------------------------------------------------------------------------------------


def test_event_from_loose_python() -> None:
    moment = dt.datetime(2023, 11, 14, tzinfo=dt.UTC)
    event = Event("M::ev", [1, {"a", "b"}], {"k": None}, metadata={NETWORK_TIMESTAMP: moment, 200: [1]})
    assert event.args == ((1, Set(["a", "b"])), Table({"k": None}))
    assert event.metadata == ((1, Timestamp.from_datetime(moment)), (200, (1,)))
    assert event.network_timestamp == Timestamp.from_datetime(moment)
    assert event.value == (1, 1, ("M::ev", event.args, event.metadata))
    assert [type(part) for part in event.value[:2]] == [Count, Count]
    assert type(event.metadata[0][0]) is Count
    assert Event("M::ev").value == (1, 1, ("M::ev", ()))


@pytest.mark.parametrize("metadata", [{}, [], ()])
def test_empty_metadata_is_not_absent_metadata(metadata: Any) -> None:
    event = Event("e", metadata=metadata)
    assert event.metadata == ()
    assert event != Event("e")
    assert len(event.value[2]) == 3
    assert Event("e").metadata is None
    assert len(Event("e").value[2]) == 2


@pytest.mark.parametrize(
    ("make", "problem"),
    [
        (lambda: Event("e", 1, 2, {"k": 2**63}), 'args[2]["k"]: integer'),
        (lambda: Event("e", object()), "args[0]: object is no Broker type"),
        (lambda: Event("e", "\udc80"), "args[0]: string with a lone surrogate"),
        (lambda: Event("e", metadata={200: [object()]}), "metadata[200][0]: object is no Broker type"),
        (lambda: Event("e", metadata={1: "now"}), "metadata[1]: metadata 1 is the network timestamp"),
        (lambda: Event("e", metadata={-1: 1}), "metadata[-1]: count -1 is outside"),
        (lambda: Event("e", metadata={2**64: 1}), f"metadata[{2**64}]: count {2**64} is outside"),
        (lambda: Event("e", metadata={"one": 1}), "metadata['one']: a count is made from an int"),
        (lambda: Event("e", metadata=5), "metadata: metadata maps ids to values"),
        (lambda: Event("e", metadata=[5]), "metadata: metadata maps ids to values"),  # type: ignore[list-item]
        (lambda: Event(5), "name: a str is needed, not int"),
        (lambda: Event("\ud800"), "name: string with a lone surrogate at 0"),
    ],
)
def test_what_cannot_be_sent_is_refused_where_it_is_made(make: Any, problem: str) -> None:
    with pytest.raises(InvalidValue) as caught:
        make()
    assert str(caught.value).startswith(problem)


def nested(levels: int) -> Any:
    value: Any = 1
    for _ in range(levels):
        value = [value]
    return value


def test_what_can_be_made_can_be_decoded_however_deep() -> None:
    spare = DEFAULT_LIMITS.max_depth - 3  # the message, its content, and the arguments
    event = Event("e", nested(spare))
    assert Event.from_value(binary.decode(binary.encode(event.value))) == event
    with pytest.raises(InvalidValue, match="args: nested deeper"):
        Event("e", nested(spare + 1))
    endless: list[Any] = []
    endless.append(endless)
    with pytest.raises(InvalidValue, match="args"):
        Event("e", endless)
    noted = Event("e", metadata={200: nested(spare - 1)})
    assert Event.from_value(binary.decode(binary.encode(noted.value))) == noted
    with pytest.raises(InvalidValue, match="metadata: nested deeper"):
        Event("e", metadata={200: nested(spare)})


def test_names_that_are_not_utf8_survive() -> None:
    event = Event.from_value((Count(1), Count(1), (b"\xffa", ())))
    assert event.name == "\udcffa"
    assert Event(event.name) == event
    assert Event(event.name).value == event.value
    assert event_name(binary.encode(event.value)) == event.name
    assert Event("é").value[2][0] == "é"


def test_network_timestamp_stands_anywhere_in_the_metadata() -> None:
    assert Event("e", metadata=[(200, 1), (1, Timestamp(0))]).network_timestamp == Timestamp(0)
    assert Event("e", metadata=[(1, Timestamp(-1)), (1, Timestamp(5))]).network_timestamp is None
    assert Event("e", metadata={200: 1}).network_timestamp is None
    assert Event("e").network_timestamp is None


def test_event_name_wants_a_vector_of_arguments_behind_it() -> None:
    assert event_name(binary.encode((Count(1), Count(1), ("e", ())))) == "e"
    for content in (("e", "x"), ("e",), (EnumValue("e"), ()), (("e",), ()), ()):
        assert event_name(binary.encode((Count(1), Count(1), content))) is None


def test_events_cannot_be_changed() -> None:
    event = Event("e", 1)
    with pytest.raises(AttributeError):
        event.name = "f"
    with pytest.raises(AttributeError):
        del event.args
    with pytest.raises(AttributeError):
        event.other = 1


def test_events_compare_by_kind_too() -> None:
    assert Event("e", 1) == Event("e", 1)
    assert hash(Event("e", 1)) == hash(Event("e", 1))
    for other in (Event("e", Count(1)), Event("e", True), Event("e", 1.0), Event("f", 1), Event("e", 1, 2)):
        assert Event("e", 1) != other
    assert Event("e", float("nan")) == Event("e", float("nan"))
    assert Event("e", metadata={200: 1}) != Event("e", metadata={200: Count(1)})
    assert Event("e") != ("e", ())


def test_further_elements_are_ignored_but_kept_in_the_value() -> None:
    value = (Count(1), Count(1), ("e", (1,), (), "more"), "extra")
    event = Event.from_value(value)
    assert event == Event("e", 1, metadata={})
    assert event.value is value


def test_repr_makes_the_event_again() -> None:
    event = Event("ping", "x", Count(1), metadata={200: "user"})
    assert repr(event) == "Event('ping', 'x', Count(1), metadata=((Count(200), 'user'),))"
    assert eval(repr(event)) == event
    assert repr(Event("ping")) == "Event('ping')"


def test_match_statement_takes_events_apart() -> None:
    match zeek_message(Event("ping", "x", Count(1)).value):
        case Event("ping", (word, Count() as number)):
            assert (word, number) == ("x", 1)
        case _:
            pytest.fail("no match")


def test_events_can_be_copied_and_pickled() -> None:
    event = Event("e", {"a"}, metadata=[(200, 1), (200, 2)])
    assert pickle.loads(pickle.dumps(event)) == event
    assert copy.deepcopy(event) == event


# -- values that are no events -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "problem"),
    [
        ("hello", "a Zeek message is a vector of at least three: version, type, content"),
        ((1, Count(1), ()), "the format version of a Zeek message is count 1, not integer 1 in [0]"),
        (((1,) * 1000, Count(1), ()), "the format version of a Zeek message is count 1, not vector in [0]"),
        ((Count(2), Count(1), ()), "the format version of a Zeek message is count 1, not count 2 in [0]"),
        ((Count(1), Count(5), ()), "the type of a Zeek event is count 1, not count 5 in [1]"),
        (
            (Count(1), EnumValue("e" * 999), ()),
            f"the type of a Zeek event is count 1, not enum-value {'e' * 60} in [1]",
        ),
        ((Count(1), Count(1), None), "the content of a Zeek event is a vector of at least 2 in [2]"),
        ([Count(1), Count(1), ()], "a Zeek message is a vector of at least three: version, type, content"),
        (([], Count(1), ()), "the format version of a Zeek message is count 1, not list in [0]"),
    ],
)
def test_reading_an_event_from_another_value_says_why_not(value: Any, problem: str) -> None:
    with pytest.raises(DecodeError) as caught:
        Event.from_value(value)
    assert str(caught.value) == problem


# -- at random ----------------------------------------------------------------------------------------------

names = strings().map(lambda name: name if isinstance(name, str) else name.decode("utf-8", "surrogateescape"))
ids = st.integers(0, 2**64 - 1)
user_ids = ids.filter(lambda number: number != NETWORK_TIMESTAMP)
stamps = st.tuples(st.just(NETWORK_TIMESTAMP), st.integers(-(2**63), 2**63 - 1).map(Timestamp))
metadatas = st.none() | st.lists(st.tuples(user_ids, values(subnormal=False)) | stamps, max_size=4)
events = st.builds(
    lambda name, args, metadata: Event(name, *args, metadata=metadata),
    names,
    st.lists(values(subnormal=False), max_size=5),
    metadatas,
)


@given(events)
def test_any_event_comes_back(event: Event) -> None:
    payload = binary.encode(event.value)
    read = Event.from_value(binary.decode(payload))
    assert read == event
    assert hash(read) == hash(event)
    assert same_value(read.value, event.value)
    assert (read.name, len(read.args)) == (event.name, len(event.args))
    assert event_name(payload) == event.name
    assert binary.encode(Event(read.name, *read.args, metadata=read.metadata).value) == payload


def wide_varbyte(number: int, size: int) -> bytes:
    """*number* with bytes to spare, as C++ reads it too."""
    low = [number >> shift & 0x7F for shift in range(0, 7 * size, 7)]
    return bytes([byte | 0x80 for byte in low[:-1]] + [low[-1]])


@given(st.text(st.characters(codec="ascii"), max_size=300), st.integers(3, 300), st.integers(2, 300), st.integers(1, 3))
def test_event_name_of_unusual_lengths(name: str, outer_size: int, inner_size: int, spare: int) -> None:
    content = (name, (1,), (), *[None] * 300)[:inner_size]
    value = (Count(1), Count(1), content, *[None] * (outer_size - 3))
    assert event_name(binary.encode(value)) == name
    assert event_name(binary.encode((*value[:2], (name, "x", *content[2:]), *value[3:]))) is None
    raw = name.encode()
    head = b"\x02" + (1).to_bytes(8, "big")
    size = min(spare + 1, 4)
    payload = b"\x0e" + wide_varbyte(3, size) + head + head + b"\x0e" + wide_varbyte(2, size)
    payload += b"\x05" + wide_varbyte(len(raw), size) + raw + b"\x0e\x00"
    assert event_name(payload) == name == Event.from_value(binary.decode(payload)).name


@given(events, st.data())
def test_event_name_of_cut_and_changed_bytes_never_raises(event: Event, data: st.DataObject) -> None:
    payload = binary.encode(event.value)
    cut = payload[: data.draw(st.integers(0, len(payload)))]
    changed = bytearray(payload)
    for _ in range(data.draw(st.integers(0, 3))):
        changed[data.draw(st.integers(0, len(payload) - 1))] = data.draw(st.integers(0, 255))
    for raw in (cut, bytes(changed)):
        name = event_name(raw)
        assert name is None or type(name) is str
        try:
            view = zeek_message(binary.decode(raw))
        except DecodeError:
            continue
        assert name == (view.name if isinstance(view, Event) else None)


@given(st.binary(max_size=60))
def test_event_name_of_any_bytes(raw: bytes) -> None:
    assert event_name(raw) is None
    name = event_name(binary.encode(Event("e").value)[:21] + raw)
    assert name is None or type(name) is str
