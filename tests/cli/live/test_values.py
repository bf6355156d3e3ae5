"""The last values of rows."""

from __future__ import annotations

import re

import pytest

from broker_cli.live.cells import ASCII, UNICODE
from broker_cli.live.tally import LARGEST_LAST, Tally
from broker_cli.live.values import Painter, Values
from broker_core import Batch, Count, Event, ForeignMessage, LogWrite, Message
from broker_core.codecs import binary


def row_of(value: object, topic: str = "/t", *, payload: bytes | None = None):
    tally = Tally(0.0)
    strict = getattr(value, "value", value)
    tally.add([Message(topic, payload=binary.encode(strict) if payload is None else payload)], 0.1)
    return tally.rows(by_event=True)[0]


def shown(value: object, width: int, *, charset=UNICODE, colour: bool = False, without_name: bool = False) -> str:
    return Values(charset, Painter(colour=colour)).cell(row_of(value), width, without_name=without_name)


PING = Event("ping", "hi", Count(5))


@pytest.mark.parametrize(
    ("value", "width", "text"),
    [
        (PING, 16, 'ping("hi", 5)   '),
        (PING, 13, 'ping("hi", 5)'),
        (PING, 12, 'ping("hi", …'),
        (PING, 11, 'ping("hi",…'),
        (PING, 5, "ping…"),
        (PING, 4, "pin…"),
        (PING, 1, "…"),
        (PING, 0, ""),
        ("text", 8, '"text"  '),
        (None, 5, "nil  "),
        (Event("x", "\x1b[2J\u202e"), 20, 'x("\\x1b[2J\\u202e")  '),
        (Event("x", "日本語"), 8, 'x("日本…'),
        (Event("x", "日本語"), 7, 'x("日… '),
        (Batch([PING, PING]), 30, "batch of 2: 2 x event ping    "),
    ],
)
def test_a_value_fits(value, width, text):
    assert shown(value, width) == text


def test_where_the_name_has_a_column_of_its_own():
    assert shown(PING, 10, without_name=True) == '("hi", 5) '
    assert shown("text", 10, without_name=True) == '"text"    '


def test_ascii():
    assert shown(Event("x", "ä"), 8, charset=ASCII) == 'x("\\xe4~'


def test_colours_end_where_they_began():
    text = shown(PING, 12, colour=True)
    assert re.sub(r"\x1b\[[0-9;]*m", "", text) == 'ping("hi", …'
    assert text.startswith("\x1b[1mping\x1b[0m(\x1b[32m")
    assert text.count("\x1b[0m") == text.count("\x1b[") - text.count("\x1b[0m")


def test_a_large_value_is_a_size():
    value = Event("big", "x" * LARGEST_LAST)
    assert shown(value, 20) == "big(16.4kB)         "
    assert shown(value, 20, without_name=True) == "(16.4kB)            "


def test_what_cannot_be_read_says_so():
    row = row_of(None, payload=b"\xff")
    text = Values(UNICODE, Painter(colour=False)).cell(row, 40, without_name=False)
    assert text.startswith("(cannot be read: unknown type tag 255")
    assert len(text) == 40


def test_a_log_write_is_no_heap_of_bytes():
    write = LogWrite("Conn::LOG", "Log::WRITER_ASCII", "conn", b"\x00\x00\x00\x00\x00\x00\x00\x00")
    assert shown(write, 60).startswith("log write Conn::LOG conn")


def test_each_message_is_decoded_once():
    values = Values(UNICODE, Painter(colour=False))
    row = row_of(PING)
    first = values.cell(row, 20, without_name=False)
    row.last._payload = b""  # it would fail now
    row.last._value = None
    assert values.cell(row, 20, without_name=False) == first
    assert values.cell(row, 21, without_name=False) != first + " "


def test_what_is_remembered_is_bounded():
    values = Values(UNICODE, Painter(colour=False))
    for number in range(2500):
        values.cell(row_of(Count(number)), 10, without_name=False)
    assert len(values._known) <= 1000


def test_no_colours():
    assert Painter(colour=False).paint("x", "alarm") == "x"
    assert Painter(colour=True).paint("x", "alarm") == "\x1b[1;31mx\x1b[0m"
    assert Painter(colour=True).paint("x", "nothing known") == "x"
    assert Painter(colour=True).paint("", "alarm") == ""


def test_messages_in_other_formats_are_shown_as_what_they_are():
    tally = Tally(0.0)
    tally.add([ForeignMessage("/t", b"\x1b[2J", "f")], 0.1)
    values = Values(UNICODE, Painter(colour=False))
    (row,) = tally.rows(by_event=True)
    assert values.cell(row, 26, without_name=False) == "(f, 4 bytes) 1b 5b 32 4a  "
    assert values.cell(row, 14, without_name=True) == "1b 5b 32 4a   "
