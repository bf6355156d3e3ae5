"""Escapes in logs: what Zeek writes, and any text there and back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broker_core.logs.escapes import json_text, marker, text_escaper, unescape, unescape_json
from broker_core.model.scalars import text_or_bytes


def test_separators_of_any_length():
    escape = text_escaper("||", "é", "")
    assert escape("a||b|c é") == r"a\x7c\x7cb|c \xc3\xa9"
    assert text_escaper()("a,\tb") == r"a,\x09b"


def test_a_mark_of_the_format_is_escaped_at_its_first_byte():
    assert marker("-") == r"\x2d"
    assert marker("(empty)") == r"\x28empty)"
    assert marker("é") == r"\xc3\xa9"


@pytest.mark.parametrize(
    ("raw", "found"),
    [
        (rb"\x41\x4a\x4A", b"AJJ"),
        (rb"\\x41", rb"\x41"),
        (rb"\\\x41", rb"\A"),
        (rb"\x4", rb"\x4"),
        (rb"\n", rb"\n"),
        (b"\\", b"\\"),
        (rb"\xff", b"\xff"),
    ],
)
def test_unescape(raw, found):
    assert unescape(raw) == found


@given(st.binary())
def test_any_bytes_survive_a_tsv_log(raw):
    text = text_escaper("\t", ",")(text_or_bytes(raw))
    assert text.isprintable() or any(not char.isascii() for char in text)
    assert not set("\t,\n\r\x1b") & set(text)
    assert unescape(text.encode()) == raw


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("a\tb\n\x0b", "a\tb\n\\x0b"),
        (b"\xff\xc3\xa9", "\\xffé"),
        ("\x7f\x85", r"\x7f\xc2\x85"),
        ("back\\slash", "back\\slash"),
        ("🐻", "🐻"),
    ],
)
def test_json_text(value, text):
    assert json_text(value) == text
    assert unescape_json(text) == value


def test_what_zeek_would_not_have_escaped_is_text():
    for text in (r"\x41", r"\x0a", r"\xFF", r"\x4", "\\"):
        assert unescape_json(text) == text
    assert unescape_json("a\udcff") == b"a\xff"
    with pytest.raises(UnicodeEncodeError):
        unescape_json("\ud800")


@given(st.binary())
def test_any_bytes_without_a_backslash_survive_a_json_log(raw):
    raw = raw.replace(b"\\", b"")
    assert unescape_json(json_text(text_or_bytes(raw))) == text_or_bytes(raw)
