"""Literals and bytes explained."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest
from hypothesis import given

from broker_cli.values import showing
from broker_cli.values.showing import how_it_was_read
from broker_core import Batch, Count, DecodeError, Event, LogWrite
from broker_core.codecs import binary, text
from strategies import values

PACKED = "0e0202000000000000000505026869"  # (5, "hi")


@pytest.mark.parametrize(
    ("word", "how"),
    [
        ("nil", "nil is no value"),
        ("T", "T and F are booleans"),
        ("5", "digits without a sign are a count"),
        ("-5", "digits with a sign are an int"),
        ("5.0", "a number with a point or an exponent is a double"),
        ("5min", "a number with a unit is an interval"),
        ("2024-05-01T12:00:00Z", "an ISO date with a time is a time"),
        ("A::b", "a name with :: is an enum value"),
        ("time::x", "a name with :: is an enum value"),
        ("10.0.0.1", "it is written like an IP address"),
        ("dead::beef", "it is written like an IP address"),
        ("addr:::1", "addr: says so"),
        ("add:b::1", "it is written like an IP address"),
        ("10.0.0.0/8", "an address, a slash and a length are a subnet"),
        ("22/tcp", "a number, a slash and a transport are a port"),
        ("hello", "a word that looks like nothing else"),
        ("a:b", "a word that looks like nothing else"),
        ('"5"', "quotes make a string"),
        ("string:5", "what follows string: is taken as it is"),
        ("str:count:5", "what follows str: is taken as it is"),
        ("count:5", "count: says so"),
        ("enum:tcp", "enum: says so"),
        ('enum("a b")', "enum( ) says so"),
        ('string("a b")', "string( ) says so"),
        ("vector(1)", "vector( ) says so"),
        ("set()", "set( ) says so"),
        ("(1, 2)", "( ) or [ ] around values are a vector"),
        ("[1]", "( ) or [ ] around values are a vector"),
        ("{1}", "{ } around values are a set"),
        ("{1 -> 2}", "{ } around pairs are a table"),
        ("set:{}", "set: says so"),
    ],
)
def test_how_words_are_read(word, how):
    assert how_it_was_read(word, text.decode_argument(word)) == how


@pytest.mark.parametrize("prefix", showing._PREFIXES.split("|"))
def test_the_prefixes_are_those_of_the_literals(prefix):
    with pytest.raises(DecodeError):  # else it would be a string
        text.decode_argument(f"{prefix}:?")


@given(values())
def test_every_literal_has_a_reason(value):
    assert how_it_was_read(text.encode(value), value)


async def test_a_literal_for_people(run):
    result = await run("value", "parse", "-o", "human", "22/tcp", '(1, {"a"})')
    assert (result.code, result.err) == (0, "")
    assert result.out == (
        "22/tcp\n"
        "  read as   port: a number, a slash and a transport are a port\n"
        "  literal   22/tcp\n"
        "  Zeek      port\n"
        '  JSON      {"@data-type":"port","data":"22/tcp"}\n'
        "  binary    08001601 (4 bytes)\n"
        "  C++       22/tcp\n"
        "\n"
        '(1, {"a"})\n'
        "  read as   vector: ( ) or [ ] around values are a vector\n"
        '  literal   (1, {"a"})\n'
        "  Zeek      record (its fields in order), or vector of any\n"
        '  JSON      {"@data-type":"vector","data":[{"@data-type":"count","data":1},'
        '{"@data-type":"set","data":[{"@data-type":"string","data":"a"}]}]}\n'
        "  binary    0e020200000000000000010c01050161 (16 bytes)\n"
        "  C++       (1, {a})\n"
        "  parts     [0] count 1\n"
        "            [1] set of 1\n"
        '              [0] string "a"\n'
    )


async def test_a_literal_for_programs(run):
    result = await run("value", "parse", "string:x\udcff", "-5")
    first, second = result.objects
    assert first == {
        "type": "value",
        "v": 1,
        "input": "string:x\\xff",
        "read": "what follows string: is taken as it is",
        "kind": "string",
        "literal": '"x\\xff"',
        "zeek": "string",
        "value": {"@data-type": "string", "data": "eP8=", "enc": "base64"},
        "hex": "050278ff",
        "size": 4,
        "broker": "x\\xff",
        "message": None,
    }
    assert (second["kind"], second["literal"], second["size"]) == ("integer", "-5", 9)


async def test_bad_literals_are_told_with_their_place_behind_the_good_ones(run):
    result = await run("value", "parse", "10.0.0.300", "5", "(1, 2", "[" * 200)
    assert result.code == 2
    assert [line["literal"] for line in result.objects] == ["5"]
    lines = result.err.splitlines()
    assert lines[0] == (
        "broker: LIT: '10.0.0.300' is no address (each part is 0 to 255); as a string it is string:10.0.0.300"
        " (at character 1 of '10.0.0.300')"
    )
    assert lines[1] == "broker: LIT: '(' is not closed (at character 1 of '(1, 2')"
    assert "max_depth" in lines[2]
    assert len(lines[2]) < 250
    assert lines[2].endswith("(exit 2)")
    assert lines[3] == "  hint: broker help literals explains how values are written"


async def test_a_place_far_inside(run):
    result = await run("value", "parse", f"({'1, ' * 100}x)")
    assert "at character 302 of '…" in result.err
    assert len(result.err.splitlines()[0]) < 200


async def test_long_things_are_cut_for_people_unless_they_want_all(run):
    word = f"({', '.join('12' for _ in range(showing.MOST_PARTS))})"
    short = await run("value", "parse", "-o", "human", word)
    assert "and more" not in short.out
    longer = word[:-1] + ", 12)"
    long = await run("value", "parse", "-o", "human", longer)
    assert long.out.endswith(f"… and more; -v shows all of them, not {showing.MOST_PARTS}\n")
    assert len(max(long.out.splitlines(), key=len)) < showing.LONGEST_CELL + 100
    everything = await run("value", "parse", "-v", "-o", "human", longer)
    assert f"[{showing.MOST_PARTS}] count 12" in everything.out
    assert "characters; -v" in long.out
    assert "characters; -v" not in everything.out


async def test_nothing_acts_on_a_terminal(run, tmp_path):
    file = tmp_path / "x"
    file.write_bytes(binary.encode(Event("e\x1b[2J", "\x1b[2J", metadata={200: "\x9b"}).value))
    for args in (["parse", '"\x1b[2J"'], ["parse", "string:\x1b]0;x\x07"], ["show", str(file)], ["show", "\x1b[2J"]):
        for form in ("human", "ndjson"):
            result = await run("value", *args, "-o", form, terminal=True)
            assert "\x1b" not in result.out + result.err
            assert "\x9b" not in result.out + result.err


async def test_bytes_as_an_argument_as_a_file_and_from_stdin(run, tmp_path):
    file = tmp_path / "x.bin"
    file.write_bytes(bytes.fromhex(PACKED))
    for args, stdin, form in (
        (PACKED, b"", "hex"),
        (str(file), b"", "binary"),
        ("-", bytes.fromhex(PACKED), "binary"),
        ("-", f"{PACKED}\n".encode(), "hex"),
    ):
        result = await run("value", "show", args, stdin=stdin)
        assert result.code == 0
        (line,) = result.objects
        assert (line["form"], line["literal"], line["size"]) == (form, '(5, "hi")', 15)


async def test_a_file_wins_over_what_its_name_spells(run, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "0101").write_text("5min")
    result = await run("value", "show", "0101")
    assert result.objects[0]["literal"] == "300s"
    assert (await run("value", "show", "0100")).objects[0]["literal"] == "F"


async def test_an_event_for_people(run):
    event = Event("ping", "hi", Count(5), metadata={200: "x"})
    result = await run("value", "show", "-o", "human", binary.encode(event.value).hex())
    size = 2 * len(binary.encode(event.value))
    assert result.out == (
        f"  form      hex, {size} bytes\n"
        "  message   event ping\n"
        '              [0] string "hi"\n'
        "              [1] count 5\n"
        '              [2] metadata 200 "x"\n'
    )
    more = await run("value", "show", "-v", "-o", "human", binary.encode(event.value).hex())
    assert more.out.startswith(result.out)
    assert "  literal   (1, 1, " in more.out


async def test_a_batch_for_people(run):
    batch = Batch([Event("a"), LogWrite("X::LOG", "W", "x", b"\xff")])
    result = await run("value", "show", "-o", "human", binary.encode(batch.value).hex())
    assert (
        "  message   batch of 2\n  message     event a\n  message     log write X::LOG, path x, writer W\n"
        in result.out
    )
    assert "problem: " in result.out


async def test_a_broken_message_shows_its_value(run):
    result = await run("value", "show", "-o", "human", binary.encode((Count(1), Count(9), ())).hex())
    assert "looks like a Zeek message, and is none" in result.out
    assert "  literal   (1, 9, ())" in result.out


async def test_what_is_no_value(run, tmp_path):
    result = await run("value", "show", "no/such.file")
    assert result.code == 2
    assert "there is no file no/such.file, and it is no value either: taken as text" in result.err
    file = tmp_path / "x"
    file.write_bytes(bytes.fromhex("0e0202"))
    result = await run("value", "show", str(file))
    assert result.code == 7
    assert f"{file}: taken as binary: container of 2 elements in the last 1 bytes (at byte 3)" in result.err
    result = await run("value", "show", str(file), "--in", "json")
    assert result.code == 7
    assert "without --in it is found out" in result.err
    assert (await run("value", "show", str(tmp_path))).code == 2


async def test_a_file_that_is_too_long_is_refused(run, tmp_path, monkeypatch):
    monkeypatch.setattr(showing, "LONGEST_INPUT", 4)
    file = tmp_path / "x"
    file.write_bytes(bytes.fromhex("08001601"))
    assert (await run("value", "show", str(file))).code == 0
    file.write_bytes(b"22/tc")
    result = await run("value", "show", str(file))
    assert result.code == 7
    assert "more than 4 bytes" in result.err


@pytest.mark.parametrize("args", [["parse", "5"], ["show", "08001601"]])
def test_neither_the_event_loop_nor_an_endpoint_is_loaded(args):
    code = (
        "import sys; from broker_cli.__main__ import main\n"
        f"sys.argv = ['broker', 'value', *{args!r}, '-o', 'human']\n"
        "main()\n"
        "print([name for name in sys.modules if name.split('.')[0] in {'trio', 'rich', 'ssl'}"
        " or name.startswith(('broker_core.endpoint', 'broker_core.runtime'))], file=sys.stderr)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True)
    assert done.stderr == "[]\n"


def test_a_reader_that_goes_away_ends_it_quietly():
    read, write = os.pipe()
    os.close(read)
    done = subprocess.run(
        [sys.executable, "-m", "broker_cli", "value", "parse", "5"], stdout=write, stderr=subprocess.PIPE, check=False
    )
    os.close(write)
    assert (done.returncode, done.stderr) == (-13, b"")


def test_the_literal_of_the_error_is_the_one_that_was_given():
    failure = showing._literal_failure("x" * 300, DecodeError("bad", 200))
    assert "at character 201 of '…" in failure.message
    assert json.dumps(failure.message)
