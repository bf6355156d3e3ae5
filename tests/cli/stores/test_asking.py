"""Questions: asked at a terminal, refused elsewhere."""

from __future__ import annotations

import io
import os

import pytest

from broker_cli.context import Context
from broker_cli.exit_codes import ExitCode, Failure
from broker_cli.stores.asking import check_consent, confirm


@pytest.fixture
def terminal():
    """A terminal to answer at, and a context whose stdin it is."""
    screen, fd = os.openpty()
    yield screen, Context(stdin=fd, stderr=io.StringIO(), environ={}, stderr_is_terminal=True, stdout_is_terminal=False)
    os.close(screen)
    os.close(fd)


@pytest.mark.parametrize("answer", ["y", "yes", "Y", " YES "])
async def test_a_yes(terminal, answer):
    screen, context = terminal
    os.write(screen, f"{answer}\n".encode())
    await confirm(context, "remove it", yes=False)
    assert context.stderr.getvalue() == "Remove it? [y/N] "


@pytest.mark.parametrize("answer", ["", "n", "yesterday", "\x04"])
async def test_all_else_is_a_no(terminal, answer):
    screen, context = terminal
    os.write(screen, f"{answer}\n".encode())
    with pytest.raises(Failure) as caught:
        await confirm(context, "remove it", yes=False)
    assert (caught.value.code, caught.value.message) == (ExitCode.NO, "nothing was changed")


async def test_consent_that_was_given_is_not_asked_for(terminal):
    _, context = terminal
    await confirm(context, "remove it", yes=True)
    assert context.stderr.getvalue() == ""
    check_consent(context, "remove it", yes=True, stdin_is_free=False)


def test_who_can_be_asked(terminal):
    _, context = terminal
    check_consent(context, "remove it", yes=False)
    with pytest.raises(Failure) as caught:
        check_consent(context, "remove it", yes=False, stdin_is_free=False)
    assert (caught.value.code, caught.value.hint) == (ExitCode.USAGE, "give --yes to agree")
    context.stderr_is_terminal = False
    with pytest.raises(Failure, match="this would remove it"):
        check_consent(context, "remove it", yes=False)


def test_a_pipe_is_nobody_to_ask(terminal):
    _, context = terminal
    reading, writing = os.pipe()
    context.stdin = reading
    with pytest.raises(Failure):
        check_consent(context, "remove it", yes=False)
    os.close(reading)
    os.close(writing)
