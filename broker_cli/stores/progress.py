"""A progress bar on stderr, for people who wait for more than a second."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, Self

from broker_cli.context import wants_colour

if TYPE_CHECKING:
    from collections.abc import Callable

    from broker_cli.context import Context

__all__ = ["Bar"]

_PATIENCE = 1.0
_PAUSE = 0.1
"""Seconds until the bar is shown, and between two states of it."""


class Bar:
    """How far something is that has *total* parts (None: nobody knows), called *what*.

    It is shown only at a terminal to which no results go, or *alone* none before the end; and only if it is *wanted*.
    ``with`` removes it at the end.
    """

    def __init__(
        self,
        context: Context,
        what: str,
        total: int | None,
        *,
        alone: bool = False,
        wanted: bool = True,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._context = context
        self._what = what
        self._total = total
        self._clock = clock
        at_terminal = context.stderr_is_terminal and context.environ.get("TERM") != "dumb"
        apart = alone or not context.stdout_is_terminal
        self._wanted = wanted and at_terminal and context.verbosity >= 0 and apart
        self._next = clock() + _PATIENCE
        self._progress: Any = None
        self._task: Any = None

    def reach(self, done: int) -> None:
        """So many are done."""
        if self._wanted and self._clock() >= self._next:
            self._next = self._clock() + _PAUSE
            self._show(done)

    def _show(self, done: int) -> None:
        if not self._context.takes_messages():
            return
        if self._progress is None:
            from rich.console import Console
            from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

            columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
            plain = not wants_colour("auto", self._context.environ, is_terminal=True)
            console = Console(file=self._context.stderr, force_terminal=True, no_color=plain)
            self._progress = Progress(*columns, console=console, auto_refresh=False, transient=True)
            self._task = self._progress.add_task(self._what, total=self._total)
            self._progress.start()
        self._progress.update(self._task, completed=done, refresh=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._progress is not None and self._context.takes_messages():
            self._progress.stop()
