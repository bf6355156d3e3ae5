"""What ``store get``, ``exists``, ``keys`` and ``export`` do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from broker_cli.output import encode_lines
from broker_cli.output.entries import Entry, make_entry_formatter
from broker_cli.wording import counted
from broker_core import MISSING, NoSuchKey

from .missing import NamedKey, missing_keys
from .progress import Bar
from .running import run_on_source

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from broker_cli.context import Context
    from broker_cli.pipes import Output

    from .sources import Source
    from .target import Job, KeyFilter

__all__ = ["Question", "run_exists", "run_export", "run_get", "run_keys"]


@dataclass(frozen=True, kw_only=True)
class Question:
    """What ``get`` is to print: the values of *keys*, or of all keys that are *wanted*."""

    keys: Sequence[NamedKey] = ()
    wanted: KeyFilter | None = None
    index: Any = MISSING
    """Only this element of each value."""
    default: Any = MISSING
    """What to print for a key that is missing."""


def run_get(job: Job, question: Question) -> None:
    """Print values."""
    formatter = make_entry_formatter(job.context, job.settings)
    output = job.context.output()

    def line(entry: Entry) -> str:
        if job.settings.output == "human" and len(question.keys) != 1:
            return formatter.entry(entry)
        return formatter.value(entry, question.index)

    async def element(source: Source, key: Any) -> Entry | None:
        try:
            return Entry(key, await source.part(key, question.index))
        except NoSuchKey:
            return None

    async def body(source: Source) -> None:
        if question.wanted is not None:
            await _print_pages(job.context, output, source, question.wanted, line)
            return
        keys = [name.key for name in question.keys]
        if question.index is MISSING:
            found = await source.find_all(keys)
        else:
            found = [await element(source, key) for key in keys]
        missing = []
        for name, entry in zip(question.keys, found, strict=True):
            if entry is not None:
                await output.write(encode_lines([line(entry)]))
            elif question.default is not MISSING:
                await output.write(encode_lines([line(Entry(name.key, question.default))]))
            else:
                missing.append(name)
        if missing:
            raise await missing_keys(source, missing, len(question.keys))

    run_on_source(job, body)


def run_exists(job: Job, keys: Sequence[NamedKey]) -> None:
    """Print for each of *keys* whether it exists."""
    formatter = make_entry_formatter(job.context, job.settings)
    output = job.context.output()

    async def body(source: Source) -> None:
        found = await source.find_all([name.key for name in keys])
        if job.context.verbosity >= 0:
            lines = [
                formatter.answer(name.key, exists=entry is not None) for name, entry in zip(keys, found, strict=True)
            ]
            await output.write(encode_lines(lines))
        missing = [name for name, entry in zip(keys, found, strict=True) if entry is None]
        if missing:
            raise await missing_keys(source, missing, len(keys))

    run_on_source(job, body)


def run_keys(job: Job, wanted: KeyFilter | None) -> None:
    """Print the keys that are *wanted*."""
    formatter = make_entry_formatter(job.context, job.settings)
    _run_listing(job, wanted, lambda entry: formatter.key(entry.key))


def run_export(job: Job, wanted: KeyFilter | None) -> None:
    """Print the entries that are *wanted*."""
    formatter = make_entry_formatter(job.context, job.settings)
    _run_listing(job, wanted, formatter.entry)


def _run_listing(job: Job, wanted: KeyFilter | None, line: Callable[[Entry], str]) -> None:
    output = job.context.output()

    async def body(source: Source) -> None:
        await _print_pages(job.context, output, source, wanted, line)

    run_on_source(job, body)


async def _print_pages(
    context: Context, output: Output, source: Source, wanted: KeyFilter | None, line: Callable[[Entry], str]
) -> None:
    """Print all entries that are *wanted*, as they come."""
    seen = shown = 0
    with Bar(context, "entries", await source.size()) as bar:
        async for page in source.pages():
            lines = [line(entry) for entry in page if wanted is None or wanted(entry.key)]
            shown += len(lines)
            await output.write(encode_lines(lines))
            seen += len(page)
            bar.reach(seen)
    context.detail(f"{counted(shown, 'entry', 'entries')} of {source.title}")
