"""The keys of ndjson lines are written down, for each type of line that the code prints."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

import broker_cli
from broker_cli.schema import LINES

SOURCE = Path(broker_cli.__file__).parent
_KINDS = (
    r'(?:json_line|facts_json|tell_json|Happening)\(\s*"([a-z-]+)"',
    r'"type": ?"([a-z-]+)',
)


_COMPUTED = {"status", "error", "store-diff"}  # no literal stands beside what prints them


def printed() -> set[str]:
    text = "\n".join(path.read_text(encoding="utf-8") for path in SOURCE.rglob("*.py"))
    return {kind for pattern in _KINDS for kind in re.findall(pattern, text)}


def test_every_type_of_line_is_described_and_no_other():
    assert printed() | _COMPUTED == set(LINES)


def names(keys: str) -> set[str]:
    return set(re.findall(r"[@a-z][a-z_-]*", keys))


@pytest.mark.parametrize(
    "args",
    [
        ("publish", "--dry-run", "/t", "e", "5"),
        ("status", "127.0.0.1:1"),
        ("value", "parse", "5"),
        ("doctor", "127.0.0.1:1"),
        ("check", "peer", "127.0.0.1:1", "-o", "ndjson"),
        ("profile", "show", "--origin"),
    ],
)
async def test_the_keys_are_those_of_the_description(run, args):
    result = await run(*args)
    assert result.out
    for line in result.objects:
        assert line["v"] == 1
        assert set(line) <= {"type", "v"} | names(LINES[line["type"]][1])


async def test_failures_have_the_keys_of_the_description(run):
    result = await run("sub", "--errors", "json", "/t")
    line = json.loads(result.err)
    assert set(line) == {"type", "v", "code", "exit", "message", "hint"}
