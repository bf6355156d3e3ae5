"""A check gets its time, and its verdict is printed whatever happens."""

from __future__ import annotations

import io
import json
import signal
import tempfile

import pytest
import trio

from broker_cli.checking.running import Check, conclude
from broker_cli.checking.verdicts import Metric, Status
from broker_cli.config import Settings
from broker_cli.context import Context
from broker_cli.exit_codes import ExitCode, Failure, Interrupted
from broker_core import UndeliveredError


def concluded(examine, *, form="nagios", **options):
    """The exit code, and what was printed."""
    with tempfile.TemporaryFile() as out, io.StringIO() as err:
        context = Context(stdout=out.fileno(), stderr=err, stderr_is_terminal=True, owns_process=False)
        check = Check(context=context, settings=Settings(), form=form, name="peer", target="h:1", **options)
        code = conclude(check, lambda report: examine(check, report))
        out.seek(0)
        return code, out.read().decode(), err.getvalue()


async def well(check, report):
    await trio.lowlevel.checkpoint()
    report(check.verdict("well", [], []))


async def slow(_, __):
    await trio.sleep_forever()


async def failing(_, __):
    await trio.lowlevel.checkpoint()
    message = "connection refused"
    raise Failure(message, ExitCode.CONNECT, "is it running?")


async def broken(_, __):
    await trio.lowlevel.checkpoint()
    message = "unexpected"
    raise ZeroDivisionError(message)


def test_a_verdict():
    assert concluded(well) == (0, "BROKER OK - well\n", "")


def test_time_is_up():
    assert concluded(slow, timeout=0.05) == (2, "BROKER CRITICAL - no answer from h:1 within 0.05 s\n", "")


def test_an_error_over_there():
    assert concluded(failing) == (2, "BROKER CRITICAL - connection refused\n", "  hint: is it running?\n")


def test_an_error_here():
    code, out, err = concluded(broken)
    assert (code, out) == (3, "BROKER UNKNOWN - internal error: ZeroDivisionError: unexpected\n")
    assert "--debug" in err


@pytest.mark.parametrize("error", [UndeliveredError({}), Failure("lost", ExitCode.LOST)])
def test_what_goes_wrong_behind_the_verdict_changes_nothing(error):
    async def examine(check, report):
        await well(check, report)
        raise error

    assert concluded(examine) == (0, "BROKER OK - well\n", "")


def test_a_goodbye_that_takes_too_long_changes_nothing():
    async def examine(check, report):
        await well(check, report)
        await trio.sleep_forever()

    assert concluded(examine, timeout=0.05) == (0, "BROKER OK - well\n", "")


def test_signals_are_no_verdict():
    async def examine(_, __):
        await trio.lowlevel.checkpoint()
        raise Interrupted(signal.SIGTERM)

    with pytest.raises(Interrupted):
        concluded(examine)


def test_other_forms():
    async def examine(check, report):
        await trio.lowlevel.checkpoint()
        report(check.verdict("well", [Metric(name="entries", value=5, help="")], [(Status.WARNING, "so so")]))

    code, out, err = concluded(examine, form="ndjson")
    assert (code, json.loads(out)["message"], err) == (1, "so so", "")
    code, out, err = concluded(examine, form="prometheus")
    assert code == 1
    assert 'broker_check_entries{check="peer",target="h:1"} 5.0\n' in out
    assert err == "broker: so so\n"
