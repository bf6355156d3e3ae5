"""Every way to end has its number."""

from __future__ import annotations

import pytest
import trio

from broker_cli.exit_codes import EXIT_CODE_HELP, ExitCode, Failure, cannot_listen, explain
from broker_core import errors


def test_the_numbers_are_a_promise():
    assert {code.name: int(code) for code in ExitCode} == {
        "DONE": 0,
        "BUG": 1,
        "USAGE": 2,
        "NO": 3,
        "TIMEOUT": 4,
        "CONNECT": 5,
        "LOST": 6,
        "BAD_INPUT": 7,
        "REFUSED": 8,
        "PARTIAL": 9,
    }
    assert set(EXIT_CODE_HELP) == set(ExitCode)


@pytest.mark.parametrize(
    ("error", "code", "hint"),
    [
        (Failure("so", ExitCode.NO, "do"), ExitCode.NO, "do"),
        (errors.PeerUnavailable("h:1", "refused", "look"), ExitCode.CONNECT, "look"),
        (errors.PeerIncompatible("h:1", "no Broker"), ExitCode.CONNECT, ""),
        (errors.PeerTimeout("h:1", "silent"), ExitCode.CONNECT, ""),
        (errors.PeerRefused("h:1", "full", "later"), ExitCode.REFUSED, "later"),
        (errors.InvalidValue("bad", "args[0]"), ExitCode.USAGE, ""),
        (errors.ConfigurationError("no"), ExitCode.USAGE, ""),
        (errors.DecodeError("bad", 3), ExitCode.BAD_INPUT, ""),
        (errors.NoSuchKey("no such key", "db"), ExitCode.NO, ""),
        (errors.StoreTimeout("silent", "db"), ExitCode.TIMEOUT, "--timeout DUR waits longer"),
        (errors.StaleData("stale", "db"), ExitCode.TIMEOUT, "--timeout DUR waits longer"),
        (errors.TypeClash("cannot add", "db"), ExitCode.BAD_INPUT, ""),
        (errors.NoSuchMaster("nobody", "db"), ExitCode.REFUSED, ""),
        (errors.MasterExists("taken", "db"), ExitCode.REFUSED, ""),
        (errors.BackendFailure("disk full", "db"), ExitCode.REFUSED, ""),
        (errors.StoreError("refused", "db"), ExitCode.REFUSED, ""),
        (errors.BadRecording("a.rec", "no recording"), ExitCode.BAD_INPUT, ""),
        (errors.RecordingFailure("a.rec", "no such file"), ExitCode.USAGE, ""),
        (errors.RecordingFailure("a.rec", "no space", errors.EC.CANNOT_WRITE_FILE), ExitCode.REFUSED, ""),
    ],
)
def test_errors_have_codes_and_keep_their_words(error, code, hint):
    failure = explain(error)
    assert (failure.code, failure.message, failure.hint) == (code, str(error), hint)


def test_lost_messages_are_counted():
    failure = explain(errors.UndeliveredError({"x": 3}))
    assert failure.code is ExitCode.LOST
    assert "3 published messages" in failure.message


@pytest.mark.parametrize("error", [KeyError("x"), trio.BusyResourceError("y"), errors.RemoteProtocolError("z")])
def test_all_else_is_our_fault(error):
    failure = explain(error)
    assert failure.code is ExitCode.BUG
    assert type(error).__name__ in failure.message
    assert "--debug" in failure.hint


def test_where_a_command_cannot_listen():
    failure = cannot_listen(errors.PeerUnavailable("h:1", "cannot listen: address already in use"))
    assert (failure.message, failure.code) == ("cannot listen on h:1: address already in use", ExitCode.CONNECT)
    assert failure.hint == "port 0 takes any free one"
