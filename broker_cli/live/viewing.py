"""What somebody wants to see, and how keys change that. No terminal and no time here."""

from __future__ import annotations

from enum import Enum, auto
from typing import TYPE_CHECKING

from .ordering import SORTS, arrange

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .ordering import Sort
    from .tally import Row, Tally

__all__ = ["KEYS", "LONGEST_PATTERN", "Action", "View"]

LONGEST_PATTERN = 200
"""Characters of a filter."""

KEYS = (
    ("q", "quit; so does Ctrl-C"),
    ("p, Space", "stand still; counting goes on"),
    ("s, S", "sort by the next, or last, of rate, bytes, total, last, name"),
    ("r", "reverse the order"),
    ("/", "filter by a part of a topic or event, or a glob; Esc ends it"),
    ("e", "a row for each topic, or for each topic and event"),
    ("arrows", "scroll; so do PgUp, PgDn, Home and End"),
    ("c", "count anew"),
    ("?", "this help"),
)
"""What keys do, for the help."""


class Action(Enum):
    """What a key asks for that the view cannot do by itself."""

    QUIT = auto()
    RESET = auto()


class View:
    """The state of the screen that belongs to its user."""

    def __init__(self, *, sort: Sort = "rate", by_event: bool = True, pattern: str = "") -> None:
        self.sort: Sort = sort
        self.reverse = False
        self.by_event = by_event
        self.pattern = pattern
        self.typed: str | None = None
        """The filter while it is typed; None at other times."""
        self.first = 0
        """How many rows are scrolled away above the table."""
        self.page = 1
        """How many rows are shown at once; whoever draws says so."""
        self.helping = False
        self.frozen: Tally | None = None
        """What is shown while the view stands still, of :attr:`frozen_at`."""
        self.frozen_at = 0.0

    @property
    def paused(self) -> bool:
        """Whether the view stands still."""
        return self.frozen is not None

    def rows(self, tally: Tally) -> Sequence[Row]:
        """All rows that match, in order."""
        rows = tally.rows(by_event=self.by_event)
        pattern = self.pattern if self.typed is None else self.typed
        return arrange(rows, self.sort, reverse=self.reverse, pattern=pattern)

    def clamp(self, rows: int, page: int) -> None:
        """Tell how many *rows* there are, and how many a *page* has."""
        self.page = max(1, page)
        self.first = max(0, min(self.first, rows - self.page))

    def press(self, key: str, tally: Tally, now: float) -> Action | None:
        """React to *key*, when *tally* is what is counted. The action that is left to do, if there is one."""
        if self.typed is not None:
            self._type(key, self.typed)
            return None
        if self.helping:
            self.helping = False
            return Action.QUIT if key in {"q", "Q"} else None
        if key in {"q", "Q"}:
            return Action.QUIT
        if key == "c":
            if self.paused:
                self._pause(tally, now)
            self.first = 0
            return Action.RESET
        self._change(key, tally, now)
        return None

    def _change(self, key: str, tally: Tally, now: float) -> None:
        if key in {"p", " "} or (key == "ctrl-s" and not self.paused) or (key == "ctrl-q" and self.paused):
            self._pause(tally, now)
        elif key in {"s", "S"}:
            step = 1 if key == "s" else -1
            self.sort = SORTS[(SORTS.index(self.sort) + step) % len(SORTS)]
            self.reverse = False
            self.first = 0
        elif key == "r":
            self.reverse = not self.reverse
            self.first = 0
        elif key == "e":
            self.by_event = not self.by_event
            self.first = 0
        elif key == "/":
            self.typed = ""
            self.first = 0
        elif key == "esc":
            self.pattern = ""
        elif key in {"?", "h"}:
            self.helping = True
        elif step := {"up": -1, "k": -1, "down": 1, "j": 1, "pgup": -self.page, "pgdn": self.page}.get(key, 0):
            self.first = max(0, self.first + step)  # the other end is known when it is drawn
        elif key in {"home", "g"}:
            self.first = 0
        elif key in {"end", "G"}:
            self.first = 2**31

    def _pause(self, tally: Tally, now: float) -> None:
        self.frozen = None if self.paused else tally.copy()
        self.frozen_at = now

    def _type(self, key: str, typed: str) -> None:
        if key == "enter":
            self.pattern, self.typed = typed, None
        elif key in {"esc", "ctrl-g"}:
            self.pattern, self.typed = "", None
        elif key == "backspace":
            self.typed = typed[:-1]
        elif key == "ctrl-u":
            self.typed = ""
        elif len(key) == 1 and key.isprintable() and len(typed) < LONGEST_PATTERN:
            self.typed = typed + key
