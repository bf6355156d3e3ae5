"""The terminal's mode, signals, and what happens when nobody reads."""

from __future__ import annotations

import os
import signal
import sys
import termios

import pytest
import trio

from broker_cli.context import Context
from broker_cli.live.screen import Block, FullScreen
from broker_cli.live.terminal import Keyboard, Terminal

LFLAG, IFLAG = 3, 0

# A program that shows its keys; "x" lets it fail, "z" lets it end.
PROGRAM = """
import trio
from broker_cli.context import Context
from broker_cli.live.screen import {painting}
from broker_cli.live.terminal import Terminal

async def main():
    changes = 0
    def changed():
        nonlocal changes
        changes += 1
        nursery.start_soon(show)
    async def show():
        await terminal.show([f"size {{terminal.size}}", f"changed {{changes}}", f"keys {{keys}}"])
    keys = []
    async with Terminal(Context(), {painting}()) as terminal, trio.open_nursery() as nursery:
        nursery.start_soon(terminal.watch_signals, changed)
        while True:
            await show()
            keys = await terminal.keys()
            if "x" in keys:
                raise ValueError("it failed")
            if "z" in keys:
                nursery.cancel_scope.cancel()
            if not keys:
                print("no keys")
                await trio.sleep_forever()
trio.run(main)
"""


def program(painting: str = "FullScreen") -> list[str]:
    return [sys.executable, "-c", PROGRAM.format(painting=painting)]


@pytest.mark.parametrize("painting", ["FullScreen", "Block"])
async def test_everything_is_restored(tty, painting):
    async with tty(command=program(painting)) as (process, terminal):
        before = terminal.mode()
        await terminal.shows("keys []")
        assert terminal.screen.alternate is (painting == "FullScreen")
        assert terminal.cursor_hidden
        inside = terminal.mode()
        assert not inside[LFLAG] & (termios.ICANON | termios.ECHO)
        assert inside[LFLAG] & termios.ISIG
        assert not inside[IFLAG] & termios.IXON
        terminal.types("a")
        await terminal.shows("keys ['a']")
        terminal.types("z")
        assert await terminal.ends(process) == 0
        assert terminal.mode() == before
        assert not terminal.cursor_hidden
        assert not terminal.screen.alternate
        assert pyte_wraps(terminal)


def pyte_wraps(terminal) -> bool:
    return 7 << 5 in terminal.screen.mode


async def test_an_error_leaves_the_terminal_usable_and_is_seen(tty):
    async with tty(command=program()) as (process, terminal):
        before = terminal.mode()
        await terminal.shows("keys []")
        terminal.types("x")
        assert await terminal.ends(process) == 1
        assert terminal.mode() == before
        assert not terminal.screen.alternate
        assert "it failed" in terminal.text


async def test_keys_arrive_by_name(tty):
    async with tty(command=program()) as (_, terminal):
        await terminal.shows("keys []")
        terminal.types("\x1b[A")
        await terminal.shows("keys ['up']")
        terminal.types("\x1b")
        await terminal.shows("keys ['esc']")
        terminal.types("\x13")
        await terminal.shows("keys ['ctrl-s']")
        terminal.types("ü")
        await terminal.shows("keys ['ü']")


async def test_a_new_size_is_seen(tty):
    async with tty(command=program()) as (_, terminal):
        await terminal.shows("size (80, 24)")
        terminal.resize(60, 10)
        await terminal.shows("size (60, 10)", "changed 1")


async def test_quit_restores_too(tty):
    """Ctrl-\\ is for programs that hang; others tidy up before they end by it."""
    async with tty(command=program()) as (process, terminal):
        before = terminal.mode()
        await terminal.shows("keys []")
        terminal.types("\x1c")
        assert await terminal.ends(process) == -signal.SIGQUIT
        assert terminal.mode() == before
        assert not terminal.screen.alternate


async def test_ctrl_z_and_fg(tty):
    async with tty(command=["sh", "-i"], ENV="", PS1="READY> ") as (shell, terminal):
        await terminal.shows("READY>")
        before = terminal.mode()
        path = os.pathsep.join([*sys.path, *os.environ.get("PYTHONPATH", "").split(os.pathsep)])
        terminal.types(f"PYTHONPATH='{path}' {sys.executable} -c '{PROGRAM.format(painting='FullScreen')}'\n")
        await terminal.until(lambda tty: tty.screen.alternate and "keys []" in tty.text)
        terminal.types("\x1a")
        await terminal.until(lambda tty: not tty.screen.alternate and tty.lines[-1 - blank(tty)].endswith("READY>"))
        assert not terminal.cursor_hidden
        assert terminal.mode()[LFLAG] == before[LFLAG]
        terminal.types("fg\n")
        await terminal.until(lambda tty: tty.screen.alternate and "changed 1" in tty.text)
        assert not terminal.mode()[LFLAG] & termios.ECHO
        assert terminal.cursor_hidden
        terminal.types("b")
        await terminal.shows("keys ['b']")
        terminal.types("z")
        await terminal.until(lambda tty: not tty.screen.alternate and tty.lines[-1 - blank(tty)].endswith("READY>"))
        assert terminal.mode()[LFLAG] == before[LFLAG]
        terminal.types("exit\n")
        assert await terminal.ends(shell) == 0


def blank(tty) -> int:
    """How many empty lines there are at the end of the screen."""
    lines = tty.lines
    return next((at for at, line in enumerate(reversed(lines)) if line), len(lines) - 1)


async def test_ctrl_z_without_a_shell_goes_on(tty):
    """There is nobody who could wake it."""
    async with tty(command=program()) as (process, terminal):
        await terminal.shows("keys []")
        terminal.types("\x1a")
        await terminal.shows("changed 1")
        assert terminal.screen.alternate
        assert not terminal.mode()[LFLAG] & termios.ECHO
        terminal.types("z")
        assert await terminal.ends(process) == 0


async def test_a_program_that_others_stopped_shows_everything_again(tty):
    async with tty(command=program()) as (process, terminal):
        await terminal.shows("keys []")
        process.send_signal(signal.SIGSTOP)
        os.waitpid(process.pid, os.WUNTRACED)  # noqa: ASYNC222  # it stops at once
        terminal.screen.reset()
        process.send_signal(signal.SIGCONT)
        await terminal.shows("size", "changed 1", "keys []")


def pty_context(**changes) -> tuple[int, Context]:
    screen, terminal = os.openpty()
    facts = {"stdin": terminal, "stdout": terminal, "owns_process": False, "environ": {}, **changes}
    return screen, Context(**facts)


async def test_a_terminal_that_takes_nothing_cannot_hold_it():
    screen, context = pty_context()
    before = termios.tcgetattr(context.stdin)
    with trio.fail_after(10), trio.move_on_after(0.3) as scope:
        async with Terminal(context, FullScreen()) as terminal:
            while True:  # until the terminal is full
                await terminal.show(["x" * 10_000 + str(trio.current_time())])
    assert scope.cancelled_caught
    assert termios.tcgetattr(context.stdin) == before
    os.close(screen)  # which wakes the threads that still write


async def test_a_terminal_that_hung_up_is_a_closed_output():
    screen, context = pty_context()
    with pytest.raises(BrokenPipeError):
        async with Terminal(context, Block()) as terminal:
            os.close(screen)
            await terminal.show(["x"])


async def test_without_a_terminal_there_are_no_keys(tmp_path):
    with (tmp_path / "x").open("w+b") as file:
        keyboard = Keyboard(file.fileno(), owns_process=False)
        keyboard.enter()
        assert await keyboard.keys() == []
        keyboard.leave()
        keyboard.close()


async def test_keys_end_when_the_terminal_hangs_up():
    screen, context = pty_context()
    keyboard = Keyboard(context.stdin)
    keyboard.enter()
    os.close(screen)
    with trio.fail_after(10):
        assert await keyboard.keys() == []


async def test_keys_come_from_the_terminal_when_stdin_is_something_else(tty):
    command = ["sh", "-c", 'echo nothing | "$@"', "sh", *program()]
    async with tty(command=command) as (process, terminal):
        before = terminal.mode()
        await terminal.shows("keys []")
        terminal.types("k")
        await terminal.shows("keys ['k']")
        terminal.types("z")
        assert await terminal.ends(process) == 0
        assert terminal.mode() == before


def test_the_size_of_no_terminal(tmp_path):
    with (tmp_path / "x").open("w+b") as file:
        context = Context(stdin=file.fileno(), stdout=file.fileno(), owns_process=False, environ={"COLUMNS": "50"})
        assert Terminal(context, Block()).size == (50, 24)
