"""What the codecs share: times as text, addresses as text, escapes, how errors show things."""

from __future__ import annotations

import datetime as dt
import json
from ipaddress import IPv4Address, IPv6Address
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broker_core.codecs import _shared as shared
from broker_core.errors import DecodeError, InvalidValue, LimitExceeded
from broker_core.model.scalars import I64_MAX, I64_MIN

NANOSECONDS = st.integers(I64_MIN, I64_MAX)


@given(NANOSECONDS)
def test_time_stamps_come_back_and_agree_with_datetime(ns: int) -> None:
    for shortest in (True, False):
        text = shared.timestamp_text(ns, shortest=shortest)
        assert shared.parse_timestamp(text).ns == ns
        seconds = dt.datetime(1970, 1, 1, tzinfo=dt.UTC) + dt.timedelta(seconds=ns // 10**9)
        assert text.startswith(seconds.strftime("%Y-%m-%dT%H:%M:%S"))
    assert len(shared.timestamp_text(ns, shortest=False)) == len("2024-05-01T12:00:00.123456789Z")


@given(NANOSECONDS, st.integers(-23 * 60 - 59, 23 * 60 + 59))
def test_zones(ns: int, minutes: int) -> None:
    zone = dt.timezone(dt.timedelta(minutes=minutes))
    moment = dt.datetime.fromtimestamp(0, zone) + dt.timedelta(seconds=ns // 10**9)
    seconds = ns // 10**9
    if seconds * 10**9 >= I64_MIN:
        assert shared.parse_timestamp(moment.isoformat()).ns == seconds * 10**9
        assert shared.parse_timestamp(moment.strftime("%Y-%m-%dT%H:%M:%S%z")).ns == seconds * 10**9


@given(NANOSECONDS)
def test_time_spans_come_back(ns: int) -> None:
    assert shared.parse_timespan(shared.timespan_text(ns)).ns == ns


@given(st.decimals(-(10**6), 10**6, places=12), st.sampled_from([("s", 10**9), ("ms", 10**6), ("hr", 3600 * 10**9)]))
def test_fractions_are_exact_to_the_nanosecond(number: Any, unit: tuple[str, int]) -> None:
    name, scale = unit
    ns = shared.parse_timespan(f"{number:f}{name}").ns
    assert abs(number * scale - ns) <= 0.5


def test_seconds() -> None:
    assert shared.parse_seconds("1714564800.123456789") == 1_714_564_800_123_456_789
    assert shared.parse_seconds("-1e-9") == -1
    assert shared.parse_seconds("5s") is None
    assert shared.parse_seconds("5 ") is None
    assert shared.parse_seconds("x") is None


def test_what_is_no_json() -> None:
    with pytest.raises(ValueError, match="Expecting value") as caught:
        json.loads("[1, x]")
    error = shared.not_json(caught.value)
    assert (error.problem, error.offset) == ("no JSON: Expecting value", 4)
    error = shared.not_json(ValueError("Exceeds the limit"))
    assert (error.problem, error.offset) == ("no JSON: a number has too many digits", None)
    assert shared.not_json(ValueError("no"), "other").problem == "no JSON: other"
    assert shared.not_json(RecursionError()).problem == "JSON nested too deeply"


@given(st.integers(0, 2**32 - 1).map(IPv4Address) | st.integers(0, 2**128 - 1).map(IPv6Address))
def test_addresses_print_as_pythons(address: Any) -> None:
    assert shared.address_text(address) == str(address)


@given(st.text())
def test_escapes_leave_nothing_unprintable(text: str) -> None:
    try:
        escaped = shared.escape_unprintable(text)
    except UnicodeEncodeError:
        return
    assert escaped.isprintable()
    if text.isprintable():
        assert escaped == text


@given(st.binary(max_size=20))
def test_raw_strings(raw: bytes) -> None:
    held = shared.raw_string(raw.decode("utf-8", "surrogateescape"))
    assert (held.encode() if isinstance(held, str) else held) == raw


def test_raw_strings_with_other_surrogates() -> None:
    with pytest.raises(InvalidValue, match=r"U\+D800"):
        shared.raw_string("é\ud800")


def test_how_errors_show_things() -> None:
    assert shared.shown("a\x1b[31m\n") == "'a\\x1b[31m\\n'"
    assert shared.shown("x" * 41) == "'" + "x" * 40 + "…'"


def test_errors_seen_from_outside() -> None:
    error = shared.inside("[1]", DecodeError("bad", 5, "[2]"))
    assert (error.problem, error.offset, error.path) == ("bad", 5, "[1][2]")
    limit = LimitExceeded("max_depth", None, 5)
    assert shared.inside("[1]", limit) is limit


def test_explaining_what_cannot_be_explained() -> None:
    assert "use to_value()" in str(shared.explain([1]))
    assert shared.explain((1, object())).path == "[1]"
