"""Records as arguments of events."""

from __future__ import annotations

from ipaddress import IPv4Address

import pytest

from broker_core import Event
from broker_core.errors import DecodeError
from broker_core.logs import EventShape, JsonReader, LogRecord, LogSchema, Part, TsvReader
from broker_core.model import Count, EnumValue, Port, Set, Timespan, Timestamp
from log_samples import NAMES, sample, schema_of


def first(name: str) -> LogRecord:
    reader = TsvReader()
    return next(record for line in sample("tsv", name) if (record := reader.line(line)))


def problem_of(shape: EventShape, record: LogRecord) -> str:
    with pytest.raises(DecodeError) as caught:
        shape.arguments(record)
    return str(caught.value)


CONN_ID = (IPv4Address("141.142.220.202"), Port(5353, "udp"), IPv4Address("224.0.0.251"), Port(5353, "udp"))


def test_a_record_is_one_argument_with_inner_records():
    (record,) = EventShape().arguments(first("conn"))
    assert record[:7] == (
        Timestamp(1_300_475_167_096_535_000),
        "CIyeayd93jyc31ucl",
        CONN_ID,
        EnumValue("udp"),
        "dns",
        None,
        None,
    )
    assert len(record) == 19


@pytest.mark.parametrize("name", NAMES)
def test_all_logs_of_zeek_become_events(name):
    reader, shape = TsvReader(), EventShape()
    for line in sample("tsv", name):
        if record := reader.line(line):
            args = shape.arguments(record)
            assert Event("seen", *args).args == args  # strict values, all of them


def test_an_inner_record_of_which_nothing_is_set_is_none():
    (record,) = EventShape().arguments(first("ssh"))
    assert record[-1] is None  # remote_location
    (record,) = EventShape().arguments(first("x509"))
    assert (record[3][1:], record[4]) == ((None, None, None), (False, None))


def test_columns_by_name():
    shape = EventShape(["uid", "id.orig_h", "id.resp_p", "proto"])
    assert shape.arguments(first("conn")) == ("CIyeayd93jyc31ucl", CONN_ID[0], CONN_ID[3], EnumValue("udp"))
    assert EventShape(["uid"], unset="nil").arguments(first("conn")) == ("CIyeayd93jyc31ucl",)
    assert EventShape(["uid", "duration"], unset="nil").arguments(first("conn")) == ("CIyeayd93jyc31ucl", None)
    assert EventShape([]).arguments(first("conn")) == ()


def test_columns_by_other_names():
    shape = EventShape(["id", "id_orig_h", "orig_p", "history"])
    assert shape.arguments(first("conn")) == (CONN_ID, CONN_ID[0], CONN_ID[1], "D")
    # ftp has two orig_h: that of the connection, and that of the data channel.
    assert "no column 'orig_h'" in problem_of(EventShape(["orig_h"]), first("ftp"))
    assert EventShape(["passive"]).arguments(first("ftp")) == (True,)


def test_a_column_that_the_log_does_not_have():
    assert problem_of(EventShape(["uids", "x"]), first("dhcp")).startswith(
        "the log has no column 'x'; it has ts, uids, "
    )


@pytest.mark.parametrize(
    ("kind", "empty"),
    [
        ("bool", False),
        ("int", 0),
        ("count", Count(0)),
        ("double", 0.0),
        ("time", Timestamp(0)),
        ("interval", Timespan(0)),
        ("string", ""),
        ("port", Port(0, "unknown")),
        ("func", ""),
        ("file", ""),
        ("set[addr]", Set()),
        ("vector[count]", ()),
        ("addr", None),
        ("subnet", None),
        ("enum", None),
    ],
)
def test_an_argument_that_is_not_set(kind, empty):
    record = LogRecord(schema_of(kind), [None])
    assert problem_of(EventShape(["a"]), record) == "a is not set, and an argument of an event has to be"
    assert EventShape(["a"], unset="nil").arguments(record) == (None,)
    assert EventShape([Part("a", optional=True)]).arguments(record) == (None,)
    shape = EventShape(["a"], unset="empty")
    if empty is None:
        assert "a is not set" in problem_of(shape, record)
    else:
        (found,) = shape.arguments(record)
        assert (type(found), found) == (type(empty), empty)


ID = Part("id", (Part("orig_h"), Part("resp_p"), Part("proto", optional=True)))


def test_a_declared_record_takes_its_fields_by_name():
    shape = EventShape([Part("rec", (Part("uid"), ID, Part("more", optional=True), Part("ts")))])
    (record,) = shape.arguments(first("conn"))
    assert record == ("CIyeayd93jyc31ucl", (CONN_ID[0], CONN_ID[3], None), None, Timestamp(1_300_475_167_096_535_000))


def test_declared_parameters_and_records_can_be_mixed():
    shape = EventShape([Part("uid"), ID, Part("c", (Part("service"), Part("duration")))])
    assert shape.arguments(first("conn")) == ("CIyeayd93jyc31ucl", (CONN_ID[0], CONN_ID[3], None), ("dns", None))


def test_declared_records_inside_of_records():
    schema = LogSchema.from_header("x", ["r.a", "r.s.x", "r.s.y"], ["count"] * 3)
    shape = EventShape([Part("r", (Part("s", (Part("y"),)), Part("t", (Part("z"),), optional=True), Part("s")))])
    assert shape.arguments(LogRecord(schema, [None, Count(1), None])) == ((None, None, (Count(1), None)),)
    assert shape.arguments(LogRecord(schema, [None, None, None])) == (None,)


def test_a_declared_field_that_the_log_does_not_have():
    problem = problem_of(EventShape([Part("rec", (Part("uid"), Part("x")))]), first("conn"))
    assert problem.startswith("the log has no column 'x', which is not optional; it has ts, uid, ")
    problem = problem_of(EventShape([Part("rec", (Part("x", (Part("y"),)),))]), first("conn"))
    assert problem.startswith("the log has no column 'x', which is not optional")


def test_a_log_whose_columns_are_not_all_known():
    record = JsonReader("ssl").line(b'{"uid":"C1","ja3":"x"}')
    assert "not all known" in problem_of(EventShape(), record)
    assert EventShape(["uid", "ja3"]).arguments(record) == ("C1", "x")
    assert EventShape(["uid", "ja4"], unset="nil").arguments(record) == ("C1", None)
    assert problem_of(EventShape(["ja4"]), record) == "ja4 is not set, and an argument of an event has to be"
    assert EventShape([Part("r", (Part("uid"), Part("ja4")))]).arguments(record) == (("C1", None),)
    assert "of this log" in problem_of(EventShape(), JsonReader().line(b'{"x":1}'))


def test_the_columns_may_change():
    shape = EventShape(["ts"])
    for name in ("conn", "dns", "conn"):
        assert shape.arguments(first(name))
