"""Log writes as records: recordings of a live Zeek, with what Zeek's own log file held for them."""

from __future__ import annotations

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broker_core import Batch, Event
from broker_core.codecs import binary
from broker_core.errors import DecodeError
from broker_core.logs import Decoded, JsonWriter, LogDecoder, TsvWriter
from broker_core.messages.zeek_logs import LogCreate, LogField, LogWrite
from broker_core.model import Count, Port, Timestamp
from log_samples import log_batches, log_messages
from zeek_frames import steps

ZEEK_WROTE = (
    'T\t-42\t{}\t3.25\t1700000000.123456\t90.000000\ta\\x09b\\xff"z"\tRec::GREEN\t443\t192.168.1.1\t2001:db8::1\t'
    "10.0.0.0/8\t2001:db8::/32\t{}\t1,2,3\t-\t1\tbee\t-7\t(empty)"
)


def tsv(decoded: Decoded) -> list[str]:
    return list(map(TsvWriter().line, decoded.records))


@pytest.mark.parametrize("scenario", ["zeek-log-writes", "zeek-log-create-for-later-peer"])
def test_recorded_log_writes(scenario):
    decoder = LogDecoder()
    found = [decoder.decode(value) for _, value in log_messages(scenario)]
    assert all(not one.problems and not one.lost for one in found)
    lines = [line for one in found for line, record in zip(tsv(one), one.records, strict=True) if record.path == "rec"]
    assert lines == [ZEEK_WROTE.format(number, "p,q") for number in (1, 2, 3)]


def test_each_step_of_what_zeek_received():
    """What Zeek's own writer printed for each message that it received is what we make of it."""
    decoder = LogDecoder()
    for frame, step in steps("zeek-log-writes-received"):
        printed = [line for line in step["zeek"] if line.startswith("T\t")]
        try:
            lines = tsv(decoder.decode(binary.decode(frame.payload)))
        except DecodeError:
            lines = []
        assert lines == printed, step["sent"]


def test_recorded_batches():
    decoder = LogDecoder()
    found = [decoder.decode_batch(payload) for payload in log_batches()]
    assert tsv(found[0]) == [ZEEK_WROTE.format(number, "q,p") for number in (1, 2)]
    assert tsv(found[3]) == ["1795358348.030196\tmanager\tnode down: worker-1"]
    assert found[1].records[0].schema is found[3].records[0].schema
    assert found[0].records[0]["po"] == Port(443, "tcp")


def test_both_ways_give_the_same_records():
    decoder = LogDecoder()
    native = [record for _, value in log_messages() for record in decoder.decode(value).records if record.path == "rec"]
    other = decoder.decode_batch(log_batches()[0]).records
    assert [record.values for record in native[:2]] == [record.values for record in other]
    assert native[0].schema is other[0].schema
    assert JsonWriter().line(native[0]).replace('["p","q"]', '["q","p"]') == JsonWriter().line(other[0])


def test_events_and_other_data_are_counted():
    decoder = LogDecoder()
    assert decoder.decode(Event("ping", 1).value).others == 1
    assert decoder.decode("text").others == 1
    assert decoder.decode(Batch([Event("a"), Event("b")]).value).others == 2


def test_a_broken_message_is_an_error():
    with pytest.raises(DecodeError):
        LogDecoder().decode((Count(1), Count(3), ()))


# -- made messages --------------------------------------------------------------------------------------------------


def create(*types: int, path: str = "x", stream: str = "X::LOG", names: str = "abcdef") -> LogCreate:
    fields = [LogField(names[at], kind) for at, kind in enumerate(types)]
    return LogCreate(stream, "Log::WRITER_ASCII", path, fields)


def count(number: int) -> bytes:
    return struct.pack(">IIBQ", 3, 0, 1, number)


def write(*cells: bytes, path: str = "x", stream: str = "X::LOG") -> LogWrite:
    return LogWrite(stream, "Log::WRITER_ASCII", path, struct.pack(">I", len(cells)) + b"".join(cells))


def test_columns_that_never_came_are_told_of_once():
    decoder = LogDecoder()
    first, second = decoder.decode(write(count(1)).value), decoder.decode(write(count(1)).value)
    text = "log writes of X::LOG (x) came without the columns, which Zeek sends when a peer connects"
    assert (first.problems, first.lost) == ([text], 1)
    assert (second.problems, second.lost) == ([], 1)
    assert decoder.decode(write(count(1), path="y").value).problems
    decoder.decode(create(3).value)
    assert decoder.decode(write(count(1)).value).records


def test_a_new_log_create_counts():
    decoder = LogDecoder()
    decoder.decode(create(3).value)
    assert decoder.decode(write(count(1)).value).records[0].schema.names == ("a",)
    decoder.decode(create(3, 3).value)
    (record,) = decoder.decode(write(count(1), count(2)).value).records
    assert record.values == [Count(1), Count(2)]
    found = decoder.decode(write(count(1)).value)
    assert (found.problems, found.lost) == (["log write of X::LOG (x): 1 values in a log of 2 columns"], 1)


def test_the_same_columns_are_one_schema():
    decoder = LogDecoder()
    decoder.decode(create(3).value)
    first = decoder.decode(write(count(1)).value).records[0].schema
    decoder.decode(create(3).value)
    decoder.decode(create(3, stream="Y::LOG").value)
    assert decoder.decode(write(count(1)).value).records[0].schema is first
    assert decoder.decode(write(count(1), stream="Y::LOG").value).records[0].schema is first


@pytest.mark.parametrize(
    ("made", "problem"),
    [
        (create(99), "log create of X::LOG (x): column a has the type type-99, which logs do not have"),
        (create(15), "column a has the type record"),
        (create(3, 3, names="aa"), "log create of X::LOG (x): two columns are called 'a'"),
    ],
)
def test_a_log_create_that_cannot_be_used(made, problem):
    decoder = LogDecoder()
    decoder.decode(create(3).value)
    assert problem in decoder.decode(made.value).problems[0]
    assert decoder.decode(made.value).problems == []
    assert decoder.decode(write(count(1)).value).lost == 1


@pytest.mark.parametrize(
    ("kind", "cell", "problem"),
    [
        (11, count(1), "column a holds a Count, and the log says addr"),
        (5, struct.pack(">IIBd", 5, 0, 1, 1e300), "column a holds 1e+300 seconds, which is no time"),
        (6, struct.pack(">IIBd", 6, 0, 1, float("nan")), "column a holds nan seconds, which is no interval"),
        (14, struct.pack(">IIBq", 14, 0, 1, 1) + count(1), "column a has an element that holds a Count"),
        (3, struct.pack(">IIB", 3, 0, 1), "log data cut short"),
    ],
)
def test_a_line_that_does_not_fit(kind, cell, problem):
    decoder = LogDecoder()
    fields = [LogField("a", kind, 7 if kind == 14 else 0)]
    decoder.decode(LogCreate("X::LOG", "Log::WRITER_ASCII", "x", fields).value)
    for _ in range(2):
        found = decoder.decode(write(cell).value)
        assert (found.records, found.lost) == ([], 1)
    assert problem in LogDecoder.decode(_with(fields), write(cell).value).problems[0]


def _with(fields: list[LogField]) -> LogDecoder:
    decoder = LogDecoder()
    decoder.decode(LogCreate("X::LOG", "Log::WRITER_ASCII", "x", fields).value)
    return decoder


def test_good_lines_are_still_looked_at():
    """That a line of the same types was good says nothing of the seconds and elements in this one."""
    decoder = LogDecoder()
    decoder.decode(create(5).value)
    for seconds, good in ((1.5, True), (1e300, False), (2.5, True)):
        found = decoder.decode(write(struct.pack(">IIBd", 5, 0, 1, seconds)).value)
        assert bool(found.records) == good
    assert decoder.decode(write(struct.pack(">IIBd", 5, 0, 1, 1.5)).value).records[0].time == Timestamp(1_500_000_000)


def test_columns_are_remembered_in_bounds():
    decoder = LogDecoder(most=3)
    for at in range(5):
        decoder.decode(create(3, path=f"p{at}").value)
    lost = [decoder.decode(write(count(1), path=f"p{at}").value).lost for at in range(5)]
    assert lost == [1, 1, 0, 0, 0]
    assert len(decoder._layouts) == 3
    assert len(decoder._known) <= 3
    assert len(decoder._told) <= 3
    for at in range(9):
        decoder.decode(write(count(1), path=f"q{at}").value)
    assert len(decoder._told) <= 3


@given(data=st.binary(max_size=60), kinds=st.lists(st.sampled_from([1, 3, 5, 7, 14, 19]), min_size=1, max_size=3))
def test_any_serial_data_is_a_record_or_lost(data, kinds):
    decoder = _with([LogField("abc"[at], kind, 3 if kind > 10 else 0) for at, kind in enumerate(kinds)])
    found = decoder.decode(LogWrite("X::LOG", "Log::WRITER_ASCII", "x", data).value)
    assert len(found.records) + found.lost == 1
    for record in found.records:
        assert TsvWriter().line(record)
        assert JsonWriter().line(record)
        assert len(record.values) == len(kinds)
