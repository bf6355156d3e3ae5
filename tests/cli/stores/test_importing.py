"""``store import``: what export printed comes back, and nothing is lost on the way."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broker_cli.output.entries import Entry, _Json
from broker_cli.stores.lines import EntryReader
from broker_core import Count, StoreFile, now, sort_key
from strategies import is_same, values

FROM_CPP = str(Path(__file__).parents[2] / "vectors" / "store.sqlite")


def line(key: str, number: int, **more: str) -> str:
    return json.dumps(
        {"key": {"@data-type": "string", "data": key}, "value": {"@data-type": "count", "data": number}, **more}
    )


def lines(*texts: str) -> bytes:
    return "".join(f"{text}\n" for text in texts).encode()


async def plain(place) -> dict[str, int]:
    return {key[1].decode(): int(value) for key, value in (await place.entries()).items()}


@given(values(), values(), st.none() | st.integers(0, 2**63 - 1))
def test_lines_hold_every_entry_without_loss(key, value, expiry):
    (found,) = EntryReader().batch([_Json().entry(Entry(key, value, expiry)).encode()], keep_going=False).found
    assert is_same(found.key, key)
    assert is_same(found.value, value)
    assert found.expiry == expiry


async def test_what_was_exported_comes_back(run, place, tmp_path):
    """From a file written by C++, with every type and an expiry."""
    exported = await run("store", "export", "--file", FROM_CPP)
    assert len(exported.objects) == 40
    assert await run("store", "import", *place.change, "-", stdin=exported.out.encode()) == (0, "", "")
    with StoreFile.open(FROM_CPP) as file:
        expected = {sort_key(key): record for key, record in file.entries()}
    entries = await place.entries()
    assert entries.keys() == expected.keys()
    assert all(is_same(entries[key], expected[key].value) for key in entries)
    if place.is_file:
        assert place.expiry("expires") == expected[sort_key("expires")].expiry


async def test_merge_overwrites_and_keeps_the_others(run, place):
    await place.put("old", Count(1))
    await place.put("both", Count(1))
    result = await run("store", "import", *place.change, "-", "-v", stdin=lines(line("both", 2), line("new", 2)))
    assert (result.code, result.err.splitlines()[-1]) == (0, "imported 2 entries")
    assert await plain(place) == {"old": 1, "both": 2, "new": 2}


async def test_skip_keeps_what_is_there(run, place):
    await place.put("both", Count(1))
    given = lines(line("both", 2), "", line("new", 2))
    result = await run("store", "import", *place.change, "--mode", "skip", "-", "-v", stdin=given)
    assert (result.code, result.err.splitlines()[-1]) == (0, "imported 1 entry, 1 left as they were")
    assert await plain(place) == {"both": 1, "new": 2}


async def test_replace_removes_the_others(run, place):
    await place.put("old", Count(1))
    await place.put("both", Count(1))
    words = ("store", "import", *place.change, "--mode", "replace", "-")
    given = lines(line("both", 2), line("new", 2))
    refused = await run(*words, stdin=given)
    assert (refused.code, await plain(place)) == (2, {"old": 1, "both": 1})
    result = await run(*words, "--yes", "-v", stdin=given)
    assert (result.code, result.err.splitlines()[-1]) == (0, "imported 2 entries, 1 others removed")
    assert await plain(place) == {"both": 2, "new": 2}


@pytest.mark.parametrize("given", [b"", b"\n\n", b"oops\n"])
async def test_replace_by_nothing_removes_nothing(run, place, given):
    await place.put("old", Count(1))
    result = await run("store", "import", *place.change, "--mode", "replace", "--yes", "-", stdin=given)
    assert (result.code, await plain(place)) == (7, {"old": 1})


async def test_replace_leaves_out_no_lines(run, place):
    result = await run("store", "import", *place.change, "--mode", "replace", "--keep-going", "x")
    assert result.code == 2


async def test_a_dry_run_changes_nothing_and_needs_no_consent(run, place):
    for key in ("old", "same", "other"):
        await place.put(key, Count(1))
    given = lines(line("old", 2), line("same", 1), line("new", 1))
    words = ("store", "import", *place.read, "--dry-run", "-")
    result = await run(*words, "--mode", "replace", stdin=given)
    assert result == (0, "", "would import 3 entries, 1 of them new, 1 changed, 1 others would be removed\n")
    result = await run(*words, "--mode", "skip", stdin=given)
    assert result.err == "would import 1 entry, 1 of them new, 0 changed, 2 left as they were\n"
    assert (await run(*words, "-q", stdin=given)).err == ""
    assert await plain(place) == {"old": 1, "same": 1, "other": 1}


async def test_a_bad_line_ends_it_behind_those_before(run, place):
    given = lines(line("a", 1), '{"key":5}', line("b", 1))
    result = await run("store", "import", *place.change, "-", stdin=given)
    assert result.code == 7
    assert result.err.splitlines()[0] == (
        "broker: stdin:2: no entry: expected an object with key and value behind 1 good entries (exit 7)"
    )
    assert await plain(place) == {"a": 1}
    result = await run("store", "import", *place.change, "-", "--keep-going", stdin=given)
    assert result.code == 9
    assert result.err.splitlines()[0].startswith("broker: stdin:2: no entry")
    assert await plain(place) == {"a": 1, "b": 1}


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("[]", "no entry: expected an object with key and value"),
        ('{"key":{"@data-type":"count","data":-1},"value":5}', "count -1 is outside 0 .. 2**64-1 in key"),
        ('{"key":{"@data-type":"count","data":1},"value":5}', "found a number in value"),
        (line("a", 1, expiry="soon"), "expected a time such as 2024-05-01T12:00:00Z in expiry"),
        (line("a", 1, expiry="5"), "expected a time such as 2024-05-01T12:00:00Z in expiry"),
    ],
)
async def test_what_is_wrong_with_a_line(run, file_place, text, problem):
    result = await run("store", "import", *file_place.change, "-", stdin=lines(text))
    assert result.code == 7
    assert problem in result.err


async def test_entries_whose_time_is_over_are_left_out(run, place):
    given = lines(line("a", 1, expiry="2001-01-01T00:00:00Z"), line("b", 2, expiry="2101-01-01T00:00:00Z"))
    result = await run("store", "import", *place.change, "-", "-v", stdin=given)
    assert result.err.splitlines()[-1] == "imported 1 entry, 1 left out because their time is over"
    assert await plain(place) == {"b": 2}
    if place.is_file:
        assert place.expiry("b") > now().ns


async def test_from_a_file(run, file_place, tmp_path):
    path = tmp_path / "in.ndjson"
    path.write_bytes(lines(line("a", 1)))
    assert await run("store", "import", *file_place.change, str(path)) == (0, "", "")
    result = await run("store", "import", *file_place.change, str(tmp_path / "none"))
    assert (result.code, result.err) == (
        2,
        f"broker: cannot read {tmp_path}/none: no such file or directory (exit 2)\n",
    )
