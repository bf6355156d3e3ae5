"""``broker bench pub``: what can be said."""

from __future__ import annotations

import pytest


@pytest.mark.parametrize(
    ("args", "message"),
    [
        ("-n 0", "--msgs: '0'"),
        ("--clients 0", "--clients: '0'"),
        ("--clients 257", "--clients: 257 processes are too many"),
        ("--size x", "--size: 'x'"),
        ("--shape x", "--shape: 'x' is none of event, conn, string"),
        ("--rate 0", "--rate: '0' is no rate"),
        ("--rate x", "--rate: 'x'"),
        ("--rate inf", "--rate: 'inf'"),
        ("--duration 0", "--duration: '0' is no time at all"),
        ("--timeout x", "--timeout: 'x'"),
        ("-p a:b", "--peer: 'a:b'"),
        ("-o raw", "--output: this command prints human or ndjson"),
        ("a b", "got unexpected extra argument"),
    ],
)
async def test_what_cannot_be_meant_is_refused(run, args, message):
    result = await run("bench", "pub", *args.split())
    assert result.code == 2
    assert message in result.err.splitlines()[0]


async def test_a_topic_is_needed(run):
    result = await run("bench", "pub", "")
    assert result.code == 2
    assert "TOPIC: " in result.err
