"""Batches of the ZeroMQ backend: recorded, cut, hostile."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broker_core.errors import DecodeError
from broker_core.logs.batches import read_batch
from broker_core.messages.zeek_logs import LogField
from log_samples import log_batches


def test_what_zeek_sent():
    batch = read_batch(log_batches()[1])
    assert (batch.stream, batch.writer, batch.filter, batch.path) == (
        "Cluster::LOG",
        "Log::WRITER_ASCII",
        "default",
        "cluster",
    )
    assert batch.columns == (LogField("ts", 5), LogField("node", 7), LogField("message", 7))
    assert batch.rows == (
        [1795358345.017745, "manager", "got hello from worker-1 (zeromq_worker-1_hh_2367_NeDuhx4Nppqdbdij7e)"],
    )
    assert [len(read_batch(payload).rows) for payload in log_batches()] == [2, 1, 1, 1]


def text(raw: bytes) -> bytes:
    return len(raw).to_bytes(4, "big") + raw


def number(value: int) -> bytes:
    return value.to_bytes(4, "big")


HEAD = text(b"A::LOG") + text(b"W") + text(b"default") + text(b"a")


def column(name: bytes, kind: int, secondary: bytes | None = None) -> bytes:
    other = b"\0" if secondary is None else b"\1" + text(secondary)
    return other + text(name) + number(kind) + number(0) + b"\1"


@pytest.mark.parametrize("payload", log_batches())
def test_cut_anywhere(payload):
    for end in range(len(payload)):
        with pytest.raises(DecodeError):
            read_batch(payload[:end])
    assert read_batch(payload + b"more") == read_batch(payload)


def test_a_secondary_name_and_names_that_are_not_utf8():
    batch = read_batch(HEAD + number(1) + column(b"\xff", 7, b"other") + number(0))
    assert batch.columns == (LogField("\udcff", 7, optional=True, secondary="other"),)
    assert batch.rows == ()


@pytest.mark.parametrize(
    ("rest", "problem"),
    [
        (number(2**32 - 1), "4294967295 columns in the last 0 bytes"),
        (number(0) + number(5), "5 records without columns"),
        (number(1) + b"\2" + bytes(20), "a flag of 2"),
        (number(1) + column(b"x", 1)[:-1] + b"\5" + number(0), "a flag of 5"),
        (number(1) + column(b"x", 1) + number(2**32 - 1), "cut short|1 fields in the last"),
        (number(1) + column(b"x", 1) + number(1) + number(1) + number(0) + b"\7", "presence"),
        (number(1) + column(b"x", 99) + number(1) + number(99) + number(0) + b"\1", "type-99, which logs do not have"),
    ],
)
def test_hostile_batches(rest, problem):
    with pytest.raises(DecodeError, match=problem):
        read_batch(HEAD + rest)


def test_no_records_and_no_columns():
    assert read_batch(HEAD + number(0) + number(0)).rows == ()


@given(payload=st.sampled_from(log_batches()), at=st.integers(0, 900), byte=st.integers(0, 255))
def test_any_damage_is_refused_or_read(payload, at, byte):
    damaged = bytearray(payload)
    damaged[at % len(payload)] = byte
    try:
        batch = read_batch(bytes(damaged))
    except DecodeError:
        return
    assert all(len(row) == len(batch.columns) for row in batch.rows)
