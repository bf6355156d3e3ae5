"""Sections of the manual as text for a terminal: headings, paragraphs, lists of terms, and lines as they are."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

from broker_cli.manual.parts import Code

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from broker_cli.manual.parts import Section, Terms

__all__ = ["page_lines"]

_WIDEST = 80
"""Columns; longer lines are hard to read."""
_NARROWEST = 30
_INDENT = "  "
_LONGEST_TERM = 18
"""Columns up to which a term has its text beside it."""


def page_lines(sections: Iterable[Section], width: int, *, colour: bool = False) -> list[str]:
    """*sections* in lines of at most *width* columns; lines of code stay as they are."""
    width = max(_NARROWEST, min(width, _WIDEST))
    lines: list[str] = []
    for section in sections:
        lines += [""] * bool(lines)
        lines.append(f"\x1b[1m{section.title}\x1b[0m" if colour else section.title)
        for at, paragraph in enumerate(section.paragraphs):
            lines += [""] * bool(at)
            if isinstance(paragraph, str):
                lines += _wrapped(paragraph, width, _INDENT)
            elif isinstance(paragraph, Code):
                lines += [f"{_INDENT * 2}{line}" for line in paragraph.lines]
            else:
                lines += _listed(paragraph, width)
    return lines


def _listed(terms: Terms, width: int) -> Iterator[str]:
    widest = max((len(term) for term, _ in terms if len(term) <= _LONGEST_TERM), default=0)
    margin = _INDENT + " " * (widest + 2)
    for term, text in terms:
        rows = _wrapped(text, width, margin)
        if len(term) <= widest:
            yield f"{_INDENT}{term:<{widest}}{rows[0][len(margin) - 2 :]}"
            yield from rows[1:]
        else:
            yield _INDENT + term
            yield from rows


def _wrapped(text: str, width: int, indent: str) -> list[str]:
    lines = textwrap.wrap(
        text,
        width,
        initial_indent=indent,
        subsequent_indent=indent,
        break_on_hyphens=False,
        break_long_words=False,
    )
    return lines or [indent]
