"""Records as TSV lines: byte for byte what Zeek wrote, and read back as what they were."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import example, given

from broker_core.errors import EncodeError
from broker_core.logs import LogRecord, LogSchema, TsvReader, TsvWriter
from broker_core.messages.zeek_logs import LogField
from broker_core.model import Count, EnumValue, Port, Timespan, Timestamp
from log_samples import CELLS, NAMES, rows, sample, schema_of


def line_of(kind: str, cell: Any) -> str:
    return TsvWriter().line(LogRecord(schema_of(kind), [cell]))


@pytest.mark.parametrize("name", NAMES)
def test_what_zeek_wrote_is_written_again(name):
    reader, writer = TsvReader(), TsvWriter()
    opened = next(line for line in sample("tsv", name) if line.startswith(b"#open")).decode().partition("\t")[2]
    written: list[str] = []
    for line in sample("tsv", name):
        record = reader.line(line)
        if line.startswith(b"#types"):
            written += writer.header(reader.schema, opened)
        elif record is not None:
            written.append(writer.line(record))
    expected = [line.decode() for line in sample("tsv", name) if not line.startswith(b"#close")]
    assert written == expected


@pytest.mark.parametrize(
    ("kind", "cell", "text"),
    [
        ("bool", True, "T"),
        ("bool", False, "F"),
        ("int", -42, "-42"),
        ("count", Count(2**64 - 1), "18446744073709551615"),
        ("double", 3.25, "3.25"),
        ("double", 5.0, "5.0"),
        ("double", 1e15, "1000000000000000.0"),
        ("double", 1e-05, "0.00001"),
        ("double", 1e-09, "0"),
        ("double", -2.5, "-2.5"),
        ("double", float("inf"), "inf"),
        ("double", float("-inf"), "-inf"),
        ("double", float("nan"), "nan"),
        ("time", 1700000000.123456, "1700000000.123456"),
        ("time", Timestamp(1_700_000_000_123_456_000), "1700000000.123456"),
        ("time", Timestamp(-500_000_000), "-0.500000"),
        ("interval", 90.0, "90.000000"),
        ("interval", 3.0587968826293945, "3.058797"),
        ("interval", Timespan(999_999_999), "1.000000"),
        ("string", "", "(empty)"),
        ("string", None, "-"),
        ("string", "-", r"\x2d"),
        ("string", "(empty)", r"\x28empty)"),
        ("string", "--", "--"),
        ("string", "a,b", "a,b"),
        ("string", "a\tb\nc", r"a\x09b\x0ac"),
        ("string", b'a\tb\xff"z"', r'a\x09b\xff"z"'),
        ("string", "back\\slash \\x41", r"back\\slash \\x41"),
        ("string", "grün 中", "grün 中"),
        ("string", "\x7f \x85 \ue000 \uffff", r"\x7f \xc2\x85 \xee\x80\x80 \xef\xbf\xbf"),
        ("string", "#first", r"\x23first"),
        ("enum", EnumValue("Rec::GREEN"), "Rec::GREEN"),
        ("enum", EnumValue(b"\xff"), r"\xff"),
        ("port", Port(443, "tcp"), "443"),
        ("set[string]", ("q", "p"), "q,p"),
        ("set[string]", (), "(empty)"),
        ("set[string]", ("a,b", "-", "(empty)"), r"a\x2cb,\x2d,\x28empty)"),
        ("vector[string]", ("", None, "x"), "(empty),-,x"),
        ("vector[interval]", (1.5, Timespan(0)), "1.500000,0.000000"),
    ],
)
def test_one_cell(kind, cell, text):
    assert line_of(kind, cell) == text


def test_addresses_are_written_as_the_c_library_does():
    reader = TsvReader()
    for line in (b"#fields\ta\tb", b"#types\taddr\tsubnet"):
        reader.line(line)
    for line in ("2001:db8::1\t10.0.0.0/8", "::1.2.3.4\t2001:db8::/32", "::1\t::/0", "::\t::1.2.0.0/112"):
        assert TsvWriter().line(reader.line(line.encode())) == line


def test_a_header_escapes_what_would_break_it():
    schema = LogSchema("a\tb", [LogField("x\ny", 7)])
    lines = TsvWriter().header(schema)
    assert r"#path	a\x09b" in lines
    assert "#fields\tx\\x0ay" in lines
    assert not any(line.startswith("#open") for line in lines)


@pytest.mark.parametrize("kind", CELLS)
def test_a_cell_of_another_type_is_an_error(kind):
    other = "text" if kind != "string" else 5
    for wrong in (other, object(), 1 if kind in {"string", "bool", "func", "file"} else b"x"):
        if kind in {"func", "file"} and wrong in {"text", b"x"}:
            continue
        try:
            written = line_of(kind, wrong)
        except EncodeError as error:
            assert str(error).startswith("column a ")  # noqa: PT017  # not all wrong cells are noticed
        else:
            assert "\t" not in written
            assert "\n" not in written


def test_a_column_of_a_type_that_no_log_has():
    with pytest.raises(EncodeError, match="type"):
        TsvWriter().line(LogRecord(LogSchema("x", [LogField("a", 99)]), [None]))


def test_too_few_cells():
    with pytest.raises(EncodeError, match="1 cells in a log of 2 columns"):
        TsvWriter().line(LogRecord(schema_of("int", "int"), [1]))


@given(row=rows())
@example(row=(schema_of("string"), ["#"]))
@example(row=(schema_of("set[string]"), [("a\\", ",")]))
def test_what_is_written_is_read_back(row):
    schema, cells = row
    writer, reader = TsvWriter(), TsvReader()
    for line in writer.header(schema):
        assert reader.line(line.encode()) is None
    assert reader.schema == schema
    line = writer.line(LogRecord(schema, cells))
    assert "\n" not in line
    assert line.count("\t") == len(cells) - 1
    record = reader.line(line.encode())
    if line == "" or record is None:
        assert line == ""
        return
    for column, before, after in zip(schema.columns, cells, record.cells, strict=True):
        # Zeek does not tell a container of one empty text from an empty one either.
        empty = before == ("",) or before == (EnumValue(""),) or before == (None,)
        assert empty or _same(before, after), column
    assert writer.line(record) == line or any(cell in {("",), (EnumValue(""),), (None,)} for cell in cells)


def _same(before: Any, after: Any) -> bool:
    return type(before) is type(after) and (before == after)
