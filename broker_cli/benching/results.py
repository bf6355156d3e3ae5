"""What was measured, as a table, as ndjson and as CSV.

A line of ndjson is ``{"type": "bench", ...}`` with ``bench`` (pub, sub or store), ``part`` (client, other-end or
total), ``client`` (its number, or null), ``what`` (what was sent or done, in words), ``clients``, ``messages``
(confirmed by the other end, or received; of a store: operations done), ``seconds``, ``rate`` (messages a second),
``bytes``, ``byte_rate``, ``unconfirmed``, ``refused``, ``missing``, ``foreign`` (of others), ``complete`` (whether all
was done that was asked for), and ``latency``: null, or ``count``, ``min``, ``mean``, ``p50``, ``p90``, ``p99``,
``p99.9`` and ``max`` in seconds. CSV has the same as columns.
"""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from broker_cli.output.json_lines import json_line

from .histogram import PERCENTILES, Histogram
from .work import Part

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["Results", "Row", "csv_text", "json_lines", "table_lines", "total_of"]

Kind = Literal["pub", "sub", "store"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Results:
    """All that was found."""

    kind: Kind
    what: str
    """What was sent or done, in words."""
    clients: Sequence[Part]
    other_end: Part | None = None
    """What the receiver of the publishers found, where it belongs to the measurement."""
    complete: bool = True


class Row:
    """One line of the table."""

    def __init__(self, part: Literal["client", "other-end", "total"], found: Part) -> None:
        self.part = part
        self.found = found
        seconds = found.seconds
        self.rate = found.count / seconds if seconds else 0.0
        self.byte_rate = found.bytes / seconds if seconds else 0.0


def total_of(parts: Sequence[Part]) -> Part:
    """All *parts* together, from the first start to the last end."""
    total = Part(
        start=min((part.start for part in parts if part.count), default=0.0),
        end=max((part.end for part in parts if part.count), default=0.0),
    )
    for part in parts:
        for name in ("count", "unconfirmed", "refused", "foreign", "missing", "bytes"):
            setattr(total, name, getattr(total, name) + getattr(part, name))
        total.latency.merge(part.latency)
    return total


def _rows(results: Results) -> list[Row]:
    rows = [Row("client", part) for part in results.clients]
    total = total_of(results.clients)
    if results.other_end is not None:
        rows.append(Row("other-end", results.other_end))
        total.latency.merge(results.other_end.latency)
        total.missing += results.other_end.missing
        total.foreign += results.other_end.foreign
    return [*rows, Row("total", total)]


def _seconds_of(latency: Histogram) -> dict[str, Any] | None:
    if not latency.count:
        return None
    return {
        "count": latency.count,
        "min": latency.smallest / 1e9,
        "mean": round(latency.mean / 1e9, 9),
        **{f"p{percent:g}": latency.percentile(percent) / 1e9 for percent in PERCENTILES},
        "max": latency.largest / 1e9,
    }


def _members(results: Results, row: Row) -> dict[str, Any]:
    found = row.found
    return {
        "bench": results.kind,
        "part": row.part,
        "client": found.client if row.part == "client" else None,
        "what": results.what,
        "clients": len(results.clients),
        "messages": found.count,
        "seconds": round(found.seconds, 6),
        "rate": round(row.rate, 1),
        "bytes": found.bytes,
        "byte_rate": round(row.byte_rate, 1),
        "unconfirmed": found.unconfirmed,
        "refused": found.refused,
        "missing": found.missing,
        "foreign": found.foreign,
        "complete": results.complete,
        "latency": _seconds_of(found.latency),
    }


def json_lines(results: Results) -> list[str]:
    """A line for each part."""
    return [json_line("bench", **_members(results, row)) for row in _rows(results)]


def csv_text(results: Results) -> str:
    """A header, and a line for each part."""
    out = io.StringIO()
    latencies = ("min", "mean", *(f"p{percent:g}" for percent in PERCENTILES), "max")
    writer = None
    for row in _rows(results):
        members = _members(results, row)
        latency = members.pop("latency") or {}
        members |= {f"latency_{name}": latency.get(name, "") for name in latencies}
        if writer is None:
            writer = csv.DictWriter(out, list(members), lineterminator="\n")
            writer.writeheader()
        writer.writerow({name: "" if member is None else member for name, member in members.items()})
    return out.getvalue()


# -- for people ---------------------------------------------------------------------------------------------

_HEADS = {"pub": "messages", "sub": "messages", "store": "operations"}
_NAMES = {"client": "client {}", "other-end": "received", "total": "total"}


def table_lines(results: Results) -> list[str]:
    """A table, and the latencies under it."""
    rows = _rows(results)
    shown = [row for row in rows if row.part != "total" or len(results.clients) > 1]
    cells = [["", _HEADS[results.kind], "a second", "MB a second", "seconds"]]
    for row in shown:
        found = row.found
        name = _NAMES[row.part].format(found.client)
        numbers = [
            f"{found.count:,}",
            f"{row.rate:,.0f}",
            f"{row.byte_rate / 1e6:,.2f}" if found.bytes else "-",
            f"{found.seconds:.3f}",
        ]
        cells.append([name, *numbers])
    return _columns(cells) + _latency_lines(results.kind, rows) + _notes(rows[-1].found)


def _latency_lines(kind: str, rows: list[Row]) -> list[str]:
    cells = [["milliseconds", "min", *(f"p{percent:g}" for percent in PERCENTILES), "max"]]
    for row in rows:
        latency = row.found.latency
        if latency.count and (row.part == "total" or (row.part == "client" and len(rows) > 2)):
            times = [latency.smallest, *map(latency.percentile, PERCENTILES), latency.largest]
            cells.append([_NAMES[row.part].format(row.found.client), *(f"{ns / 1e6:.3f}" for ns in times)])
    if len(cells) == 1:
        return []
    what = "from the request to its confirmation" if kind == "store" else "from publishing to receiving, one way"
    return ["", f"Latency, {what}:", *_columns(cells)]


def _columns(cells: list[list[str]]) -> list[str]:
    """The lines of a table: names to the left, numbers to the right."""
    widths = [max(len(line[column]) for line in cells) for column in range(len(cells[0]))]
    lines = []
    for name, *numbers in cells:
        words = [name.ljust(widths[0]), *(cell.rjust(width) for cell, width in zip(numbers, widths[1:], strict=True))]
        lines.append("  ".join(words).rstrip())
    return lines


def _notes(total: Part) -> list[str]:
    notes = [
        (total.unconfirmed, "were published, but not confirmed"),
        (total.refused, "were refused by the server"),
        (total.missing, "are missing between the first and the last"),
        (total.foreign, "were messages of others"),
    ]
    found = [f"{number:,} {words}" for number, words in notes if number]
    return ["", *found] if found else []
