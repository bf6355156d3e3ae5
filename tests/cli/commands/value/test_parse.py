"""``broker value parse``: what can be said."""

from __future__ import annotations

import pytest


@pytest.mark.parametrize(
    ("args", "message"),
    [
        ("", "missing argument 'LIT'"),
        ("5 -o text", "--output: this command prints human or ndjson, not text"),
    ],
)
async def test_what_cannot_be_meant_is_refused(run, args, message):
    result = await run("value", "parse", *args.split())
    assert result.code == 2
    assert message in result.err.splitlines()[0]


async def test_negative_numbers_need_no_care(run):
    result = await run("value", "parse", "-5", "-1ns")
    assert [line["kind"] for line in result.objects] == ["integer", "timespan"]
