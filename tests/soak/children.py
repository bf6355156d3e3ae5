"""Processes of their own, and what they say."""

from __future__ import annotations

import json
import subprocess
import sys
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import trio

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

__all__ = ["Child", "child"]

_ROOT = Path(__file__).parents[2]
_SOON = 30.0


class Child:
    """A process that speaks in JSON lines."""

    def __init__(self, process: trio.Process) -> None:
        self.process = process
        self._said: list[Any] = []
        self._news = trio.Event()
        self._ended = False

    async def listen(self, heard: Callable[[Any], bool]) -> None:
        """Take what it says until it ends; what *heard* does not want is kept for :meth:`answer`."""
        assert self.process.stdout is not None
        held = b""
        while data := await self.process.stdout.receive_some():
            *lines, held = (held + data).split(b"\n")
            things = [json.loads(line) for line in lines]
            self._said += [thing for thing in things if not heard(thing)]
            self._tell()
        self._ended = True
        self._tell()

    def _tell(self) -> None:
        self._news.set()
        self._news = trio.Event()

    async def answer(self) -> Any:
        """The next thing that it says."""
        with trio.fail_after(_SOON):
            while not self._said:
                if self._ended:
                    msg = "a child process ended too early"
                    raise RuntimeError(msg)
                await self._news.wait()
        return self._said.pop(0)

    async def ask(self, line: str) -> Any:
        """What it answers to *line*."""
        assert self.process.stdin is not None
        await self.process.stdin.send_all(line.encode() + b"\n")
        return await self.answer()

    def kill(self) -> None:
        """End it at once."""
        with suppress(ProcessLookupError):
            self.process.kill()


@asynccontextmanager
async def child(*arguments: object) -> AsyncIterator[Child]:
    """A process of :mod:`tests.soak.child` with these *arguments*, which is killed at the end."""
    command = [sys.executable, "-m", "tests.soak.child", *map(str, arguments)]
    process = await trio.lowlevel.open_process(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=_ROOT)
    made = Child(process)
    try:
        yield made
    finally:
        made.kill()
        with trio.CancelScope(shield=True):
            await process.wait()
            for pipe in (process.stdin, process.stdout):
                assert pipe is not None
                await pipe.aclose()
