"""JSON logs: what Zeek wrote, what is inferred, and hostile lines."""

from __future__ import annotations

import json
from ipaddress import IPv4Address
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broker_core.errors import DecodeError
from broker_core.logs import JsonReader, LogRecord, TsvReader
from broker_core.logs import json_reader as module
from broker_core.logs.known import known_schema
from broker_core.model import Count, EnumValue, Port, Set, Timespan, Timestamp
from log_samples import NAMES, sample

RANDOM = {"uid", "uids", "fuid", "tunnel_parents"}
"""Columns with ids that Zeek draws anew in each run."""


def record_of(fields: Any, path: str = "") -> LogRecord:
    record = JsonReader(path).line(json.dumps(fields).encode())
    assert record is not None
    return record


def problem_of(line: bytes, path: str = "") -> str:
    with pytest.raises(DecodeError) as caught:
        JsonReader(path).line(line)
    return str(caught.value)


# -- what Zeek wrote ------------------------------------------------------------------------------------------------


def comparable(record: LogRecord) -> list[Any]:
    """The values, without random ones; TSV has only microseconds of intervals, and orders lines and sets otherwise."""
    values = []
    for name, value in zip(record.schema.names, record.values, strict=True):
        if type(value) is Timespan:
            value = Timespan(round(value.ns / 1000) * 1000)  # noqa: PLW2901  # the same value in another form
        values.append((type(value), None if name in RANDOM else value))
    return values


@pytest.mark.parametrize("named", [True, False])
@pytest.mark.parametrize("name", NAMES)
def test_a_json_log_is_the_same_as_the_tsv_log(name, named):
    reader, other = JsonReader(name if named else ""), TsvReader()
    records = [record for line in sample("json", name) if (record := reader.line(line))]
    expected = [record for line in sample("tsv", name) if (record := other.line(line))]
    assert {record.schema for record in records} == {other.schema}
    assert all(record.schema.whole for record in records)
    assert sorted(map(comparable, records), key=repr) == sorted(map(comparable, expected), key=repr)


def test_a_log_may_name_itself():
    record = record_of({"_path": "ssh", "ts": 1.5, "version": 2})
    assert record.schema == known_schema("ssh")
    assert (record.path, record["version"], record["client"]) == ("ssh", Count(2), None)
    assert problem_of(b'{"_path":5,"ts":1.0}') == "_path is no string"


def test_a_file_may_have_any_name():
    assert record_of({"ts": 1.5, "conn_state": "S0"}, "capture").schema == known_schema("conn")
    assert record_of({"ts": 1.5, "notice": True}, "weird").path == "weird"


def test_a_line_that_fits_several_logs_is_none_of_them():
    assert record_of({"ts": 1.5, "uid": "C1"}).path == ""
    reader = JsonReader()
    assert reader.line(b'{"ts":1.5,"conn_state":"S0"}').path == "conn"
    assert reader.line(b'{"ts":1.5,"uid":"C1"}').path == "conn"  # as the lines before
    assert reader.line(b'{"ts":1.5,"AA":true}').path == "dns"
    assert reader.line(b'{"ts":1.5,"ja3":"x"}').path == ""


# -- types ----------------------------------------------------------------------------------------------------------


def test_types_without_a_schema():
    fields = {
        "ts": 1.5,
        "n": 5,
        "i": -5,
        "d": 2.5,
        "s": "10.0.0.1",
        "b": True,
        "strings": ["a"],
        "none": [],
        "holes": [None, 5],
        "unset": None,
        "x.orig_h": "10.0.0.1",
        "x.orig_p": 80,
        "duration": 2,
        "analyzers": ["b", "a"],
        "version": "1.1",
    }
    record = record_of(fields)
    assert dict(record.schema.types) == {
        "ts": "time",
        "n": "count",
        "i": "int",
        "d": "double",
        "s": "string",
        "b": "bool",
        "strings": "vector[string]",
        "none": "vector[string]",
        "holes": "vector[count]",
        "unset": "string",
        "x.orig_h": "addr",
        "x.orig_p": "port",
        "duration": "interval",
        "analyzers": "set[string]",
        "version": "string",
    }
    assert not record.schema.whole
    assert record.values[:6] == [Timestamp(1_500_000_000), Count(5), -5, 2.5, "10.0.0.1", True]
    assert record.values[8:14] == [
        (None, Count(5)),
        None,
        IPv4Address("10.0.0.1"),
        Port(80, "unknown"),
        Timespan(2_000_000_000),
        Set(["a", "b"]),
    ]


def test_a_known_log_with_more_columns():
    record = record_of({"ts": 1.5, "ja3": "x", "id.resp_p": 443}, "ssl")
    schema = known_schema("ssl")
    assert record.schema.names == (*schema.names, "ja3")
    assert not record.schema.whole
    assert (record["ja3"], record["id.resp_p"], record["uid"]) == ("x", Port(443, "tcp"), None)


def test_ports_are_of_the_transport_that_the_record_names():
    record = record_of({"proto": "tcp", "x.orig_p": 5, "ports": [1, None]})
    assert record["x.orig_p"] == Port(5, "tcp")
    assert record["ports"] == (Count(1), None)  # nothing says that these are ports


@pytest.mark.parametrize(
    ("path", "name", "value", "cell"),
    [
        ("conn", "ts", 1300475167096, Timestamp(1_300_475_167_096_000_000)),
        ("conn", "ts", 1300475167, Timestamp(1_300_475_167_000_000_000)),
        ("conn", "ts", "2011-03-18T19:06:07.096535Z", Timestamp(1_300_475_167_096_535_000)),
        ("conn", "ts", 1300475167.096535, Timestamp(1_300_475_167_096_535_000)),
        ("conn", "ts", -1.5, Timestamp(-1_500_000_000)),
        ("conn", "duration", 3.0587968826293945, 3.0587968826293945),
        ("conn", "duration", 90, Timespan(90_000_000_000)),
        ("conn", "proto", "udp", EnumValue("udp")),
        ("conn", "service", "\\xff", b"\xff"),
        ("conn", "service", "grün\t", "grün\t"),
        ("ssh", "remote_location.latitude", 5, 5.0),
        ("http", "tags", ["HTTP::URI_SQLI"], (EnumValue("HTTP::URI_SQLI"),)),
        ("dns", "TTLs", [1.5, None], (Timespan(1_500_000_000), None)),
    ],
)
def test_one_field(path, name, value, cell):
    record = record_of({name: value}, path)
    found = record.cells[record.schema.index[name]]
    assert (type(found), found) == (type(cell), cell)


def test_bytes_in_a_line_that_are_not_utf8():
    assert JsonReader("conn").line(b'{"service":"a\xff"}')["service"] == b"a\xff"


@pytest.mark.parametrize(
    ("path", "line", "problem"),
    [
        ("", b"{", "no JSON: Expecting property name enclosed in double quotes at offset 1"),
        ("", b"[1]", "a line of a JSON log is an object: {...}"),
        ("", b"{}", "an object without fields"),
        ("", b'{"_path":"x"}', "an object without fields"),
        ("", b"5", "a line of a JSON log is an object"),
        ("", b"[" * 100_000, "JSON nested too deeply"),
        ("", b'{"a":' + b"9" * 5000 + b"}", "too many digits"),
        ("", b'{"a":{}}', "field 'a' is an object, and Zeek's logs are flat"),
        ("", b'{"a":[{}]}', "field a: '{}' is no string"),
        ("", b'{"a":[1,"x"]}', "field a: '\"x\"' is no count (a whole number)"),
        ("", b'{"a":18446744073709551616}', "field a: count 18446744073709551616 is outside"),
        ("", b'{"a":-9223372036854775809}', "field a: '-9223372036854775809' is no int"),
        ("", b'{"a":"\\ud800"}', "field a: string with a lone surrogate"),
        ("", b'{"\\ud800":1}', "column"),
        ("conn", b'{"ts":"yesterday"}', "field ts: '\"yesterday\"' is no time (such as 2024-05-01T12:00:00.123456Z)"),
        ("conn", b'{"ts":"5s"}', "is no time"),
        ("conn", b'{"ts":true}', "is no time"),
        ("conn", b'{"ts":1e300}', "field ts: 1e+300 seconds do not fit"),
        ("conn", b'{"ts":NaN}', "do not fit"),
        ("conn", b'{"ts":99999999999999999}', "does not fit 64 bits"),
        ("conn", b'{"duration":"5s"}', "is no interval"),
        ("conn", b'{"local_orig":1}', "is no bool"),
        ("conn", b'{"service":5}', "field service: '5' is no string"),
        ("conn", b'{"id.orig_h":"10.0.0.300"}', "field id.orig_h: '10.0.0.300' is no addr"),
        ("conn", b'{"id.orig_p":65536}', "is no port (0 .. 65535)"),
        ("conn", b'{"id.orig_p":"80"}', "is no port"),
        ("conn", b'{"tunnel_parents":"x"}', "is no set[string] (an array)"),
        ("conn", b'{"tunnel_parents":[null]}', "a set with an element that is not set"),
        ("ssh", b'{"remote_location.latitude":"5"}', "is no double"),
        ("ssh", b'{"remote_location.latitude":1' + b"0" * 400 + b"}", "is no double"),
    ],
)
def test_a_line_that_is_none(path, line, problem):
    assert problem in problem_of(line, path)


def test_empty_lines():
    reader = JsonReader()
    assert reader.line(b"") is None
    assert reader.line(b" \r") is None
    assert reader.schema is None


def test_schemas_are_remembered_in_bounds(monkeypatch):
    monkeypatch.setattr(module, "MOST_SCHEMAS", 3)
    reader = JsonReader("x")
    schemas = set()
    for number in range(10):
        record = reader.line(b'{"f%d":1}' % number)
        assert reader.line(b'{"f%d":1}' % number).schema is record.schema
        schemas.add(record.schema)
        assert len(reader._schemas) <= 3
    assert len(schemas) == 10


ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=6,
)
FIELDS = st.dictionaries(st.sampled_from(["_path", *known_schema("conn").names, "x", "y.orig_h", ""]), ANY, max_size=5)


@given(lines=st.lists(st.one_of(FIELDS.map(json.dumps).map(str.encode), st.binary(max_size=30)), max_size=4))
def test_any_lines_are_records_or_refused(lines):
    reader = JsonReader()
    for line in lines:
        try:
            record = reader.line(line)
        except DecodeError as error:
            assert str(error)  # noqa: PT017  # it is allowed, and nothing else is
        else:
            assert record is None or len(record.values) == len(record.schema.columns)
