"""Commands for messages."""

from __future__ import annotations

import io
import json
import os
import signal
from contextlib import suppress
from functools import partial
from pathlib import Path

import pytest
import trio
import trio.testing

from broker_cli import executing
from broker_cli.config import Settings
from broker_cli.context import Context
from broker_cli.executing import DEFAULT_JOBS, DEFAULT_LIMIT, Commands, Execution, environment
from broker_cli.exit_codes import ExitCode, Failure
from broker_cli.selecting.globs import NameGlobs
from broker_cli.selecting.selection import Selection
from broker_core import Count, DecodeError, EndpointId, EnumValue, Event, ForeignMessage, Message, NodeId

ID = EndpointId.parse("00000000-0000-0000-0000-000000000007")
PING = Message("/t", Event("ping", "a b;$(x)", Count(5), EnumValue("Notice::LOG")).value, sender=ID)


def parse(text: str, **options) -> Execution:
    return Execution.parse(text, None, **({"jobs": None, "limit": None} | options))


# -- what is run ----------------------------------------------------------------------------------------------------


def test_words_are_split_once_and_fields_are_words():
    execution = parse("sh -c 'echo \"$1\"' sh {args[0]} {event} {args[9]} '{print $1}' {args[1]:json}")
    assert execution.argv(PING) == [
        *(b"sh", b"-c", b'echo "$1"', b"sh", b"a b;$(x)", b"ping", b"", b"{print $1}", b"5")
    ]
    assert (execution.jobs, execution.limit) == (DEFAULT_JOBS, DEFAULT_LIMIT)
    assert parse("true", jobs=7, limit=1.5) == Execution(("true",), 7, 1.5)


def test_nul_bytes_are_made_visible():
    message = Message("/\udcff", Event("ping", "a\0b", b"\xff").value)
    assert parse("echo {args[0]} {args[1]} {topic}").argv(message) == [b"echo", b"a\\x00b", b"\xff", b"/\xff"]
    assert environment({}, message)[b"BROKER_ARG_0"] == b"a\\x00b"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "--exec: there is no command"),
        ("echo 'a", "--exec: no closing quotation: echo 'a"),
        ("no-such-program-anywhere {args[0]}", "--exec: no program no-such-program-anywhere was found"),
        ("{args[0]}", "--exec: what is run cannot come from a message"),
        ("sh -c {args[0]}", "--exec: {args[0]} behind -c would run what came from the network"),
        ("env bash -lc {args[0]}", "--exec: {args[0]} behind -lc would run"),
        ("sh -c 'echo {args[0]}'", "--exec: {args[0]} is only a part of the word 'echo {args[0]}'"),
        ("echo x={event}", "--exec: {event} is only a part of the word 'x={event}'"),
        ("echo {agrs[0]}", "--exec: {agrs[0]}: at character 2: 'agrs' is no name here"),
    ],
)
def test_what_cannot_be_run_safely_is_refused(text, message):
    with pytest.raises(Failure) as caught:
        parse(text)
    assert caught.value.code is ExitCode.USAGE
    assert message in caught.value.message


def test_the_environment_says_what_came():
    base = {"PATH": "/bin", "BROKER_PEER": ":1", "BROKER_ARG_7": "old", "BROKER_TOPIC": "old", "BROKER_ARGS": "kept"}
    assert environment(base, PING) == {
        b"PATH": b"/bin",
        b"BROKER_PEER": b":1",
        b"BROKER_ARGS": b"kept",
        b"BROKER_TOPIC": b"/t",
        b"BROKER_FROM": str(ID).encode(),
        b"BROKER_EVENT": b"ping",
        b"BROKER_ARGC": b"3",
        b"BROKER_ARG_0": b"a b;$(x)",
        b"BROKER_ARG_1": b"5",
        b"BROKER_ARG_2": b"Notice::LOG",
    }
    assert b"BROKER_EVENT" not in environment({"BROKER_EVENT": "old"}, Message("/t", "x"))
    with pytest.raises(DecodeError):
        environment({}, Message("/t", payload=b"\x63"))


# -- how it is run --------------------------------------------------------------------------------------------------


@pytest.fixture
def made(tmp_path):
    """``made("sh -c ...")``: commands of which stdout goes to the file ``out``, and the context."""
    with (tmp_path / "out").open("w+b") as out:

        def make(text: str, selection=None, **options) -> tuple[Commands, Context]:
            context = Context(
                stdout=out.fileno(),
                stderr=io.StringIO(),
                environ={"PATH": os.environ["PATH"], "DIR": str(tmp_path)},
                stdout_is_terminal=False,
                stderr_is_terminal=False,
            )
            return Commands(context, Settings(output="human"), parse(text, **options), selection), context

        yield make


def numbered(count: int) -> list[Message]:
    return [Message("/t", Event("ping", Count(number)).value) for number in range(count)]


async def exists(path) -> None:
    with trio.fail_after(20):
        while not path.exists():
            await trio.lowlevel.checkpoint()


async def test_input_output_and_words(made, tmp_path):
    commands, context = made("sh -c 'cat; echo \"$BROKER_EVENT $1\"' sh {args[0]}")
    await commands.run(lambda: commands.show([PING]))
    line, rest = (tmp_path / "out").read_text().splitlines()
    assert (json.loads(line)["event"], rest) == ("ping", "ping a b;$(x)")
    assert context.stderr.getvalue() == ""
    assert (commands.taken, commands.shown, commands.summary(0)) == (1, 1, "ran 1 command")


async def test_what_fails_is_told_and_counted(made):
    commands, context = made("sh -c 'exit $BROKER_ARG_0'")
    with pytest.raises(Failure, match="11 of 12 commands failed") as caught:
        await commands.run(lambda: commands.show(numbered(12)))
    assert caught.value.code is ExitCode.PARTIAL
    told = context.stderr.getvalue().splitlines()
    assert "broker: the command for a message on /t ended with exit code 1" in told
    assert len(told) == 11
    assert told[-1] == "broker: further commands that fail are only counted"
    assert commands.summary(3) == "ran 12 commands, 11 failed, 3 messages dropped because the commands were too slow"


async def test_a_failure_of_the_main_part_lets_commands_finish(made, tmp_path):
    commands, _ = made("sh -c 'cat > /dev/null; echo done'")

    async def main():
        await commands.show(numbered(1))
        message = "enough"
        raise Failure(message, ExitCode.TIMEOUT)

    with pytest.raises(Failure, match="enough"):
        await commands.run(main)
    assert (tmp_path / "out").read_text() == "done\n"


async def test_signals_are_failures(made):
    commands, context = made("sh -c 'kill -USR1 $$'")
    with pytest.raises(Failure, match="1 of 1 command failed"):
        await commands.run(lambda: commands.show([PING]))
    assert "the command for a message on /t was ended by USR1" in context.stderr.getvalue()


async def test_input_that_nobody_reads_does_no_harm(made):
    commands, _ = made("true")
    await commands.run(lambda: commands.show([Message("/t", "x" * 100_000)]))


async def test_what_cannot_be_started_is_a_failure(made):
    commands, context = made("true {args[0]}")
    messages = [Message("/t", Event("ping", "x" * 3_000_000).value), Message("/t", payload=b"\x63")]
    with pytest.raises(Failure, match="2 of 2 commands failed"):
        await commands.run(lambda: commands.show(messages))
    told = context.stderr.getvalue()
    assert "cannot be started: argument list too long" in told
    assert "cannot be started: unknown type tag" in told


async def test_messages_in_other_formats_are_left_out(made):
    commands, context = made("true")
    foreign = ForeignMessage("/t", b"{}", "broker-json-v1")
    await commands.run(partial(commands.show, [foreign, PING]))
    expected = "broker: no command for a message on /t: 2 bytes in the format 'broker-json-v1', which is not Broker's\n"
    assert context.stderr.getvalue() == expected
    assert commands.summary(0) == "ran 1 command, 1 left out"


def test_a_node_is_a_safe_word():
    assert environment({}, Message("/t", 1, sender=NodeId("a b\n")))[b"BROKER_FROM"] == b"a%20b%0A"


async def test_only_so_many_run_at_a_time(made, tmp_path):
    os.mkfifo(tmp_path / "go")
    commands, _ = made("sh -c ': > $DIR/$BROKER_ARG_0; read line < $DIR/go'", jobs=2)

    async def main():
        async with trio.open_nursery() as nursery:
            nursery.start_soon(commands.show, numbered(3))
            await exists(tmp_path / "0")
            await exists(tmp_path / "1")
            await trio.testing.wait_all_tasks_blocked()
            assert commands.shown == 2
            with trio.move_on_after(0) as scope:
                await commands.ready()
            assert scope.cancelled_caught
            with (tmp_path / "go").open("w") as go:
                go.write("1\n2\n3\n")
                go.flush()
                await exists(tmp_path / "2")

    await commands.run(main)
    await commands.ready()
    assert commands.shown == 3


async def test_selected_ones_only_and_as_many_as_wanted(made, tmp_path):
    commands, _ = made("echo {event}", Selection(events=NameGlobs(["p?ng"])), jobs=1)
    messages = [Message("/t", Event(name).value) for name in ("ping", "x", "pong", "pang")]
    await commands.run(lambda: commands.show(messages, 2))
    assert (tmp_path / "out").read_text() == "ping\npong\n"
    assert commands.summary(0) == "ran 2 commands, 1 not selected"


@pytest.mark.parametrize(
    ("script", "word"), [("exec sleep 1000", "exec"), ("trap : TERM; sleep 1000 & wait; wait", "trap")]
)
async def test_one_that_takes_too_long_is_ended(made, tmp_path, monkeypatch, script, word):
    monkeypatch.setattr(executing, "_PATIENCE", 0.1)
    commands, context = made(f"sh -c 'echo $$; {script}'", limit=0.3)
    with pytest.raises(Failure, match="1 of 1 command failed"):
        await commands.run(lambda: commands.show([PING]))
    assert "the command for a message on /t was ended after 0.3 s" in context.stderr.getvalue()
    with pytest.raises(ProcessLookupError):
        os.kill(int((tmp_path / "out").read_text()), 0)


async def test_commands_end_when_the_program_does(made, tmp_path):
    commands, _ = made("sh -c 'echo $$; : > $DIR/began; exec sleep 1000'")

    async def main():
        await commands.show([PING])
        await exists(tmp_path / "began")
        nursery.cancel_scope.cancel()
        await trio.sleep_forever()

    async with trio.open_nursery() as nursery:
        await commands.run(main)
    with pytest.raises(ProcessLookupError):
        os.kill(int((tmp_path / "out").read_text()), 0)


# -- the program ----------------------------------------------------------------------------------------------------


async def test_a_subscriber_runs_commands(run, hub):
    async with hub() as here, trio.open_nursery() as nursery:
        nursery.start_soon(here.publish, "/t", Event("ping", "a"), Event("other"), Event("pong", "b"))
        command = "sh -c 'test $BROKER_EVENT != pong && echo \"$1\"' sh {args[0]}"
        options = ("--event", "p?ng", "--exec", command, "--exec-jobs", "1", "-n", "2", "-v")
        result = await run("sub", "-p", here.peer, "/t", *options, env={"PATH": os.environ["PATH"]})
    assert (result.code, result.out) == (9, "a\n")
    assert "the command for a message on /t ended with exit code 1" in result.err
    assert "ran 2 commands, 1 failed, 1 not selected" in result.err
    assert "broker: 1 of 2 commands failed (exit 9)" in result.err


@pytest.mark.parametrize("signum", [signal.SIGINT, signal.SIGTERM])
async def test_a_signal_ends_the_commands_with_all_that_they_started(hub, start, signum):
    command = "sh -c 'sleep 1000 & echo $! $$; wait'"
    async with hub() as here, start("sub", "-p", here.peer, "/t", "--exec", command) as program:
        await here.publish("/t", "x")
        await program.prints("\n")
        program.process.send_signal(signum)
        assert await program.ends(within=3) == -signum
    for pid in map(int, program.out.split()):
        with trio.fail_after(5), suppress(FileNotFoundError, ProcessLookupError):
            while _runs(pid):
                await trio.lowlevel.checkpoint()


def _runs(pid: int) -> bool:
    """Whether there is such a process, which is no zombie that waits for init."""
    with Path(f"/proc/{pid}/stat").open(encoding="utf-8") as file:
        return file.read().rpartition(")")[2].split()[0] != "Z"
