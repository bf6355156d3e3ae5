"""A real terminal of 80 columns."""

from __future__ import annotations

import fcntl
import os
import re
import signal
import struct
import sys
import termios
from contextlib import asynccontextmanager

import pytest
import trio

from broker_core import Count, EnumValue, Event, Port

CONN = Event(
    "connection_observed",
    "CIyeayd93jyc31ucl",
    Port(5353, "udp"),
    EnumValue("A::b"),
    Count(73),
    "x" * 20,
    "\x1b[2J[red]",
)


class Terminal:
    """What a person would see."""

    def __init__(self, fd: int) -> None:
        self.fd = fd
        self.text = ""

    async def shows(self, text: str) -> None:
        """Wait until *text* has been shown."""
        with trio.fail_after(20):
            while text not in self.text:
                await trio.lowlevel.wait_readable(self.fd)
                self.text += os.read(self.fd, 65536).decode()

    def types(self, keys: str) -> None:
        """Press *keys*."""
        os.write(self.fd, keys.encode())


@asynccontextmanager
async def on_terminal(*args: str, **environ: str):
    """The program with all its streams on a terminal of its own."""
    screen, terminal = os.openpty()
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))

    def take_terminal() -> None:
        os.setsid()
        fcntl.ioctl(0, termios.TIOCSCTTY, 0)

    clean = {name: value for name, value in os.environ.items() if name not in {"NO_COLOR", "FORCE_COLOR", "COLUMNS"}}
    process = await trio.lowlevel.open_process(
        [sys.executable, "-m", "broker_cli", *args],
        stdin=terminal,
        stdout=terminal,
        stderr=terminal,
        env={**clean, "TERM": "xterm-256color", **environ},
        preexec_fn=take_terminal,
    )
    os.close(terminal)
    try:
        yield process, Terminal(screen)
    finally:
        if process.returncode is None:
            process.kill()
        with trio.CancelScope(shield=True):
            await process.wait()
        os.close(screen)


async def test_messages_are_coloured_and_fit(hub):
    async with hub() as here, on_terminal("sub", "-p", here.peer, "/t") as (process, terminal):
        await terminal.shows(f"subscribed to /t at {here.peer}")
        await here.publish("/t/conn", CONN)
        await terminal.shows("[red]")
        terminal.types("\x03")
        await terminal.shows("received 1 message")
        with trio.fail_after(1.5):
            assert await process.wait() == -signal.SIGINT
    lines = terminal.text.split("\r\n")
    assert lines[1] == (
        '\x1b[34m/t/conn\x1b[0m \x1b[1mconnection_observed\x1b[0m(\x1b[32m"CIyeayd93jyc31ucl"\x1b[0m, '
        "\x1b[33m5353/udp\x1b[0m, \x1b[31mA::b\x1b[0m, \x1b[36m73\x1b[0m,"
    )
    assert lines[2] == f'    \x1b[32m"{"x" * 20}"\x1b[0m, \x1b[32m"\\x1b[2J[red]"\x1b[0m)'
    assert all(len(re.sub(r"\x1b\[[0-9;]*m", "", line)) <= 80 for line in lines)


@pytest.mark.parametrize("environ", [{"NO_COLOR": "1"}, {"TERM": "dumb"}])
async def test_without_colours(hub, environ):
    async with hub() as here, on_terminal("sub", "-p", here.peer, "/t", "-n1", **environ) as (process, terminal):
        await here.publish("/t", CONN)
        await terminal.shows("received 1 message")
        assert await process.wait() == 0
    assert "\x1b" not in terminal.text
    assert "connection_observed(" in terminal.text


@pytest.mark.parametrize("form", ["ndjson", "text", "broker", "raw"])
async def test_no_format_lets_escape_sequences_through(hub, form):
    async with hub() as here, on_terminal("sub", "-p", here.peer, "/", "-n1", "-o", form) as (process, terminal):
        await here.publish("/\x1b]0;title\x07", "\x1b[2J\x9b")
        await terminal.shows("received 1 message")
        assert await process.wait() == 0
    assert "\x1b" not in terminal.text
    assert "\x9b" not in terminal.text
    assert "[2J" in terminal.text


async def test_ctrl_c_ends_a_publisher_that_waits(hub):
    async with (
        hub() as here,
        on_terminal("pub", "-p", here.peer, "/t", "x", "--wait-subscriber") as (process, terminal),
    ):
        await here.peered()
        terminal.types("\x03")
        with trio.fail_after(1.5):
            assert await process.wait() == -signal.SIGINT
    assert "Traceback" not in terminal.text


async def test_a_stopped_terminal_does_not_keep_it_from_ending(hub):
    """Ctrl-S stops the output; SIGTERM has to end the program all the same."""
    async with hub() as here, on_terminal("sub", "-p", here.peer, "/t") as (process, terminal):
        await terminal.shows("subscribed")
        terminal.types("\x13")
        await here.publish("/t", *["x" * 100] * 200)
        await here.endpoint.flush()
        process.send_signal(signal.SIGTERM)
        with trio.fail_after(3):
            assert await process.wait() == -signal.SIGTERM


async def test_a_terminal_is_asked_before_something_is_lost(hub):
    async with hub() as here, await here.endpoint.attach_master("db") as master:
        await master.put("a", 1)
        for answer, code in (("n", 3), ("y", 0)):
            async with on_terminal("store", "clear", "-p", here.peer, "db") as (process, terminal):
                await terminal.shows(f"Remove all keys (1) of store db at {here.peer}? [y/N] ")
                assert await master.size() == 1
                terminal.types(f"{answer}\r")
                assert await process.wait() == code
        assert await master.size() == 0


async def test_ctrl_c_is_an_answer_too(hub):
    async with hub() as here, await here.endpoint.attach_master("db") as master:
        await master.put("a", 1)
        async with on_terminal("store", "clear", "-p", here.peer, "db") as (process, terminal):
            await terminal.shows("[y/N]")
            terminal.types("\x03")
            with trio.fail_after(3):
                assert await process.wait() == -signal.SIGINT
        assert await master.size() == 1


async def test_entries_are_coloured(hub):
    async with hub() as here, await here.endpoint.attach_master("db") as master:
        await master.put("a\x1b[2J", 1)
        async with on_terminal("store", "export", "-p", here.peer, "db") as (process, terminal):
            await terminal.shows("+1")
            assert await process.wait() == 0
    assert '\x1b[32m"a\\x1b[2J"\x1b[0m -> \x1b[36m+1\x1b[0m' in terminal.text
