"""What to write so that a terminal shows other lines than before: on a screen of its own, or below what was printed.

No terminal here: these return bytes. Lines are written one by one, each erased first, and only those that changed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from .values import RESET

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["Block", "FullScreen", "Painting"]

_HIDE_CURSOR, _SHOW_CURSOR = "\x1b[?25l", "\x1b[?25h"
_NO_WRAP, _WRAP = "\x1b[?7l", "\x1b[?7h"
_SCREEN, _NO_SCREEN = "\x1b[?1049h", "\x1b[?1049l"
_CLEAR, _CLEAR_BELOW, _CLEAR_LINE = "\x1b[2J", "\x1b[J", "\x1b[2K"


class Painting(Protocol):
    """A way to show lines that change."""

    def enter(self) -> bytes:
        """Begin, or go on after :meth:`leave`."""

    def leave(self) -> bytes:
        """End, or stop for a while: the terminal is as others expect it."""

    def paint(self, lines: Sequence[str]) -> bytes:
        """Show *lines*, which are clean and fit, in place of those before."""

    def forget(self) -> None:
        """Nobody knows what the terminal shows now."""


def _encode(parts: Sequence[str]) -> bytes:
    return "".join(parts).encode("utf-8", "replace")


class FullScreen:
    """The alternate screen: what was printed before is there again when it is left."""

    def __init__(self) -> None:
        self._shown: list[str] = []
        self._fresh = True

    def enter(self) -> bytes:
        """Switch to it. The cursor is hidden, and long lines do not wrap."""
        self.forget()
        return _encode((_SCREEN, _HIDE_CURSOR, _NO_WRAP))

    def leave(self) -> bytes:
        """Switch back."""
        return _encode((RESET, _WRAP, _SHOW_CURSOR, _NO_SCREEN))

    def paint(self, lines: Sequence[str]) -> bytes:
        """Show *lines*, one for each line of the terminal."""
        out = [_CLEAR] if self._fresh else []
        shown = [] if self._fresh else self._shown
        for at, line in enumerate(lines):
            if at >= len(shown) or shown[at] != line:
                out.append(f"\x1b[{at + 1};1H{_CLEAR_LINE}{line}")
        self._shown, self._fresh = list(lines), False
        return _encode(out)

    def forget(self) -> None:
        """Paint everything the next time."""
        self._fresh = True


class Block:
    """Lines at the end of what was printed. The cursor stands below them, so that they stay when it is over."""

    def __init__(self) -> None:
        self._shown: list[str] = []
        self._fresh = False

    def enter(self) -> bytes:
        """Begin a new block, below what is there now."""
        self._shown = []
        return _encode((_HIDE_CURSOR, _NO_WRAP))

    def leave(self) -> bytes:
        """Leave the block as it is."""
        return _encode((RESET, _WRAP, _SHOW_CURSOR))

    def paint(self, lines: Sequence[str]) -> bytes:
        """Show *lines* in place of the block; there have to be fewer than the terminal has."""
        shown, fresh = self._shown, self._fresh
        if list(lines) == shown and not fresh:
            return b""
        out = [f"\r\x1b[{len(shown)}A" if shown else "\r"]
        if fresh or len(lines) < len(shown):
            out.append(_CLEAR_BELOW)
        for at, line in enumerate(lines):
            if at >= len(shown) or shown[at] != line or fresh or len(lines) < len(shown):
                out.append(f"{_CLEAR_LINE}{line}")
            out.append("\r\n")
        self._shown, self._fresh = list(lines), False
        return _encode(out)

    def forget(self) -> None:
        """Paint everything the next time, and clear what is below."""
        self._fresh = True
