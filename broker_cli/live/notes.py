"""Stderr while the terminal shows something else: what is told is kept, and told when it is over."""

from __future__ import annotations

import io
from collections import deque
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import TextIO

__all__ = ["MOST_NOTES", "Notes"]

MOST_NOTES = 100
"""Lines that are kept; of more, the oldest are left out, and counted."""


class Notes(io.StringIO):
    """Takes the place of *stream*: hands on what is written, except between :meth:`hold` and :meth:`release`."""

    def __init__(self, stream: TextIO) -> None:
        super().__init__()
        self._stream = stream
        self._holding = False
        self._kept: deque[str] = deque(maxlen=MOST_NOTES)
        self._lost = 0
        self.count = 0
        """How many lines there have been."""
        self.latest = ""
        """The last of them."""

    def hold(self) -> None:
        """Keep what comes."""
        self._holding = True

    def release(self) -> None:
        """Hand on what was kept, and what comes."""
        self._holding = False
        if self._lost:
            self._stream.write(f"broker: {self._lost} earlier messages are left out\n")
            self._lost = 0
        while self._kept:
            self._stream.write(self._kept.popleft())
        self._stream.flush()

    def write(self, text: str, /) -> int:
        """Keep *text*, which is a whole line, or hand it on."""
        self.count += 1
        self.latest = text.rstrip("\n").removeprefix("broker: ")
        if not self._holding:
            return self._stream.write(text)
        self._lost += len(self._kept) == MOST_NOTES
        self._kept.append(text)
        return len(text)

    def flush(self) -> None:
        """Flush the stream, if it is written to now."""
        if not self._holding:
            self._stream.flush()

    def fileno(self) -> int:
        """The number of the stream; raises OSError while it is not written to."""
        return super().fileno() if self._holding else self._stream.fileno()
