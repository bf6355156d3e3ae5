"""Problems that may come in any number: the first are told on stderr, the others are only counted."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .context import Context

__all__ = ["MOST_TOLD", "Complaints"]

MOST_TOLD = 10
"""How many problems of a kind are told one by one."""


class Complaints:
    """Problems of one kind, which are called *what* in messages: ``further gaps are only counted``."""

    def __init__(self, context: Context, what: str, most: int = MOST_TOLD) -> None:
        self.total = 0
        """How many there were."""
        self._context = context
        self._what = what
        self._most = most

    def tell(self, text: str) -> None:
        """There is one more."""
        self.total += 1
        if self.total <= self._most:
            self._context.warn(text)
        if self.total == self._most:
            self._context.warn(f"further {self._what} are only counted")
