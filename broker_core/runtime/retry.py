"""When to dial again."""

from __future__ import annotations

__all__ = ["Backoff"]


class Backoff:
    """Pauses in seconds that double from *initial* to *longest*, and start over after a success."""

    def __init__(self, initial: float, longest: float) -> None:
        self.initial = initial
        self.longest = max(initial, longest)
        self._next = initial

    def next(self) -> float:
        """The pause before the next attempt."""
        pause, self._next = self._next, min(self._next * 2, self.longest)
        return pause

    def reset(self) -> None:
        """The attempt succeeded."""
        self._next = self.initial
