"""``broker store watch``, ``info`` and ``stats``: what can be said."""

from __future__ import annotations

import pytest


@pytest.mark.parametrize(
    ("args", "message"),
    [
        ("watch db a", "'a' is one argument too many"),
        ("watch db -n 0", "--count: '0' is no whole number of 1 or more"),
        ("watch db --for 5m", "--for: '5m' could be"),
        ("watch db --key 5m", "--key: "),
        ("watch db -o broker", "prints human or ndjson or text, not broker"),
        ("info db a", "'a' is one argument too many"),
        ("info db -o text", "prints human or ndjson, not text"),
        ("stats db --top -1", "--top: '-1' is no whole number of 0 or more"),
    ],
)
async def test_what_cannot_be_meant_is_refused(run, args, message):
    result = await run("store", *args.split(), "-p", "127.0.0.1:1")
    assert (result.code, result.out) == (2, "")
    assert message in result.err.splitlines()[0]
