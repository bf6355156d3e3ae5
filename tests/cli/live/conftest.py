"""A program on a terminal of its own, and what a person sees there."""

from __future__ import annotations

import fcntl
import os
import select
import struct
import sys
import termios
from contextlib import asynccontextmanager

import pyte
import pytest
import trio

SOON = 20
"""Seconds that nothing here takes."""


class AlternateScreen(pyte.Screen):
    """Knows of the alternate screen, which pyte does not: what was there before comes back."""

    def __init__(self, columns: int, lines: int) -> None:
        super().__init__(columns, lines)
        self.alternate = False
        self.kept: list[str] = []

    def set_mode(self, *modes: int, **kwargs: bool) -> None:
        if 1049 in modes and kwargs.get("private"):
            self.alternate, self.kept = True, list(self.display)
        super().set_mode(*modes, **kwargs)

    def reset_mode(self, *modes: int, **kwargs: bool) -> None:
        if 1049 in modes and kwargs.get("private"):
            self.alternate = False
            self.erase_in_display(2)
            self.cursor_position(1, 1)
            self.draw(" ".join(line.strip() for line in self.kept if line.strip()))
            self.linefeed()
            self.carriage_return()
        super().reset_mode(*modes, **kwargs)


class Tty:
    """The terminal."""

    def __init__(self, fd: int, terminal: int, columns: int, lines: int) -> None:
        self.fd = fd
        self.raw = b""
        self.screen = AlternateScreen(columns, lines)
        self._terminal = terminal
        self._stream = pyte.ByteStream(self.screen)

    @property
    def lines(self) -> list[str]:
        """What is on it, without blanks at the ends."""
        return [line.rstrip() for line in self.screen.display]

    @property
    def text(self) -> str:
        return "\n".join(self.lines)

    @property
    def cursor_hidden(self) -> bool:
        return self.screen.cursor.hidden

    async def read(self) -> bool:
        """Take what was written; False when nobody will write any more."""
        await trio.lowlevel.wait_readable(self.fd)
        return self._take()

    def _take(self) -> bool:
        try:
            data = os.read(self.fd, 65536)
        except OSError:
            return False
        self.raw += data
        self._stream.feed(data)
        return bool(data)

    async def until(self, condition) -> None:
        """Wait until *condition* holds, which looks at the terminal."""
        try:
            with trio.fail_after(SOON):
                while not condition(self):
                    if not await self.read():
                        break
        except trio.TooSlowError:
            pass
        assert condition(self), f"the screen has\n{self.text}"

    async def shows(self, *texts: str) -> None:
        """Wait until all *texts* are on it."""
        await self.until(lambda tty: all(text in tty.text for text in texts))

    async def ends(self, process: trio.Process) -> int:
        """The exit code; what is written until then is read."""
        with trio.fail_after(SOON):
            async with trio.open_nursery() as nursery:

                async def drain() -> None:
                    while await self.read():
                        pass

                nursery.start_soon(drain)
                code = await process.wait()
                nursery.cancel_scope.cancel()
        while select.select([self.fd], [], [], 0)[0] and self._take():
            pass
        return code

    def takes_output(self) -> bool:
        """Whether something could be written to it now."""
        return bool(select.select([], [self._terminal], [], 0)[1])

    def types(self, keys: str) -> None:
        os.write(self.fd, keys.encode())

    def resize(self, columns: int, lines: int) -> None:
        self.screen.resize(lines, columns)
        fcntl.ioctl(self.fd, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))

    def mode(self) -> list:
        return termios.tcgetattr(self._terminal)


@asynccontextmanager
async def start_on_tty(*args: str, size: tuple[int, int] = (80, 24), command: list[str] | None = None, **environ: str):
    """``broker`` with *args*, or *command*, with all streams on a terminal; ``(process, terminal)``."""
    screen, terminal = os.openpty()
    columns, lines = size
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))

    def take_terminal() -> None:
        os.setsid()
        fcntl.ioctl(0, termios.TIOCSCTTY, 0)

    unwanted = {"NO_COLOR", "FORCE_COLOR", "COLUMNS", "LINES", "LC_ALL", "LC_CTYPE", "LANG"}
    clean = {name: value for name, value in os.environ.items() if name not in unwanted}
    process = await trio.lowlevel.open_process(
        command or [sys.executable, "-m", "broker_cli", *args],
        stdin=terminal,
        stdout=terminal,
        stderr=terminal,
        env={**clean, "TERM": "xterm-256color", "LANG": "C.UTF-8", **environ},
        preexec_fn=take_terminal,
    )
    try:
        yield process, Tty(screen, terminal, columns, lines)
    finally:
        if process.returncode is None:
            process.kill()
        with trio.CancelScope(shield=True):
            await process.wait()
        os.close(terminal)
        os.close(screen)


@pytest.fixture
def tty():
    """``async with tty("top", ...) as (process, terminal)``."""
    return start_on_tty
