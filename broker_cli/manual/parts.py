"""What the manual is made of.

A section is a title and paragraphs; a paragraph is a text, a list of (term, text), or preformatted lines.
"""

from __future__ import annotations

from typing import NamedTuple

__all__ = ["Code", "Paragraph", "Section", "Terms"]


class Code(NamedTuple):
    """Lines that are shown as they are."""

    lines: tuple[str, ...]


Terms = tuple[tuple[str, str], ...]
Paragraph = str | Terms | Code


class Section(NamedTuple):
    """One section of a page."""

    title: str
    paragraphs: tuple[Paragraph, ...]
