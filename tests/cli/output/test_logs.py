"""Records of logs as lines: for Zeek's tools, and for people."""

from __future__ import annotations

import io
import re
import time

import pytest

from broker_cli.config import Settings
from broker_cli.context import Context
from broker_cli.output.logs import JsonRecords, TsvRecords, make_record_lines, opened, pieces_of_record
from broker_core import Count, EncodeError, Port
from broker_core.logs import LogReader, LogRecord
from log_samples import NAMES, sample, schema_of

NOW = 1_700_000_000.0


def records(form: str, name: str) -> list[LogRecord]:
    reader = LogReader(name)
    return [record for line in sample(form, name) if (record := reader.line(line))]


def context(*, terminal: bool = False, width: int = 80) -> Context:
    return Context(
        stderr=io.StringIO(),
        environ={"COLUMNS": str(width)},
        stdout_is_terminal=terminal,
        stderr_is_terminal=False,
    )


@pytest.mark.parametrize("name", NAMES)
def test_tsv_is_a_log_of_zeek(name):
    lines = "\n".join(TsvRecords(clock=lambda: NOW).lines(records("tsv", name))).split("\n")
    expected = [line.decode() for line in sample("tsv", name) if not line.startswith(b"#close")]
    at = next(at for at, line in enumerate(expected) if line.startswith("#open"))
    expected[at] = f"#open\t{opened(NOW)}"
    assert lines == expected


@pytest.mark.parametrize("name", NAMES)
def test_ndjson_is_a_json_log_of_zeek(name):
    lines = JsonRecords(named=False).lines(records("json", name))
    assert lines == [line.decode() for line in sample("json", name)]
    (first, *_) = JsonRecords().lines(records("json", name))
    assert first == f'{{"_path":"{name}",{lines[0][1:]}'


def test_the_header_comes_again_when_the_columns_change():
    one, other = schema_of("count"), schema_of("string")
    made = TsvRecords(clock=lambda: NOW)
    lines = made.lines([LogRecord(one, [Count(1)]), LogRecord(one, [Count(2)]), LogRecord(other, ["x"])])
    lines += made.lines([LogRecord(schema_of("string"), ["y"]), LogRecord(one, [Count(3)])])
    assert [text.count("#fields") for text in lines] == [1, 0, 1, 0, 1]
    assert [text.split("\n")[-1] for text in lines] == ["1", "2", "x", "y", "3"]


def test_a_record_that_cannot_be_written_brings_no_header():
    made = TsvRecords(clock=lambda: NOW)
    schema = schema_of("count")
    with pytest.raises(EncodeError):
        made.lines([LogRecord(schema, [])])
    assert "#fields" in made.lines([LogRecord(schema, [Count(1)])])[0]


def test_times_of_headers_are_those_of_this_machine():
    assert re.fullmatch(r"\d{4}(-\d\d){5}", opened(NOW))
    assert opened(NOW) == time.strftime("%Y-%m-%d-%H-%M-%S", time.localtime(NOW))


def test_a_line_for_people():
    record = LogRecord(schema_of("string", "port", "set[count]", "addr"), ["a\x1b", Port(53, "udp"), (Count(2),), None])
    assert make_record_lines(context(), Settings(output="human")).lines([record]) == [r'rec a="a\x1b" b=53/udp c={2}']
    assert [piece.style for piece in pieces_of_record(record)][:4] == ["topic", "", "label", "string"]


def test_lines_for_people_are_broken_and_coloured():
    record = LogRecord(schema_of("string", "string", "string"), ["x" * 20] * 3)
    (text,) = make_record_lines(context(terminal=True, width=40), Settings(output="human")).lines([record])
    assert max(map(len, text.split("\n"))) <= 40
    assert text.count("\n") == 2
    (text,) = make_record_lines(context(), Settings(output="human", colour=True)).lines([record])
    assert "\x1b[34mrec" in text


def test_a_terminal_gets_no_control_characters():
    record = LogRecord(schema_of("string", "string", path="a\x9bb"), ["\u202e", "x"])
    (text,) = make_record_lines(context(terminal=True), Settings(output="tsv")).lines([record])
    assert "\n" in text
    assert text.split("\n")[-1] == "\\u202e\tx"
    assert all(char.isprintable() or char in "\n\t" for char in text)
    (text,) = make_record_lines(context(terminal=True), Settings(output="ndjson")).lines([record])
    assert text.isprintable()
