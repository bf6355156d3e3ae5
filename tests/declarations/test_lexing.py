"""Words of scripts."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broker_core.declarations.lexing import MAX_TEXT, Place, Token, shown, tokens
from broker_core.declarations.problems import DeclarationError
from zeek_types import SCRIPTS


def words(text: str) -> list[tuple[str, str]]:
    found = [(token.kind, token.text) for token in tokens(text)]
    assert found.pop() == ("end", "")
    return found


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        ("\ufeff global  x_1:A::b\t;\r\n", ["global", "x_1", ":", "A::b", ";"]),
        ("a # b\n## c\nd", ["a", "d"]),
        ('"a # b" "\\"" ""', ['"a # b"', '"\\""', '""']),
        ("&optional&default=5", ["&optional", "&default", "=", "5"]),
        ("a && b & c", ["a", "&&", "b", "&", "c"]),
        ("10.0.0.0/8 1e6 5min", ["10.0.0.0", "/", "8", "1e6", "5min"]),
        ("x / 2 / y", ["x", "/", "2", "/", "y"]),
        ("x in /a}/i && !/b/", ["x", "in", "/a}/i", "&&", "!", "/b/"]),
        ("return /a\\/;/;", ["return", "/a\\/;/", ";"]),
        ("f(/a/, [1]/2)", ["f", "(", "/a/", ",", "[", "1", "]", "/", "2", ")"]),
        ("= / b", ["=", "/", "b"]),
        ("a?$b += -= ==", ["a", "?$", "b", "+=", "-=", "=="]),
        ("@load base/x # y\nz", ["z"]),
        ('@if ( f(1) && x == ")" ) a\n@else\nb @endif c', ["a", "b", "c"]),
        ("@ifdef (A::b) c", ["c"]),
        ("@if ( open\nx", ["x"]),
        ('@if ( "open\nx', ["x"]),
        ("@ifdef\nx", ["x"]),
        ("x = @DIR + @FILENAME / 2", ["x", "=", "+", "/", "2"]),
        ("@unload a; b\nc", ["c"]),
    ],
)
def test_words(text, expected):
    assert [word for _, word in words(text)] == expected


def test_kinds():
    assert words('a &b /d/ "c" 5 ;') == [
        ("name", "a"),
        ("attribute", "&b"),
        ("pattern", "/d/"),
        ("string", '"c"'),
        ("number", "5"),
        ("sign", ";"),
    ]


def test_places():
    text = 'a\n  b # c\n\n"d" e\n'
    assert [token.place for token in tokens(text)] == [(1, 1), (2, 3), (4, 1), (4, 5), (5, 1)]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('a\n  "b', "x.zeek:2:3: the string is not closed"),
        ('"a\n"', "x.zeek:1:1: the string is not closed"),
        ("a \\ b", "x.zeek:1:3: unexpected '\\\\'"),
        ("é", "x.zeek:1:1: unexpected '\\xe9'"),
        ("\x1b[31m", "x.zeek:1:1: unexpected '\\x1b'"),
        ("a `b`", "x.zeek:1:3: unexpected '`'"),
    ],
)
def test_what_is_no_word(text, message):
    with pytest.raises(DeclarationError) as caught:
        list(tokens(text, "x.zeek"))
    assert str(caught.value) == message


def test_the_length_is_bounded():
    blanks = " " * MAX_TEXT
    assert words(blanks) == []
    with pytest.raises(DeclarationError, match=f"longer than {MAX_TEXT} characters"):
        words(blanks + " ")


def test_how_words_are_shown():
    place = Place(1, 1)
    assert shown(Token("name", "a", place)) == "'a'"
    assert shown(Token("name", "a" * 50, place)) == f"'{'a' * 40}…'"
    assert shown(Token("end", "", place)) == "the end"


@pytest.mark.parametrize("name", SCRIPTS)
def test_nothing_of_a_script_is_lost(name):
    text = SCRIPTS[name]
    lines = text.split("\n")
    for token in tokens(text):
        line, column = token.place
        assert lines[line - 1].startswith(token.text, column - 1)


@given(st.text('ab:&$/"\\@#(){};.5 \n\x1b'))
def test_any_text_is_words_or_refused(text):
    try:
        found = list(tokens(text))
    except DeclarationError as error:
        assert "\n" not in str(error)  # noqa: PT017  # this is what is promised
    else:
        assert found[-1].kind == "end"


HOSTILE = ['"', "/ ", "/ = ", '@if ( "\\"', "@if ( ", "@if ( ( ", "/\\/ = ", "# /", "&", "a::", '"\\', "@", "1/ /"]


@pytest.mark.parametrize("piece", HOSTILE)
def test_hostile_texts_take_no_longer_than_others(piece):
    """A million characters of what could be looked at again and again; the time limit of the test is the proof."""
    text = piece * (1_000_000 // len(piece))
    with suppress(DeclarationError):
        assert sum(1 for _ in tokens(text)) <= len(text) + 1
