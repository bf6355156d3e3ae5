"""``store get``, ``exists``, ``keys`` and ``export``, of masters and of files."""

from __future__ import annotations

import pytest

from broker_core import Count, EnumValue, Port
from broker_core.codecs.json import from_json

EVERY_FORMAT = ("ndjson", "text", "broker", "human")


async def fill(place) -> None:
    await place.put("a", Count(5))
    await place.put(Count(5), {"x": Port(22)})
    await place.put(5, "text")


async def test_a_value(run, place):
    await fill(place)
    result = await run("store", "get", *place.read, "a")
    assert (result.code, result.err) == (0, "")
    assert result.objects == [
        {
            "type": "store-entry",
            "v": 1,
            "key": {"@data-type": "string", "data": "a"},
            "value": {"@data-type": "count", "data": 5},
        }
    ]
    assert (await run("store", "get", *place.read, "5", "-o", "text")).out == '{"x" -> 22/tcp}\n'
    assert (await run("store", "get", *place.read, "+5", "-o", "raw")).out == "text\n"
    assert (await run("store", "get", *place.read, "a", "-o", "broker")).out == "5\n"
    assert (await run("store", "get", *place.read, "a", "-o", "human")).out == "5\n"


async def test_several_values_in_the_order_of_the_question(run, place):
    await fill(place)
    assert (await run("store", "get", *place.read, "+5", "a", "-o", "text")).out == '"text"\n5\n'
    assert (await run("store", "get", *place.read, "+5", "a", "-o", "human")).out == '+5 -> "text"\n"a" -> 5\n'


async def test_a_missing_key_is_told_behind_the_values_that_there_are(run, place):
    await fill(place)
    result = await run("store", "get", *place.read, "b", "a", "-o", "text")
    assert (result.code, result.out) == (3, "5\n")
    assert result.err == f'broker: {place.title}: 1 of 2 keys do not exist: "b" (exit 3)\n'
    assert (await run("store", "get", *place.read, "b", "-q")) == (3, "", "")


async def test_a_default_takes_the_place_of_a_missing_value(run, place):
    await fill(place)
    result = await run("store", "get", *place.read, "b", "a", "--default", "-1", "-o", "text")
    assert result == (0, "-1\n5\n", "")
    assert (await run("store", "get", *place.read, "b", "--default", "nil", "-o", "text")).out == "nil\n"


async def test_an_element_of_a_value(run, place):
    await fill(place)
    assert (await run("store", "get", *place.read, "5", "--index", "x", "-o", "text")).out == "22/tcp\n"
    result = await run("store", "get", *place.read, "5", "--index", "y")
    assert (result.code, result.out) == (3, "")
    assert (await run("store", "get", *place.read, "5", "--index", "y", "--default", "0", "-o", "text")).out == "0\n"


async def test_a_part_of_an_entry_is_not_taken_for_the_entry(run, place):
    await fill(place)
    result = await run("store", "get", *place.read, "5", "--index", "x")
    assert result.objects[0]["index"] == {"@data-type": "string", "data": "x"}
    result = await run("store", "import", *place.change, "-", stdin=result.out.encode())
    assert result.code == 7
    assert "no entry: with an index it is only a part of one" in result.err


async def test_values_of_all_keys_that_match(run, place):
    for name in ("scan-1", "scan-2", "other"):
        await place.put(name, name)
    await place.put(EnumValue("scan::LOG"), "enum")
    result = await run("store", "get", *place.read, "--match", "scan*", "-o", "raw")
    assert sorted(result.out.split()) == ["enum", "scan-1", "scan-2"]
    assert await run("store", "get", *place.read, "--match", "none*") == (0, "", "")


async def test_a_value_that_is_no_string_has_no_raw_form(run, place):
    await fill(place)
    result = await run("store", "get", *place.read, "a", "-o", "raw")
    assert (result.code, result.out) == (2, "")
    assert "of type count" in result.err


async def test_whether_keys_exist(run, place):
    await fill(place)
    assert await run("store", "exists", *place.read, "a", "5", "-o", "text") == (0, "T\nT\n", "")
    result = await run("store", "exists", *place.read, "a", "string:5", "-o", "text")
    assert (result.code, result.out) == (3, "T\nF\n")
    result = await run("store", "exists", *place.read, "a")
    assert result.objects == [
        {"type": "store-key", "v": 1, "key": {"@data-type": "string", "data": "a"}, "exists": True}
    ]
    assert (await run("store", "exists", *place.read, "b", "-o", "human")).out == '"b" does not exist\n'


async def test_a_quiet_question_has_only_an_exit_code(run, place):
    await fill(place)
    assert await run("store", "exists", "-q", *place.read, "a") == (0, "", "")
    assert await run("store", "exists", "-q", *place.read, "b") == (3, "", "")


async def test_keys(run, place):
    await fill(place)
    result = await run("store", "keys", *place.read, "-o", "text")
    assert sorted(result.out.splitlines()) == ['"a"', "+5", "5"]
    assert (await run("store", "keys", *place.read, "--match", "+*")).objects == [
        {"type": "store-key", "v": 1, "key": {"@data-type": "integer", "data": 5}}
    ]


@pytest.mark.parametrize("form", EVERY_FORMAT)
async def test_an_empty_store_prints_nothing(run, place, form):
    for verb in ("keys", "export"):
        assert await run("store", verb, *place.read, "-o", form) == (0, "", "")


async def test_export(run, place):
    await fill(place)
    result = await run("store", "export", *place.read)
    pairs = {str(from_json(each["key"])): from_json(each["value"]) for each in result.objects}
    assert len(result.objects) == 3
    assert pairs["a"] == Count(5)
    result = await run("store", "export", *place.read, "--match", "a", "-o", "text")
    assert result.out == '"a" -> 5\n'


async def test_files_tell_when_entries_expire_and_peers_do_not(run, place):
    await place.put("a", 1, expiry=3600)
    (entry,) = (await run("store", "export", *place.read)).objects
    assert ("expiry" in entry) is place.is_file
    result = await run("store", "export", *place.read, "-o", "human")
    assert ("(until 20" in result.out) is place.is_file


async def test_more_entries_than_are_fetched_at_a_time(run, place):
    for number in range(2345):
        await place.put(Count(number), number) if not place.is_file else None
    if place.is_file:
        lines = "".join(
            f'{{"key":{{"@data-type":"count","data":{n}}},"value":{{"@data-type":"integer","data":{n}}}}}\n'
            for n in range(2345)
        )
        assert (await run("store", "import", *place.change, "-", stdin=lines.encode())).code == 0
    result = await run("store", "keys", *place.read, "-o", "text", "-v")
    assert sorted(map(int, result.out.split())) == list(range(2345))
    assert result.err.endswith(f"2345 entries of {place.title}\n")
