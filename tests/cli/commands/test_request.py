"""``broker request``: what can be said."""

from __future__ import annotations

import pytest
import trio

ASK = ("/t", "ping", "1", "-p", ":1", "--reply-topic", "/r")


@pytest.mark.parametrize(
    ("args", "message"),
    [
        ((), "missing argument 'TOPIC'"),
        (("/t",), "missing argument 'EVENT'"),
        (("/t", "a b"), "'a b' is no name of an event"),
        (("/t", "ping"), "no --reply-topic given"),
        (("/t", "ping", "--reply-topic", "/r"), "no peer given"),
        ((*ASK, "10.0.0.300"), "argument 2 of ping: "),
        ((*ASK, "--match", "x"), "--match: 'x' is not N=M"),
        ((*ASK, "--match", "0="), "--match: '0=' is not N=M"),
        ((*ASK, "--match", "-1"), "--match: '-1' is not N=M"),
        ((*ASK, "--match", "1"), "--match: 1: there is no argument 1 to send"),
        ((*ASK, "--match", "0=1"), "--match: 0=1: there is no argument 1 to send"),
        ((*ASK, "--replies", "x"), "--replies: 'x'"),
        ((*ASK, "--timeout", "5m"), "--timeout: '5m' could be"),
        ((*ASK, "--reply-event", "*" * 1001), "the pattern has 1001 characters"),
        (("", *ASK[1:]), "topic"),
        ((*ASK, "-o", "xml"), "--output: 'xml'"),
    ],
)
async def test_what_cannot_be_meant_is_refused(run, args, message):
    result = await run("request", *args)
    assert (result.code, result.out) == (2, "")
    assert message in result.err.splitlines()[0]


async def test_what_is_right_gets_as_far_as_connecting(run):
    result = await run(
        "request", *ASK[:3], "-p", "127.0.0.1:1", "--reply-topic", "", "--match", "7=0", "--replies", "0"
    )
    assert result.code == 5


async def test_arguments_are_read_as_declared(run, hub):
    """And the fields of the reply get their names."""
    from broker_core import Event

    async with hub() as here, trio.open_nursery() as nursery:

        async def answer() -> None:
            with here.endpoint.make_subscriber("/t") as messages:
                value = (await messages.get(20)).value
                assert value == Event("ask", 5, 1.0).value, "an int and a double"
                await here.endpoint.publish("/r", Event("told", 5))

        nursery.start_soon(answer)
        ask = ("request", "-p", here.peer, "/t", "ask", "5", "1", "--reply-topic", "/r", "--match", "0")
        signatures = ("--sig", "ask(a: int, b: double)", "--sig", "told(number: int)")
        result = await run(*ask, *signatures, "-o", "human")
        assert (result.code, result.err) == (0, "")
        assert "told(" in result.out
        assert "number" in result.out


async def test_what_is_not_as_declared_is_refused(run):
    result = await run("request", *ASK, "--sig", "ping(a: string, b: count)")
    assert result.code == 2
    result = await run("request", *ASK, "--types", "subnet")
    assert (result.code, result.out) == (2, "")
