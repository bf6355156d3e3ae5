"""The manual as text."""

from __future__ import annotations

import pytest

from broker_cli.manual.parts import Code, Section
from broker_cli.output.pages import page_lines

SECTION = Section(
    "TITLE",
    (
        "A paragraph that is longer than one line can be when there are few columns.",
        (("term", "what it is"), ("a term that is far too long", "below it"), ("x", "word " * 20)),
        Code(("as it is, however long it may be, and   with its blanks",)),
    ),
)


def test_headings_paragraphs_terms_and_code():
    assert page_lines([SECTION], 40) == [
        "TITLE",
        "  A paragraph that is longer than one",
        "  line can be when there are few",
        "  columns.",
        "",
        "  term  what it is",
        "  a term that is far too long",
        "        below it",
        "  x     word word word word word word",
        "        word word word word word word",
        "        word word word word word word",
        "        word word",
        "",
        "    as it is, however long it may be, and   with its blanks",
    ]


@pytest.mark.parametrize(("width", "widest"), [(200, 80), (80, 80), (60, 60), (1, 30)])
def test_lines_fit(width, widest):
    lines = page_lines([Section("T", ("word " * 100, (("term", "word " * 100),)))], width)
    assert widest - 5 < max(map(len, lines)) <= widest


def test_headings_are_bold_where_colours_are():
    assert page_lines([SECTION, SECTION], 40, colour=True)[0] == "\x1b[1mTITLE\x1b[0m"
    assert "\x1b" not in "".join(page_lines([SECTION, SECTION], 40))


def test_sections_stand_apart():
    assert page_lines([Section("A", ("x",)), Section("B", ("y",))], 40) == ["A", "  x", "", "B", "  y"]
