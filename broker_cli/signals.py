"""INT, TERM and HUP: stop taking input, finish what was begun within a second, then end by the same signal.

A second signal ends the program at once. Signals that were ignored when the program started (as shells do with
INT for background jobs, and nohup with HUP) stay ignored; TERM then still works.
"""

from __future__ import annotations

import os
import signal
import threading
from typing import TYPE_CHECKING, NoReturn

import trio

from .exit_codes import Interrupted
from .pipes import watch_reader

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

    from .context import Context

__all__ = ["GRACE", "Stop", "die_by", "run_until_stopped"]

GRACE = 0.9
"""Seconds that an interrupted command has to finish what it began."""

_HANDLED = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Stop:
    """Tells a command that it is to end. It runs its main part in :attr:`scope`, and tidies up behind it."""

    def __init__(self) -> None:
        self.scope = trio.CancelScope()
        self.signum = 0
        """The signal that ended the main part; SIGPIPE when the reader of stdout went away; 0 for none."""
        self._deadline = 0.0

    def set(self, signum: int) -> None:
        """End the main part because of *signum*."""
        if not self.signum:
            self.signum = signum
            self._deadline = trio.current_time() + GRACE
        self.scope.cancel()

    @property
    def grace(self) -> float | None:
        """The seconds that are left for tidying up; None when there is no hurry."""
        return max(0.0, self._deadline - trio.current_time()) if self.signum else None


async def run_until_stopped(context: Context, body: Callable[[Stop], Awaitable[None]]) -> None:
    """Run *body*. Raises what it raises, or :class:`Interrupted` when a signal or a closed stdout ended it."""
    stop = Stop()
    failure: BaseException | None = None
    async with trio.open_nursery() as nursery:
        if context.owns_process and threading.current_thread() is threading.main_thread():
            signal.signal(signal.SIGPIPE, signal.SIG_IGN)  # a peer that goes away is no reason to die
            await nursery.start(_watch_signals, stop, nursery.cancel_scope)
        nursery.start_soon(_watch_stdout, context.stdout, stop)
        try:
            await body(stop)
        except Exception as error:  # noqa: BLE001  # carried out of the nursery, which would wrap it in a group
            failure = _innermost(error)
        nursery.cancel_scope.cancel()
    if isinstance(failure, BrokenPipeError):
        stop.set(signal.SIGPIPE)
        failure = None
    elif failure is not None and not stop.signum:
        raise failure
    if stop.signum:
        raise Interrupted(stop.signum) from failure


def _innermost(error: BaseException) -> BaseException:
    """What nurseries wrapped, as long as it is one error."""
    while isinstance(error, BaseExceptionGroup) and len(error.exceptions) == 1:
        error = error.exceptions[0]
    return error


async def _watch_signals(stop: Stop, whole: trio.CancelScope, *, task_status: trio.TaskStatus[None]) -> None:
    wanted = [signum for signum in _HANDLED if signal.getsignal(signum) is not signal.SIG_IGN]
    if not wanted:
        task_status.started()
        return
    with trio.open_signal_receiver(*wanted) as signals:
        task_status.started()
        await _react(signals, stop, whole)


async def _react(signals: AsyncIterator[int], stop: Stop, whole: trio.CancelScope) -> None:
    async for signum in signals:
        if stop.scope.cancel_called and stop.signum != signal.SIGPIPE:
            die_by(signum)
        stop.set(signum)
        # The body tidies up by itself in less time; this is for one that hangs.
        whole.deadline = trio.current_time() + GRACE + 0.1


async def _watch_stdout(fd: int, stop: Stop) -> None:
    if await watch_reader(fd):
        stop.set(signal.SIGPIPE)


def die_by(signum: int) -> NoReturn:
    """End this process by *signum*, so that the parent sees how it ended."""
    signal.signal(signum, signal.SIG_DFL)
    os.kill(os.getpid(), signum)
    os._exit(128 + signum)  # the signal is blocked, which only an odd parent can have done
