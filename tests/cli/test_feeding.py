"""Input line by line, for any reader. What commands make of it is proved in their tests."""

from __future__ import annotations

import gzip
import io
import os

import pytest
import trio

from broker_cli.context import Context
from broker_cli.exit_codes import ExitCode, Failure
from broker_cli.feeding import Feed, open_input
from broker_cli.reading import LineReader
from broker_core import DecodeError


class Numbers(LineReader[int]):
    def parse(self, line: str) -> int | None:
        if not line:
            return None
        if not line.isdecimal():
            msg = f"{line} is no number"
            raise DecodeError(msg)
        return int(line)


def feed(path, *, keep_going: bool = False, **changes) -> Feed[int]:
    return Feed(Context(stderr=io.StringIO(), **changes), str(path), Numbers(), "numbers", keep_going=keep_going)


async def everything(source: Feed[int]) -> list[int]:
    found = []
    while numbers := await source.next():
        found += numbers
    return found


async def test_a_file(tmp_path):
    (tmp_path / "in").write_text("1\n\n2\n3")
    source = feed(tmp_path / "in")
    assert await everything(source) == [1, 2, 3]
    assert (source.given, source.bad_lines) == (3, 0)
    assert source.taken >= 6
    source.check_bad_lines()
    source.close()


async def test_a_compressed_file(tmp_path):
    lines = b"".join(b"%d\n" % number for number in range(200_000))
    (tmp_path / "in.gz").write_bytes(gzip.compress(lines) + gzip.compress(b"7\n"))
    source = feed(tmp_path / "in.gz")
    assert await everything(source) == [*range(200_000), 7]
    source.close()


@pytest.mark.parametrize(("data", "given"), [(b"1\n2\n", 0), (gzip.compress(b"1\n2\n3\n" * 99)[:-9], None)])
async def test_a_compressed_file_that_is_none_or_cut_short(tmp_path, data, given):
    (tmp_path / "in.gz").write_bytes(data)
    source = feed(tmp_path / "in.gz")
    with pytest.raises(Failure) as caught:
        await everything(source)
    assert caught.value.code is ExitCode.BAD_INPUT
    assert "gzip data" in caught.value.message
    assert caught.value.message.startswith(f"{tmp_path}/in.gz:")
    assert given is None or source.given == given
    source.close()


async def test_what_stands_before_a_bad_line_is_given_out_first(tmp_path):
    (tmp_path / "in").write_text("1\nx\n2\n")
    source = feed(tmp_path / "in")
    assert await source.next() == [1]
    for _ in range(2):
        with pytest.raises(Failure) as caught:
            await source.next()
    assert caught.value.message == f"{tmp_path}/in:2: x is no number behind 1 good numbers"
    assert (caught.value.code, caught.value.hint) == (ExitCode.BAD_INPUT, "--keep-going leaves out bad lines")
    source.close()


async def test_bad_lines_can_be_left_out(tmp_path):
    (tmp_path / "in").write_text("x\n1\ny\n")
    context = Context(stderr=io.StringIO())
    source = Feed(context, str(tmp_path / "in"), Numbers(), "numbers", keep_going=True)
    assert await everything(source) == [1]
    assert context.stderr.getvalue().splitlines() == [
        f"broker: {tmp_path}/in:1: x is no number",
        f"broker: {tmp_path}/in:3: y is no number",
    ]
    with pytest.raises(Failure, match="2 bad lines left out") as caught:
        source.check_bad_lines()
    assert caught.value.code is ExitCode.PARTIAL
    source.close()


async def test_standard_input_is_not_closed():
    reading, writing = os.pipe()
    os.write(writing, b"5\n")
    source = feed("-", stdin=reading)
    assert await source.next() == [5]
    source.close()
    os.write(writing, b"6\n")
    assert os.read(reading, 9) == b"6\n"
    for fd in (reading, writing):
        os.close(fd)


async def test_a_fifo_is_waited_for(tmp_path):
    path = tmp_path / "fifo"
    os.mkfifo(path)
    with trio.move_on_after(0.01) as scope:
        await open_input(Context(), str(path))
    assert scope.cancelled_caught
    os.close(os.open(path, os.O_RDWR | os.O_NONBLOCK))  # sets the thread free that still waits


@pytest.mark.parametrize(("name", "reason"), [("none", "no such file or directory"), ("", "is a directory")])
async def test_what_cannot_be_read(tmp_path, name, reason):
    with pytest.raises(Failure) as caught:
        await open_input(Context(), str(tmp_path / name))
    assert (caught.value.code, caught.value.message.endswith(f": {reason}")) == (ExitCode.USAGE, True)
