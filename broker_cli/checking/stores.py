"""``broker check store``: can it be read, how much is in it, and is what has to be there?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import trio

from broker_cli.stores.running import use_source
from broker_cli.stores.target import Job
from broker_cli.wording import counted
from broker_core import MISSING, same_value
from broker_core.codecs import text

from .running import conclude
from .verdicts import Metric, Status

if TYPE_CHECKING:
    from collections.abc import Callable

    from broker_cli.stores.sources import Source
    from broker_cli.stores.target import Target

    from .ranges import Range
    from .running import Check
    from .verdicts import Problem, Verdict

__all__ = ["StoreWishes", "check_store"]

_LONGEST = 60


@dataclass(frozen=True, kw_only=True)
class StoreWishes:
    """What a store has to hold."""

    warning: Range | None = None
    """For the number of entries, as the next one."""
    critical: Range | None = None
    keys: tuple[Any, ...] = ()
    """What has to be there."""
    value: Any = MISSING
    """What has to be there at the only key."""


def check_store(check: Check, target: Target, wishes: StoreWishes) -> int:
    """Check one store; the exit code."""

    async def examine(report: Callable[[Verdict], None]) -> None:
        start = trio.current_time()

        async def body(source: Source) -> None:
            metrics = [
                Metric(
                    name="entries",
                    value=await source.size(),
                    help="How many entries there are.",
                    warning=wishes.warning,
                    critical=wishes.critical,
                ),
                Metric(name="sync", value=trio.current_time() - start, unit="s", help="Time until it could be read."),
            ]
            problems = await _missing(source, wishes)
            well = f"{source.title} has {counted(int(metrics[0].value), 'entry', 'entries')}"
            if wishes.keys:
                well += f", {', '.join(map(_short, wishes.keys))} among them"
            report(check.verdict(well, metrics, problems))

        await use_source(Job(context=check.context, settings=check.settings, target=target), body)

    return conclude(check, examine)


async def _missing(source: Source, wishes: StoreWishes) -> list[Problem]:
    problems = []
    for key, entry in zip(wishes.keys, await source.find_all(wishes.keys), strict=True):
        if entry is None:
            problems.append((Status.CRITICAL, f"there is no key {_short(key)} in {source.title}"))
        elif wishes.value is not MISSING and not same_value(entry.value, wishes.value):
            there, wanted = _short(entry.value), _short(wishes.value)
            problems.append((Status.CRITICAL, f"{_short(key)} is {there}, not {wanted}"))
    return problems


def _short(value: Any) -> str:
    literal = text.encode(value)
    return literal if len(literal) <= _LONGEST else f"{literal[:_LONGEST]}..."
