"""Runs a check within its time, and prints its verdict whatever happens."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

import trio

from broker_cli.exit_codes import ExitCode, Failure, Interrupted, explain
from broker_cli.output import encode_lines
from broker_cli.pipes import Output

from .verdicts import Status, Verdict, status_of

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from broker_cli.config import Settings
    from broker_cli.context import Context

    from .verdicts import Form, Metric, Problem

__all__ = ["DEFAULT_TIMEOUT", "Check", "conclude"]

DEFAULT_TIMEOUT = 10.0
"""Seconds; what the guidelines for plugins ask for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One check: what it is about, and how its verdict is to look. *timeout* is in seconds."""

    context: Context
    settings: Settings
    form: Form
    name: str
    target: str
    timeout: float = DEFAULT_TIMEOUT

    def verdict(self, well: str, metrics: list[Metric], problems: list[Problem]) -> Verdict:
        """The verdict on this check."""
        return Verdict.of(self.name, self.target, well, metrics, problems)


def conclude(check: Check, examine: Callable[[Callable[[Verdict], None]], Awaitable[None]]) -> int:
    """Run *examine*, which is to hand its verdict to the function it gets, and print that; the exit code.

    When there is none after check.timeout seconds, or because of an error, the verdict says so.
    """
    found: list[Verdict] = []
    start = time.monotonic()

    async def program() -> None:
        with trio.move_on_after(check.timeout) as scope:
            await examine(found.append)
        if scope.cancelled_caught and not found:
            message = f"no answer from {check.target} within {check.timeout:g} s"
            raise Failure(message, ExitCode.TIMEOUT)

    failure: Failure | None = None
    try:
        trio.run(program)
    except Interrupted:
        raise
    except Exception as error:
        if not found:  # what goes wrong while saying goodbye changes no verdict
            if check.context.debug:
                raise
            failure = explain(error)
    if failure is not None:
        status = status_of(failure)
        found.append(Verdict(check=check.name, target=check.target, status=status, message=failure.message))
    verdict = found[0]
    text = verdict.text(check.form, time.monotonic() - start)
    trio.run(Output(check.context.stdout).write, encode_lines([text]))
    if check.form == "prometheus" and verdict.status is not Status.OK:
        check.context.warn(verdict.message)  # there is no place for it in the numbers
    if failure is not None and failure.hint:
        check.context.progress(f"  hint: {failure.hint}")
    return int(verdict.status)
