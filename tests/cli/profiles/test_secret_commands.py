"""Secrets that a program tells."""

from __future__ import annotations

import os
import time

import pytest

from broker_cli.exit_codes import ExitCode, Failure
from broker_cli.profiles.secret_commands import run_secret


def test_it_is_what_the_shell_command_prints():
    assert run_secret("w", "printf 'a\\nb' | cat", 100) == b"a\nb"


def test_it_gets_nothing_of_our_input():
    assert run_secret("w", "cat; echo end", 100) == b"end\n"


@pytest.mark.parametrize("size", [99, 100, 101, 1_000_000])
def test_only_so_much_is_read(size):
    assert len(run_secret("w", f"head -c {size} /dev/zero", 100)) == min(size, 101)


def test_one_that_never_ends_printing_is_stopped():
    assert run_secret("w", "yes", 3) == b"y\ny\n"


def test_a_command_that_fails():
    with pytest.raises(Failure) as caught:
        run_secret("f: profile x: token-command", "echo secret; exit 3", 100)
    assert caught.value.code is ExitCode.USAGE
    assert caught.value.message == "f: profile x: token-command: the command failed (exit 3)"


@pytest.mark.parametrize(
    ("command", "times"), [("read line < {fifo}", [0, 61]), ("exec >&-; read line < {fifo}", [0, 0, 61])]
)
def test_a_command_that_takes_too_long(tmp_path, command, times):
    """Before it prints anything, or after it said that there is nothing more."""
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    clock = iter(times)
    with pytest.raises(Failure, match="has not ended within 60 seconds"):
        run_secret("w", command.format(fifo=fifo), 100, clock=lambda: next(clock))


def test_the_clock_is_that_of_the_machine_unless_given():
    before = time.monotonic()
    assert run_secret("w", "echo x", 100, patience=20) == b"x\n"
    assert time.monotonic() - before < 20
