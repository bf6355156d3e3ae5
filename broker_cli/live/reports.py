"""The counts of an interval as ndjson, for programs.

A line of type ``topic-rate`` is about one topic, or about one event on one topic: ``ts`` (when the interval ended,
seconds since 1970), ``interval`` (its seconds), ``topic`` (null for all those that are not told apart), ``kind`` (when
events are told apart: event, log-create, log-write, identifier-update, batch, data, or the name of a format that is
not Broker's, such as ``(broker-json-v1)``) with ``event`` (its name), ``rate`` and ``byte_rate`` (a second, in the
interval), ``average`` (the rate over the last intervals), ``messages`` and ``bytes`` (since the start), ``last`` (the
last value, typed; not there when it is large or cannot be read). Those that nothing came for in this and the last
interval have no line.

The last line of an interval is of type ``rates``: ``ts``, ``interval``, ``rate``, ``byte_rate``, ``messages``,
``bytes``, ``topics`` and ``events`` (how many are told apart), and ``dropped`` (messages that could not be counted).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from broker_cli.output.json_lines import json_line
from broker_core import CodecError
from broker_core.codecs.json import encode

from .ordering import arrange

if TYPE_CHECKING:
    from .ordering import Sort
    from .tally import Row, Tally

__all__ = ["Reporter"]


class Reporter:
    """Makes the lines."""

    def __init__(self, *, sort: Sort = "rate", by_event: bool = True, pattern: str = "") -> None:
        self._sort: Sort = sort
        self._by_event = by_event
        self._pattern = pattern

    def lines(self, tally: Tally, now: float, elapsed: float, dropped: int) -> list[str]:
        """The lines for an interval of *elapsed* seconds that ended at *now*, seconds since 1970."""
        facts = {"ts": round(now, 6), "interval": round(elapsed, 6)}
        rows = arrange(tally.rows(by_event=self._by_event), self._sort, reverse=False, pattern=self._pattern)
        lines = [self._line(row, facts) for row in rows if row.rate > 0 or row.was_rate > 0]
        counts = {
            f"{name}s": sum(row.topic is not None for row in tally.rows(by_event=name == "event"))
            for name in ("topic", "event")
        }
        return [*lines, json_line("rates", **facts, **_rates(tally.total), **counts, dropped=dropped)]

    def _line(self, row: Row, facts: dict[str, float]) -> str:
        names: dict[str, Any] = {"topic": row.topic}
        if self._by_event and row.kind is not None:
            names["kind"] = row.kind
            if row.event is not None:
                names["event"] = row.event
        line = json_line("topic-rate", **facts, **names, **_rates(row), average=round(row.average, 3))
        if row.last is None:
            return line
        try:
            return f'{line[:-1]},"last":{encode(row.last.value)}}}'
        except CodecError:
            return line


def _rates(row: Row) -> dict[str, float]:
    return {
        "rate": round(row.rate, 3),
        "byte_rate": round(row.byte_rate, 3),
        "messages": row.messages,
        "bytes": row.bytes,
    }
