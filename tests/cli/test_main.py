"""How the program ends: messages, hints and codes."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from broker_cli import __main__ as program
from broker_cli import app
from broker_cli.context import Context
from broker_cli.exit_codes import ExitCode, Failure, Interrupted
from broker_core import UndeliveredError, __version__


async def test_the_version(run, capsys):
    assert (await run("--version")).code == 0
    assert capsys.readouterr().out == f"broker {__version__}\n"


@pytest.mark.parametrize(
    ("args", "message", "hint"),
    [
        ("publish", "no TOPIC given", "broker publish TOPIC EVENT [ARG]..., or --from FILE"),
        ("publsh", "no such command 'publsh'", "did you mean 'publish', 'pub'? see broker --help"),
        ("--versoin", "no such option: --versoin", "did you mean --version? see broker --help"),
        ("sub /t --idel 5s", "no such option: --idel", "did you mean --idle or --id? see broker sub --help"),
        ("sub /t -n", "option '-n' requires an argument", "see broker sub --help"),
        ("pub /t e -x", "no such option: -x", "an argument that starts with '-' goes behind --"),
        ("peer a b", "got unexpected extra argument(s) (b)", "see broker peer --help"),
        ("sub -n 5", "missing argument 'TOPIC'", "see broker sub --help"),
        ("store gett", "no such command 'gett'", "did you mean 'get'"),
        ("store get --defalt x a", "no such option: --defalt", "did you mean --default? see broker store get --help"),
        ("sub /t", "no peer given", "use -p HOST:PORT, or set BROKER_PEER"),
    ],
)
async def test_usage_errors_are_one_line_and_a_hint(run, args, message, hint):
    result = await run(*args.split())
    assert (result.code, result.out) == (2, "")
    lines = result.err.splitlines()
    assert lines[0] == f"broker: {message} (exit 2)"
    assert lines[1].startswith(f"  hint: {hint}")
    assert len(lines) == 2


@pytest.mark.parametrize("flag", [("--errors", "json"), ("--errors=json",)])
@pytest.mark.parametrize(
    ("args", "code", "message"),
    [
        (("sub", "--nonsense"), "usage", "no such option: --nonsense"),
        (("sub", "/t"), "usage", "no peer given"),
        (("sub", "/t", "-p", "127.0.0.1:1"), "connect", "cannot peer with 127.0.0.1:1: connection refused"),
    ],
)
async def test_programs_get_errors_as_json(run, args, code, message, flag):
    result = await run(args[0], *flag, *args[1:])
    (line,) = map(json.loads, result.err.splitlines())
    assert line.pop("hint")
    assert line == {"type": "failure", "v": 1, "code": code, "exit": result.code, "message": message}


async def test_an_argument_is_no_wish_for_json(run):
    result = await run("pub", "/t", "e", "--", "--errors", "json")
    assert result.err.startswith("broker: no peer given")
    result = await run("sub", "/t", "--errors", "jsn")
    assert result.err == "broker: --errors: 'jsn' is none of text, json (exit 2)\n  hint: did you mean json?\n"


async def test_without_arguments_it_says_what_there_is(run):
    result = await run()
    assert (result.code, result.out) == (2, "")
    assert result.err.startswith("Usage: broker [OPTIONS] COMMAND [ARGS]...\n")
    result = await run("store")
    assert (result.code, result.out) == (2, "")
    assert result.err.startswith("Usage: broker store [OPTIONS] COMMAND [ARGS]...\n")


async def test_hostile_arguments_are_safe_to_show(run):
    result = await run("sub", "\x1b[2J", "--\x1b[31m")
    assert "\x1b" not in result.err


def failing(error: BaseException):
    def inner(args: list[str], context: Context) -> int:
        raise error

    return inner


def end(monkeypatch, error: BaseException, **changes: object) -> tuple[int, str]:
    monkeypatch.setattr(program, "_inner", failing(error))
    with io.StringIO() as stderr:
        context = Context(stderr=stderr, environ={}, owns_process=False, **changes)
        return program.run([], context), stderr.getvalue()


def test_a_bug_is_told_in_one_line(monkeypatch):
    code, text = end(monkeypatch, KeyError("x"))
    assert code == 1
    assert text.startswith("broker: internal error: KeyError: 'x' (exit 1)\n  hint: ")
    assert "Traceback" not in text


def test_a_no_is_an_answer_that_quiet_leaves_to_the_code(monkeypatch):
    assert end(monkeypatch, Failure("no such key", ExitCode.NO)) == (3, "broker: no such key (exit 3)\n")
    assert end(monkeypatch, Failure("no such key", ExitCode.NO), verbosity=-1) == (3, "")
    assert end(monkeypatch, Failure("time is up", ExitCode.TIMEOUT), verbosity=-1)[1] != ""


def test_debug_shows_where_it_happened(monkeypatch):
    code, text = end(monkeypatch, KeyError("x"), debug=True)
    assert code == 1
    assert "Traceback (most recent call last)" in text


def test_a_signal_has_its_code_and_what_was_lost_is_told(monkeypatch):
    error = Interrupted(15)
    error.__cause__ = UndeliveredError({"x": 2})
    code, text = end(monkeypatch, error)
    assert code == 143
    assert text == "broker: 2 published messages not confirmed by: x (2)\n"
    assert end(monkeypatch, KeyboardInterrupt()) == (130, "")


class EndsWith7:
    """A command line that ends itself, as Typer's Exit does."""

    def main(self, *args: object, **kwargs: object) -> int:
        return 7


async def test_an_exit_code_of_typer_is_passed_on(run, monkeypatch):
    monkeypatch.setattr(app, "make_command", EndsWith7)
    assert (await run("x")).code == 7


# -- real processes -----------------------------------------------------------------------------------------------


def test_ctrl_c_while_it_loads_is_a_signal():
    code = (
        "import signal, sys\n"
        "import broker_cli.__main__ as program\n"
        "def interrupt(*args): raise KeyboardInterrupt\n"
        "program.run = interrupt\n"
        "sys.exit(program.main())\n"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, check=False, timeout=30)
    assert run.returncode == -2
    assert run.stderr == b""


def test_help_into_a_closed_pipe_ends_quietly():
    reading, writing = os.pipe()
    os.close(reading)
    try:
        run = subprocess.run(
            [sys.executable, "-m", "broker_cli", "--help"],
            stdout=writing,
            stderr=subprocess.PIPE,
            check=False,
            timeout=30,
        )
    finally:
        os.close(writing)
    assert run.returncode == -13
    assert run.stderr == b""


def test_the_installed_command_is_this_program():
    command = Path(sys.executable).parent / "broker"
    if not command.exists():
        pytest.skip("the package is not installed beside this Python")
    run = subprocess.run([command, "--version"], capture_output=True, text=True, check=False, timeout=30)
    assert (run.returncode, run.stdout) == (0, f"broker {__version__}\n")
