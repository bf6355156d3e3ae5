"""A line at the end of stderr that says how far something is, and is written over as it goes on."""

from __future__ import annotations

import io
import time
from typing import TYPE_CHECKING, Self, TextIO, cast

from .context import escape

if TYPE_CHECKING:
    from collections.abc import Callable

    from .context import Context

__all__ = ["PATIENCE", "PAUSE", "StatusLine"]

PATIENCE = 1.0
"""Seconds until the line is shown: what is over sooner needs none."""
PAUSE = 0.25
"""Seconds between two states of it."""
_CLEAR = "\r\x1b[K"


class StatusLine:
    """Shown only to people at a terminal, and not with -q. ``with`` removes it at the end.

    Meanwhile what else is told on stderr scrolls by above it.
    """

    def __init__(self, context: Context, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._context = context
        self._clock = clock
        at_terminal = context.stderr_is_terminal and context.environ.get("TERM") != "dumb"
        self.wanted = at_terminal and context.verbosity >= 0 and not context.errors_as_json
        """Whether anybody sees it."""
        self._next = clock() + PATIENCE
        self._stderr = context.stderr
        self._shown = ""

    def show(self, text: Callable[[], str]) -> None:
        """Show what *text* gives, if it is time for that."""
        if not self.wanted or self._clock() < self._next or not self._context.takes_messages():
            return
        self._next = self._clock() + PAUSE
        self._shown = escape(text())[: self._context.width - 1]
        self._write(_CLEAR + self._shown)

    def _write(self, text: str) -> None:
        try:
            self._stderr.write(text)
            self._stderr.flush()
        except (OSError, ValueError):
            self.wanted = False

    def _above(self, text: str) -> None:
        """Other text: the line makes room, and comes again below it."""
        self._write(f"{_CLEAR}{text}{self._shown}" if self._shown and text.endswith("\n") else text)

    def __enter__(self) -> Self:
        if self.wanted:
            self._context.stderr = cast("TextIO", _Above(self._stderr, self._above))
        return self

    def __exit__(self, *_: object) -> None:
        self._context.stderr = self._stderr
        if self._shown and self._context.takes_messages():
            self._write(_CLEAR)
        self._shown = ""


class _Above(io.TextIOBase):
    """Takes the place of stderr while there is a line at its end."""

    def __init__(self, stream: TextIO, write: Callable[[str], None]) -> None:
        self._stream = stream
        self._write = write

    def fileno(self) -> int:
        """The descriptor of the stream itself, to ask whether it takes anything."""
        return self._stream.fileno()

    def write(self, text: str, /) -> int:
        """Write *text* above the line."""
        self._write(text)
        return len(text)
