"""What is wrong, and where: in a text of declarations by line and column, in a value by the way into it."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING

from broker_core.errors import BrokerError, InvalidValue

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["DeclarationError", "MisfitError", "choices", "meant", "within"]

_MOST_LISTED = 8
_MOST_COMPARED = 5000
"""Names that are looked through for a similar one."""


class DeclarationError(BrokerError, ValueError):
    """A text that is no declaration. *line* and *column* count from 1; *source* is a file, or an option."""

    def __init__(self, problem: str, line: int = 1, column: int = 1, source: str = "", hint: str = "") -> None:
        super().__init__(problem, line, column, source, hint)
        self.problem = problem
        self.line = line
        self.column = column
        self.source = source
        self.hint = hint

    def __str__(self) -> str:
        if self.source.startswith("--") and self.line == 1:  # who typed it needs no line
            return f"{self.source}, column {self.column}: {self.problem}"
        return f"{self.source}:{self.line}:{self.column}: {self.problem}"


class MisfitError(InvalidValue):
    """A value, or what is to become one, that is not of its type. ``path`` leads to it, in words.

    It is made where the misfit is, and each container around that adds its step.
    """


def within(error: MisfitError, step: str) -> MisfitError:
    """*error* as seen from the container in which it is at *step*."""
    return MisfitError(error.problem, f"{step}, {error.path}" if error.path else step, error.hint)


def meant(name: str, known: Iterable[str]) -> str:
    """``; did you mean X?`` when one of the *known* names is similar to *name*; "" otherwise."""
    names = [other for other, _ in zip(known, range(_MOST_COMPARED), strict=False)]
    last = name.rpartition("::")[2]
    same = [other for other in names if other.rpartition("::")[2] == last]
    found = same[:1] or get_close_matches(name, names, n=1, cutoff=0.65)
    return f"; did you mean {found[0]}?" if found else ""


def choices(name: str, known: Iterable[str]) -> str:
    """As :func:`meant`, or else the *known* names, if they are few."""
    names = list(known)
    return meant(name, names) or (f" (there are {', '.join(names)})" if 0 < len(names) <= _MOST_LISTED else "")
