"""The screen of ``top``: as many lines as the terminal has, each at most as wide as it is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from .cells import compact
from .columns import Table
from .values import Painter, Values
from .viewing import KEYS

if TYPE_CHECKING:
    from broker_cli.output.human import ArgumentNames

    from .cells import Charset
    from .tally import Tally
    from .viewing import View

__all__ = ["Board", "State", "clock"]

_HEADER_TREND = 20
_FOOTER = (
    ("q", "quit"),
    ("?", "help"),
    ("p", "pause"),
    ("s", "sort"),
    ("/", "filter"),
    ("e", "topics"),
    ("r", "reverse"),
    ("c", "count anew"),
    ("arrows", "scroll"),
)


@dataclass(frozen=True, kw_only=True)
class State:
    """What the screen tells besides the counts."""

    peers: str
    connected: bool = True
    dropped: int = 0
    note: str = ""
    """The last thing that was told; it takes the place of the list of keys."""
    waiting_for: str = ""
    """What is subscribed to, for a screen without messages."""


class Board:
    """Draws the screen."""

    def __init__(self, charset: Charset, *, colour: bool, named: ArgumentNames | None = None) -> None:
        self._charset = charset
        self._painter = Painter(colour=colour)
        self._table = Table(charset, self._painter, Values(charset, self._painter, named))

    def lines(self, view: View, tally: Tally, state: State, now: float, size: tuple[int, int]) -> list[str]:
        """The lines for a terminal of *size*, which is columns and lines. A view that stands still shows no *tally*."""
        width, height = size
        if view.frozen is not None:
            tally, now = view.frozen, view.frozen_at
        has_title, has_summary, has_footer = height >= 6, height >= 7, height >= 5
        rows = view.rows(tally)
        page = height - 2 - has_title - has_summary - has_footer
        view.clamp(len(rows), page)
        shown = list(rows[view.first : view.first + max(0, page)])
        self._table.prepare(shown, width, by_event=view.by_event)
        lines = [self._title(view, state, now - tally.started, width)] if has_title else []
        lines.append(self._totals(tally, state, width))
        if has_summary:
            lines.append(self._summary(view, tally, len(rows), width))
        lines.append(self._table.head(width, view.sort, reverse=view.reverse))
        if view.helping:
            body = self._help(width)
        elif shown:
            body = [self._table.line(row, tally.ticks, now, width) for row in shown]
        else:
            body = [self._fit(f"  {text}", width, "label") for text in _nothing(view, tally, state)]
        lines += (body + [""] * page)[: max(0, page)]
        if has_footer:
            lines.append(self._footer(view, state, width))
        return lines[:height]

    def _fit(self, text: str, width: int, style: str = "") -> str:
        return self._painter.paint(self._charset.fit(text, width), style)

    def _title(self, view: View, state: State, uptime: float, width: int) -> str:
        right = f"up {clock(uptime)}"
        if not state.connected:
            right = f"not connected  {right}"
        if view.paused:
            right = f"PAUSED  {right}"
        room = width - len(right) - 1
        if room < len("broker top"):
            return self._fit("broker top", width, "strong")
        style = "alarm" if not state.connected or view.paused else ""
        return f"{self._fit(f'broker top  {state.peers}', room, 'strong')} {self._painter.paint(right, style)}"

    def _totals(self, tally: Tally, state: State, width: int) -> str:
        total = tally.total
        parts = [
            (f"{compact(total.rate)} msg/s", "strong"),
            (f"{compact(total.byte_rate)}B/s", "strong"),
            (f"{state.dropped:,} dropped", "alarm" if state.dropped else "label"),
            (f"{total.messages:,} messages", ""),
            (f"{compact(total.bytes)}B", ""),
            (self._charset.sparkline(total.history(tally.ticks), _HEADER_TREND), "number"),
        ]
        return self._in_row(parts, width)

    def _in_row(self, parts: list[tuple[str, str]], width: int) -> str:
        """As many of *parts* as fit, in their styles."""
        line, used = "", 0
        for text, style in parts:
            gap = 2 if used else 0
            if used + gap + len(text) > width:
                break
            line += " " * gap + self._painter.paint(text, style)
            used += gap + len(text)
        return line

    def _summary(self, view: View, tally: Tally, count: int, width: int) -> str:
        everything = len(tally.rows(by_event=view.by_event))
        noun = "events" if view.by_event else "topics"
        number = f"{count:,} {noun}" if count == everything else f"{count:,} of {everything:,} {noun}"
        text = f"{number}, by {view.sort}{', reversed' if view.reverse else ''}"
        if view.page < count:
            text += f", from {view.first + 1:,}"
        pattern = view.pattern if view.typed is None else view.typed
        return self._fit(text + (f", filter: {pattern}" if pattern else ""), width, "label")

    def _footer(self, view: View, state: State, width: int) -> str:
        if view.typed is not None:
            return self._fit(f"filter: {view.typed}_  (Enter keeps it, Esc ends it)", width, "strong")
        if view.helping:
            return self._fit("any key goes back", width, "strong")
        if state.note:
            return self._fit(state.note, width, "alarm")
        other = "topics" if view.by_event else "events"
        words = {"p": "go on" if view.paused else "pause", "e": other}
        return self._in_row([(f"{key} {words.get(key, word)}", "label") for key, word in _FOOTER], width)

    def _help(self, width: int) -> list[str]:
        return [self._fit(f"  {key:10}{text}", width) for key, text in KEYS]


def _nothing(view: View, tally: Tally, state: State) -> list[str]:
    """Why there is no row."""
    if tally.total.messages:
        return [f"nothing matches the filter: {view.pattern if view.typed is None else view.typed}"]
    return [f"no messages yet on {state.waiting_for}"]


def clock(seconds: float) -> str:
    """A time as hours, minutes and seconds: ``0:00:07``."""
    minutes, rest = divmod(max(0, int(seconds)), 60)
    return f"{minutes // 60}:{minutes % 60:02}:{rest:02}"
