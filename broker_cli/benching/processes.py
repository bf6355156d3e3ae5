"""The processes of a measurement, as their parent sees them."""

from __future__ import annotations

import json
import subprocess
import sys
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import trio

from broker_cli.exit_codes import ExitCode, Failure

from .work import Part, dump_work

if TYPE_CHECKING:
    from .work import Work

__all__ = ["News", "Worker"]

_MODULE = "broker_cli.benching.worker"


class News:
    """Wakes whoever waits for something to happen to any of the processes."""

    def __init__(self) -> None:
        self._event = trio.Event()

    def tell(self) -> None:
        """Something happened."""
        self._event.set()
        self._event = trio.Event()

    async def wait(self) -> None:
        """Wait until something happens."""
        await self._event.wait()


class Worker:
    """One process. What it said is in the attributes, and whoever waits for *news* is told when that changes."""

    def __init__(self, work: Work, news: News) -> None:
        self.work = work
        self.port = 0
        self.ready = False
        self.progress = 0
        self.part: Part | None = None
        self.failure: Failure | None = None
        self.ended = False
        self._news = news
        self._process: trio.Process | None = None

    async def run(self) -> None:
        """Start the process and listen to it until it ends. Killed when this is cancelled."""
        # In a session of its own, so that Ctrl-C at the terminal reaches only the parent, which then asks for results.
        process = self._process = await trio.lowlevel.open_process(
            [sys.executable, "-P", "-m", _MODULE],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        try:
            assert process.stdin is not None  # noqa: S101  # asked for
            assert process.stdout is not None  # noqa: S101  # likewise
            await self._send(dump_work(self.work))
            rest = b""
            async for chunk in process.stdout:
                *lines, rest = (rest + chunk).split(b"\n")
                for line in lines:
                    self._take(json.loads(line))
                self._news.tell()
            await process.wait()
        finally:
            self.ended = True
            given_up = process.returncode is None
            if given_up:
                process.kill()
            with trio.CancelScope(shield=True):
                await process.wait()
            if self.part is None and self.failure is None and not given_up:
                message = f"a process of the measurement ended by itself (exit {process.returncode})"
                self.failure = Failure(message, ExitCode.BUG, "please report it")
            self._news.tell()

    def _take(self, said: dict[str, Any]) -> None:
        self.port = said.get("port", self.port)
        self.ready = said.get("ready", self.ready)
        self.progress = said.get("progress", self.progress)
        if "result" in said:
            self.part = Part.load(said["result"])
            self.progress = self.part.count
        if "error" in said:
            error = said["error"]
            self.failure = Failure(error["message"], ExitCode(error["code"]), error["hint"])

    async def tell(self, word: bytes) -> None:
        """Say something to it, if it is still there."""
        await self._send(word + b"\n")

    async def _send(self, data: bytes) -> None:
        if self._process is not None and self._process.stdin is not None:
            with suppress(trio.BrokenResourceError, trio.ClosedResourceError):
                await self._process.stdin.send_all(data)
