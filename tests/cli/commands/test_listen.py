"""``broker listen``: what can be said."""

from __future__ import annotations

import pytest


@pytest.mark.parametrize(
    ("args", "message"),
    [
        ("localhost", "listen: 'localhost' has no port"),
        ("70000", "is no address"),
        ("0 -n x", "--count: 'x'"),
        ("0 --for x", "--for: 'x' is no duration"),
        ("0 --tls on", "--tls: 'on' is none of auto, off, anon, verify"),
        ("0 1", "got unexpected extra argument"),
        ("0 --id x", "'x' is no endpoint id"),
    ],
)
async def test_what_cannot_be_meant_is_refused(run, args, message):
    result = await run("listen", *args.split())
    assert result.code == 2
    assert message in result.err.splitlines()[0]


async def test_a_port_that_is_taken(run, hub):
    async with hub() as here:
        result = await run("listen", here.peer)
    assert result.code == 5
    assert result.err.startswith(f"broker: cannot listen on {here.peer}: address already in use (exit 5)")
