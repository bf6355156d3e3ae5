"""Patterns as shells have them for file names: ``*``, ``?``, ``[abc]`` and ``[!abc]``, over the whole text.

They match in time that grows with the length of the text alone, whatever the pattern: each ``*`` takes the first
place that fits what follows it, and is never tried again.
"""

from __future__ import annotations

import re
from fnmatch import translate
from typing import TYPE_CHECKING

from broker_core import InvalidValue

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

__all__ = ["MAX_GLOB", "MAX_REMEMBERED", "NameGlobs", "glob_matcher"]

MAX_GLOB = 1000
"""Characters of a pattern."""
MAX_REMEMBERED = 4096
"""Names whose answer is remembered."""

_SPECIAL = re.compile(r"[*?[]")


def glob_matcher(pattern: str) -> Callable[[str], bool]:
    """Whether a text matches *pattern*, upper and lower case told apart. Raises InvalidValue for one too long."""
    if len(pattern) > MAX_GLOB:
        msg = f"the pattern has {len(pattern)} characters; {MAX_GLOB} are allowed"
        raise InvalidValue(msg)
    if not _SPECIAL.search(pattern):
        return pattern.__eq__
    match = re.compile(translate(pattern)).match
    return lambda text: match(text) is not None


class NameGlobs:
    """Whether a name matches one of several patterns. Names come again and again, so the answers are remembered."""

    def __init__(self, patterns: Iterable[str]) -> None:
        self._matchers = [glob_matcher(pattern) for pattern in patterns]
        self._known: dict[str, bool] = {}

    def __call__(self, name: str) -> bool:
        """Whether *name* matches."""
        answer = self._known.get(name)
        if answer is None:
            if len(self._known) >= MAX_REMEMBERED:
                self._known.clear()
            answer = self._known[name] = any(matches(name) for matches in self._matchers)
        return answer
