"""Count, time spans and stamps, ports, enum values: ranges, arithmetic, immutability, texts."""

from __future__ import annotations

import copy
import datetime as dt
import math
import operator
import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broker_core.errors import InvalidValue
from broker_core.model import Count, EnumValue, Port, Protocol, Timespan, Timestamp
from broker_core.model.scalars import I64_MAX, I64_MIN, U64_MAX, check_text, text_or_bytes
from strategies import enum_values, scalars

# -- count --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("number", [0, 1, 2**63, U64_MAX])
def test_count_takes_its_range(number: int) -> None:
    assert Count(number) == number
    assert type(Count(number)) is Count
    assert int(Count(number)) == number
    assert type(int(Count(number))) is int


@pytest.mark.parametrize("number", [-1, U64_MAX + 1, 10**400])
def test_count_refuses_what_is_out_of_range(number: int) -> None:
    with pytest.raises(InvalidValue, match="outside 0"):
        Count(number)


@pytest.mark.parametrize("thing", [1.0, "1", None, b"1"])
def test_count_is_made_from_ints_only(thing: object) -> None:
    with pytest.raises(InvalidValue, match="made from an int"):
        Count(thing)


def test_count_defaults_to_zero_and_takes_bools() -> None:
    assert Count() == 0
    assert repr(Count(True)) == "Count(1)"


def test_the_plain_number_of_a_count() -> None:
    number = Count(2**64 - 1).value
    assert (type(number), number) == (int, 2**64 - 1)


def test_count_texts() -> None:
    assert repr(Count(5)) == "Count(5)"
    assert str(Count(5)) == "5"
    assert f"{Count(5)} {Count(255):#x} {Count(5):>3}" == "5 0xff   5"


@pytest.mark.parametrize(
    "result",
    [
        Count(6) + 1,
        1 + Count(6),
        Count(8) - 1,
        8 - Count(1),
        Count(7) * 1,
        1 * Count(7),
        Count(15) // 2,
        15 // Count(2),
        Count(15) % 8,
        15 % Count(8),
        Count(7) & 15,
        15 & Count(7),
        Count(5) | 2,
        2 | Count(5),
        Count(5) ^ 2,
        2 ^ Count(5),
        Count(14) >> 1,
        14 >> Count(1),
        Count(7) << 0,
        7 << Count(0),
        Count(7) ** 1,
        7 ** Count(1),
        +Count(7),
        abs(Count(7)),
        round(Count(7)),
        math.floor(Count(7)),
        math.ceil(Count(7)),
        math.trunc(Count(7)),
    ],
)
def test_arithmetic_gives_counts(result: object) -> None:
    assert type(result) is Count
    assert result == 7


@pytest.mark.parametrize(
    "operate",
    [
        lambda: Count(1) - 2,
        lambda: 1 - Count(2),
        lambda: Count(U64_MAX) + 1,
        lambda: Count(2**40) * 2**40,
        lambda: -Count(1),
        lambda: ~Count(0),
        lambda: Count(1) << 64,
    ],
)
def test_arithmetic_out_of_range_is_refused(operate: object) -> None:
    with pytest.raises(InvalidValue):
        operate()  # type: ignore[operator]


def test_arithmetic_with_other_types_is_pythons() -> None:
    assert Count(1) + 0.5 == 1.5
    assert type(Count(1) / 2) is float
    assert Count(2) ** -1 == 0.5
    with pytest.raises(TypeError):
        Count(1) + "1"  # type: ignore[operator]


# -- times --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", [Timespan, Timestamp])
def test_times_take_64_bits_of_nanoseconds(kind: type) -> None:
    assert kind(I64_MIN).ns == I64_MIN
    assert kind(I64_MAX).ns == I64_MAX
    assert kind().ns == 0
    for number in (I64_MIN - 1, I64_MAX + 1):
        with pytest.raises(InvalidValue, match="does not fit 64 bits"):
            kind(number)
    for thing in (1.5, "1", None):
        with pytest.raises(InvalidValue, match="made from an int of nanoseconds"):
            kind(thing)


def test_spans_and_stamps_are_two_things() -> None:
    assert Timespan(5) != Timestamp(5)
    assert hash(Timespan(5)) != hash(Timestamp(5))
    assert Timespan(5) != 5
    assert Timespan(5) == Timespan(5)
    with pytest.raises(TypeError):
        operator.lt(Timespan(5), Timestamp(6))


def test_times_compare_and_print() -> None:
    assert Timespan(-1) < Timespan(0) <= Timespan(0) < Timespan(1)
    assert max(Timestamp(3), Timestamp(5)) == Timestamp(5)
    assert repr(Timespan(-5)) == "Timespan(-5)"
    assert str(Timestamp(5)) == "5ns"
    assert Timespan(1_500_000_000).seconds == 1.5


@pytest.mark.parametrize("kind", [Timespan, Timestamp])
def test_times_from_seconds(kind: type) -> None:
    assert kind.from_seconds(3).ns == 3_000_000_000
    assert kind.from_seconds(1_700_000_000.123456).ns == 1_700_000_000_123_456_000
    assert kind.from_seconds(-0.5).ns == -500_000_000
    for bad in (math.inf, math.nan, None):
        with pytest.raises(InvalidValue, match="cannot be made from"):
            kind.from_seconds(bad)
    with pytest.raises(InvalidValue):
        kind.from_seconds(1e300)


def test_span_and_timedelta() -> None:
    span = dt.timedelta(days=-1, microseconds=5)
    assert Timespan.from_timedelta(span).to_timedelta() == span
    assert Timespan(-1).to_timedelta() == dt.timedelta(microseconds=-1)
    with pytest.raises(InvalidValue):
        Timespan.from_timedelta(dt.timedelta.max)


def test_stamp_and_datetime() -> None:
    moment = dt.datetime(2024, 5, 1, 12, 0, 0, 123456, tzinfo=dt.timezone(dt.timedelta(hours=2)))
    stamp = Timestamp.from_datetime(moment)
    assert stamp.ns == 1_714_557_600_123_456_000
    assert stamp.to_datetime() == moment
    assert stamp.to_datetime().tzinfo is dt.UTC
    assert Timestamp(-1).to_datetime() == dt.datetime(1969, 12, 31, 23, 59, 59, 999999, tzinfo=dt.UTC)
    assert Timestamp.from_datetime(dt.datetime(1970, 1, 1)) == Timestamp(0), "without zone it is UTC"  # noqa: DTZ001
    with pytest.raises(InvalidValue):
        Timestamp.from_datetime(dt.datetime.max)  # noqa: DTZ901


def test_arithmetic_of_times() -> None:
    assert Timespan(5) + Timespan(6) == Timespan(11)
    assert Timespan(5) - Timespan(6) == Timespan(-1)
    assert Timespan(5) * 3 == Timespan(15) == 3 * Timespan(5)
    assert -Timespan(5) == Timespan(-5)
    assert abs(Timespan(-5)) == Timespan(5)
    assert bool(Timespan(1)) is True
    assert bool(Timespan(0)) is False
    assert Timestamp(5) + Timespan(6) == Timestamp(11) == Timespan(6) + Timestamp(5)
    assert Timestamp(5) - Timespan(6) == Timestamp(-1)
    assert Timestamp(5) - Timestamp(6) == Timespan(-1)


@pytest.mark.parametrize(
    "operate",
    [
        lambda: Timespan(1) + 1,
        lambda: Timespan(1) - 1,
        lambda: Timespan(1) * 1.5,
        lambda: Timestamp(1) + Timestamp(1),
        lambda: Timestamp(1) - 1,
        lambda: Timespan(1) - Timestamp(1),
    ],
)
def test_arithmetic_of_times_that_means_nothing(operate: object) -> None:
    with pytest.raises(TypeError):
        operate()  # type: ignore[operator]


def test_arithmetic_of_times_beyond_64_bits() -> None:
    with pytest.raises(InvalidValue):
        Timestamp(I64_MAX) + Timespan(1)
    with pytest.raises(InvalidValue):
        -Timespan(I64_MIN)


# -- ports --------------------------------------------------------------------------------------------------


def test_port_and_its_texts() -> None:
    port = Port(22)
    assert (port.number, port.protocol) == (22, Protocol.TCP)
    assert repr(port) == "Port(22, 'tcp')"
    assert [str(Port(1, protocol)) for protocol in Protocol] == ["1/?", "1/tcp", "1/udp", "1/icmp"]
    assert Port(1, 2) == Port(1, "udp") == Port(1, Protocol.UDP)
    assert Port(0, "?") == Port(0, "unknown")


@pytest.mark.parametrize("number", [-1, 65536])
def test_port_numbers_have_16_bits(number: int) -> None:
    with pytest.raises(InvalidValue, match="outside 0"):
        Port(number)


def test_port_of_the_wrong_types() -> None:
    with pytest.raises(InvalidValue, match="a port number is an int"):
        Port("22")  # type: ignore[arg-type]
    for protocol in ("TCP", "sctp", 4, -1):
        with pytest.raises(InvalidValue, match="no transport"):
            Port(22, protocol)


@pytest.mark.parametrize(
    ("text", "port"),
    [("22/tcp", Port(22)), ("0/?", Port(0, 0)), ("0/unknown", Port(0, 0)), ("65535/icmp", Port(65535, 3))],
)
def test_port_parses(text: str, port: Port) -> None:
    assert Port.parse(text) == port


@pytest.mark.parametrize(
    "text",
    ["", "22", "22/", "/tcp", "22/TCP", "22/tpc", "-1/tcp", "65536/tcp", " 22/tcp", "٣/tcp", "9" * 5000 + "/tcp"],
)
def test_port_refuses_other_texts(text: str) -> None:
    with pytest.raises(InvalidValue):
        Port.parse(text)


def test_ports_compare_by_number_then_transport() -> None:
    ports = [Port(1, 3), Port(2, 0), Port(1, 0), Port(1, 2), Port(1, 1)]
    assert sorted(ports) == [Port(1, 0), Port(1, 1), Port(1, 2), Port(1, 3), Port(2, 0)]
    assert Port(1) != "1/tcp"
    with pytest.raises(TypeError):
        operator.lt(Port(1), "1/tcp")


# -- enum values and strings --------------------------------------------------------------------------------


def test_enum_value_keeps_its_name() -> None:
    assert EnumValue("Notice::LOG").name == "Notice::LOG"
    assert EnumValue(b"Notice::LOG") == EnumValue("Notice::LOG")
    assert EnumValue(b"\xff").name == b"\xff"
    assert EnumValue(b"\xff").raw == b"\xff"
    assert EnumValue("é").raw == b"\xc3\xa9"
    assert repr(EnumValue("a")) == "EnumValue('a')"
    assert str(EnumValue(b"a\xff")) == "a\\xff"
    assert str(EnumValue("A::B")) == "A::B"


def test_enum_value_is_no_string() -> None:
    assert EnumValue("a") != "a"
    assert EnumValue("a") < EnumValue("b")
    assert EnumValue("z") < EnumValue(b"\xff")
    with pytest.raises(TypeError):
        operator.lt(EnumValue("a"), "b")


def test_enum_value_of_the_wrong_types() -> None:
    with pytest.raises(InvalidValue, match="is a str"):
        EnumValue(5)  # type: ignore[arg-type]
    with pytest.raises(InvalidValue, match="lone surrogate"):
        EnumValue("\ud800")


@given(st.binary(max_size=16))
def test_text_or_bytes_loses_nothing(raw: bytes) -> None:
    held = text_or_bytes(raw)
    assert (held.encode() if isinstance(held, str) else held) == raw


def test_check_text_names_the_place() -> None:
    check_text("é")
    with pytest.raises(InvalidValue, match="at 2"):
        check_text("ab\udcff")


# -- all of them --------------------------------------------------------------------------------------------

SAMPLES = [Timespan(5), Timestamp(5), Port(22), EnumValue("A::B")]


@pytest.mark.parametrize("value", SAMPLES, ids=repr)
def test_made_again_from_the_pickle(value: object) -> None:
    again = pickle.loads(pickle.dumps(value))
    assert again == value
    assert hash(again) == hash(value)
    assert type(again) is type(value)


@pytest.mark.parametrize("value", SAMPLES, ids=repr)
def test_immutable_and_slotted(value: object) -> None:
    name = type(value).__match_args__[0]  # type: ignore[attr-defined]
    with pytest.raises(AttributeError, match="cannot be changed"):
        setattr(value, name, 1)
    with pytest.raises(AttributeError, match="cannot be changed"):
        delattr(value, name)
    assert not hasattr(value, "__dict__")


@given(scalars() | enum_values())
def test_pickling_and_copying(value: object) -> None:
    if value != value:
        return
    for again in (pickle.loads(pickle.dumps(value)), copy.copy(value), copy.deepcopy(value)):
        assert again == value
        assert type(again) is type(value)
        assert hash(again) == hash(value)


def test_count_pickles_as_count() -> None:
    assert type(pickle.loads(pickle.dumps(Count(5)))) is Count
