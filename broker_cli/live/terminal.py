"""The terminal while something is shown on it: its mode, its keys, its size, and its state again whatever happens.

The mode is cbreak: keys come at once and are not shown, but Ctrl-C and Ctrl-Z make their signals. Ctrl-S does not stop
the output. Whoever does not read what is written cannot keep the program from ending: writing is done by threads that
are left behind then.
"""

from __future__ import annotations

import errno
import os
import signal
import termios
import threading
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Self

import trio

from broker_cli.pipes import Output
from broker_cli.signals import die_by

from .keys import KeyParser

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from broker_cli.context import Context

    from .screen import Painting

__all__ = ["Keyboard", "Terminal"]

_FAREWELL = 0.4
"""Seconds for the last words to a terminal that takes nothing."""
_ESC_PAUSE = 0.05
"""Seconds after which an ESC is a key, and not the beginning of a sequence."""
_READ_SIZE = 1024
_DEFAULT_SIZE = (80, 24)

_IFLAG, _LFLAG, _CC = 0, 3, 6
_WATCHED = (signal.SIGWINCH, signal.SIGTSTP, signal.SIGCONT, signal.SIGQUIT)


class Keyboard:
    """Where keys come from: stdin if that is a terminal, else the terminal of the process, if it has one."""

    def __init__(self, stdin: int, *, owns_process: bool = True) -> None:
        self._fd = stdin
        self._owned = False
        self._before: list[Any] | None = None
        self._parser = KeyParser()
        if not os.isatty(stdin):
            try:
                self._fd = -1 if not owns_process else os.open(os.ctermid(), os.O_RDWR | os.O_CLOEXEC | os.O_NOCTTY)
                self._owned = self._fd >= 0
            except OSError:
                self._fd = -1

    def enter(self) -> None:
        """Have keys at once. Stops the process when it is in the background, as the shell wants it."""
        if self._fd < 0:
            return
        with suppress(OSError, termios.error):
            mode = _retried(lambda: termios.tcgetattr(self._fd))
            self._before = self._before or mode
            mode = [*mode[:_CC], list(mode[_CC])]
            mode[_IFLAG] &= ~termios.IXON
            mode[_LFLAG] &= ~(termios.ICANON | termios.ECHO)
            mode[_CC][termios.VMIN], mode[_CC][termios.VTIME] = 1, 0
            _retried(lambda: termios.tcsetattr(self._fd, termios.TCSANOW, mode))

    def leave(self) -> None:
        """Have the mode that was found."""
        if self._before is not None:
            before = self._before
            with suppress(OSError, termios.error):
                _retried(lambda: termios.tcsetattr(self._fd, termios.TCSANOW, before))

    def close(self) -> None:
        """Close what was opened."""
        if self._owned:
            os.close(self._fd)
            self._owned, self._fd = False, -1

    async def keys(self) -> list[str]:
        """The keys that are pressed next; none when there is nothing that they could come from."""
        keys: list[str] = []
        while not keys and self._fd >= 0:
            data = None
            try:
                with trio.move_on_after(_ESC_PAUSE if self._parser.waits else float("inf")):
                    await trio.lowlevel.wait_readable(self._fd)
                    data = os.read(self._fd, _READ_SIZE)
            except OSError:  # it hung up, or cannot be waited for
                break
            if data == b"":
                break
            keys = self._parser.flush() if data is None else self._parser.feed(data)
        return keys


def _retried(call: Callable[[], Any]) -> Any:
    """What *call* returns, made again as long as signals interrupt it: termios does not do that by itself."""
    while True:
        try:
            return call()
        except termios.error as error:
            if error.args[0] != errno.EINTR:
                raise


class Terminal:
    """Shows lines by *painting* on stdout, and gives the keys. ``async with`` restores everything at the end."""

    def __init__(self, context: Context, painting: Painting) -> None:
        self._context = context
        self._painting = painting
        self._output = Output(context.stdout)
        self._lock = trio.Lock()
        self._keyboard = Keyboard(context.stdin, owns_process=context.owns_process)

    @property
    def size(self) -> tuple[int, int]:
        """Columns and lines."""
        try:
            columns, lines = os.get_terminal_size(self._context.stdout)
        except OSError:
            columns, lines = self._context.width, 0
        return columns or _DEFAULT_SIZE[0], lines or _DEFAULT_SIZE[1]

    async def __aenter__(self) -> Self:
        self._keyboard.enter()
        entered = False
        try:
            await self._write(self._painting.enter())
            entered = True
        finally:
            if not entered:
                await self._close()  # noqa: ASYNC102  # shielded, and with a limit
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._close()  # noqa: ASYNC102  # likewise

    async def _close(self) -> None:
        await self._restore()
        self._keyboard.close()

    async def show(self, lines: Sequence[str]) -> None:
        """Show *lines* in place of what was shown before."""
        async with self._lock:
            await self._write(self._painting.paint(lines))

    def forget(self) -> None:
        """Show everything anew the next time: the terminal has changed."""
        self._painting.forget()

    async def _write(self, data: bytes) -> None:
        try:
            await self._output.write(data)
        except OSError as error:
            if error.errno == errno.EIO:  # it hung up
                raise BrokenPipeError from error
            raise

    async def _restore(self) -> None:
        self._keyboard.leave()
        with trio.CancelScope(shield=True), trio.move_on_after(_FAREWELL), suppress(OSError):
            await self._output.write(self._painting.leave())

    async def keys(self) -> list[str]:
        """The keys that are pressed next; none when there will be none."""
        return await self._keyboard.keys()

    async def watch_signals(self, changed: Callable[[], None]) -> None:
        """Serve Ctrl-Z and fg, and call *changed* when everything has to be shown anew, perhaps in another size."""
        if not self._context.owns_process or threading.current_thread() is not threading.main_thread():
            return
        with trio.open_signal_receiver(*_WATCHED) as signals:
            async for signum in signals:
                if signum == signal.SIGQUIT:
                    await self._restore()
                    die_by(signum)
                if signum == signal.SIGTSTP:
                    await self._suspend()
                elif signum == signal.SIGCONT:
                    await self._resume()
                else:
                    self._painting.forget()
                changed()

    async def _suspend(self) -> None:
        """Stop this process as Ctrl-Z does, with the terminal as the shell expects it."""
        async with self._lock:
            await self._restore()
            # In a group without a shell nothing stops, and nobody would wake it: so it goes on here in any case.
            handlers = {signal.SIGTSTP: signal.SIG_DFL, signal.SIGCONT: signal.SIG_IGN}
            before = {signum: signal.signal(signum, handler) for signum, handler in handlers.items()}
            os.kill(os.getpid(), signal.SIGTSTP)
            for signum, handler in before.items():
                signal.signal(signum, handler)
        await self._resume()

    async def _resume(self) -> None:
        async with self._lock:
            self._keyboard.enter()
            await self._write(self._painting.enter())
