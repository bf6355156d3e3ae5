"""``broker peer``: what can be said."""

from __future__ import annotations

import pytest


@pytest.mark.parametrize(
    ("args", "message"),
    [
        ("", "missing argument 'HOST:PORT'"),
        ("x:y", "HOST:PORT: 'x:y' is no address"),
        (":1 -o raw", "--output: this command prints human or ndjson, not raw"),
        (":1 :2", "got unexpected extra argument"),
        (":1 --tls x", "--tls: 'x'"),
    ],
)
async def test_what_cannot_be_meant_is_refused(run, args, message):
    result = await run("peer", *args.split())
    assert result.code == 2
    assert message in result.err.splitlines()[0]
