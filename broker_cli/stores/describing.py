"""What ``store info`` and ``store stats`` do: a store as a whole, in numbers."""

from __future__ import annotations

from collections import Counter
from heapq import heappush, heappushpop
from typing import TYPE_CHECKING, Any

import trio

from broker_cli.context import escape
from broker_cli.output import encode_lines
from broker_cli.output.entries import moment
from broker_cli.output.json_lines import json_line
from broker_core import kind_of, now
from broker_core.codecs import binary, json, text

from .progress import Bar
from .running import run_on_source
from .sources import FileSource, LiveSource

if TYPE_CHECKING:
    from broker_cli.output.entries import Entry

    from .sources import Source
    from .target import Job

__all__ = ["Statistics", "run_info", "run_stats"]

_LONGEST = 60


def run_info(job: Job) -> None:
    """Print what is known without looking at each entry."""
    output = job.context.output()

    async def body(source: Source) -> None:
        facts = await _facts(source)
        if job.settings.output == "ndjson":
            lines = [json_line("store-info", **facts)]
        else:
            lines = [f"{name.replace('_', ' '):<14}{escape(_shown(fact))}" for name, fact in facts.items()]
        await output.write(encode_lines(lines))

    run_on_source(job, body)


async def _facts(source: Source) -> dict[str, Any]:
    if isinstance(source, LiveSource):
        store = source.store.info()
        return {
            "store": store.name,
            "at": source.where,
            "master": None if store.master is None else str(store.master),
            "entries": store.size,
            "seq": store.seq,
        }
    assert isinstance(source, FileSource)  # noqa: S101  # there are no others
    info = await trio.to_thread.run_sync(source.file.info)
    return {name: fact for name, fact in info._asdict().items() if fact is not None}


def _shown(fact: Any) -> str:
    if isinstance(fact, bool):
        return "yes" if fact else "no"
    return "-" if fact is None else str(fact)


class Statistics:
    """Counts entries, and keeps the *top* biggest: sizes are in bytes of Broker's own format."""

    def __init__(self, top: int) -> None:
        self.entries = 0
        self.bytes = 0
        self.keys: Counter[str] = Counter()
        self.values: Counter[str] = Counter()
        self.expiring = 0
        self.expired = 0
        self.next_expiry: int | None = None
        self._top = top
        self._biggest: list[tuple[int, int, Any]] = []
        self._now = now().ns

    def add(self, entry: Entry) -> None:
        """Count *entry*."""
        key, value, expiry = entry
        size = len(binary.encode(key)) + len(binary.encode(value))
        self.entries += 1
        self.bytes += size
        self.keys[kind_of(key).label] += 1
        self.values[kind_of(value).label] += 1
        if len(self._biggest) < self._top:
            heappush(self._biggest, (size, -self.entries, key))
        elif self._top and size > self._biggest[0][0]:
            heappushpop(self._biggest, (size, -self.entries, key))
        if expiry is not None:
            self.expiring += 1
            if expiry <= self._now:
                self.expired += 1
            elif self.next_expiry is None or expiry < self.next_expiry:
                self.next_expiry = expiry

    def biggest(self) -> list[tuple[Any, int]]:
        """The biggest entries, each with its size."""
        return [(key, size) for size, _, key in sorted(self._biggest, key=lambda item: item[:2], reverse=True)]

    def json(self) -> str:
        """One line of ndjson."""
        facts = {
            "entries": self.entries,
            "bytes": self.bytes,
            "keys": dict(self.keys),
            "values": dict(self.values),
            "expiring": self.expiring,
            "expired": self.expired,
        }
        if self.next_expiry is not None:
            facts["next_expiry"] = moment(self.next_expiry)
        biggest = ",".join([f'{{"key":{json.encode(key)},"bytes":{size}}}' for key, size in self.biggest()])
        return f'{json_line("store-stats", **facts)[:-1]},"biggest":[{biggest}]}}'

    def lines(self, *, expiry_known: bool) -> list[str]:
        """For people."""
        lines = [f"{'entries':<14}{self.entries}", f"{'bytes':<14}{self.bytes}"]
        if expiry_known:
            then = "" if self.next_expiry is None else f", the next at {moment(self.next_expiry)}"
            lines.append(f"{'expiring':<14}{self.expiring}, {self.expired} of them over{then}")
        for title, counts in (("keys", self.keys), ("values", self.values)):
            for at, (kind, number) in enumerate(counts.most_common()):
                lines.append(f"{'' if at else title:<14}{number} {kind}")
        for at, (key, size) in enumerate(self.biggest()):
            literal = text.encode(key)
            shown = literal if len(literal) <= _LONGEST else f"{literal[:_LONGEST]}..."
            lines.append(f"{'' if at else 'biggest':<14}{size} bytes at {shown}")
        return lines


def run_stats(job: Job, top: int) -> None:
    """Look at every entry, and print what there is."""
    output = job.context.output()

    async def body(source: Source) -> None:
        statistics = Statistics(top)
        with Bar(job.context, "entries", await source.size()) as bar:
            async for page in source.pages():
                for entry in page:
                    statistics.add(entry)
                bar.reach(statistics.entries)
        known = isinstance(source, FileSource)
        human = job.settings.output == "human"
        lines = statistics.lines(expiry_known=known) if human else [statistics.json()]
        await output.write(encode_lines(lines))

    run_on_source(job, body)
