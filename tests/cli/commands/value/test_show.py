"""``broker value show``: what can be said."""

from __future__ import annotations

import pytest


@pytest.mark.parametrize(
    ("args", "message"),
    [
        ("", "missing argument 'FILE|-|HEX'"),
        ("00 --in xml", "--in: 'xml' is none of hex, json, binary, base64, msgpack, text"),
        ("00 11", "got unexpected extra argument"),
    ],
)
async def test_what_cannot_be_meant_is_refused(run, args, message):
    result = await run("value", "show", *args.split())
    assert result.code == 2
    assert message in result.err.splitlines()[0]


async def test_the_form_can_be_said(run):
    result = await run("value", "show", "--in", "text", "0101")
    assert result.objects[0]["literal"] == "101"
