"""The lines of ``subscribe --watch``: one for each topic, and one about all of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from broker_cli.wording import counted

from .cells import age, compact, whole
from .columns import OTHERS
from .values import Painter, Values

if TYPE_CHECKING:
    from collections.abc import Sequence

    from broker_cli.output.human import ArgumentNames

    from .cells import Charset
    from .tally import Row, Tally

__all__ = ["STALE", "WatchBoard"]

STALE = 3.0
"""Seconds without a message after which a topic gives its line to another that has had one."""
_MARGIN = 2  # the line about all, and the one that the cursor is on
_COUNT, _RATE, _AGE = 7, 7, 4
_RATE_SINCE = 70  # columns


class WatchBoard:
    """Chooses the topics, and draws them."""

    def __init__(self, charset: Charset, *, colour: bool, named: ArgumentNames | None = None) -> None:
        self._charset = charset
        self._painter = Painter(colour=colour)
        self._values = Values(charset, self._painter, named)
        self._chosen: set[str | None] = set()
        self._longest = (0, 0)

    def lines(self, tally: Tally, now: float, size: tuple[int, int], *, dropped: int = 0, note: str = "") -> list[str]:
        """The lines for a terminal of *size*, which is columns and lines: one less than it has, at the most."""
        width, height = size
        rows = tally.rows(by_event=False)
        shown = self._choose(rows, max(1, height - _MARGIN), now)
        known, longest = self._longest
        if known != width:
            longest = 0
        longest = max([longest, *[self._charset.size((row.topic or OTHERS)[:width]) for row in shown]])
        self._longest = width, longest
        fixed = _COUNT + _AGE + 3 + (_RATE + 1) * (width >= _RATE_SINCE)
        topic = max(min(longest, int((width - fixed) * 0.5)), 1)
        lines = [self._line(row, topic, now, width) for row in shown]
        return [*lines[: max(0, height - _MARGIN)], self._status(tally, len(rows) - len(shown), dropped, note, width)]

    def _choose(self, rows: Sequence[Row], room: int, now: float) -> Sequence[Row]:
        """At most *room* of *rows*, in the order in which they appeared: those that were there before, if they live."""
        if len(rows) <= room:
            self._chosen = {row.topic for row in rows}
            return rows
        kept = [row for row in rows if row.topic in self._chosen]
        fresh = [row for row in rows if row.topic not in self._chosen]
        kept.sort(key=lambda row: row.last_seen, reverse=True)
        fresh.sort(key=lambda row: row.last_seen, reverse=True)
        del kept[room:]
        while len(kept) < room:
            kept.append(fresh.pop(0))
        kept.sort(key=lambda row: row.last_seen, reverse=True)
        for row in fresh:
            if now - kept[-1].last_seen < STALE or row.last_seen <= kept[-1].last_seen:
                break
            kept.pop()
            kept.insert(0, row)
        self._chosen = {row.topic for row in kept}
        return [row for row in rows if row.topic in self._chosen]

    def _line(self, row: Row, topic: int, now: float, width: int) -> str:
        paint = self._painter.paint
        cells = [
            paint(self._charset.squeeze(OTHERS if row.topic is None else row.topic, topic), "topic"),
            whole(row.messages).rjust(_COUNT),
        ]
        if width >= _RATE_SINCE:
            cells.append(paint(f"{compact(row.rate)}/s".rjust(_RATE), "strong" if row.rate else "label"))
        cells.append(paint(age(now - row.last_seen).rjust(_AGE), "label"))
        used = topic + _COUNT + _AGE + 3 + (_RATE + 1) * (width >= _RATE_SINCE)
        return " ".join([*cells, self._values.cell(row, width - used, without_name=False)])

    def _status(self, tally: Tally, more: int, dropped: int, note: str, width: int) -> str:
        total = tally.total
        number = len(tally.rows(by_event=False))
        parts = [(counted(number, "topic", form=","), "label")]
        if more > 0:
            parts.append((f"{more:,} more not shown", "strong"))
        if dropped:
            parts.append((f"{dropped:,} dropped", "alarm"))
        parts += [(f"{total.messages:,} messages", "label"), (f"{compact(total.rate)} msg/s", "label")]
        if note:
            parts.append((note, "alarm"))
        line, used = "", 0
        for text, style in parts:
            gap = 2 if used else 0
            shown, size, cut = self._charset.take(text, width - used - gap)
            if cut and text is not note:
                break
            line += " " * gap + self._painter.paint(shown, style)
            used += gap + size
        return line
