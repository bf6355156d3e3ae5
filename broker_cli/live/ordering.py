"""Which rows are shown, and in which order."""

from __future__ import annotations

import operator
import re
from fnmatch import translate
from typing import TYPE_CHECKING, Any, Literal, get_args

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from .tally import Row

__all__ = ["SORTS", "Sort", "arrange", "matcher"]

Sort = Literal["rate", "bytes", "total", "last", "name"]
SORTS: tuple[Sort, ...] = get_args(Sort)
"""Messages a second, bytes a second, messages, what came last, topic and event."""


def _name(row: Row) -> tuple[str, str]:
    return row.topic or "", row.event or row.kind or ""


_KEYS: dict[Sort, Callable[[Row], Any]] = {
    "rate": operator.attrgetter("rate", "average", "messages"),
    "bytes": operator.attrgetter("byte_rate", "bytes"),
    "total": operator.attrgetter("messages"),
    "last": operator.attrgetter("last_seen", "messages"),
    "name": _name,
}


def arrange(rows: Iterable[Row], sort: Sort, *, reverse: bool, pattern: str = "") -> list[Row]:
    """The *rows* that match *pattern*, in order: the highest first, names from A to Z, or the other way round.

    Equal ones stand in the order in which they appeared. The row of all others matches always, and has no name: by
    name it is the last one.
    """
    matches = matcher(pattern)
    chosen = [row for row in rows if row.topic is None or matches(row)]
    chosen.sort(key=_KEYS[sort], reverse=(sort != "name") is not reverse)
    if sort == "name":
        chosen.sort(key=lambda row: row.topic is None)
    return chosen


def matcher(pattern: str) -> Callable[[Row], bool]:
    """Whether a row matches *pattern*, upper or lower case: a part of its topic or event, or a glob for one of them."""
    if not pattern:
        return lambda _: True
    if any(char in pattern for char in "*?["):
        fits = re.compile(translate(pattern), re.IGNORECASE).match
        return lambda row: fits(row.topic or "") is not None or fits(row.event or row.kind or "") is not None
    part = pattern.casefold()
    return lambda row: part in (row.topic or "").casefold() or part in (row.event or row.kind or "").casefold()
