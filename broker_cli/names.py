"""What the name of an event looks like, for the formats and arguments in which it stands bare."""

from __future__ import annotations

import re

__all__ = ["is_event_name", "is_plain_name"]

_EVENT_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*(?:::[A-Za-z_][A-Za-z0-9_]*)*")
_RESERVED = frozenset({"vector", "set", "table", "enum", "string"})
"""Literals start with these and a parenthesis."""


def is_event_name(name: str) -> bool:
    """Whether Zeek could have an event of that name: ``ping``, ``Intel::match``."""
    return _EVENT_NAME.fullmatch(name) is not None


def is_plain_name(name: str) -> bool:
    """Whether ``NAME(...)`` means the event, and no literal."""
    return is_event_name(name) and name not in _RESERVED
