"""TSV logs: what Zeek wrote, other headers, hostile lines."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broker_core.errors import DecodeError
from broker_core.logs import TsvReader
from broker_core.logs import tsv_reader as module
from broker_core.model import Count, EnumValue, Port, Set, Timespan, Timestamp
from log_samples import NAMES, sample


def reader_of(*types: str, more: tuple[str, ...] = ()) -> TsvReader:
    reader = TsvReader()
    names = "\t".join(chr(ord("a") + at) for at in range(len(types)))
    for line in (*more, f"#fields\t{names}", "#types\t" + "\t".join(types)):
        assert reader.line(line.encode()) is None
    return reader


def cell_of(kind: str, text: str | bytes) -> object:
    record = reader_of(kind, "string").line((text.encode() if isinstance(text, str) else text) + b"\tx")
    return record.cells[0]


def problem_of(reader: TsvReader, line: bytes) -> str:
    with pytest.raises(DecodeError) as caught:
        reader.line(line)
    return str(caught.value)


# -- what Zeek wrote ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", NAMES)
def test_logs_of_zeek(name):
    reader = TsvReader()
    records = [record for line in sample("tsv", name) if (record := reader.line(line))]
    assert len(records) == len([line for line in sample("tsv", name) if not line.startswith(b"#")])
    assert {record.path for record in records} == {name}
    assert all(record.time is not None for record in records)


def test_a_record_of_conn():
    reader = TsvReader()
    record = next(record for line in sample("tsv", "conn") if (record := reader.line(line)))
    assert dict(record.items()) == {
        "ts": Timestamp(1_300_475_167_096_535_000),
        "uid": "CIyeayd93jyc31ucl",
        "id.orig_h": IPv4Address("141.142.220.202"),
        "id.orig_p": Port(5353, "udp"),
        "id.resp_h": IPv4Address("224.0.0.251"),
        "id.resp_p": Port(5353, "udp"),
        "proto": EnumValue("udp"),
        "service": "dns",
        "conn_state": "S0",
        "local_orig": False,
        "local_resp": True,
        "missed_bytes": Count(0),
        "history": "D",
        "orig_pkts": Count(1),
        "orig_ip_bytes": Count(73),
        "resp_pkts": Count(0),
        "resp_ip_bytes": Count(0),
        "ip_proto": Count(17),
    }
    assert record["duration"] is None


# -- cells --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "text", "cell"),
    [
        ("string", "-", None),
        ("string", "(empty)", ""),
        ("string", "", ""),
        ("string", r"\x2d", "-"),
        ("string", r"\x28empty)", "(empty)"),
        ("string", r"a\x09b\xff", b"a\tb\xff"),
        ("string", b"a\xff", b"a\xff"),
        ("string", r"back\\x41 \x4", r"back\x41 \x4"),
        ("string", "C:\\dir", "C:\\dir"),
        ("string", "grün", "grün"),
        ("enum", "Notice::LOG", EnumValue("Notice::LOG")),
        ("enum", "(empty)", EnumValue("")),
        ("enum", r"\xff", EnumValue(b"\xff")),
        ("bool", "T", True),
        ("count", "18446744073709551615", Count(2**64 - 1)),
        ("count", "007", Count(7)),
        ("int", "-9223372036854775808", -(2**63)),
        ("double", "1e-05", 1e-05),
        ("double", "inf", float("inf")),
        ("time", "1300475167.096535", Timestamp(1_300_475_167_096_535_000)),
        ("time", "1300475167", Timestamp(1_300_475_167_000_000_000)),
        ("time", "1300475167.0965351239", Timestamp(1_300_475_167_096_535_124)),
        ("time", "9000000000.123456", Timestamp(9_000_000_000_123_456_000)),
        ("time", "-0.000001", Timestamp(-1000)),
        ("interval", "900.000000", Timespan(900_000_000_000)),
        ("interval", "1e-09", Timespan(1)),
        ("interval", "1e-300", Timespan(0)),
        ("port", "443", Port(443, 0)),
        ("port", "53/udp", Port(53, "udp")),
        ("addr", "192.0.2.1", IPv4Address("192.0.2.1")),
        ("addr", "fe80::217:f2ff:fed7:cf65", IPv6Address("fe80::217:f2ff:fed7:cf65")),
        ("addr", "::ffff:192.0.2.1", IPv4Address("192.0.2.1")),
        ("set[string]", "(empty)", ()),
        ("set[string]", "q,p", ("q", "p")),
        ("set[string]", r"a\x2cb,c", ("a,b", "c")),
        ("set[port]", "1,2", (Port(1, 0), Port(2, 0))),
        ("table[string]", "a", ("a",)),
        ("vector[string]", "(empty),-,x", ("", None, "x")),
        ("vector[count]", "1,-", (Count(1), None)),
        ("vector[string]", b"\xff,x", (b"\xff", "x")),
    ],
)
def test_one_cell(kind, text, cell):
    found = cell_of(kind, text)
    assert (type(found), found) == (type(cell), cell)


def test_sets_are_values_and_keep_their_order_as_cells():
    record = reader_of("set[string]").line(b"q,p")
    assert record.cells == [("q", "p")]
    assert record.values == [Set(["p", "q"])]


@pytest.mark.parametrize(
    ("kind", "text", "problem"),
    [
        ("count", "-1", "column a: '-1' is no count (digits, up to 2**64-1)"),
        ("count", "18446744073709551616", "is no count"),
        ("count", "9" * 5000, "is no count"),
        ("count", "1_0", "is no count"),
        ("count", "٣", "is no count"),
        ("count", " 1", "is no count"),
        ("count", "", "column a: '' is no count"),
        ("int", "9223372036854775808", "is no int"),
        ("double", "1_0", "is no double"),
        ("double", "Infinity", "is no double"),
        ("bool", "true", "is no bool (T or F)"),
        ("time", "now", "is no time (seconds, such as 1300475167.096535)"),
        ("time", "nan", "is no time"),
        ("time", "9300000000.0", "does not fit 64 bits"),
        ("time", "1e400", "do not fit 64 bits"),
        ("interval", "5s", "is no interval"),
        ("port", "65536", "is no port (0 .. 65535)"),
        ("port", "22/tpc", "is no port"),
        ("addr", "10.0.0.300", "is no addr"),
        ("addr", "010.0.0.1", "is no addr"),
        ("addr", "fe80::1%eth0", "is no addr"),
        ("subnet", "10.0.0.0", "is no subnet"),
        ("subnet", "10.0.0.0/33", "is no subnet"),
        ("set[count]", "1,x", "column a: 'x' is no count"),
        ("set[string]", "a,-", "a set with an element that is not set"),
        ("set[double]", "nan,1.0", "NaN"),
        ("addr", "\\x31", "column a: '1' is no addr"),
        ("addr", b"\xff", "is no addr"),
        ("enum", "\\x", None),
    ],
)
def test_a_cell_that_is_none(kind, text, problem):
    if problem is None:
        assert cell_of(kind, text) == EnumValue(text)
        return
    with pytest.raises(DecodeError) as caught:
        cell_of(kind, text)
    assert problem in str(caught.value)
    assert str(caught.value).isprintable()


def test_cells_that_come_again_are_remembered_in_bounds(monkeypatch):
    monkeypatch.setattr(module, "REMEMBERED", 5)
    reader = reader_of("count", "string")
    memory = reader._columns[0]
    for number in range(20):
        assert reader.line(b"%d\tx" % number).cells[0] == number
        assert len(memory) <= 5
        assert memory["-"] is None
    assert reader.line(b"7\tx").cells == [Count(7), "x"]


# -- headers ------------------------------------------------------------------------------------------------------


def test_all_marks_can_be_others():
    reader = TsvReader()
    for line in (
        b"#separator \\x7c\\x7c",
        b"#set_separator||\\x20",
        b"#empty_field||EMPTY",
        b"#unset_field||NIL",
        b"#path||x\\x2fy",
        b"#fields||a||b||c||d",
        b"#types||string||set[count]||string||string",
    ):
        assert reader.line(line) is None
    assert reader.schema.path == "x/y"
    record = reader.line(b"EMPTY||1 2||NIL||-")
    assert record.cells == ["", (Count(1), Count(2)), None, "-"]
    assert reader.line(b"a\\x7c\\x7cb||EMPTY||\\x4eIL||(empty)").cells == ["a||b", (), "NIL", "(empty)"]


def test_logs_that_were_put_together():
    reader = TsvReader()
    lines = [*sample("tsv", "ssl"), *sample("tsv", "conn"), *sample("tsv", "conn"), b""]
    paths = [record.path for line in lines if (record := reader.line(line))]
    assert paths == ["ssl"] + ["conn"] * 68


def test_line_ends_of_other_systems_and_empty_lines():
    reader = TsvReader()
    assert reader.line(b"#fields\ta\tb\r") is None
    assert reader.line(b"#types\tcount\tstring\r") is None
    assert reader.line(b"\r") is None
    assert reader.line(b"1\tx\r").cells == [Count(1), "x"]


@pytest.mark.parametrize(
    ("lines", "problem"),
    [
        ([b"1\t2"], "a line of a TSV log without a header before it (#fields and #types say what the columns are)"),
        ([b"#fields\ta\tb", b"#types\tcount"], "the header has 2 names and 1 types of columns"),
        ([b"#fields\ta", b"#types\tcounter"], "column a has the type 'counter', which no log has (bool, int, "),
        ([b"#fields\ta", b"#types\tset[set[count]]"], "column a has the type"),
        ([b"#fields\ta", b"#types\tpattern"], "column a has the type 'pattern'"),
        ([b"#fields\ta\ta", b"#types\tcount\tcount"], "two columns are called 'a'"),
        ([b"#fields", b"#types"], "a header without columns"),
        ([b"#separator "], "#separator names no separator"),
        ([b"#separator \\x09", b"#fields\ta", b"#types\tx"], "type"),
        ([b"#fields\ta", b"#types\tcount", b"#separator \\x09", b"1"], "without a header"),
        ([b"#fields\ta", b"#types\tcount", b"#fields\ta", b"1"], "without a header"),
        ([b"#types\tcount"], "the header has 0 names and 1 types of columns"),
    ],
)
def test_a_bad_header(lines, problem):
    reader = TsvReader()
    for line in lines[:-1]:
        reader.line(line)
    assert problem in problem_of(reader, lines[-1])


def test_a_bad_header_leaves_no_columns_of_an_older_one():
    reader = reader_of("count")
    problem_of(reader, b"#types\tcounter")
    assert "without a header" in problem_of(reader, b"1")


def test_a_wrong_number_of_columns():
    reader = reader_of("count", "string", "string")
    assert problem_of(reader, b"1\tx") == "2 columns, and the header has 3 (c and what follows is missing)"
    assert problem_of(reader, b"1\tx\ty\tz") == "4 columns, and the header has 3 (the last is c)"
    assert problem_of(reader, b"1 x y") == "no '\\t' in the line, which separates the 3 columns"
    assert reader.line(b"1\tx\ty").cells == [1, "x", "y"]


# -- ports --------------------------------------------------------------------------------------------------------


def test_ports_are_of_the_transport_that_the_record_names():
    reader = TsvReader()
    for line in (b"#path\tnotice", b"#fields\tproto\tp\tps", b"#types\tenum\tport\tvector[port]"):
        reader.line(line)
    assert reader.line(b"tcp\t80\t1,-").values == [EnumValue("tcp"), Port(80, "tcp"), (Port(1, "tcp"), None)]
    assert reader.line(b"udp\t80\t1/tcp").values[1:] == [Port(80, "udp"), (Port(1, "tcp"),)]
    assert reader.line(b"-\t80\t-").values[1:] == [Port(80, "unknown"), None]
    assert problem_of(reader, b"tcp\t80000\t-") == "column p: '80000' is no port (0 .. 65535)"


# -- any lines ----------------------------------------------------------------------------------------------------

HEADERS = [b"#separator \\x09", b"#fields\ta\tb", b"#types\tset[addr]\tstring", b"#types\tport\ttime", b"#path\tx"]
LINES = st.lists(st.one_of(st.sampled_from(HEADERS), st.binary(max_size=40), st.text(max_size=20).map(str.encode)))


@given(lines=LINES)
def test_any_lines_are_records_or_refused(lines):
    reader = TsvReader()
    for line in lines:
        try:
            record = reader.line(line)
        except DecodeError as error:
            assert str(error)  # noqa: PT017  # it is allowed, and nothing else is
        else:
            assert record is None or len(record.values) == len(record.schema.columns)


@given(head=st.sampled_from(NAMES), cut=st.integers(0, 400))
def test_a_line_cut_anywhere_is_refused_or_shorter(head, cut):
    reader = TsvReader()
    *lines, last = [line for line in sample("tsv", head) if not line.startswith(b"#close")]
    for line in lines:
        reader.line(line)
    try:
        record = reader.line(last[:cut])
    except DecodeError:
        return
    assert record is None or len(record.cells) == len(record.schema.columns)
