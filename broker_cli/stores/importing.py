"""What ``store import`` does: entries from lines of ndjson into a store."""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass
from typing import TYPE_CHECKING

from broker_cli.exit_codes import ExitCode, Failure
from broker_cli.feeding import Feed
from broker_cli.wording import counted
from broker_core import now, same_value
from broker_core.codecs import binary

from .asking import check_consent, confirm
from .lines import EntryReader
from .progress import Bar
from .running import run_on_source
from .sources import PAGE

if TYPE_CHECKING:
    from broker_cli.output.entries import Entry

    from .sources import Source
    from .target import ImportMode, Job

__all__ = ["ImportPlan", "run_import"]


@dataclass(frozen=True, kw_only=True)
class ImportPlan:
    """What to read, and what becomes of keys that are there already, or only there."""

    path: str
    mode: ImportMode = "merge"
    dry_run: bool = False
    keep_going: bool = False
    yes: bool = False


@dataclass
class _Totals:
    """What an import did, or with --dry-run would do."""

    stored: int = 0
    skipped: int = 0
    expired: int = 0
    removed: int = 0
    new: int = 0
    changed: int = 0

    def text(self, *, dry_run: bool) -> str:
        """In words."""
        parts = [f"{'would import' if dry_run else 'imported'} {counted(self.stored, 'entry', 'entries')}"]
        if dry_run:
            parts.append(f"{self.new} of them new, {self.changed} changed")
        if self.skipped:
            parts.append(f"{self.skipped} left as they were")
        if self.expired:
            parts.append(f"{self.expired} left out because their time is over")
        if self.removed:
            parts.append(f"{self.removed} others {'would be ' if dry_run else ''}removed")
        return ", ".join(parts)


def run_import(job: Job, plan: ImportPlan) -> None:
    """Store what the file holds. What stands before a bad line is stored."""
    yes = plan.yes or plan.dry_run or plan.mode != "replace"
    check_consent(job.context, "remove all keys that the input lacks", yes=yes, stdin_is_free=plan.path != "-")
    feed: Feed[Entry] = Feed(job.context, plan.path, EntryReader(), "entries", keep_going=plan.keep_going)
    totals = _Totals()

    async def body(source: Source) -> None:
        await confirm(job.context, f"remove all keys that {plan.path} lacks from {source.title}", yes=yes)
        work = _Import(source, plan, totals)
        try:
            with Bar(job.context, "bytes", _size_of(plan.path)) as bar:
                while found := await feed.next():
                    for at in range(0, len(found), PAGE):
                        await work.take(found[at : at + PAGE])
                    bar.reach(feed.taken)
        finally:
            feed.close()
        await work.remove_others()

    try:
        run_on_source(job, body)
    except Exception:
        if feed.given:
            job.context.progress(totals.text(dry_run=plan.dry_run))
        raise
    tell = job.context.tell if plan.dry_run and job.context.verbosity >= 0 else job.context.progress
    tell(totals.text(dry_run=plan.dry_run))
    feed.check_bad_lines()


class _Import:
    """One import under way."""

    def __init__(self, source: Source, plan: ImportPlan, totals: _Totals) -> None:
        self._source = source
        self._plan = plan
        self._totals = totals
        self._seen: set[bytes] = set()

    async def take(self, entries: list[Entry]) -> None:
        """Store *entries*, or only look what that would change."""
        moment = now().ns
        alive = [entry for entry in entries if entry.expiry is None or entry.expiry > moment]
        self._totals.expired += len(entries) - len(alive)
        if self._plan.mode == "replace":
            self._seen.update([binary.encode(entry.key) for entry in alive])
        absent_only = self._plan.mode == "skip"
        if self._plan.dry_run:
            stored = await self._compare(alive, absent_only=absent_only)
        else:
            stored = await self._source.put_all(alive, absent_only=absent_only)
        self._totals.stored += stored
        self._totals.skipped += len(alive) - stored

    async def _compare(self, entries: list[Entry], *, absent_only: bool) -> int:
        stored = 0
        found = await self._source.find_all([entry.key for entry in entries])
        for entry, present in zip(entries, found, strict=True):
            if present is not None and absent_only:
                continue
            stored += 1
            if present is None:
                self._totals.new += 1
            elif not same_value(entry.value, present.value):
                self._totals.changed += 1
        return stored

    async def remove_others(self) -> None:
        """Remove the keys that were not in the input, if they are not to be kept.

        This comes last: at no time has the store less than before and after.
        """
        if self._plan.mode != "replace":
            return
        if not self._seen:
            message = f"{self._plan.path} holds no entries, so nothing was removed"
            raise Failure(message, ExitCode.BAD_INPUT, "store clear removes all keys")
        others = [
            entry.key
            async for page in self._source.pages()
            for entry in page
            if binary.encode(entry.key) not in self._seen
        ]
        self._totals.removed = len(others)
        if not self._plan.dry_run:
            for at in range(0, len(others), PAGE):
                await self._source.erase_all(others[at : at + PAGE])


def _size_of(path: str) -> int | None:
    """The bytes of a regular file; None when nobody knows."""
    if path == "-":
        return None
    try:
        status = os.stat(path)  # noqa: PTH116  # a file name, looked up once
    except OSError:
        return None  # opening it will say why
    return status.st_size if stat.S_ISREG(status.st_mode) else None
