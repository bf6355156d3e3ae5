"""``broker top``: what can be said."""

from __future__ import annotations

import subprocess
import sys

import pytest

from broker_cli.commands.top import GROUPINGS, SORTS
from broker_cli.live.ordering import SORTS as KNOWN


@pytest.mark.parametrize(
    ("args", "message"),
    [
        ("/t", "no peer given"),
        ("-p :1 -n 0", "--count: '0'"),
        ("-p :1 -n x", "--count: 'x'"),
        ("-p :1 --for x", "--for: 'x' is no duration"),
        ("-p :1 --interval 5m", "--interval: '5m' could be"),
        ("-p :1 --interval 1ms", "--interval: '1ms' is less than 100ms"),
        ("-p :1 --sort size", "--sort: 'size' is none of rate, bytes, total, last, name"),
        ("-p :1 --by peer", "--by: 'peer' is none of event, topic"),
        ("-p :1 --max-queue 0", "--max-queue: '0'"),
        ("-p :1 -o text", "--output: this command prints human or ndjson, not text"),
    ],
)
async def test_what_cannot_be_meant_is_refused(run, args, message):
    result = await run("top", *args.split())
    assert result.code == 2
    assert message in result.err.splitlines()[0]


def test_the_words_are_those_of_the_table():
    assert SORTS == KNOWN
    assert GROUPINGS == ("event", "topic")


def test_help_loads_neither_trio_nor_rich():
    code = "import sys, broker_cli.commands.top; print({'trio', 'rich', 'broker_core'} & set(sys.modules))"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=30)
    assert run.stdout == "set()\n"
