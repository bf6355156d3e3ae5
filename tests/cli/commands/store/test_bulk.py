"""``broker store export``, ``import`` and ``diff``: what can be said."""

from __future__ import annotations

import pytest


@pytest.mark.parametrize(
    ("args", "message"),
    [
        ("export db a", "'a' is one argument too many"),
        ("export db -o raw", "prints human or ndjson or text or broker, not raw"),
        ("import db", "no INPUT given"),
        ("import db a b", "'b' is one argument too many"),
        ("import db a --mode add", "--mode: 'add' is none of merge, skip, replace"),
        ("import db a --mode replace --keep-going", "--keep-going does not go with --mode replace"),
        ("import db - --mode replace", "this would remove all keys that the input lacks"),
        ("diff db", "two are needed to compare, not 1"),
        ("diff db --file a --file b", "two are needed to compare, not 3"),
        ("diff db --file x -o broker", "prints human or ndjson or text, not broker"),
    ],
)
async def test_what_cannot_be_meant_is_refused(run, args, message):
    result = await run("store", *args.split(), "-p", "127.0.0.1:1")
    assert (result.code, result.out) == (2, "")
    assert message in result.err.splitlines()[0]


async def test_two_files_need_no_peer_and_a_name_does(run, tmp_path):
    for name in "ab":
        (tmp_path / name).touch()
    files = ("--file", str(tmp_path / "a"), "--file", str(tmp_path / "b"))
    assert (await run("store", "diff", *files)).code == 0
    result = await run("store", "diff", "db", *files[:2])
    assert (result.code, result.err.splitlines()[0]) == (2, "broker: no peer given (exit 2)")
