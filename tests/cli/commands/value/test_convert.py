"""``broker value convert``: what can be said."""

from __future__ import annotations

import pytest


@pytest.mark.parametrize(
    ("args", "message"),
    [
        ("--from xml", "--from: 'xml' is none of text, ndjson, json"),
        ("--from broker", "--from: 'broker' is none of"),
        ("--to xml", "--to: 'xml' is none of"),
        ("-o text", "--output: the form is that of --to"),
        ("no.such.file", "cannot read no.such.file: no such file or directory"),
    ],
)
async def test_what_cannot_be_meant_is_refused(run, args, message):
    result = await run("value", "convert", *args.split())
    assert result.code == 2
    assert message in result.err.splitlines()[0]


async def test_the_variable_for_other_commands_does_no_harm(run):
    result = await run("value", "convert", stdin=b'{"@data-type":"count","data":5}\n', env={"BROKER_OUTPUT": "raw"})
    assert (result.code, result.out) == (0, "5\n")
