"""The options for selection, appearance and commands."""

from __future__ import annotations

import pytest

from broker_cli.config import Settings
from broker_cli.exit_codes import ExitCode, Failure
from broker_cli.options import DisplayOptions
from broker_cli.selection_options import ExecOptions, SelectionOptions, ShowOptions
from broker_core import Event, Message
from broker_core.declarations import Declarations

PLAIN = Settings(output="ndjson")
HUMAN = Settings(output="human")


def refusal(function, *args) -> str:
    with pytest.raises(Failure) as caught:
        function(*args)
    assert caught.value.code is ExitCode.USAGE
    return caught.value.message


# -- selection --------------------------------------------------------------------------------------------------


def test_without_options_everything_is_shown():
    assert SelectionOptions().selection(["/t"], PLAIN) is None
    assert SelectionOptions().given == []


@pytest.mark.parametrize(
    ("options", "shown"),
    [
        ({"exact": True}, ["ping", "pong"]),
        ({"exclude": ["/t/"]}, ["ping", "pong"]),
        ({"event": ["pi*", "x"]}, ["ping", "ping"]),
        ({"where": "event != 'ping'"}, ["pong"]),
        ({"sample": "1/2"}, ["ping", "ping"]),
        ({"sample": "100%"}, ["ping", "pong", "ping"]),
        ({"until_event": ["pong"]}, ["ping", "pong"]),
        ({"exact": True, "event": ["p*"], "where": "topic ~ '*t'", "sample": "1/2"}, ["ping"]),
    ],
)
def test_selections(options, shown):
    messages = [Message(topic, Event(name).value) for topic, name in (("/t", "ping"), ("/t", "pong"), ("/t/x", "ping"))]
    selection = SelectionOptions(**options).selection(["/t"], PLAIN)
    assert [message.value[2][0] for message in selection.select(messages)] == shown


def test_names_come_from_declarations():
    options = SelectionOptions(where="msg == 'hi'")
    assert "--where: at character 1: 'msg' is no name here" in refusal(options.selection, ["/t"], PLAIN)
    settings = Settings(declarations=Declarations.signature("ping(msg: string)"))
    selection = options.selection(["/t"], settings)
    assert selection.select([Message("/t", Event("ping", text).value) for text in ("ho", "hi")])[0].value[2][1] == (
        "hi",
    )


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"where": ""}, "--where: at character 1: expected a value, found the end"),
        ({"where": "args[0] = 5"}, "--where: at character 9: '=' is no comparison; write =="),
        ({"event": ["*" * 2000]}, "--event: the pattern has 2000 characters; 1000 are allowed"),
        ({"until_event": ["*" * 2000]}, "--until-event: the pattern has 2000 characters; 1000 are allowed"),
        ({"sample": ""}, "--sample: '' is no part of the messages, such as 10%, 0.1 or 1/100"),
        ({"exclude": ["/x", ""]}, '--exclude: "" is the beginning of every topic'),
        ({"sample": "110%"}, "--sample: '110%' is no part of the messages, such as 10%, 0.1 or 1/100"),
    ],
)
def test_what_selects_nothing_sensible(options, message):
    assert refusal(SelectionOptions(**options).selection, ["/t"], PLAIN) == message


# -- appearance -------------------------------------------------------------------------------------------------


def test_settings_get_what_was_said():
    assert ShowOptions().extend(PLAIN, DisplayOptions()) == PLAIN
    made = ShowOptions(format_="{topic}", ts="net", null=True).extend(PLAIN, DisplayOptions())
    assert (made.template, made.stamps, made.nul) == ("{topic}", "net", True)
    assert ShowOptions(ts="none").extend(PLAIN, DisplayOptions()).stamps == "none"
    assert ShowOptions(topics_only=True).extend(HUMAN, DisplayOptions()).template == "{topic}"
    assert ShowOptions(ts="wall").extend(HUMAN, DisplayOptions()).stamps == "wall"
    assert ShowOptions(null=True).extend(PLAIN, DisplayOptions(output="ndjson")).nul
    settings = Settings(output="plain")
    assert ShowOptions(big_ints="string").extend(settings, DisplayOptions(output="plain")).big_ints_as_strings
    assert not ShowOptions(big_ints="number").extend(PLAIN, DisplayOptions()).big_ints_as_strings


@pytest.mark.parametrize(
    ("options", "settings", "output", "message"),
    [
        (
            {"format_": "{x}"},
            PLAIN,
            None,
            "--format: at character 2: 'x' is no name here; there are topic, event, args",
        ),
        ({"format_": "{topic}"}, PLAIN, "ndjson", "--format and --output exclude each other"),
        ({"topics_only": True}, PLAIN, "ndjson", "--topics-only and --output exclude each other"),
        ({"format_": "x", "topics_only": True}, PLAIN, None, "--topics-only and --format exclude each other"),
        ({"ts": "net"}, PLAIN, None, "--ts: -o ndjson has no place for it"),
        ({"ts": "utc"}, HUMAN, None, "--ts: 'utc' is none of wall, delta, net, none"),
        ({"null": True}, HUMAN, None, "--null: -o human is for people"),
        ({"big_ints": "string"}, PLAIN, None, "--big-ints: only -o plain has numbers without types"),
        ({"big_ints": "x"}, PLAIN, None, "--big-ints: 'x' is none of number, string"),
    ],
)
def test_what_does_not_go_together(options, settings, output, message):
    assert message in refusal(ShowOptions(**options).extend, settings, DisplayOptions(output=output))


# -- commands ---------------------------------------------------------------------------------------------------


def test_commands():
    assert ExecOptions().execution(PLAIN) is None
    execution = ExecOptions(exec_="true {event}", exec_jobs="7", exec_timeout="500ms").execution(PLAIN)
    assert (execution.words[0], execution.jobs, execution.limit) == ("true", 7, 0.5)
    assert ExecOptions(exec_="true").given == ["--exec"]
    named = Settings(declarations=Declarations.signature("ping(msg: string)"))
    execution = ExecOptions(exec_="true {msg}").execution(named)
    assert execution.argv(Message("/t", Event("ping", "hi").value)) == [b"true", b"hi"]


@pytest.mark.parametrize(
    ("options", "settings", "message"),
    [
        ({"exec_jobs": "2"}, PLAIN, "--exec-jobs and --exec-timeout go with --exec"),
        ({"exec_timeout": "2"}, PLAIN, "--exec-jobs and --exec-timeout go with --exec"),
        ({"exec_": "true", "exec_jobs": "0"}, PLAIN, "--exec-jobs: '0' is no whole number of 1 or more"),
        ({"exec_": "true", "exec_timeout": "x"}, PLAIN, "--exec-timeout: 'x' is no duration"),
        ({"exec_": ""}, PLAIN, "--exec: there is no command"),
        ({"exec_": "true"}, Settings(template="x"), "--exec runs a command instead of printing"),
        ({"exec_": "true"}, Settings(nul=True), "--exec runs a command instead of printing"),
    ],
)
def test_what_cannot_be_run(options, settings, message):
    assert message in refusal(ExecOptions(**options).execution, settings)
