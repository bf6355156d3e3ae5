"""``broker publish``: what can be said, and what is understood. Nothing here needs a network."""

from __future__ import annotations

import json

import pytest

from broker_core import Count, Event, Port, Timespan, Timestamp
from broker_core.codecs.json import from_json


async def dry(run, *args: str, stdin: bytes = b"") -> list[object]:
    result = await run("publish", "--dry-run", *args, stdin=stdin)
    assert (result.code, result.err) == (0, "")
    return [from_json(thing) for thing in result.objects]


async def test_arguments_are_typed_by_how_they_are_written(run):
    values = await dry(run, "/t", "ping", "hello", "5", "-3", "+4", "-1ns", "0.5", "22/tcp", "string:5", "-.5", "T")
    event = Event("ping", "hello", Count(5), -3, 4, Timespan(-1), 0.5, Port(22), "5", -0.5, True)
    assert values == [event.value]


async def test_the_line_is_what_would_be_sent(run):
    result = await run("pub", "--dry-run", "/t", "ping", "5")
    assert result.out == (
        '{"type":"data-message","topic":"/t","@data-type":"vector","data":[{"@data-type":"count","data":1},'
        '{"@data-type":"count","data":1},{"@data-type":"vector","data":[{"@data-type":"string","data":"ping"},'
        '{"@data-type":"vector","data":[{"@data-type":"count","data":5}]}]}],"v":1,"event":"ping"}\n'
    )


@pytest.mark.parametrize(
    ("form", "line"),
    [("text", '/t ping("a", -3)\n'), ("human", '/t ping("a", -3)\n'), ("broker", "/t (1, 1, (ping, (a, -3)))\n")],
)
async def test_other_formats(run, form, line):
    assert (await run("pub", "--dry-run", "-o", form, "/t", "ping", "a", "-3")).out == line


async def test_a_bare_value(run):
    assert await dry(run, "/t", "--data", "(1, 2)") == [(Count(1), Count(2))]
    assert await dry(run, "/t", "--data", "-5") == [-5]
    assert (await run("pub", "--dry-run", "-o", "raw", "/t", "--data", "hello")).out == "hello\n"


async def test_metadata(run):
    (value,) = await dry(run, "/t", "ping", "--meta", "200=x", "--meta", "network-timestamp=2024-05-01T12:00:00Z")
    event = Event.from_value(value)
    assert event.metadata == ((200, "x"), (1, Timestamp(1714564800_000000000)))
    (value,) = await dry(run, "/t", "ping", "--meta", "network-timestamp=now")
    assert Event.from_value(value).network_timestamp is not None


async def test_a_message_is_made_as_often_as_it_is_published(run):
    assert await dry(run, "/t", "ping", "-n", "3") == [Event("ping").value] * 3


async def test_arguments_that_are_not_utf8_are_bytes(run):
    assert await dry(run, "/t", "ping", "string:\udcff") == [Event("ping", b"\xff").value]


async def test_what_stands_behind_two_dashes_is_an_argument(run):
    assert await dry(run, "/t", "ping", "--", "-5", "string:--count") == [Event("ping", -5, "--count").value]


async def test_messages_from_standard_input(run):
    first = await run("pub", "--dry-run", "/t", "ping", "5")
    again = await run("pub", "--dry-run", "--from", "-", stdin=first.out.encode())
    assert again.out == first.out
    moved = await run("pub", "--dry-run", "/other", "--from", "-", stdin=first.out.encode())
    assert moved.objects == [{**json.loads(first.out), "topic": "/other"}]


async def test_lines(run):
    assert await dry(run, "/t", "--from", "-", "--in", "lines", stdin=b"a\n5\n\n") == ["a", "5", ""]
    assert await dry(run, "/t", "line", "--from", "-", "--in", "lines", stdin=b"a") == [Event("line", "a").value]


@pytest.mark.parametrize(
    ("args", "message"),
    [
        ("/t", "no EVENT given"),
        ("--data 5", "no TOPIC given"),
        ("/t e --data 5", "there is no EVENT"),
        ("/t 5", "'5' is no name of an event"),
        ("/t e 10.0.0.300", "argument 1 of e: '10.0.0.300' is no address"),
        ("/t e a 5m", "argument 2 of e: '5m' is no time span"),
        ("/t --data {}", "--data: "),
        ("/t e --meta 5=x", "--meta: '5' is no key"),
        ("/t e --meta network-timestamp=5", "network timestamp"),
        ("/t --data 5 --meta 200=x", "--meta is for events"),
        ("/t e -n 0", "--count: '0' is no whole number of 1 or more"),
        ("/t e -n -5", "--count: '-5' is no whole number of 1 or more"),
        ("/t e --interval 5m", "could be minutes or milliseconds"),
        ("/t e --wait-subscriber=x", "--wait-subscriber: 'x'"),
        ("/t e --in lines", "--in and --keep-going go with --from"),
        ("/t e --keep-going", "--in and --keep-going go with --from"),
        ("/t e a --from -", "with --from the values come from the file"),
        ("/t --data 5 --from -", "with --from the values come from the file"),
        ("/t e --from -", "EVENT does not go with --in ndjson"),
        ("--from - --in lines", "--in lines needs a TOPIC"),
        ("--from - --in xml", "--in: 'xml' is none of ndjson, text, lines"),
        ("--from - -n 5", "--meta and --count do not go with --from"),
        ("--from no-such-file", "cannot read no-such-file: no such file or directory"),
        ("/t e -o raw", "-o raw cannot show a value that is no single string"),
    ],
)
async def test_what_cannot_be_meant_is_refused(run, args, message):
    result = await run("publish", "--dry-run", *args.split())
    assert result.code == 2
    assert message in result.err.splitlines()[0]
    assert result.out == ""


async def test_an_empty_topic_is_refused(run):
    result = await run("pub", "--dry-run", "", "e")
    assert result.code == 2
    assert "TOPIC: the topic is empty" in result.err


async def test_bad_input_says_where(run):
    lines = b"/a 1\n\nbad\n/a 2\n"
    result = await run("pub", "--dry-run", "-o", "text", "--from", "-", "--in", "text", stdin=lines)
    assert (result.code, result.out) == (7, "/a 1\n")
    assert result.err.startswith("broker: stdin:3: ")
    assert "behind 1 good messages (exit 7)" in result.err
    result = await run("pub", "--dry-run", "-o", "text", "--from", "-", "--in", "text", "--keep-going", stdin=lines)
    assert (result.code, result.out) == (9, "/a 1\n/a 2\n")
    assert "1 bad lines left out" in result.err


async def test_a_file_is_named_in_errors(run, tmp_path):
    path = tmp_path / "in.ndjson"
    path.write_text("{\n")
    result = await run("pub", "--dry-run", "--from", str(path))
    assert result.code == 7
    assert f"{path}:1: no JSON" in result.err


async def test_a_terminal_is_shielded_from_a_dry_run(run):
    result = await run("pub", "--dry-run", "-o", "raw", "/t", "--data", "string:\x1b[31m", terminal=True)
    assert result.out == "\\x1b[31m\n"
