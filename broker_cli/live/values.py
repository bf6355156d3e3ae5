"""The last value of a row, as much of it as there is room for; each is decoded once, and only when it is shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.color import ColorSystem

from broker_cli.output.human import HumanLines, Piece, pieces_of_foreign
from broker_cli.output.terminal import STYLES
from broker_core import DecodeError, ForeignMessage

from .cells import compact

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from broker_cli.output.human import ArgumentNames
    from broker_core import Message

    from .cells import Charset
    from .tally import Row

__all__ = ["RESET", "Painter", "Values"]

RESET = "\x1b[0m"
_CACHE_SIZE = 1000
_SPECIAL = {
    "head": "\x1b[7m",
    "alarm": "\x1b[1;31m",
    "strong": "\x1b[1m",
}
"""Styles that messages have not: only the sixteen colours, and reverse, which suit light and dark."""


class Painter:
    """Puts colours around text, or does not."""

    def __init__(self, *, colour: bool) -> None:
        self._starts: dict[str, str] = {}
        if colour:
            self._starts = dict(_SPECIAL)
            for name, style in STYLES.items():
                self._starts[name] = style.render("|", color_system=ColorSystem.STANDARD).partition("|")[0]

    def paint(self, text: str, style: str) -> str:
        """*text* in *style*."""
        start = self._starts.get(style)
        return f"{start}{text}{RESET}" if start and text else text


class Values:
    """Shows values in cells of the screen."""

    def __init__(self, charset: Charset, painter: Painter, named: ArgumentNames | None = None) -> None:
        self._charset = charset
        self._painter = painter
        self._reader = HumanLines(named=named).reader
        self._known: dict[int, tuple[Message, int, bool, str]] = {}

    def cell(self, row: Row, width: int, *, without_name: bool) -> str:
        """The last value of *row* in exactly *width* cells; *without_name*: only the arguments of an event."""
        if width <= 0:
            return ""
        message = row.last
        if message is None:
            name = "" if without_name or row.event is None else row.event
            text = f"({compact(row.last_size)}B)" if row.messages else ""
            return self._join([Piece(name, "event"), Piece(text, "label")], width)
        known = self._known.get(id(message))
        if known is not None and known[0] is message and known[1:3] == (width, without_name):
            return known[3]
        text = self._join(self._pieces(message, without_name=without_name), width)
        if len(self._known) >= _CACHE_SIZE:
            self._known.clear()
        self._known[id(message)] = message, width, without_name, text
        return text

    def _pieces(self, message: Message, *, without_name: bool) -> Iterator[Piece]:
        try:
            pieces = self._reader.pieces(message.value)
            first = next(pieces, None)
            if first is not None and not (without_name and first.style == "event"):
                yield first
            yield from pieces
        except DecodeError as error:
            if isinstance(message, ForeignMessage):
                yield from pieces_of_foreign(message)[without_name:]
                return
            yield Piece(f"(cannot be read: {error})", "label")

    def _join(self, pieces: Iterable[Piece], width: int) -> str:
        taken: list[tuple[str, int, Piece]] = []
        used = 0
        for piece in pieces:
            shown, size, cut = self._charset.take(piece.text, width - used)
            taken.append((shown, size, piece))
            used += size
            if cut:
                return self._cut(taken, used, width)
        return self._painted(taken) + " " * (width - used)

    def _cut(self, taken: list[tuple[str, int, Piece]], used: int, width: int) -> str:
        """What was *taken*, with an ellipsis where it ends."""
        while used >= width:  # there is room for the ellipsis only if something goes
            _, size, piece = taken.pop()
            used -= size
            shown, size, _ = self._charset.take(piece.text, width - used - 1)
            if size:
                taken.append((shown, size, piece))
                used += size
        return self._painted(taken) + self._charset.ellipsis + " " * (width - used - 1)

    def _painted(self, taken: list[tuple[str, int, Piece]]) -> str:
        return "".join([self._painter.paint(shown, piece.style) for shown, _, piece in taken])
