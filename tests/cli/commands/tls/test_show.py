"""``broker tls show``: what can be said."""

from __future__ import annotations

import pytest


@pytest.mark.parametrize(
    ("args", "message"),
    [("", "missing argument 'FILE'"), ("a.crt -o raw", "prints human or ndjson, not raw")],
)
async def test_what_cannot_be_meant_is_refused(run, args, message):
    result = await run("tls", "show", *args.split())
    assert (result.code, result.out) == (2, "")
    assert message in result.err.splitlines()[0]
