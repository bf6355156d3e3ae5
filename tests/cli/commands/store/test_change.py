"""``broker store incr``, ``append`` and so on: what can be said."""

from __future__ import annotations

import pytest


@pytest.mark.parametrize(
    ("args", "message"),
    [
        ("incr db", "no KEY given"),
        ("incr db a 1 2", "'2' is one argument too many"),
        ("decr db a 5m", "BY: "),
        ("append db a", "no TEXT given"),
        ("append db a 5", "TEXT: '5' is no string"),
        ("push db a", "no VALUE given"),
        ("push db a 1 5m", "VALUE: "),
        ("pop db a b", "'b' is one argument too many"),
        ("insert db a", "no INDEX given"),
        ("insert db a 5m", "INDEX: "),
        ("insert db a 1 5m", "VALUE: "),
        ("insert db a 1 2 3", "'3' is one argument too many"),
        ("remove db a", "no INDEX given"),
        ("remove db a 1 5m", "INDEX: "),
    ],
)
async def test_what_cannot_be_meant_is_refused(run, args, message):
    result = await run("store", *args.split(), "-p", "127.0.0.1:1")
    assert (result.code, result.out) == (2, "")
    assert message in result.err.splitlines()[0]
