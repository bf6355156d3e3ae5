"""Typed JSON: always valid, lossless, and reading what C++ writes."""

from __future__ import annotations

import json as plain
import math
from ipaddress import ip_address, ip_network
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broker_core.codecs import binary
from broker_core.codecs.json import (
    decode,
    encode,
    encode_members,
    from_json,
    loads,
    loads_strictly,
    quote,
    to_json,
    writers,
)
from broker_core.errors import DecodeError, EncodeError, LimitExceeded
from broker_core.limits import Limits
from broker_core.model import Count, EnumValue, Port, Set, Table, Timespan, Timestamp
from strategies import assert_same, is_same, values

ROWS = plain.loads((Path(__file__).parent.parent / "vectors" / "values.json").read_text())
MILLISECOND = 1_000_000

WRITTEN: list[tuple[Any, str, str]] = [
    (None, "none", "{}"),
    (True, "boolean", "true"),
    (False, "boolean", "false"),
    (Count(2**64 - 1), "count", "18446744073709551615"),
    (-(2**63), "integer", "-9223372036854775808"),
    (5.0, "real", "5.0"),
    (0.1, "real", "0.1"),
    (1e-10, "real", "1e-10"),
    (1e25, "real", "1e+25"),
    (-0.0, "real", "-0.0"),
    (math.inf, "real", '"inf"'),
    (-math.inf, "real", '"-inf"'),
    (math.nan, "real", '"nan"'),
    ("a", "string", '"a"'),
    ('"\\/', "string", '"\\"\\\\/"'),
    ("\b\f\n\r\t\v\0", "string", '"\\b\\f\\n\\r\\t\\u000b\\u0000"'),
    ("é 中 🐻", "string", '"é 中 🐻"'),
    ("\x7f\x9b\u202e\u2028\U000e0041", "string", '"\\u007f\\u009b\\u202e\\u2028\\udb40\\udc41"'),
    (b"\xff", "string", '"/w==","enc":"base64"'),
    (EnumValue("Notice::LOG"), "enum-value", '"Notice::LOG"'),
    (EnumValue(b"\xff"), "enum-value", '"/w==","enc":"base64"'),
    (ip_address("10.0.0.1"), "address", '"10.0.0.1"'),
    (ip_address("2001:db8::1"), "address", '"2001:db8::1"'),
    (ip_network("10.0.0.0/8"), "subnet", '"10.0.0.0/8"'),
    (ip_network("fc00::/7"), "subnet", '"fc00::/7"'),
    (Port(80), "port", '"80/tcp"'),
    (Port(0, "unknown"), "port", '"0/?"'),
    (Timestamp(1_700_000_000_123_456_789), "timestamp", '"2023-11-14T22:13:20.123456789Z"'),
    (Timestamp(0), "timestamp", '"1970-01-01T00:00:00.000000000Z"'),
    (Timestamp(-1), "timestamp", '"1969-12-31T23:59:59.999999999Z"'),
    (Timespan(90_000_000_000), "timespan", '"90s"'),
    (Timespan(-7), "timespan", '"-7ns"'),
    (Timespan(0), "timespan", '"0s"'),
    ((), "vector", "[]"),
    ((None, True), "vector", '[{"@data-type":"none","data":{}},{"@data-type":"boolean","data":true}]'),
    (Set(), "set", "[]"),
    (Set([Count(2), Count(1)]), "set", '[{"@data-type":"count","data":1},{"@data-type":"count","data":2}]'),
    (Table(), "table", "[]"),
    (
        Table([("a", Count(1))]),
        "table",
        '[{"key":{"@data-type":"string","data":"a"},"value":{"@data-type":"count","data":1}}]',
    ),
]


@pytest.mark.parametrize(("value", "name", "data"), WRITTEN, ids=[repr(value) for value, _, _ in WRITTEN])
def test_written_and_read_back(value: Any, name: str, data: str) -> None:
    assert encode_members(value) == f'"@data-type":"{name}","data":{data}'
    assert encode(value) == f'{{"@data-type":"{name}","data":{data}}}'
    assert_same(decode(encode(value)), value)


@given(values())
def test_always_valid_on_one_line_and_lossless(value: Any) -> None:
    text = encode(value)
    assert text.isprintable()
    document = plain.loads(text)
    assert_same(from_json(document), value)
    assert to_json(value) == document
    assert_same(decode(text.encode()), value)


@given(values())
def test_what_other_tools_rewrote_is_still_read(value: Any) -> None:
    document = plain.loads(encode(value))
    for again in (plain.dumps(document), plain.dumps(document, indent=2, sort_keys=True, ensure_ascii=False)):
        assert_same(decode(again), value)


@given(st.text())
def test_quote(text: str) -> None:
    try:
        quoted = quote(text)
    except UnicodeEncodeError:
        assert any("\ud800" <= char <= "\udfff" for char in text)
        return
    assert plain.loads(quoted) == text
    assert quoted.isprintable()


# -- what C++ writes ----------------------------------------------------------------------------------------


def as_cpp_writes_it(value: Any) -> Any:
    """*value* with the losses of C++'s JSON: reals of six decimals, time stamps of milliseconds."""
    if type(value) is float:
        return float(f"{value:f}")
    if type(value) is Timestamp:
        return Timestamp(value.ns // MILLISECOND * MILLISECOND)
    if type(value) is tuple:
        return tuple(map(as_cpp_writes_it, value))
    if type(value) is Set:
        return Set(map(as_cpp_writes_it, value))
    if type(value) is Table:
        return Table((as_cpp_writes_it(key), as_cpp_writes_it(item)) for key, item in value.pairs())
    return value


@pytest.mark.parametrize("row", range(len(ROWS)))
def test_what_cpp_wrote(row: int) -> None:
    value = binary.decode(bytes.fromhex(ROWS[row]["binary"]))
    assert_same(decode(ROWS[row]["json"]), as_cpp_writes_it(value))
    assert_same(decode(ROWS[row]["json"].encode("utf-8", "surrogateescape")), as_cpp_writes_it(value))


def test_some_of_it_is_no_json() -> None:
    odd = []
    for row, vector in enumerate(ROWS):
        try:
            plain.loads(vector["json"])
        except ValueError:
            odd.append(row)
    assert len(odd) == 4
    assert any(not is_same(v := binary.decode(bytes.fromhex(row["binary"])), as_cpp_writes_it(v)) for row in ROWS)


@pytest.mark.parametrize(
    ("data", "value"),
    [
        ('"real","data":inf', math.inf),
        ('"real","data":-inf', -math.inf),
        ('"real","data":nan', math.nan),
        ('"real","data":NaN', math.nan),
        ('"real","data":-Infinity', -math.inf),
        ('"string","data":"a\\vb"', "a\vb"),
        ('"string","data":"\\\\v inf \\v"', "\\v inf \v"),
        ('"string","data":"a\x00\x01\nb"', "a\x00\x01\nb"),
        ('"string","data":"\udcff"', b"\xff"),
        ('"string","data":"caf\udcc3\udca9"', "café"),
        ('"string","data":"\\udcff"', b"\xff"),
        ('"enum-value","data":"\udcff"', EnumValue(b"\xff")),
        (
            '"vector","data":[{"@data-type":"real","data":-inf},{"@data-type":"string","data":"nan\\""}]',
            (-math.inf, 'nan"'),
        ),
    ],
)
def test_what_cpp_writes_that_is_no_json(data: str, value: Any) -> None:
    assert_same(decode('{"@data-type":' + data + "}"), value)


# -- what else is read --------------------------------------------------------------------------------------


def tagged(name: Any, data: Any, **more: Any) -> dict[str, Any]:
    return {"@data-type": name, "data": data, **more}


@pytest.mark.parametrize(
    ("thing", "value"),
    [
        ({"@data-type": "none"}, None),
        (tagged("none", [1]), None),
        (tagged("count", "18446744073709551615"), Count(2**64 - 1)),
        (tagged("integer", "-5"), -5),
        (tagged("real", 5), 5.0),
        (tagged("real", 1e400), math.inf),
        (tagged("real", "inf"), math.inf),
        (tagged("timespan", "1.5h"), Timespan(5400 * 10**9)),
        (tagged("timespan", "2min"), Timespan(120 * 10**9)),
        (tagged("timespan", "+7ns"), Timespan(7)),
        (tagged("timespan", "9007199254740993ns"), Timespan(9007199254740993)),
        (tagged("timestamp", "1970-01-01T00:00:01.5"), Timestamp(1_500_000_000)),
        (tagged("timestamp", "1970-01-01T02:00:01+02:00"), Timestamp(10**9)),
        (tagged("timestamp", "1970-01-01T00:00:01.123456789Z"), Timestamp(1_123_456_789)),
        (tagged("address", "010.0.0.001"), ip_address("10.0.0.1")),
        (tagged("address", "2001:DB8::1"), ip_address("2001:db8::1")),
        (tagged("address", "::ffff:10.0.0.1"), ip_address("10.0.0.1")),
        (tagged("address", "::0010"), ip_address("::10")),
        (tagged("subnet", "10.1.2.3/8"), ip_network("10.0.0.0/8")),
        (tagged("subnet", "::ffff:10.1.2.3/8"), ip_network("10.0.0.0/8")),
        (tagged("subnet", "10.0.0.0/08"), ip_network("10.0.0.0/8")),
        (tagged("port", "80"), Port(80)),
        (tagged("port", "80/unknown"), Port(80, "unknown")),
        (tagged("string", "YQ==", enc="base64"), "a"),
        (tagged("string", "a", other=1, type="data-message", topic="/x"), "a"),
        (tagged("set", [tagged("count", 2), tagged("count", 1)]), Set([Count(1), Count(2)])),
    ],
)
def test_also_read(thing: Any, value: Any) -> None:
    assert_same(from_json(thing), value)


@pytest.mark.parametrize(
    ("thing", "problem", "path"),
    [
        (None, "expected an object with @data-type and data, found null", ""),
        ([], "found an array", ""),
        ("x", "found a string", ""),
        (True, "found a boolean", ""),
        (1.5, "found a number", ""),
        ({}, "an object without @data-type", ""),
        (tagged("list", []), "unknown @data-type 'list'", ""),
        (tagged("enum_value", "x"), "unknown @data-type", ""),
        (tagged(5, 1), "unknown @data-type '5'", ""),
        (tagged([], 1), "unknown @data-type '[]'", ""),
        ({"@data-type": "count"}, "count without data", ""),
        ({"@data-type": "vector"}, "vector without data", ""),
        ({"@data-type": "string"}, "string without data", ""),
        (tagged("boolean", 1), "expected true or false, found a number", ""),
        (tagged("count", True), "expected a whole number, found a boolean", ""),
        (tagged("count", 1.0), "expected a whole number, found a number", ""),
        (tagged("count", "1.0"), "expected a whole number, found a string", ""),
        (tagged("count", -1), "outside 0", ""),
        (tagged("count", 2**64), "outside 0", ""),
        (tagged("integer", 2**63), "integer outside", ""),
        (tagged("integer", None), "expected a whole number, found null", ""),
        (tagged("real", "5"), "expected a number, found a string", ""),
        (tagged("real", True), "expected a number, found a boolean", ""),
        (tagged("real", 10**400), "real beyond 64 bits", ""),
        (tagged("string", 5), "expected a string, found a number", ""),
        (tagged("string", "\ud800"), "lone surrogate (U+D800)", ""),
        (tagged("string", "x", enc="hex"), "unknown enc", ""),
        (tagged("string", "x", enc="base64"), "no base64", ""),
        (tagged("string", "é", enc="base64"), "no base64", ""),
        (tagged("enum-value", {}), "expected a string, found another object", ""),
        (tagged("timespan", 5), "expected a time span as a string", ""),
        (tagged("timespan", "5d"), "is no time span", ""),
        (tagged("timespan", "5"), "is no time span", ""),
        (tagged("timestamp", 5), "expected a time stamp as a string", ""),
        (tagged("timestamp", "1970-01-01"), "is no time stamp", ""),
        (tagged("address", "10.0.0.300"), "is no address", ""),
        (tagged("address", []), "expected an address as a string, found an array", ""),
        (tagged("subnet", "10.0.0.0/33"), "is no subnet", ""),
        (tagged("subnet", 5), "expected a subnet as a string", ""),
        (tagged("port", "65536/tcp"), "outside 0 .. 65535", ""),
        (tagged("port", "x"), "is no port", ""),
        (tagged("port", 80), "expected a port as a string", ""),
        (tagged("vector", {}), "expected an array, found another object", ""),
        (tagged("set", "x"), "expected an array", ""),
        (tagged("table", {}), "expected an array", ""),
        (tagged("set", [tagged("none", {})] * 2), "given twice", ""),
        (tagged("vector", [tagged("none", {}), {}]), "without @data-type", "[1]"),
        (tagged("vector", [tagged("set", [tagged("count", -1)])]), "outside", "[0][0]"),
        (tagged("table", [5]), "expected an object with key and value, found a number", "[0]"),
        (tagged("table", [{"key": tagged("none", {})}]), "found another object", "[0]"),
        (tagged("table", [{"key": 1, "value": 1}]), "found a number", "[0].key"),
        (tagged("table", [{"key": tagged("none", {}), "value": tagged("vector", [1])}]), "a number", "[0].value[0]"),
    ],
)
def test_refused_with_the_path(thing: Any, problem: str, path: str) -> None:
    with pytest.raises(DecodeError) as caught:
        from_json(thing)
    assert problem in caught.value.problem
    assert caught.value.path == path


@pytest.mark.parametrize(
    ("text", "problem", "offset"),
    [
        ("", "no JSON: Expecting value", 0),
        ("{", "no JSON: Expecting property name", 1),
        ("{} x", "no JSON: Extra data", 3),
        ("{'a':1}", "no JSON", 1),
        ('"\\q"', "no JSON: Invalid \\escape", 1),
        ("1" * 5000, "too many digits", None),
        ("[" * 100_000, "nested too deeply", None),
    ],
)
def test_what_is_no_json(text: str, problem: str, offset: int | None) -> None:
    with pytest.raises(DecodeError) as caught:
        loads(text)
    assert problem in caught.value.problem
    assert caught.value.offset == offset


def test_loads_is_for_whole_messages() -> None:
    message = loads('{"type":"data-message","topic":"/a","@data-type":"count","data":1,"ts":1.5}')
    assert message["topic"] == "/a"
    assert_same(from_json(message), Count(1))


def test_depth_is_counted_in_containers() -> None:
    thing = tagged("vector", [tagged("table", [{"key": tagged("set", []), "value": tagged("none", {})}])])
    assert from_json(thing, Limits(max_depth=3)) == (Table([(Set(), None)]),)
    for depth in (2, 1):
        with pytest.raises(LimitExceeded) as caught:
            from_json(thing, Limits(max_depth=depth))
        assert caught.value.allowed == depth


def test_lone_surrogates_are_not_written() -> None:
    for value in ("\ud800", "a\udcff"):
        with pytest.raises(EncodeError, match="lone surrogate"):
            encode(value)


# -- dialects, and reading as C++ does --------------------------------------------------------------------------


def test_a_dialect_changes_values_at_any_depth() -> None:
    shout = writers({str: lambda text: f'"@data-type":"string","data":"{text.upper()}"'})
    value = ("a", Set(["b"]), Table([("c", ("d",))]), Count(1), (), Set(), Table())
    assert_same(
        decode("{" + encode_members(value, shout) + "}"),
        ("A", Set(["B"]), Table([("C", ("D",))]), Count(1), (), Set(), Table()),
    )
    assert encode_members("a") == '"@data-type":"string","data":"a"'
    with pytest.raises(EncodeError):
        encode_members([1], shout)  # type: ignore[list-item]


@pytest.mark.parametrize(
    ("data", "strictly"),
    [
        ('"real","data":7', False),
        ('"real","data":7.0', True),
        ('"real","data":1e5', True),
        ('"real","data":1e400', True),
        ('"real","data":nan', True),
        ('"real","data":"inf"', True),  # ours
        ('"real","data":inf', False),
        ('"real","data":Infinity', False),
        ('"real","data":NaN', False),
        ('"count","data":"1"', False),
        ('"count","data":1', True),
        ('"integer","data":"-1"', False),
        ('"integer","data":-1', True),
        ('"string","data":"a\\vb\x01\r\n"', True),
        ('"string","data":"inf NaN nan"', True),
        ('"string",\r"data":"x"', False),
        ('"string","data":"x"}x', False),
        ('"vector","data":[{"@data-type":"count","data":"1"}]', False),
        ('"vector","data":[{"@data-type":"real","data":nan},{"@data-type":"real","data":NaN}]', False),
        ('"vector","data":[{"@data-type":"real","data":nan},{"@data-type":"real","data":inf}]', False),
        ('"vector","data":[{"@data-type":"real","data":nan},{"@data-type":"string","data":"\\v"}]', True),
        ('"set","data":[{"@data-type":"integer","data":"1"}]', False),
        (
            '"table","data":[{"key":{"@data-type":"real","data":1},"value":{"@data-type":"real","data":1.0}}]',
            False,
        ),
    ],
)
def test_what_cpp_would_read(data: str, strictly: bool) -> None:
    text = '{"@data-type":' + data + "}"
    if not text.endswith("x}"):
        decode(text)
    try:
        from_json(loads_strictly(text), strict=True)
    except DecodeError:
        assert not strictly
    else:
        assert strictly


def test_a_strict_reader_says_where() -> None:
    with pytest.raises(DecodeError, match="carriage return between tokens") as caught:
        loads_strictly('{"a\r":\r1}')
    assert caught.value.offset == 6
    with pytest.raises(DecodeError) as caught:
        loads_strictly("{'a':1}")
    assert caught.value.offset == 1
    with pytest.raises(DecodeError, match="nested too deeply"):
        loads_strictly("[" * 100_000)
    with pytest.raises(DecodeError, match="no JSON"):
        loads_strictly("[" + "9" * 5000 + "]")


@given(values())
def test_what_is_written_is_read_strictly(value: Any) -> None:
    assert_same(from_json(loads_strictly(encode(value)), strict=True), value)


@pytest.mark.parametrize(
    ("item", "problem", "path"),
    [
        ("5", "expected an object with @data-type and data", "[1]"),
        ('{"@data-type":["count"],"data":1}', "unknown @data-type", "[1]"),
        ('{"@data-type":"vector","data":5}', "expected an array, found a number", "[1]"),
        ('{"@data-type":"vector","data":[{"@data-type":"port","data":"x"}]}', "port", "[1][0]"),
        ('{"@data-type":"string","data":5}', "expected a string", "[1]"),
        ('{"@data-type":"string"}', "string without data", "[1]"),
        ('{"data":"x"}', "an object without @data-type", "[1]"),
        ('{"@data-type":"count","data":-1}', "count", "[1]"),
    ],
)
def test_the_quick_way_through_containers_reports_alike(item: str, problem: str, path: str) -> None:
    with pytest.raises(DecodeError, match=problem) as caught:
        decode('{"@data-type":"vector","data":[{"@data-type":"none"},' + item + "]}")
    assert caught.value.path == path
