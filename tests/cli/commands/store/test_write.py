"""``broker store put``, ``del`` and ``clear``: what can be said."""

from __future__ import annotations

import pytest


@pytest.mark.parametrize(
    ("args", "message"),
    [
        ("put db a", "no VALUE given"),
        ("put db a 1 2", "'2' is one argument too many"),
        ("put db a 5m", "VALUE: "),
        ("put db 5m a", "KEY: "),
        ("put db a 1 --ttl 5m", "--ttl: '5m' could be"),
        ("put db a 1 --ttl -1s", "--ttl: '-1s' is no duration"),
        ("del db", "no KEY given"),
        ("del db a --match b", "'a' is one argument too many"),
        ("del db a --yes", "--yes goes with --match"),
        ("clear db a", "'a' is one argument too many"),
        ("clear db", "this would remove all keys, and nobody can be asked here"),
    ],
)
async def test_what_cannot_be_meant_is_refused(run, args, message):
    result = await run("store", *args.split(), "-p", "127.0.0.1:1")
    assert (result.code, result.out) == (2, "")
    assert message in result.err.splitlines()[0]
