"""``broker info``: what can be said."""

from __future__ import annotations

import pytest


@pytest.mark.parametrize(
    ("args", "message"),
    [
        ("", "missing argument 'FILE"),
        ("none.rec", "none.rec: no such file or directory"),
        ("f --top -1", "--top: '-1'"),
        ("f --top x", "--top: 'x'"),
        ("f -o text", "this command prints human or ndjson, not text"),
        ("- -", "stdin can be read once only"),
    ],
)
async def test_what_cannot_be_meant_is_refused(run, args, message):
    result = await run("info", *args.split())
    assert result.code == 2
    assert message in result.err.splitlines()[0]
