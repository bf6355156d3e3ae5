"""Numbers of things in words."""

from __future__ import annotations

__all__ = ["counted"]


def counted(number: int, noun: str, plural: str = "", *, form: str = "") -> str:
    """``1 message``, ``3 messages``; *plural* is for nouns that do not take an s, *form* how the number is written."""
    return f"{number:{form}} {noun if number == 1 else plural or f'{noun}s'}"
