"""Keys out of bytes, however these are cut."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broker_cli.live.keys import LONGEST_SEQUENCE, KeyParser

CASES = [
    (b"q", ["q"]),
    (b" /?", [" ", "/", "?"]),
    ("äß漢🙂".encode(), ["ä", "ß", "漢", "🙂"]),
    (b"\r\n\t\x7f\x08", ["enter", "enter", "tab", "backspace", "backspace"]),
    (b"\x03\x15\x13", ["ctrl-c", "ctrl-u", "ctrl-s"]),
    (b"\x1b[A\x1b[B\x1b[C\x1b[D", ["up", "down", "right", "left"]),
    (b"\x1bOA\x1bOB\x1bOH\x1bOF", ["up", "down", "home", "end"]),
    (b"\x1b[5~\x1b[6~\x1b[H\x1b[F\x1b[1~\x1b[4~\x1b[7~\x1b[8~", ["pgup", "pgdn", *["home", "end"] * 3]),
    (b"\x1b[3~", ["delete"]),
    (b"\x1b[1;5A\x1b[5;5~\x1b[1;2H", ["up", "pgup", "home"]),
    (b"\x1b[15~x", ["x"]),
    (b"\x1b[200~a", ["a"]),
    (b"\x1b[<0;12;3Ma", ["a"]),
    (b"\x1bq", ["esc", "q"]),
    (b"\x1b\x1b[A", ["esc", "up"]),
    (b"\x1b[\x1b[A", ["up"]),
    (b"\x1b[12\x1b[B", ["down"]),
    (b"\xff\xfe", ["\ufffd", "\ufffd"]),
    (b"\x00", ["\x00"]),
]


def parse(*parts: bytes) -> list[str]:
    parser = KeyParser()
    return [key for part in parts for key in parser.feed(part)]


@pytest.mark.parametrize(("data", "keys"), CASES)
def test_keys_cut_at_every_byte(data, keys):
    assert parse(data) == keys
    for at in range(len(data) + 1):
        assert parse(data[:at], data[at:]) == keys
    assert parse(*[bytes((byte,)) for byte in data]) == keys


def test_an_esc_that_nothing_follows_is_a_key():
    parser = KeyParser()
    assert parser.feed(b"a\x1b") == ["a"]
    assert parser.waits
    assert parser.flush() == ["esc"]
    assert not parser.waits
    assert parser.feed(b"[A") == ["[", "A"]


def test_a_sequence_that_does_not_end_is_no_key():
    parser = KeyParser()
    assert parser.feed(b"\x1b[12") == []
    assert parser.flush() == []
    assert parser.feed(b"q") == ["q"]
    assert parser.flush() == []


@pytest.mark.parametrize(("length", "keys"), [(LONGEST_SEQUENCE - 2, ["up", "q"]), (100_000, ["q"])])
def test_a_sequence_is_read_to_its_end_and_bounded(length, keys):
    parser = KeyParser()
    assert parser.feed(b"\x1b[1;" + b"0" * (length - 2) + b"Aq") == keys
    assert parser.feed(b"\x1b[" + b"1" * length) == []
    assert len(parser._sequence) <= LONGEST_SEQUENCE + 1


@given(st.lists(st.binary(max_size=6), max_size=8))
def test_any_bytes_are_taken_and_the_cuts_do_not_matter(parts):
    keys = parse(*parts)
    assert keys == parse(b"".join(parts))
    assert all(keys)
