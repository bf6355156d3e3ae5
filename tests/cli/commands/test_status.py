"""``broker status``: what can be said."""

from __future__ import annotations

import pytest


@pytest.mark.parametrize(
    ("args", "message"),
    [
        ("", "no peer given"),
        ("x:y", "HOST:PORT: 'x:y' is no address"),
        (":1 -p :2", "either as arguments or with -p"),
        (":1 -o text", "prints human or ndjson, not text"),
        ("http://x -p :2", "either as arguments or with -p"),
        ("http://", "'http://' is no URL"),
        ("http://[::1", "is no URL"),
        ("http://x:70000", "is no URL"),
        ("https://u:secret@x", "user name"),
        ("ftp://x", "ftp:// is not supported"),
    ],
)
async def test_what_cannot_be_meant_is_refused(run, args, message):
    result = await run("status", *args.split())
    assert result.code == 2
    assert message in result.err.splitlines()[0]
    assert "secret" not in result.err
