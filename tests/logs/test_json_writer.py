"""Records as JSON lines: byte for byte what Zeek wrote."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given

from broker_core.errors import EncodeError
from broker_core.logs import JsonReader, JsonWriter, LogRecord, LogSchema
from broker_core.messages.zeek_logs import LogField
from broker_core.model import Count, EnumValue, Port, Timespan, Timestamp
from log_samples import NAMES, rows, sample, schema_of


def line_of(kind: str, cell: Any) -> str:
    return JsonWriter(named=False).line(LogRecord(schema_of(kind), [cell]))


@pytest.mark.parametrize("name", NAMES)
def test_what_zeek_wrote_is_written_again(name):
    reader, writer = JsonReader(name), JsonWriter(named=False)
    for line in sample("json", name):
        assert writer.line(reader.line(line)).encode() == line


@pytest.mark.parametrize(
    ("kind", "cell", "text"),
    [
        ("bool", True, "true"),
        ("int", -42, "-42"),
        ("count", Count(2**64 - 1), "18446744073709551615"),
        ("double", 5.0, "5.0"),
        ("double", float("inf"), "null"),
        ("double", float("nan"), "null"),
        ("time", Timestamp(1_300_475_167_096_535_000), "1300475167.096535"),
        ("time", 1300475167.096535, "1300475167.096535"),
        ("interval", 3.0587968826293945, "3.0587968826293945"),
        ("interval", Timespan(90_000_000_000), "90.0"),
        ("string", b'a\tb\xff"z"', r'"a\tb\\xff\"z\""'),
        ("string", "\x00\x0b\x7f é /", r'"\\x00\\x0b\\x7f é /"'),
        ("string", "", '""'),
        ("enum", EnumValue("Rec::GREEN"), '"Rec::GREEN"'),
        ("port", Port(443, "tcp"), "443"),
        ("set[string]", ("q", "p"), '["q","p"]'),
        ("vector[count]", (None, Count(1)), "[null,1]"),
        ("set[count]", (), "[]"),
    ],
)
def test_one_cell(kind, cell, text):
    assert line_of(kind, cell) == f'{{"a":{text}}}'


def test_the_path_comes_first_and_unset_fields_are_left_out():
    writer = JsonWriter()
    record = LogRecord(schema_of("string", "count"), [None, Count(1)])
    assert writer.line(record) == '{"_path":"rec","b":1}'
    assert writer.line(LogRecord(schema_of("string", path='a"b'), [None])) == r'{"_path":"a\"b"}'
    assert line_of("count", None) == "{}"


def test_what_cannot_be_written():
    with pytest.raises(EncodeError, match="column a has an element that holds a int, and the log says string"):
        line_of("set[string]", (5,))
    with pytest.raises(EncodeError, match="2 cells in a log of 1 columns"):
        JsonWriter().line(LogRecord(schema_of("int"), [1, 2]))
    with pytest.raises(EncodeError, match="type"):
        JsonWriter().line(LogRecord(LogSchema("x", [LogField("a", 99)]), [None]))


@given(row=rows())
def test_lines_are_json_on_one_line(row):
    schema, cells = row
    line = JsonWriter().line(LogRecord(schema, cells))
    assert "\n" not in line
    fields = json.loads(line)
    assert list(fields) == [
        "_path",
        *(name for name, cell in zip(schema.names, cells, strict=True) if cell is not None),
    ]
    line.encode()
