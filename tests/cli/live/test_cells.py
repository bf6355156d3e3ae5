"""Text in cells: nothing gets out that a terminal acts on, and the width is always exact."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import get_character_cell_size

from broker_cli.live.cells import ASCII, UNICODE, age, charset_of, compact, whole

CHARSETS = pytest.mark.parametrize("charset", [ASCII, UNICODE], ids=["ascii", "unicode"])


def cells(text: str) -> int:
    return sum(map(get_character_cell_size, text))


@pytest.mark.parametrize(
    ("text", "width", "shown"),
    [
        ("abc", 5, "abc  "),
        ("abc", 3, "abc"),
        ("abcd", 3, "ab…"),
        ("abcd", 1, "…"),
        ("abcd", 0, ""),
        ("", 2, "  "),
        ("日本語", 6, "日本語"),
        ("日本語", 5, "日本…"),
        ("日本語", 4, "日… "),
        ("日本語", 1, "…"),
        ("a\x1b[2J", 9, "a\\x1b[2J "),
        ("a\x1b[2J", 4, "a\\x…"),
        ("\u202eabc", 10, "\\u202eabc "),
        ("e\u0301a", 3, "e\u0301a "),
        ("\udcff", 5, "\\xff "),
    ],
)
def test_a_text_fits(text, width, shown):
    assert UNICODE.fit(text, width) == shown


def test_marks_do_not_pile_up():
    assert UNICODE.fit("a" + "\u0301" * 3, 5) == "a\u0301\u0301…   "
    assert len(UNICODE.fit("\u0301" * 10_000, 5)) < 20


@CHARSETS
@given(text=st.text(), width=st.integers(0, 40))
def test_the_width_is_exact_whatever_comes(charset, text, width):
    for shown in (charset.fit(text, width), charset.squeeze(text, width)):
        assert cells(shown) == width
        assert shown.isprintable()
    taken, size, cut = charset.take(text, width)
    assert cells(taken) == size <= width
    assert cut or taken == charset.clean(text)
    if charset is ASCII:
        assert charset.fit(text, width).isascii()


@given(text=st.text(max_size=20), width=st.integers(20, 400))
def test_what_fits_is_whole(text, width):
    if max(text, default="") >= "\u0300" or UNICODE.size(text) > width:
        return
    assert UNICODE.fit(text, width).rstrip() == UNICODE.clean(text).rstrip()


def test_topics_are_cut_in_the_middle():
    assert UNICODE.squeeze("zeek/cluster/node/worker-1/metrics", 20) == "zeek/c…ker-1/metrics"
    assert UNICODE.squeeze("日本語/トピック/ノード", 16) == "日本…ック/ノード"
    assert UNICODE.squeeze("abc", 20) == "abc" + " " * 17
    assert UNICODE.squeeze("abcdefghijkl", 8) == "abcdefg…"


def test_locales_without_utf8_get_ascii():
    assert charset_of({}) is UNICODE
    assert charset_of({"LANG": "de_DE.UTF-8"}) is UNICODE
    assert charset_of({"LC_ALL": "en_US.utf8", "LANG": "C"}) is UNICODE
    assert charset_of({"LC_ALL": "", "LC_CTYPE": "C", "LANG": "C.UTF-8"}) is ASCII
    assert charset_of({"LANG": "de_DE.ISO-8859-1"}) is ASCII
    assert ASCII.fit("äb", 6) == "\\xe4b "


def test_sparklines():
    assert UNICODE.sparkline([0, 1, 4, 8], 4) == " ▂▅█"
    assert UNICODE.sparkline([0, 1, 4, 8], 6) == "   ▂▅█"
    assert UNICODE.sparkline([100, 1, 4, 8], 3) == "▂▅█"
    assert UNICODE.sparkline([], 3) == "   "
    assert UNICODE.sparkline([0.0, 0.0], 3) == "   "
    assert UNICODE.sparkline([5, 5], 0) == ""
    assert ASCII.sparkline([0, 1, 4, 8], 4) == " .=#"


@given(st.lists(st.floats(0, 1e12), max_size=100), st.integers(0, 80))
def test_a_sparkline_is_as_wide_as_asked(values, width):
    assert len(UNICODE.sparkline(values, width)) == width


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (0, "0"),
        (0.004, "0"),
        (0.25, "0.25"),
        (0.999, "1.0"),
        (1, "1.0"),
        (9.94, "9.9"),
        (9.96, "10"),
        (999.4, "999"),
        (999.6, "1.0k"),
        (12_345, "12.3k"),
        (99_949, "99.9k"),
        (999_499, "999k"),
        (999_999, "1.0M"),
        (1e21, "1000E"),
    ],
)
def test_numbers_are_short(number, text):
    assert compact(number) == text


@given(st.floats(0, 1e20))
def test_a_number_has_room(number):
    assert len(compact(number)) <= 5


def test_counts():
    assert whole(0) == "0"
    assert whole(99_999) == "99,999"
    assert whole(999_999) == "999,999"
    assert whole(1_000_000) == "1.0M"


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (-1, "0s"),
        (0.9, "0s"),
        (59.9, "59s"),
        (60, "1m"),
        (3599, "59m"),
        (3600, "1h"),
        (172_799, "47h"),
        (172_800, "2d"),
    ],
)
def test_ages(seconds, text):
    assert age(seconds) == text


def test_an_age_has_room():
    assert age(1e12) == "999d"
