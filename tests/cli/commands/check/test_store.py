"""``broker check store``: what can be said."""

from __future__ import annotations

import pytest


@pytest.mark.parametrize(
    ("args", "message"),
    [
        ("", "no NAME given"),
        ("db", "no peer given"),
        ("db x -p :1", "'x' is one argument too many"),
        ("db --file x", "'db' is one argument too many"),
        ("--file x -p :1", "--file and --peer exclude each other"),
        ("db -p :1 --value 1", "--value goes with one --key"),
        ("db -p :1 --value 1 --key 1 --key 2", "--value goes with one --key"),
        ("db -p :1 --key 10.0.0.300", "--key: "),
        ("db -p :1 -c 5s", "--critical: '5s' is no number"),
    ],
)
async def test_what_cannot_be_meant_is_unknown(run, args, message):
    result = await run("check", "store", *args.split())
    assert result.code == 3
    assert result.out.startswith(f"BROKER UNKNOWN - {message}")
