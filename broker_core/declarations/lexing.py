"""Words of Zeek's script language, with their places.

Comments are dropped, and so are the directives that start with ``@``: what ``@if`` makes depend on the run is read in
all its branches, and ``@load`` loads nothing.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Literal, NamedTuple

from .problems import DeclarationError

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["MAX_TEXT", "Place", "Token", "shown", "tokens"]

MAX_TEXT = 4 * 1024 * 1024
"""Characters of one text; twice of what all scripts are that come with Zeek."""

_LONGEST_SHOWN = 40

TokenKind = Literal["name", "attribute", "string", "pattern", "number", "sign", "end"]

_TOKEN = re.compile(
    r"""
      (?P<blank>[ \t\r\n\f\v\ufeff]+|\#[^\n]*+)
    | (?P<directive>@[A-Za-z_-]+)
    | (?P<name>[A-Za-z_][A-Za-z0-9_]*+(?:::[A-Za-z_][A-Za-z0-9_]*+)*+)
    | (?P<attribute>&[A-Za-z_]+)
    | (?P<number>[0-9][A-Za-z0-9_.]*+)
    | (?P<string>"(?:[^"\\\n]++|\\.)*+")
    | (?P<slash>/)
    | (?P<sign>\+=|-=|==|!=|<=|>=|&&|\|\||\?\$|::|[][(){}<>:;,=+*%!?$|&^~.-])
    """,
    re.VERBOSE,
)
_PATTERN = re.compile(r"/(?:[^/\\\n]++|\\.)*+/[is]*")
_REST_OF_LINE = re.compile(r"[^\n]*")
_CONDITION = re.compile(r"[ \t]*\(")
_BRACKET = re.compile(r'[()\n]|"(?:[^"\\\n]++|\\.)*+"?')  # strings that are not closed, too: linear

# Behind these words an expression begins, so that a slash opens a pattern; behind other names it divides.
_BEFORE_PATTERN = frozenset({"return", "in", "print", "case", "of", "else", "when", "add", "delete", "event", "local"})
_CONDITIONS = frozenset({"@if", "@ifdef", "@ifndef"})
_BARE_DIRECTIVES = frozenset({"@else", "@endif"})
_VALUES = frozenset({"@DIR", "@FILENAME"})


class Place(NamedTuple):
    """Where something stands: line and column, from 1."""

    line: int
    column: int


class Token(NamedTuple):
    """A word. *text* is as it was written; "" for the end."""

    kind: TokenKind
    text: str
    place: Place


def shown(token: Token) -> str:
    """*token* as errors quote it."""
    if token.kind == "end":
        return "the end"
    text = token.text
    return f"'{text if len(text) <= _LONGEST_SHOWN else text[:_LONGEST_SHOWN] + '…'}'"


def tokens(text: str, source: str = "") -> Iterator[Token]:
    """The words of *text*; the last one is of the kind ``end``. Raises :class:`DeclarationError` only."""
    if len(text) > MAX_TEXT:
        msg = f"longer than {MAX_TEXT} characters"
        raise DeclarationError(msg, source=source)
    at, line, line_start = 0, 1, 0
    operand = False  # whether what stands in front is a value, which a slash would divide
    while at < len(text):
        match = _TOKEN.match(text, at)
        place = Place(line, at - line_start + 1)
        if match is None:
            raise DeclarationError(_unknown(text, at), *place, source)
        kind, word = match.lastgroup, match[0]
        end = match.end()
        if kind == "directive":
            end = _behind_directive(text, match)
            operand = word in _VALUES
        elif kind == "slash":
            pattern = None if operand else _PATTERN.match(text, at)
            end = pattern.end() if pattern else end
            operand = pattern is not None
            yield Token("pattern" if pattern else "sign", text[at:end], place)
        elif kind != "blank":
            operand = kind in {"number", "string"} or word in {")", "]"} or kind == "name"
            operand = operand and word not in _BEFORE_PATTERN
            yield Token(kind, word, place)  # type: ignore[arg-type]  # the groups are named for the kinds
        if (breaks := text.count("\n", at, end)) > 0:
            line += breaks
            line_start = text.rindex("\n", at, end) + 1
        at = end
    yield Token("end", "", Place(line, at - line_start + 1))


def _behind_directive(text: str, match: re.Match[str]) -> int:
    """Where the directive ends: with its condition, with its line, or at once."""
    word, end = match[0], match.end()
    if word in _BARE_DIRECTIVES or word in _VALUES:
        return end
    if word in _CONDITIONS and (opening := _CONDITION.match(text, end)):
        depth, at = 1, opening.end()
        while depth and (found := _BRACKET.search(text, at)) and found[0] != "\n":
            depth += {"(": 1, ")": -1}.get(found[0], 0)
            at = found.end()
        if depth == 0:
            return at
    return _REST_OF_LINE.match(text, end).end()  # type: ignore[union-attr]  # nothing matches, too


def _unknown(text: str, at: int) -> str:
    if text[at] == '"':
        return "the string is not closed"
    return f"unexpected {text[at]!a}"
