"""What was counted in recordings, for people and as ndjson."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from broker_cli.context import escape
from broker_cli.output.json_lines import json_line
from broker_cli.output.stamps import local_time
from broker_cli.sizes import byte_text, span_text
from broker_cli.wording import counted

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from .tally import Counts, Tally

__all__ = ["file_table", "summary_json", "summary_lines"]

_LABEL = 12
_NOTES_SHOWN = 10


def summary_json(name: str, tally: Tally, top: int) -> str:
    """One line of ndjson for a file."""
    return json_line(
        "recording",
        file=name,
        bytes=tally.bytes,
        messages=tally.messages,
        value_bytes=tally.value_bytes,
        first=_seconds(tally.first),
        last=_seconds(tally.last),
        duration=round(tally.duration / 1e9, 6),
        rate=None if tally.rate is None else round(tally.rate, 3),
        sessions=[
            {
                "created": _seconds(header.created),
                "program": header.program,
                "endpoint": str(header.endpoint),
                "peers": list(header.peers),
                "topics": list(header.topics),
            }
            for header in tally.sessions
        ],
        unended=tally.unended,
        gaps=[{"ts": _seconds(gap.time), "lost": gap.lost, "reason": gap.reason} for gap in tally.gaps],
        lost=tally.lost,
        damage=[{"offset": one.offset, "size": one.size, "problem": one.problem} for one in tally.damage],
        torn=None if tally.torn is None else {"offset": tally.torn.offset, "size": tally.torn.size},
        topic_count=len(tally.topics),
        event_count=len(tally.events),
        sender_count=len(tally.senders),
        topics=_named(tally.topics, "topic", top),
        events=_named(tally.events, "event", top),
        senders=_named(tally.senders, "from", top),
    )


def _seconds(ns: int | None) -> float | None:
    return None if ns is None else round(ns / 1e9, 6)


def _named(counts: Counts, what: str, top: int) -> list[dict[str, Any]]:
    return [{what: name, "messages": messages, "bytes": size} for name, messages, size in counts.top(top)]


# -- for people -----------------------------------------------------------------------------------------------------


def summary_lines(name: str, tally: Tally, top: int, width: int | None) -> list[str]:
    """All about one recording, or about several together, on lines of *width* columns at most (None: any)."""
    rows = [(label, text) for label, text in _facts(name, tally) if text]
    lines = [_cut(f"{label:<{_LABEL}}{escape(text)}", width) for label, text in rows]
    for title, counts in (("topics", tally.topics), ("events", tally.events), ("senders", tally.senders)):
        if counts and top:
            lines += ["", *_table(title, counts, top, width)]
    return lines


def _facts(name: str, tally: Tally) -> Iterator[tuple[str, str]]:
    yield "file", f"{name} ({byte_text(tally.bytes)})"
    rate = "" if tally.rate is None else f" in {span_text(tally.duration)} ({tally.rate:,.0f}/s)"
    yield "messages", f"{tally.messages:,}{rate}, {byte_text(tally.value_bytes)} of values"
    if tally.first is not None and tally.last is not None:
        yield "first", local_time(tally.first)
        yield "last", local_time(tally.last)
    for at, header in enumerate(tally.sessions[:_NOTES_SHOWN]):
        topics = ", ".join(topic or '""' for topic in header.topics)
        place = f" at {', '.join(header.peers)}" if header.peers else ""
        program = f" by {header.program}" if header.program else ""
        yield "" if at else "recorded", f"{topics or 'nothing'}{place}{program}"
    if tally.session_count > _NOTES_SHOWN:
        yield "", f"... {tally.session_count} times in all"
    if tally.unended:
        yield "end", "not in order: the recorder was killed, or is still at it"
    lost = f", {tally.lost:,} messages lost" if tally.lost else ""
    yield "gaps", f"{tally.gap_count}{lost}" if tally.gap_count else ""
    for gap in tally.gaps[:_NOTES_SHOWN]:
        yield "", f"{local_time(gap.time)} {f'{gap.lost:,} messages ' if gap.lost else ''}{gap.reason}"
    places = f"{counted(tally.damage_count, 'place')}, {byte_text(tally.damaged_bytes)}"
    yield "damaged", places if tally.damage_count else ""
    for one in tally.damage[:_NOTES_SHOWN]:
        yield "", f"{one.size:,} bytes at offset {one.offset:,}: {one.problem}"
    if tally.torn is not None:
        yield "cut off", f"at offset {tally.torn.offset:,}: {tally.torn.size:,} bytes cannot be used"


def _table(title: str, counts: Counts, top: int, width: int | None) -> list[str]:
    shown = [*counts.top(top)]
    left = len(counts) - len(shown)
    rows = [(f"{messages:,}", byte_text(size), escape(name) or '""') for name, messages, size in shown]
    if counts.others[0]:
        rows.append((f"{counts.others[0]:,}", byte_text(counts.others[1]), "(others)"))
    lines = _aligned(["messages", "bytes", f"{title} ({len(counts):,})"], rows, width)
    return [*lines, f"... and {left:,} more, see --top"] if left else lines


def file_table(files: Sequence[tuple[str, Tally]], width: int | None) -> list[str]:
    """One line for each of several recordings."""
    rows = []
    for name, tally in files:
        notes = []
        if tally.gap_count:
            notes.append(counted(tally.gap_count, "gap"))
        if tally.damage_count:
            notes.append("damaged")
        if tally.torn is not None:
            notes.append("cut off")
        elif tally.unended:
            notes.append("not ended")
        first = "-" if tally.first is None else local_time(tally.first)[:23]
        mark = f" ({', '.join(notes)})" if notes else ""
        rows.append((f"{tally.messages:,}", byte_text(tally.bytes), first, f"{escape(name)}{mark}"))
    return _aligned(["messages", "size", "first", "file"], rows, width)


def _aligned(heads: Sequence[str], rows: Sequence[Sequence[str]], width: int | None) -> list[str]:
    """Columns to the right, but for the last one."""
    widths = [max(len(row[at]) for row in [heads, *rows]) for at in range(len(heads) - 1)]
    lines = []
    for row in [heads, *rows]:
        cells = [cell.rjust(width) for cell, width in zip(row[:-1], widths, strict=True)]
        lines.append(_cut("  ".join([*cells, row[-1]]), width))
    return lines


def _cut(line: str, width: int | None) -> str:
    return line if width is None or len(line) <= width else f"{line[: width - 1]}…"
