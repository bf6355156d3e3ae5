"""Lines of logs as events."""

from __future__ import annotations

from typing import Any

import pytest

from broker_cli.logs.reading import LogEvents, parts_of_signature
from broker_core import Count, DecodeError, Event, InvalidValue, Timestamp, zeek_message
from broker_core.declarations import Declarations
from broker_core.logs import Part
from log_samples import NAMES, sample


def events(form: str, name: str, *args: object, **options: object) -> list[Any]:
    reader = LogEvents("/t", "seen", *args, name=f"{name}.log", **options)
    batch = reader.batch(sample(form, name), keep_going=False)
    assert batch.problems == []
    assert {topic for topic, _ in batch.found} == {"/t"}
    return [zeek_message(value) for _, value in batch.found]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("form", ["tsv", "json"])
def test_all_logs_of_zeek(form, name):
    found = events(form, name)
    lines = [line for line in sample(form, name) if not line.startswith(b"#")]
    assert len(found) == len(lines)
    assert {(event.name, len(event.args), event.metadata) for event in found} == {("seen", 1, None)}


def test_chosen_columns():
    found = events("tsv", "ssh", ["uid", "auth_attempts"])
    assert found[0] == Event("seen", "CRN9rk1uMik73EClAk", Count(4))


def test_events_can_have_the_time_of_their_records():
    event = events("tsv", "conn", ["uid"], stamped=True)[0]
    assert event.network_timestamp == Timestamp(1_300_475_167_096_535_000)


def test_the_time_of_the_last_line():
    reader = LogEvents("/t", "seen")
    assert reader.time() is None
    for line in (b"#fields\ta\tb", b"#types\ttime\tcount"):
        assert reader.parse(line.decode()) is None
    reader.parse("1.5\t1")
    assert reader.time() == 1_500_000_000
    assert reader.parse("") is None
    assert reader.time() == 1_500_000_000
    reader.parse("-\t1")
    assert reader.time() is None


def test_bad_lines():
    lines = [b"#fields\ta\tb", b"#types\tcount\tstring", b"1\tx", b"x\tx", b"2\t\xff", b"3\t-"]
    batch = LogEvents("/t", "seen", ["a", "b"]).batch(lines, keep_going=True)
    assert [zeek_message(value).args for _, value in batch.found] == [(Count(1), "x"), (Count(2), b"\xff")]
    assert batch.problems == [
        (3, "column a: 'x' is no count (digits, up to 2**64-1)"),
        (5, "b is not set, and an argument of an event has to be (--unset empty, or nil)"),
    ]
    batch = LogEvents("/t", "seen").batch(lines, keep_going=False)
    assert (len(batch.found), [at for at, _ in batch.problems]) == (1, [3])


def test_a_whole_record_of_an_unknown_json_log():
    with pytest.raises(DecodeError, match=r"not all known.*\(--fields names those to send\)"):
        LogEvents("/t", "seen").parse('{"x":1}')


def test_names_that_no_event_has():
    with pytest.raises(InvalidValue, match="'a b' is no name of an event"):
        LogEvents("/t", "a b")
    with pytest.raises(InvalidValue):
        LogEvents("", "seen")


SCRIPT = """
type Id: record { orig_h: addr; proto: count &optional; };
type Info: record { ts: time; id: Id; service: string &optional; inner: Id &default=Id(); };
global seen: event(c: Info, uid: string);
"""


def test_parameters_name_columns():
    signature = Declarations.parse(SCRIPT, "x.zeek").event("seen")
    inner = (Part("orig_h"), Part("proto", optional=True))
    assert parts_of_signature(signature) == [
        Part("c", (Part("ts"), Part("id", inner), Part("service", optional=True), Part("inner", inner, optional=True))),
        Part("uid"),
    ]


def test_parameters_without_names_name_nothing():
    assert parts_of_signature(Declarations.of_types("seen", "count, string").event("seen")) is None


def test_a_record_that_holds_itself():
    script = "type R: record { a: count; next: R &optional; }; global seen: event(r: R);"
    (part,) = parts_of_signature(Declarations.parse(script, "x.zeek").event("seen"))
    assert part == Part("r", (Part("a"), Part("next", optional=True)))
