"""``broker publish``: what can be said, and what is understood. Nothing here needs a network."""

from __future__ import annotations

import json
from ipaddress import ip_network

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
        ("--from - --in xml", "--in: 'xml' is none of ndjson, plain, text, lines, zeek"),
        ("--from - -n 5", "--meta, --count and --template do not go with --from"),
        ("--from - --template", "--meta, --count and --template do not go with --from"),
        ("--from - --in plain", "--in plain: lines without types need a declaration"),
        ("/t e --from - --in lines --types count,count", "--in lines: each line is one argument, and e(count, count)"),
        ("--from - --in text --pace recorded", "--in text: lines of the format text have no times"),
        ("/t e --pace recorded", "--pace goes with --from"),
        ("/t e --rate 5", "--rate: one message has no rate"),
        ("/t e --rate 5 -i 1s -n 2", "--interval and --rate exclude each other"),
        ("--from - --types count", "--types goes with an EVENT"),
        ("/t e 5 --types count --sig e()", "--types and --sig exclude each other"),
        ("/t e x --types count", "argument 1 (count) of e: 'x' is no count"),
        ("/t e 5 --sig f()", "no event e is declared"),
        ("/t e --sig e(a:conut)", "--sig, column 5: unknown type 'conut'; did you mean count?"),
        ("/t e {x} --template", "argument 1 of e: {x} is no field"),
        ("/t --data {env:NOT_SET} --template", "--data: {env:NOT_SET}: the environment has no NOT_SET"),
        ("--from no-such-file", "cannot read no-such-file: no such file or directory"),
        ("/t e -o raw", "-o raw cannot show a value that is no single string"),
    ],
)
async def test_what_cannot_be_meant_is_refused(run, args, message):
    result = await run("publish", "--dry-run", *args.split())
    assert result.code == 2
    assert message in result.err.splitlines()[0]
    assert result.out == ""


SCRIPT = """
module Scan;
export {
    type Kind: enum { SWEEP, GUESS };
    type Hit: record { src: addr; ports: set[port] &default=set(); note: string &optional; kind: Kind &default=SWEEP; };
    global hits: event(sensor: string, all: vector of Hit, weight: double);
}
"""


@pytest.fixture
def script(tmp_path):
    path = tmp_path / "scan.zeek"
    path.write_text(SCRIPT)
    return str(path)


async def test_arguments_are_read_as_they_are_declared(run, script):
    args = ("/t", "Scan::hits", "5", '([$src=10.0.0.1, $kind=GUESS], {"src": "::1", "ports": ["22/tcp"]})', "3")
    (value,) = await dry(run, *args, "--event-file", script)
    assert Event.from_value(value).args[0] == "5"
    result = await run("publish", "--dry-run", *args, "--event-file", script, "-o", "human")
    assert result.out == (
        '/t Scan::hits(sensor: string = "5", all: vector of Scan::Hit = '
        "([src=10.0.0.1, kind=Scan::GUESS], [src=::1, ports={22/tcp}]), weight: double = 3.0)\n"
    )
    result = await run("publish", "--dry-run", *args, "--event-file", script)
    assert result.objects[0]["named"] == {
        "sensor": "5",
        "all": [{"src": "10.0.0.1", "kind": "Scan::GUESS"}, {"src": "::1", "ports": ["22/tcp"]}],
        "weight": 3.0,
    }


async def test_a_mistake_is_told_with_its_place(run, script):
    args = ("/t", "Scan::hits", "s", "([$src=10.0.0.1], [$src=10.0.0.300])", "3", "--event-file", script)
    result = await run("publish", "--dry-run", *args)
    assert (result.code, result.out) == (2, "")
    assert result.err == (
        "broker: argument 2 (all: vector of Scan::Hit) of Scan::hits, element 2, field src: "
        "'10.0.0.300' is no address (each part is 0 to 255) (exit 2)\n"
        "  hint: it is declared as Scan::hits(sensor: string, all: vector of Scan::Hit, weight: double)\n"
    )


async def test_signatures_and_types(run):
    for option in (("--sig", "ping(msg: string, n: double)"), ("--types", "string,double")):
        assert await dry(run, "/t", "ping", "T", "5", *option) == [Event("ping", "T", 5.0).value]


async def test_what_was_printed_without_types_is_published_with_them(run, script):
    args = ("/t", "Scan::hits", "s", "([$src=10.0.0.1])", "3", "--event-file", script)
    typed = await dry(run, *args)
    plain = await run("publish", "--dry-run", *args, "-o", "plain")
    again = await run(
        "pub", "--dry-run", "--from", "-", "--in", "plain", "--event-file", script, stdin=plain.out.encode()
    )
    assert [from_json(thing) for thing in again.objects] == typed
    alone = json.dumps(plain.objects[0]["named"]).encode()
    args = ("/t", "Scan::hits", "--from", "-", "--in", "plain", "--event-file", script)
    assert await dry(run, *args, stdin=alone) == typed


async def test_lines_without_types_are_told_from_typed_ones(run):
    result = await run("pub", "--dry-run", "--from", "-", stdin=b'{"topic":"/t","event":"ping","args":[5]}\n')
    assert result.code == 7
    assert "stdin:1: no types, as in -o plain; --in plain takes them from --sig, --types or --event-file" in result.err


async def test_lines_that_are_not_as_declared_are_bad_input(run):
    lines = b'/t ping("a", 5)\n/t ping("a", -5)\n/t 7\n'
    args = ("pub", "--dry-run", "-o", "text", "--from", "-", "--in", "text", "--sig", "ping(msg: string, n: count)")
    result = await run(*args, stdin=lines)
    assert (result.code, result.out) == (7, '/t ping("a", 5)\n')
    assert "broker: stdin:2: argument 2 (n: count) of ping: '-5' is no count" in result.err
    result = await run(*args, "--keep-going", stdin=lines)
    assert (result.code, result.out) == (9, '/t ping("a", 5)\n/t 7\n')


async def test_lines_with_a_declared_type(run):
    args = ("/t", "block", "--from", "-", "--in", "lines", "--sig", "block(net: subnet)")
    assert await dry(run, *args, stdin=b"10.0.0.0/8\n") == [Event("block", ip_network("10.0.0.0/8")).value]


async def test_templates(run):
    args = ("/t", "e", "{n}", "host-{n}", "string:{env:X}", '("{env:X}", {n})', "{{1}}", "--template", "-n", "2")
    result = await run("pub", "--dry-run", "-o", "text", *args, env={"X": "5"})
    assert result.out == (
        '/t e(1, "host-1", "5", ("5", 1), {1})\n'
        '/t e(2, "host-2", "5", ("5", 2), {1})\n'
    )  # fmt: skip
    assert await dry(run, "/t", "--data", "{n}", "--template", "-n", "2") == [Count(1), Count(2)]
    assert await dry(run, "/t", "--data", "string:{n}") == ["{n}"]


async def test_a_dry_run_without_an_end_prints_one(run):
    assert await dry(run, "/t", "e", "--duration", "1h") == [Event("e").value]


async def test_what_cannot_be_checked_is_told(run, tmp_path):
    path = tmp_path / "x.zeek"
    path.write_text("global e: event(c: connection);")
    result = await run("pub", "--dry-run", "/t", "e", "5", "--event-file", str(path), "-v", "-o", "text")
    assert (result.out, result.err) == (
        "/t e(5)\n",
        "not checked for want of a declaration: what is of type connection\n",
    )


async def test_a_profile_that_declares_events(run, script, tmp_path):
    config = tmp_path / "config.toml"
    config.write_text(f'[profile.lab]\nevent-file = "{script}"\n')
    env = {"BROKER_CONFIG": str(config), "BROKER_PROFILE": "lab"}
    result = await run("pub", "--dry-run", "/t", "Scan::hits", "s", "()", "x", env=env)
    assert (result.code, "argument 3 (weight: double)" in result.err) == (2, True)
    assert (await run("pub", "--dry-run", "/t", "other", "5", env=env)).code == 0


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
