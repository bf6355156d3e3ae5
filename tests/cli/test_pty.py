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

import pyte
import pytest
import trio

from broker_core import Count, EnumValue, Event, Port, Timestamp
from log_samples import log_messages

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


async def test_times_stand_in_front(hub):
    async with (
        hub() as here,
        on_terminal("sub", "-p", here.peer, "/t", "--ts", "net", "-n2", TZ="UTC") as (_, terminal),
    ):
        await here.publish("/t", Event("ev", metadata={1: Timestamp(1714564800 * 10**9)}), "x")
        await terminal.shows("received 2 messages")
    lines = terminal.text.split("\r\n")
    assert (
        lines[1]
        == "\x1b[2m2024-05-01 12:00:00.000 \x1b[0m\x1b[34m/t\x1b[0m \x1b[1mev\x1b[0m() " + lines[1].split("() ")[1]
    )
    assert lines[2] == '\x1b[2m- \x1b[0m\x1b[34m/t\x1b[0m \x1b[32m"x"\x1b[0m'


async def test_records_of_logs_are_coloured_and_fit(hub):
    async with hub() as here, on_terminal("sub", "-p", here.peer, "zeek/", "--logs") as (process, terminal):
        await terminal.shows(f"subscribed to zeek/ at {here.peer}")
        with trio.fail_after(20):
            await here.endpoint.wait_for_subscribers("zeek/")
            await here.endpoint.publish_batch(*log_messages())
        await terminal.shows("st_empty")
        terminal.types("\x03")
        await terminal.shows("received 4 records")
        assert await process.wait() == -signal.SIGINT
    screen = pyte.Screen(80, 40)
    pyte.Stream(screen).feed(terminal.text)
    shown = [line.rstrip() for line in screen.display if line.strip()]
    assert shown[1] == 'broker ts=2026-11-22T14:35:17.590096Z ty=Broker::STATUS ev="peer-added"'
    assert shown[2] == '    peer.address="127.0.0.1" peer.bound_port=56184/tcp'
    assert 'iv=90s s="a\\tb\\xff\\"z\\"" e=Rec::GREEN' in " ".join(line.strip() for line in shown)
    assert "\x1b[34mrec\x1b[0m \x1b[2mb=\x1b[0m\x1b[35mT\x1b[0m" in terminal.text


async def test_a_template_lets_only_sequences_of_the_user_through(hub):
    options = ("--format", r"\e[1m{topic}\e[0m {args[5]}", "-n1")
    async with hub() as here, on_terminal("sub", "-p", here.peer, "/t", *options) as (process, terminal):
        await here.publish("/t", CONN)
        await terminal.shows("received 1 message")
        assert await process.wait() == 0
    assert "\x1b[1m/t\x1b[0m \\x1b[2J[red]\r\n" in terminal.text


async def test_ctrl_c_ends_the_commands_that_run(hub):
    command = "sh -c 'echo began; exec sleep 1000'"
    async with hub() as here, on_terminal("sub", "-p", here.peer, "/t", "--exec", command) as (process, terminal):
        await here.publish("/t", "x")
        await terminal.shows("began")
        terminal.types("\x03")
        await terminal.shows("ran 1 command")
        with trio.fail_after(3):
            assert await process.wait() == -signal.SIGINT


@pytest.mark.parametrize("environ", [{"NO_COLOR": "1"}, {"TERM": "dumb"}])
async def test_without_colours(hub, environ):
    async with hub() as here, on_terminal("sub", "-p", here.peer, "/t", "-n1", **environ) as (process, terminal):
        await here.publish("/t", CONN)
        await terminal.shows("received 1 message")
        assert await process.wait() == 0
    assert "\x1b" not in terminal.text
    assert "connection_observed(" in terminal.text


@pytest.mark.parametrize("form", ["ndjson", "plain", "text", "broker", "raw"])
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


async def test_a_profile_is_removed_when_the_user_agrees(tmp_path):
    path = tmp_path / "config.toml"
    path.write_text('default-profile = "lab"\n[profile.lab]\npeer = "h:1"\n')
    async with on_terminal("profile", "show", BROKER_CONFIG=str(path)) as (process, terminal):
        await terminal.shows("peer  h:1\r\n")
        assert await process.wait() == 0
    assert terminal.text == f"profile lab in {path}\r\npeer  h:1\r\n"
    for answer, code in (("n", 3), ("y", 0)):
        async with on_terminal("profile", "rm", "lab", BROKER_CONFIG=str(path)) as (process, terminal):
            await terminal.shows("Remove profile lab? [y/N] ")
            assert "lab" in path.read_text()
            terminal.types(f"{answer}\r")
            assert await process.wait() == code
    assert path.read_text() == ""
