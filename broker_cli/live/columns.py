"""The table of ``top``: which columns a screen has room for, and what stands in them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from .cells import age, compact, whole

if TYPE_CHECKING:
    from collections.abc import Callable

    from .cells import Charset
    from .ordering import Sort
    from .tally import Row
    from .values import Painter, Values

__all__ = ["OTHERS", "Column", "Table", "layout"]

OTHERS = "(others)"
"""The topic of the row that has no topic of its own."""

_WITH_EVENT = 100
"""Columns of a screen from which on events have a column, instead of a place in front of the value."""
_ROOMY = 100
_LEAST = 8
"""Cells of a text column."""


class Column(NamedTuple):
    """A column of the table."""

    title: str
    width: int
    kind: str
    """What stands in it: topic, event, value, trend, or the number's name."""
    sort: Sort | None = None
    """What it is sorted by when it is the column that counts."""


class _Number(NamedTuple):
    """A column of numbers, and the width of a screen from which on there is one."""

    title: str
    width: int
    kind: str
    sort: Sort | None
    since: int


_NUMBERS = (
    _Number("MSG/S", 6, "rate", "rate", 0),
    _Number("AVG", 6, "average", None, 130),
    _Number("PEAK", 6, "peak", None, 130),
    _Number("BYTES/S", 8, "byte_rate", "bytes", 50),
    _Number("TOTAL", 7, "total", "total", 76),
    _Number("BYTES", 6, "bytes", None, 150),
    _Number("AGE", 4, "age", "last", 90),
)
_TRENDS = ((160, 24), (120, 16), (76, 8), (56, 6), (0, 0))
"""The width of a screen, and that of the trend on it."""


def layout(width: int, *, by_event: bool, longest_topic: int, longest_event: int) -> list[Column]:
    """The columns for a screen of *width*; the names are at most so many cells long."""
    numbers = [Column(each.title, each.width, each.kind, each.sort) for each in _NUMBERS if width >= each.since]
    trend = next(cells for least, cells in _TRENDS if width >= least)
    if trend:
        numbers.append(Column("TREND", trend, "trend"))
    has_event = by_event and width >= _WITH_EVENT
    rest = width - sum(column.width for column in numbers) - _gap(width) * (len(numbers) + 1 + has_event)
    topic = max(min(longest_topic, int(rest * (0.35 if has_event else 0.5))), min(_LEAST, max(1, rest)))
    texts = [Column("TOPIC", topic, "topic", "name")]
    if has_event:
        event = max(min(longest_event, int(rest * 0.25)), _LEAST)
        texts.append(Column("EVENT", event, "event"))
        rest -= event
    title = "LAST VALUE" if has_event or not by_event else "LAST MESSAGE"
    value = Column(title, rest - topic, "value")
    return [*texts, *numbers, *([value] if value.width > 0 else [])]


def _gap(width: int) -> int:
    return 2 if width >= _ROOMY else 1


class Table:
    """Draws the head and the rows of a table. It keeps the widest names in mind, so that columns do not jump."""

    def __init__(self, charset: Charset, painter: Painter, values: Values) -> None:
        self._charset = charset
        self._painter = painter
        self._values = values
        self._layout: tuple[int, bool] = (0, False)
        self._longest = [0, 0]
        self._columns: list[Column] = []

    def prepare(self, rows: list[Row], width: int, *, by_event: bool) -> None:
        """Choose the columns for a screen of *width* that shows *rows*."""
        if self._layout != (width, by_event):
            self._layout, self._longest = (width, by_event), [len("TOPIC") + 1, len("EVENT") + 1]
        for row in rows:
            for at, name in enumerate((row.topic or OTHERS, row.event or row.kind or "")):
                if len(name) > self._longest[at] or not name.isascii():
                    self._longest[at] = max(self._longest[at], self._charset.size(name[:width]))
        topic, event = self._longest
        self._columns = layout(width, by_event=by_event, longest_topic=topic, longest_event=event)

    def head(self, width: int, sort: Sort, *, reverse: bool) -> str:
        """The line with the titles; an arrow stands at the one that counts."""
        cells = []
        for column in self._columns:
            title = column.title
            if column.sort == sort:
                title += self._charset.up if (sort == "name") is not reverse else self._charset.down
            is_text = column.kind in {"topic", "event", "value", "trend"}
            cells.append(title[: column.width].ljust(column.width) if is_text else title.rjust(column.width))
        return self._painter.paint(self._joined(cells, width).ljust(width), "head")

    def line(self, row: Row, ticks: int, now: float, width: int) -> str:
        """The line for *row*, when *ticks* intervals have ended."""
        return self._joined([self._cell(column, row, ticks, now) for column in self._columns], width)

    def _cell(self, column: Column, row: Row, ticks: int, now: float) -> str:
        what, width = column.kind, column.width
        charset, paint = self._charset, self._painter.paint
        if what == "topic":
            return paint(charset.squeeze(OTHERS if row.topic is None else row.topic, width), "topic")
        if what == "event":
            if row.event is None:
                kind = row.kind or ""
                return paint(charset.fit(kind if kind[:1] == "(" else kind.replace("-", " "), width), "label")
            return paint(charset.fit(row.event, width), "event")
        if what == "value":
            has_event = any(other.kind == "event" for other in self._columns)
            return self._values.cell(row, width, without_name=has_event)
        if what == "trend":
            return paint(charset.sparkline(row.history(ticks), width), "number")
        text = _TEXTS[what](row, now).rjust(width)
        return paint(text, "strong") if what == "rate" and row.rate > 0 else text

    def _joined(self, cells: list[str], width: int) -> str:
        gap = " " * _gap(width)
        return gap.join(cells)


_TEXTS: dict[str, Callable[[Row, float], str]] = {
    "rate": lambda row, _: compact(row.rate),
    "average": lambda row, _: compact(row.average),
    "peak": lambda row, _: compact(row.peak),
    "byte_rate": lambda row, _: compact(row.byte_rate),
    "total": lambda row, _: whole(row.messages),
    "bytes": lambda row, _: compact(row.bytes),
    "age": lambda row, now: age(now - row.last_seen),
}
