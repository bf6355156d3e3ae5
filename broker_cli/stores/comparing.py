"""What ``store diff`` does: the keys in which two stores, store files or exports differ."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from broker_cli.exit_codes import ExitCode, Failure
from broker_cli.output import encode_lines
from broker_cli.output.entries import Happening, make_entry_formatter
from broker_cli.wording import counted
from broker_core import same_value

from .progress import Bar
from .running import run_on_two

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from broker_cli.config import Settings
    from broker_cli.context import Context
    from broker_cli.output.entries import Entry

    from .sources import Entries
    from .target import Target

__all__ = ["compare", "run_diff"]

Report = Callable[[list[Happening]], Awaitable[None]]

_KIND = "store-diff"


async def compare(first: Entries, second: Entries, report: Report) -> None:
    """Tell *report* how *second* differs from *first*. When entries expire is not compared: clones do not know it.

    One of them is walked through, and each of its keys looked up in the other: rather in memory than in a file.
    """
    walked, other = (second, first) if first.in_memory and not second.in_memory else (first, second)
    common = 0
    async for page in walked.pages():
        found = await other.find_all([entry.key for entry in page])
        common += sum(entry is not None for entry in found)
        pairs = zip(page, found, strict=True)
        await report(_compared((there, here) if walked is second else (here, there) for here, there in pairs))
    if await other.size() == common:
        return
    async for page in other.pages():
        found = await walked.find_all([entry.key for entry in page])
        alone = [entry for entry, there in zip(page, found, strict=True) if there is None]
        await report(_compared((entry, None) if other is first else (None, entry) for entry in alone))


def _compared(pairs: Iterable[tuple[Entry | None, Entry | None]]) -> list[Happening]:
    found = []
    for old, new in pairs:
        if old is None:
            assert new is not None  # noqa: S101  # one of both has the key
            found.append(Happening(_KIND, "added", new.key, new=new.value))
        elif new is None:
            found.append(Happening(_KIND, "removed", old.key, old=old.value))
        elif not same_value(old.value, new.value):
            found.append(Happening(_KIND, "changed", old.key, old=old.value, new=new.value))
    return found


def run_diff(context: Context, settings: Settings, targets: Sequence[Target]) -> None:
    """Print the differences. Raises :class:`Failure` when there are any."""
    formatter = make_entry_formatter(context, settings)
    output = context.output()
    number = 0

    async def body(first: Entries, second: Entries) -> None:
        with Bar(context, "differences", None) as bar:

            async def report(found: list[Happening]) -> None:
                nonlocal number
                number += len(found)
                await output.write(encode_lines([formatter.happening(each) for each in found]))
                bar.reach(number)

            await compare(first, second, report)
        if number:
            message = f"{first.title} and {second.title} differ in {counted(number, 'key')}"
            raise Failure(message, ExitCode.NO)

    run_on_two(context, settings, targets, body)
    context.progress("no differences")
