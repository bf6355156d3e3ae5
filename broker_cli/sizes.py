"""Numbers of bytes, and stretches of time, as people write them: 64KB, 1.5GiB, 2 h 5 min."""

from __future__ import annotations

import re

from .parsing import refuse
from .wording import counted

__all__ = ["byte_count", "byte_text", "span_text"]

_SIZE = re.compile(r"(\d{1,15}(?:\.\d{1,15})?) ?([kmgt]?)(i?)(b?)", re.IGNORECASE | re.ASCII)
_LETTERS = "KMGT"


def byte_count(option: str, text: str) -> int:
    """How many bytes ``100MB``, ``64KiB`` (times 1024), ``1.5G`` or a bare number are; at least one."""
    match = _SIZE.fullmatch(text)
    found = 0
    if match is not None and (match[2] or not match[3]):
        power = _LETTERS.find(match[2].upper()) + 1 if match[2] else 0
        found = int(float(match[1]) * (1024 if match[3] else 1000) ** power)
    if not found:
        refuse(f"{option}: '{text}' is no size", "such as 64KB, 100MB or 1GiB; a bare number is bytes")
    return found


def byte_text(count: int) -> str:
    """*count* bytes in the largest unit that leaves a number of at least one: ``1.2 MB``."""
    if count < 1000:
        return counted(count, "byte")
    number = float(count)
    for letter in _LETTERS:
        number /= 1000
        if number < 999.95 or letter == _LETTERS[-1]:
            break
    return f"{number:.1f} {letter}B"


def span_text(ns: int) -> str:
    """*ns* nanoseconds in the two largest units that say something: ``2 h 5 min``, ``1.250 s``."""
    seconds = ns / 1e9
    if seconds < 60:
        return f"{seconds:.3f} s"
    whole = round(seconds)
    for size, name, smaller_size, smaller in ((86400, "d", 3600, "h"), (3600, "h", 60, "min"), (60, "min", 1, "s")):
        if whole >= size:
            rest = whole % size // smaller_size
            return f"{whole // size} {name}" + (f" {rest} {smaller}" if rest else "")
    return f"{seconds:.3f} s"
