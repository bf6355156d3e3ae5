"""``broker ping``: what can be said."""

from __future__ import annotations

import pytest


@pytest.mark.parametrize(
    ("args", "message"),
    [
        ((), "missing argument 'TOPIC'"),
        (("/t",), "no peer given"),
        (("", "-p", ":1"), "TOPIC is empty"),
        (("/t", "-p", ":1", "-n", "x"), "--count: 'x' is no whole number of 0 or more"),
        (("/t", "-p", ":1", "-i", "5m"), "--interval: '5m' could be"),
        (("/t", "-p", ":1", "-i", "1s", "--flood"), "--flood and --interval exclude each other"),
        (("/t", "-p", ":1", "--timeout", "x"), "--timeout: 'x'"),
        (("/t", "-p", ":1", "--wait", "x"), "--wait: 'x'"),
        (("/t", "-p", ":1", "--size", "-1"), "--size: '-1'"),
        (("/t", "-p", ":1", "--size", "16777217"), "--size: 16777217 bytes are more than 16777216"),
        (("/t", "-p", ":1", "-o", "raw"), "--output: this command prints human or ndjson or text or broker"),
    ],
)
async def test_what_cannot_be_meant_is_refused(run, args, message):
    result = await run("ping", *args)
    assert (result.code, result.out) == (2, "")
    assert message in result.err.splitlines()[0]


async def test_the_longest_payload_is_no_usage_error(run):
    assert (await run("ping", "/t", "-p", "127.0.0.1:1", "--size", "16777216")).code == 5


async def test_the_limit_for_a_ping_is_its_own(run, hub):
    """A variable that lets other commands wait longer does not make each lost ping take so long."""
    async with hub() as here:
        result = await run("ping", "/t", "-p", here.peer, "--wait", "50ms", env={"BROKER_TIMEOUT": "nonsense"})
        assert result.code == 4
