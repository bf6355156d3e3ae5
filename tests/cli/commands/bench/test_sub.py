"""``broker bench sub``: what can be said."""

from __future__ import annotations

import pytest


@pytest.mark.parametrize("option", ["--size 5", "--shape conn", "--rate 5"])
async def test_what_is_for_our_own_publisher_is_refused_with_another(run, option):
    result = await run("bench", "sub", "-p", ":1", *option.split())
    assert result.code == 2
    assert "--size, --shape and --rate are for the publisher" in result.err


async def test_without_a_peer_there_has_to_be_a_topic(run):
    result = await run("bench", "sub", "")
    assert result.code == 2
