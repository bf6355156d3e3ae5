"""``broker store get``, ``exists`` and ``keys``: what can be said."""

from __future__ import annotations

import pytest


@pytest.mark.parametrize(
    ("args", "message"),
    [
        ("get db a --match b", "'a' is one argument too many"),
        ("get db --match a --index 1", "--match does not go with --index or --default"),
        ("get db --match a --default 1", "--match does not go with --index or --default"),
        ("get db a --index 10.0.0.300", "--index: "),
        ("get db a --default 5m", "--default: "),
        ("exists db", "no KEY given"),
        ("exists db a -o raw", "prints human or ndjson or text, not raw"),
        ("keys db a", "'a' is one argument too many"),
    ],
)
async def test_what_cannot_be_meant_is_refused(run, args, message):
    result = await run("store", *args.split(), "-p", "127.0.0.1:1")
    assert (result.code, result.out) == (2, "")
    assert message in result.err.splitlines()[0]
