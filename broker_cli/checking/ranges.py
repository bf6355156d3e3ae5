"""Thresholds as the guidelines for Nagios plugins have them: the range of values that are well, or with ``@`` are not.

``10`` is 0 to 10, ``10:`` is 10 and more, ``~:10`` is 10 and less, ``10:20`` is from 10 to 20, and a value outside is
worth an alert; ``@10:20`` turns that round. The bounds belong to the range.
"""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, NamedTuple

from broker_cli.parsing import duration, refuse

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["Range", "number", "parse_range", "time"]

_NUMBER = re.compile(r"-?(\d+(\.\d*)?|\.\d+)", re.ASCII)
_HINT = "a range is such as 10, 10:, ~:10, 10:20 or @10:20"


class Range(NamedTuple):
    """Which values are worth an alert."""

    low: float
    high: float
    inside: bool = False
    """Whether the values in the range are, and not those outside."""

    def alerts(self, value: float) -> bool:
        """Whether *value* is worth one. What is no number at all always is."""
        return math.isnan(value) or (self.low <= value <= self.high) == self.inside

    def text(self, scale: float = 1.0) -> str:
        """The shortest way to write it, with the bounds multiplied by *scale*."""
        low = "~" if self.low == -math.inf else _short(self.low * scale)
        high = "" if self.high == math.inf else _short(self.high * scale)
        return "@" * self.inside + (high if low == "0" and high else f"{low}:{high}")

    def words(self, scale: float = 1.0, unit: str = "") -> str:
        """What a value should be, in words, with the bounds as in :meth:`text`."""
        low, high = (f"{_short(bound * scale)}{unit}" for bound in self[:2])
        if self.low == -math.inf or (self.low == 0 and not self.inside):
            words = "anything" if self.high == math.inf else f"at most {high}"
        else:
            words = f"at least {low}" if self.high == math.inf else f"from {low} to {high}"
        return f"not be {words}" if self.inside else f"be {words}"


def _short(value: float) -> str:
    return f"{value:.12g}"


def number(option: str, text: str) -> float:
    """A bound that is a plain number."""
    if not _NUMBER.fullmatch(text):
        refuse(f"{option}: '{text}' is no number", _HINT)
    return float(text)


def time(option: str, text: str) -> float:
    """A bound that is a time, in seconds."""
    return duration(option, text)


def parse_range(option: str, text: str, bound: Callable[[str, str], float]) -> Range:
    """The range that *text* is; *bound* reads its bounds. What is none is a usage error."""
    inside = text.startswith("@")
    start, _, end = text[inside:].rpartition(":")
    if not start and not end:
        refuse(f"{option}: '{text}' is no range", _HINT)
    low = -math.inf if start == "~" else bound(option, start or "0")
    high = bound(option, end) if end else math.inf
    if low > high:
        refuse(f"{option}: '{text}' starts behind its end", _HINT)
    return Range(low, high, inside)
