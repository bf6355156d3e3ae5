"""``broker check topic``: what can be said."""

from __future__ import annotations

import pytest


@pytest.mark.parametrize(
    ("args", "message"),
    [
        ("/t", "no peer given"),
        ("/t -p :1 --within x", "--within: 'x' is no duration"),
        ("/t -p :1 --within 0", "--within: '0' leaves no time"),
        ("/t -p :1 -n x", "--count: 'x'"),
        ("/t -p :1 -w 5ms", "--warning: '5ms' is no number"),
        ("/t -p :1 -c x", "--critical: 'x' is no number"),
        (f"/t -p :1 --event {'*' * 1001}", "the pattern has 1001 characters"),
    ],
)
async def test_what_cannot_be_meant_is_unknown(run, args, message):
    result = await run("check", "topic", *args.split())
    assert result.code == 3
    assert result.out.startswith(f"BROKER UNKNOWN - {message}")


async def test_a_topic_that_is_none(run):
    result = await run("check", "topic", "-p", "127.0.0.1:1", "x" * 70000)
    assert result.code == 3
    assert result.out.count("\n") == 1
