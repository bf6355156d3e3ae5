"""For people at a terminal: colours by type and lines broken between values.

Rich is used here, in ``facts`` and for progress bars. Text from the network is styled piece by piece and never read
as markup; control characters in it are visible.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.cells import cell_len
from rich.color import ColorSystem
from rich.style import Style

from broker_cli.context import escape

from .human import HumanLines

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .human import ArgumentNames, Piece
    from .stamps import Stamper

__all__ = ["STYLES", "TerminalLines"]

# The sixteen colours that every terminal theme defines.
STYLES = {
    "topic": Style(color="blue"),
    "event": Style(bold=True),
    "label": Style(dim=True),
    "none": Style(dim=True),
    "boolean": Style(color="magenta"),
    "number": Style(color="cyan"),
    "string": Style(color="green"),
    "address": Style(color="yellow"),
    "port": Style(color="yellow"),
    "time": Style(color="magenta"),
    "enum": Style(color="red"),
}
_INDENT = 4
_LONGEST_PIECE = 4000
"""A string of megabytes would only scroll everything else away."""


class TerminalLines(HumanLines):
    """Messages for people at a terminal of *width* columns."""

    def __init__(
        self,
        width: int,
        *,
        colour: bool,
        verbose: bool = False,
        stamps: Stamper | None = None,
        named: ArgumentNames | None = None,
    ) -> None:
        super().__init__(verbose=verbose, stamps=stamps, named=named)
        self._width = max(width, 2 * _INDENT)
        self._colour = colour

    def lay_out(self, pieces: Sequence[Piece]) -> str:
        """*pieces* as a line, or as several if they do not fit in one; further lines are indented."""
        out: list[str] = []
        column = 0
        for word in _words(pieces):
            width = sum(cell_len(piece.text) for piece in word)
            if word[0].text.startswith("\n"):
                column = 0
            elif column > _INDENT and column + width - (word[-1].text[-1:] == " ") > self._width:
                if out and out[-1].endswith(" "):
                    out[-1] = out[-1][:-1]
                out.append("\n" + " " * _INDENT)
                column = _INDENT
            out += [self._styled(piece) for piece in word]
            column += width
        return "".join(out)

    def _styled(self, piece: Piece) -> str:
        style = STYLES.get(piece.style)
        if not self._colour or style is None:
            return piece.text
        return style.render(piece.text, color_system=ColorSystem.STANDARD)


def _words(pieces: Sequence[Piece]) -> list[list[Piece]]:
    """*pieces*, safe to show, in groups that a line break should not tear apart."""
    words: list[list[Piece]] = [[]]
    for piece in pieces:
        if piece.text == "\n  ":
            words.append([piece])
            continue
        text = escape(piece.text)
        if len(text) > _LONGEST_PIECE:
            text = f"{text[:_LONGEST_PIECE]}… ({len(text)} characters)"
        words[-1].append(piece._replace(text=text))
        if text.endswith(" "):
            words.append([])
    return [word for word in words if word]
