"""The whole program, in this process with streams of the test's own, or as a process that can be sent signals."""

from __future__ import annotations

import io
import json
import os
import sys
import tempfile
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest
import trio

from broker_cli.__main__ import run as run_program
from broker_cli.context import Context
from broker_core import Endpoint, EndpointOptions, UndeliveredError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

SOON = 20
"""Seconds that nothing here takes."""


class Result(NamedTuple):
    """How a run ended, and what it printed."""

    code: int
    out: str
    err: str

    @property
    def objects(self) -> list[Any]:
        """The lines of ndjson output."""
        return [json.loads(line) for line in self.out.splitlines()]


def _run(args: tuple[str, ...], stdin: bytes, environ: dict[str, str], *, terminal: bool) -> Result:
    with tempfile.TemporaryFile() as given, tempfile.TemporaryFile() as out, io.StringIO() as err:
        given.write(stdin)
        given.seek(0)
        context = Context(
            stdin=given.fileno(),
            stdout=out.fileno(),
            stderr=err,
            environ=environ,
            stdout_is_terminal=terminal,
            stderr_is_terminal=terminal,
            owns_process=False,
        )
        code = run_program(args, context)
        out.seek(0)
        return Result(code, out.read().decode("utf-8", "surrogateescape"), err.getvalue())


@pytest.fixture
def run():
    """``await run("publish", ...)``: the program in a thread of this process; a :class:`Result`."""

    async def runner(
        *args: str, stdin: bytes = b"", env: dict[str, str] | None = None, terminal: bool = False
    ) -> Result:
        with trio.fail_after(SOON):
            return await trio.to_thread.run_sync(
                lambda: _run(args, stdin, {"COLUMNS": "80", **(env or {})}, terminal=terminal), abandon_on_cancel=True
            )

    return runner


class Running:
    """A ``broker`` process."""

    def __init__(self, process: trio.Process) -> None:
        self.process = process
        self.out = b""
        self.err = b""

    async def _until(self, stream: str, text: str) -> None:
        pipe = self.process.stdout if stream == "out" else self.process.stderr
        assert pipe is not None
        with trio.fail_after(SOON):
            while text.encode() not in getattr(self, stream):
                data = await pipe.receive_some()
                assert data, f"it ended without {text!r}: {self.out!r} {self.err!r}"
                setattr(self, stream, getattr(self, stream) + data)

    async def says(self, text: str) -> None:
        """Wait until *text* has been on stderr."""
        await self._until("err", text)

    async def prints(self, text: str) -> None:
        """Wait until *text* has been on stdout."""
        await self._until("out", text)

    async def send(self, data: bytes) -> None:
        """Write to its stdin."""
        assert self.process.stdin is not None
        await self.process.stdin.send_all(data)

    async def end_input(self) -> None:
        """Close its stdin."""
        assert self.process.stdin is not None
        await self.process.stdin.aclose()

    async def close_output(self) -> None:
        """Close the reading end of its stdout."""
        assert self.process.stdout is not None
        await self.process.stdout.aclose()

    async def ends(self, within: float = SOON) -> int:
        """Its exit code, as Python tells it: minus the signal, if it was one. The rest of its output is read."""
        with trio.fail_after(within):
            for name, pipe in (("out", self.process.stdout), ("err", self.process.stderr)):
                assert pipe is not None
                try:
                    async for data in pipe:
                        setattr(self, name, getattr(self, name) + data)
                except trio.ClosedResourceError:
                    pass
            return await self.process.wait()


@asynccontextmanager
async def start_program(*args: str, before: Any = None, **environ: str) -> AsyncIterator[Running]:
    """``python -m broker_cli`` with *args*; killed at the end if it still runs."""
    process = await trio.lowlevel.open_process(
        [sys.executable, "-m", "broker_cli", *args],
        stdin=-1,
        stdout=-1,
        stderr=-1,
        env={**os.environ, **environ},
        preexec_fn=before,
    )
    running = Running(process)
    try:
        yield running
    finally:
        with trio.CancelScope(shield=True):
            if process.returncode is None:
                process.kill()
            await process.wait()
            for pipe in (process.stdin, process.stdout, process.stderr):
                if pipe is not None:
                    await pipe.aclose()


@pytest.fixture
def start():
    """``async with start("subscribe", ...) as program``: the program as a process."""
    return start_program


class Hub(NamedTuple):
    """An endpoint of the test that the program can connect to."""

    endpoint: Endpoint
    peer: str
    """What to give to -p."""

    async def peered(self, count: int = 1) -> None:
        """Wait until so many are peered."""
        notices = self.endpoint.make_status_subscriber(receive_statuses=True)
        with trio.fail_after(SOON), notices:
            while len(self.endpoint.peers()) != count:
                await notices.get()

    async def publish(self, topic: str, *values: object) -> None:
        """Publish to a subscriber that is there already or comes soon."""
        with trio.fail_after(SOON):
            await self.endpoint.wait_for_subscribers(topic)
            for value in values:
                await self.endpoint.publish(topic, value)


@asynccontextmanager
async def start_hub(port: int = 0, **options: Any) -> AsyncIterator[Hub]:
    """A listening endpoint. What a program did not confirm before it ended is no error here."""
    with suppress(UndeliveredError):
        async with Endpoint(EndpointOptions(**options)) as endpoint:
            listener = await endpoint.listen("127.0.0.1", port, tls="auto")
            yield Hub(endpoint, f"127.0.0.1:{listener.port}")


@pytest.fixture
def hub():
    """``async with hub() as h``: an endpoint to connect to."""
    return start_hub
