"""What ``store put``, ``del``, ``clear`` and the verbs that change a part of a value do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from broker_cli.exit_codes import ExitCode, Failure
from broker_cli.wording import counted
from broker_core import Count, NoSuchKey, Timespan, Timestamp, TypeClash, kind_of
from broker_core.codecs import text

from .asking import check_consent, confirm
from .missing import NamedKey, missing_keys
from .progress import Bar
from .running import run_on_source
from .sources import PAGE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from broker_cli.context import Context

    from .sources import Source
    from .target import Job, KeyFilter

__all__ = ["run_change", "run_clear", "run_count", "run_delete", "run_delete_matching", "run_put"]

_LONGEST = 200


def run_put(job: Job, key: Any, value: Any, ttl: float | None, *, if_absent: bool) -> None:
    """Store *value* at *key*, for *ttl* seconds."""

    async def body(source: Source) -> None:
        if not if_absent:
            await source.change("put", key, value, ttl=ttl)
        elif not await source.put_unique(key, value, ttl):
            message = f"{source.title}: there is already a value at {text.encode(key)}"
            raise Failure(message, ExitCode.NO)

    run_on_source(job, body)


def run_delete(job: Job, keys: Sequence[NamedKey]) -> None:
    """Remove *keys*."""

    async def body(source: Source) -> None:
        found = await source.find_all([name.key for name in keys])
        for name, entry in zip(keys, found, strict=True):
            if entry is not None:
                await source.change("erase", name.key)
        missing = [name for name, entry in zip(keys, found, strict=True) if entry is None]
        if missing:
            raise await missing_keys(source, missing, len(keys))

    run_on_source(job, body)


def run_delete_matching(job: Job, wanted: KeyFilter, *, yes: bool) -> None:
    """Remove all keys that are *wanted*."""
    check_consent(job.context, "remove all keys that match", yes=yes)

    async def body(source: Source) -> None:
        keys = [entry.key async for page in source.pages() for entry in page if wanted(entry.key)]
        if keys:
            await confirm(job.context, f"remove {counted(len(keys), 'key')} of {source.title}", yes=yes)
        with Bar(job.context, "removed", len(keys)) as bar:
            for at in range(0, len(keys), PAGE):
                await source.erase_all(keys[at : at + PAGE])
                bar.reach(at + PAGE)
        job.context.progress(f"removed {counted(len(keys), 'key')}")

    run_on_source(job, body)


def run_clear(job: Job, *, yes: bool) -> None:
    """Remove all keys."""
    check_consent(job.context, "remove all keys", yes=yes)

    async def body(source: Source) -> None:
        size = await source.size()
        await confirm(job.context, f"remove all keys ({size}) of {source.title}", yes=yes)
        await source.change("clear")
        job.context.progress(f"removed {counted(size, 'key')}")

    run_on_source(job, body)


def run_change(
    job: Job,
    operation: str,
    name: NamedKey,
    changes: Sequence[tuple[Any, ...]],
    ttl: float | None,
) -> None:
    """Do *operation* of a store to the value at a key, with each of the arguments in *changes*."""

    async def body(source: Source) -> None:
        for arguments in changes:
            await _change(source, operation, name, arguments, ttl)
        await _tell(job.context, source, name)

    run_on_source(job, body)


def run_count(
    job: Job,
    operation: str,
    name: NamedKey,
    amounts: Sequence[Any],
    ttl: float | None,
) -> None:
    """``increment`` or ``decrement`` by the only one of *amounts*; without any by 1 of the stored value's type."""

    async def body(source: Source) -> None:
        step = amounts[0] if amounts else await _one_like(source, name)
        try:
            await _change(source, operation, name, (step,), ttl)
        except TypeClash as error:
            hint = f"BY is of type {kind_of(step).label}; 5 is a count, +5 an integer, 5.0 a real, 5s a timespan"
            raise Failure(str(error), ExitCode.BAD_INPUT, hint) from error
        await _tell(job.context, source, name)

    run_on_source(job, body)


async def _one_like(source: Source, name: NamedKey) -> Any:
    (entry,) = await source.find_all([name.key])
    stored = None if entry is None else entry.value
    if type(stored) in {Timespan, Timestamp}:
        message = f"{source.title}: {text.encode(name.key)} is of type {kind_of(stored).label}, so BY is needed"
        raise Failure(message, ExitCode.USAGE, "such as 5s")
    return {int: 1, float: 1.0}.get(type(stored), Count(1))


async def _change(
    source: Source, operation: str, name: NamedKey, arguments: tuple[Any, ...], ttl: float | None
) -> None:
    try:
        await source.change(operation, name.key, *arguments, ttl=ttl)
    except NoSuchKey as error:
        raise await missing_keys(source, [name], 1) from error


async def _tell(context: Context, source: Source, name: NamedKey) -> None:
    """Say at a terminal what the value is now."""
    (entry,) = await source.find_all([name.key])
    if entry is not None:
        literal = text.encode(entry.value)
        shown = literal if len(literal) <= _LONGEST else f"{literal[:_LONGEST]}..."
        context.progress(f"{text.encode(name.key)} -> {shown}")
