"""From form to form."""

from __future__ import annotations

import os
import signal

import pytest

from broker_cli.values import converting
from broker_cli.values.forms import FORMS, INPUT_FORMS, LOSSLESS_FORMS
from broker_core import Count, Set
from broker_core.codecs import binary, text

VALUES = [None, (Count(5), "hi"), Set([True]), "a\nb", b"\xff"]


def written(form: str, values=VALUES) -> bytes:
    return b"".join(map(FORMS[form].encode, values))


@pytest.mark.parametrize("source", LOSSLESS_FORMS)
async def test_the_program_converts(run, source):
    for target in ("text", "hex", "ndjson", "base64", "json"):
        result = await run("value", "convert", "--from", source, "--to", target, stdin=written(source))
        assert (result.code, result.err) == (0, "")
        assert result.out.encode() == written(target)


async def test_bytes_go_to_a_file_but_not_to_a_terminal(start, run, tmp_path):
    async with start("value", "convert", "--from", "text", "--to", "binary") as program:
        await program.send(b"22/tcp\n5\n")
        await program.end_input()
        assert await program.ends() == 0
        assert program.out == binary.encode(text.decode("22/tcp")) + binary.encode(Count(5))
    result = await run("value", "convert", "--to", "msgpack", terminal=True)
    assert result.code == 2
    assert "a terminal cannot show bytes" in result.err


async def test_several_files_and_the_usual_forms(run, tmp_path):
    files = []
    for number in range(2):
        file = tmp_path / f"{number}.ndjson"
        file.write_bytes(b'{"type":"data-message","topic":"/x","@data-type":"count","data":%d}\n\n' % number)
        files.append(str(file))
    result = await run("value", "convert", *files, "-", stdin=b'{"@data-type":"count","data":2}', terminal=True)
    assert result.out == "0\n1\n2\n"
    assert result.err == "converted 3 values\n"


async def test_loss_is_told_to_people(run):
    result = await run("value", "convert", "--from", "text", "--to", "plain", stdin=b"22/tcp\n", terminal=True)
    assert result.out == '"22/tcp"\n'
    assert "plain does not keep all" in result.err


async def test_a_bad_line_ends_it_behind_the_good_ones(run):
    result = await run("value", "convert", "--from", "text", stdin=b"1\n\n10.0.0.300\n2\n")
    assert (result.code, result.out) == (7, "1\n")
    assert result.err.startswith("broker: stdin:3: '10.0.0.300' is no address")
    assert "behind 1 good values" in result.err
    result = await run("value", "convert", "--from", "text", "--keep-going", stdin=b"1\n\n10.0.0.300\n2\n")
    assert (result.code, result.out) == (9, "1\n2\n")
    assert "1 bad value left out" in result.err


async def test_a_value_without_that_form(run):
    given = b"1\n{0.0, 5e-324}\n2\n"
    result = await run("value", "convert", "--from", "text", "--to", "hex", stdin=given)
    assert (result.code, result.out) == (7, written("hex", [Count(1)]).decode())
    assert "stdin: a value has no form in hex" in result.err
    result = await run("value", "convert", "--from", "text", "--to", "hex", "--keep-going", stdin=given)
    assert (result.code, result.out) == (9, written("hex", [Count(1), Count(2)]).decode())


@pytest.mark.parametrize("form", ["binary", "msgpack", "json"])
async def test_a_broken_document(run, form, tmp_path, monkeypatch):
    monkeypatch.setattr(converting, "_VALUES_AT_ONCE", 2)
    file = tmp_path / "x"
    file.write_bytes(written(form) + b"\xc1")
    result = await run("value", "convert", "--from", form, str(file))
    assert result.code == 7
    assert result.out.encode() == written("text")
    assert f"{file}: " in result.err
    assert "behind 5 good values" in result.err


async def test_a_document_from_a_pipe(start):
    async with start("value", "convert", "--from", "json") as program:
        await program.send(b'{"@data-type": "count",\n')
        await program.send(b' "data": 5}\n')
        await program.end_input()
        assert await program.ends() == 0
        assert program.out == b"5\n"


async def test_a_document_that_is_too_long(run, monkeypatch):
    monkeypatch.setattr(converting, "LONGEST_DOCUMENT", 9)
    ok = await run("value", "convert", "--from", "binary", stdin=binary.encode(Count(5)))
    assert (ok.code, ok.out) == (0, "5\n")
    result = await run("value", "convert", "--from", "binary", stdin=binary.encode(Count(5)) + b"\x00")
    assert result.code == 7
    assert "more than 9 bytes" in result.err


async def test_lines_are_converted_as_they_come(start):
    async with start("value", "convert", "--from", "text", "--to", "hex") as program:
        await program.send(b"22/tcp\n")
        await program.prints("08001601\n")
        program.process.send_signal(signal.SIGTERM)
        assert await program.ends() == -signal.SIGTERM


async def test_a_fifo_that_nobody_writes_to_can_be_left(start, tmp_path):
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    async with start("value", "convert", "--from", "text", str(fifo), "-v") as program:
        fd = os.open(fifo, os.O_RDWR)
        os.write(fd, b"5\n")
        await program.prints("5\n")
        program.process.send_signal(signal.SIGINT)
        assert await program.ends() == -signal.SIGINT
        os.close(fd)


async def test_control_characters_do_not_reach_a_terminal(run):
    for form in (name for name in FORMS if FORMS[name].is_text):
        given = b'"\\x1b[2J\\n\xc2\x9b"\n'
        result = await run("value", "convert", "--from", "text", "--to", form, stdin=given, terminal=True)
        assert "\x1b" not in result.out
        assert "\x9b" not in result.out
    raw = await run("value", "convert", "--from", "text", "--to", "broker", stdin=b'"\\x1b"\n')
    assert raw.out == "\x1b\n"


def test_what_is_read_is_what_is_documented():
    assert INPUT_FORMS == ("text", "ndjson", "json", "hex", "base64", "binary", "msgpack", "plain")
