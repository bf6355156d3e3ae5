"""Pictures of the main screens for the README: ``make screenshots``.

The real program runs in a terminal of its own, with a listener and traffic made from a Zeek log; what its screen shows
in the end becomes an SVG file, once for dark and once for light pages. Addresses, ids and times differ with every run.
"""

from __future__ import annotations

import fcntl
import math
import os
import struct
import subprocess
import sys
import tempfile
import termios
from contextlib import asynccontextmanager, suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pyte
import trio
from rich.color import ANSI_COLOR_NAMES
from rich.console import Console
from rich.style import Style
from rich.terminal_theme import DEFAULT_TERMINAL_THEME, DIMMED_MONOKAI
from rich.text import Text

from broker_core import Count, Endpoint, EndpointOptions, EnumValue, Event, Port, Timespan, UndeliveredError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

    from rich.terminal_theme import TerminalTheme

__all__ = ["main"]

OUT = Path(__file__).resolve().parent / "screenshots"
THEMES: dict[str, TerminalTheme] = {"dark": DIMMED_MONOKAI, "light": DEFAULT_TERMINAL_THEME}
PATIENCE = 30.0
"""Seconds in which a scene has to be on the screen."""
OURS = {"BROKER_CONFIG": os.devnull, "BROKER_STATE": "off"}
"""No profile of whoever makes the pictures is to be seen, and nothing is remembered of them."""
BROKER = Path(sys.executable).parent / "broker"
_TICK = 0.02  # seconds
_NAMES = {"brown": "yellow"}  # what pyte calls a colour, and Rich does not


class Stage:
    """A terminal with the program on it."""

    def __init__(self, columns: int, rows: int, folder: str) -> None:
        self.screen = pyte.Screen(columns, rows)
        self.folder = folder
        self._stream = pyte.ByteStream(self.screen)

    def prompt(self, command: str) -> None:
        """Show *command* as typed."""
        self._stream.feed(f"\x1b[1m$ {command}\x1b[0m\r\n".encode())

    def text(self) -> str:
        """What is on the screen."""
        return "\n".join(self.screen.display)

    @asynccontextmanager
    async def playing(self, *args: str, peer: str = "") -> AsyncIterator[Callable[[str], Awaitable[None]]]:
        """The program with *args*; what is yielded waits for a text on the screen."""
        ours, theirs = os.openpty()
        size = struct.pack("HHHH", self.screen.lines, self.screen.columns, 0, 0)
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, size)
        environ = {**os.environ, "TERM": "xterm-256color", "FORCE_COLOR": "1", "BROKER_PEER": peer, **OURS}
        environ.pop("NO_COLOR", None)
        process = await trio.lowlevel.open_process(
            [BROKER, *args],
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            env=environ,
            cwd=self.folder,
            preexec_fn=partial(_take_terminal),
        )
        os.close(theirs)

        async def shows(text: str) -> None:
            with trio.fail_after(PATIENCE):
                while text not in self.text():
                    await self._read(ours)

        try:
            yield shows
        finally:
            process.terminate()
            with trio.move_on_after(5, shield=True):
                await process.wait()
            os.close(ours)

    async def run(self, *args: str, peer: str = "", shown: str = "") -> None:
        """Show the command *args*, run it to its end."""
        self.prompt(shown or " ".join(["broker", *args]))
        ours, theirs = os.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", self.screen.lines, self.screen.columns, 0, 0))
        environ = {**os.environ, "TERM": "xterm-256color", "BROKER_PEER": peer, **OURS}
        process = await trio.lowlevel.open_process(
            [BROKER, *args], stdin=theirs, stdout=theirs, stderr=theirs, env=environ, cwd=self.folder
        )
        os.close(theirs)
        with trio.fail_after(PATIENCE), suppress(OSError):
            while True:
                await self._read(ours)
        await process.wait()
        os.close(ours)

    async def _read(self, fd: int) -> None:
        await trio.lowlevel.wait_readable(fd)
        self._stream.feed(os.read(fd, 65536))

    def picture(self) -> Text:
        """The screen as Rich text, without the empty lines at its end."""
        lines = []
        for row in range(self.screen.lines):
            line = Text(no_wrap=True)
            for column in range(self.screen.columns):
                char = self.screen.buffer[row][column]
                line.append(char.data, _style(char))
            lines.append(line)
        while lines and not lines[-1].plain.strip():
            lines.pop()
        return Text("\n").join(lines)


def _take_terminal() -> None:
    os.setsid()
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)


def _style(char: pyte.screens.Char) -> Style:
    return Style(
        color=_colour(char.fg),
        bgcolor=_colour(char.bg),
        bold=char.bold,
        italic=char.italics,
        reverse=char.reverse,
        underline=char.underscore,
    )


def _colour(name: str) -> str | None:
    name = _NAMES.get(name, name).replace("bright", "bright_")
    if name == "default":
        return None
    return name if name in ANSI_COLOR_NAMES else f"#{name}"


def save(stage: Stage, name: str, title: str) -> None:
    """Write the picture of *stage* for each theme."""
    OUT.mkdir(exist_ok=True)
    picture = stage.picture()
    for theme, colours in THEMES.items():
        with Path(os.devnull).open("w", encoding="utf-8") as nowhere:
            console = Console(record=True, width=stage.screen.columns, file=nowhere, force_terminal=True)
            console.print(picture, overflow="ignore", crop=False)
            svg = console.export_svg(title=title, theme=colours, unique_id=f"{name}-{theme}")
        (OUT / f"{name}-{theme}.svg").write_text("\n".join(map(str.rstrip, svg.splitlines())) + "\n", encoding="utf-8")
        print(f"{OUT.name}/{name}-{theme}.svg")


class Scene(NamedTuple):
    """A picture: its size, and what happens on it."""

    title: str
    columns: int
    rows: int
    play: Callable[[Stage, Endpoint, str], Awaitable[None]]


EVENTS = (
    ("zeek/notice", Event("notice_seen", EnumValue("SSH::Password_Guessing"), "192.168.56.1 made 30 guesses")),
    ("zeek/conn", Event("conn_closed", "CHhAvVGS1DHFjwGM9", Port(22, "tcp"), Timespan(2_500_000_000), Count(4817))),
    ("zeek/intel/hit", Event("intel_hit", "evil.example", EnumValue("Intel::DOMAIN"), True)),
    ("zeek/dns", Event("dns_seen", "ClEkJM2Vm5giqnMf4h", Port(53, "udp"), Timespan(81_000_000), Count(120))),
)


async def _subscribe(stage: Stage, endpoint: Endpoint, peer: str) -> None:
    stage.prompt("broker subscribe zeek/ --ts wall")
    async with stage.playing("subscribe", "zeek/", "--ts", "wall", peer=peer) as shows:
        await endpoint.wait_for_subscribers("zeek/")
        for topic, event in EVENTS:
            await endpoint.publish(topic, event)
        await shows("ClEkJM2Vm5giqnMf4h")


async def _top(stage: Stage, endpoint: Endpoint, peer: str) -> None:
    async with stage.playing("top", "zeek/", peer=peer) as shows, trio.open_nursery() as nursery:
        await endpoint.wait_for_subscribers("zeek/")
        nursery.start_soon(_traffic, endpoint)
        await shows("intel_hit")
        with trio.move_on_after(22):  # until the lines of the last seconds are drawn
            await shows("no such text")
        nursery.cancel_scope.cancel()


async def _traffic(endpoint: Endpoint) -> None:
    """Events whose rates go up and down, each in a rhythm of its own."""
    start = trio.current_time()
    due = [0.0] * len(EVENTS)
    while True:
        now = trio.current_time() - start
        for place, (topic, event) in enumerate(EVENTS):
            rate = (140, 600, 40, 1100)[place] * (1.1 + math.sin(now * (0.5 + 0.45 * place)))
            due[place] += rate * _TICK
            while due[place] >= 1:
                due[place] -= 1
                await endpoint.publish(topic, event)
        await trio.sleep(_TICK)


async def _store(stage: Stage, _: Endpoint, peer: str) -> None:
    for key, value in (("192.0.2.7", "{22/tcp, 80/tcp}"), ("192.0.2.9", "{443/tcp}"), ("scans", "17")):
        await _quietly("store", "put", "hosts", key, value, peer=peer)
    await stage.run("store", "export", "hosts", peer=peer)
    await stage.run("store", "incr", "hosts", "scans", peer=peer)
    await stage.run("store", "get", "hosts", "scans", peer=peer)
    await stage.run("store", "stats", "hosts", peer=peer)


async def _types(stage: Stage, _: Endpoint, peer: str) -> None:
    signature = "ping(msg: string, n: count)"
    for argument in ("-5", "5"):
        args = ["publish", "--sig", signature, "/test", "ping", "hello", argument]
        shown = f"broker publish --sig '{signature}' /test ping hello {argument}"
        if argument == "5":
            args.insert(1, "--dry-run")
            shown = shown.replace("publish", "publish --dry-run", 1)
        await stage.run(*args, peer=peer, shown=shown)


async def _doctor(stage: Stage, _: Endpoint, peer: str) -> None:
    await stage.run("doctor", peer, "zeek/intel")


async def _quietly(*args: str, peer: str) -> None:
    environ = {**os.environ, "BROKER_PEER": peer, **OURS}
    await trio.run_process([BROKER, *args], env=environ, stdout=subprocess.DEVNULL)


SCENES = {
    "subscribe": Scene("broker subscribe", 100, 12, _subscribe),
    "top": Scene("broker top", 100, 16, _top),
    "store": Scene("broker store", 100, 24, _store),
    "types": Scene("broker publish --sig", 100, 12, _types),
    "doctor": Scene("broker doctor", 100, 14, _doctor),
}


async def _play(names: list[str]) -> None:
    for name in names:
        scene = SCENES[name]
        with tempfile.TemporaryDirectory() as folder, suppress(UndeliveredError):
            async with Endpoint(EndpointOptions(forward=True)) as endpoint:
                listener = await endpoint.listen("127.0.0.1", 0, tls="auto")
                await endpoint.attach_master("hosts", "memory")
                stage = Stage(scene.columns, scene.rows, folder)
                await scene.play(stage, endpoint, f"127.0.0.1:{listener.port}")
                save(stage, name, scene.title)


def main() -> None:
    """Make the pictures named as arguments, or all."""
    names = sys.argv[1:] or list(SCENES)
    unknown = [name for name in names if name not in SCENES]
    if unknown:
        sys.exit(f"no such picture: {', '.join(unknown)}; there are {', '.join(SCENES)}")
    trio.run(_play, names)


if __name__ == "__main__":
    main()
