"""Standard streams that never block the event loop."""

from __future__ import annotations

import os
import socket
import threading
from contextlib import contextmanager
from functools import partial
from itertools import pairwise

import pytest
import trio
from hypothesis import given
from hypothesis import strategies as st

from broker_cli import pipes
from broker_cli.json_array import JsonArray
from broker_cli.pipes import InputLines, Output, watch_reader


@contextmanager
def pipe():
    ends = list(os.pipe())
    try:
        yield ends
    finally:
        for fd in ends:
            if fd >= 0:
                os.close(fd)


def close(ends: list[int], which: int) -> None:
    os.close(ends[which])
    ends[which] = -1


async def all_lines(lines: InputLines) -> list[bytes]:
    found: list[bytes] = []
    while batch := await lines.next():
        found += batch
    assert await lines.next() == []
    return found


@given(st.binary(max_size=60).map(lambda data: data.replace(b"\x00", b"\n")), st.lists(st.integers(0, 60), max_size=6))
def test_lines_do_not_depend_on_how_they_come(data, places):
    cuts = sorted({0, len(data), *[place for place in places if place < len(data)]})
    chunks = [data[start:end] for start, end in pairwise(cuts)]

    async def main() -> list[bytes]:
        lines = InputLines(-1)
        left = [*chunks, b""]

        async def read() -> bytes:
            await trio.lowlevel.checkpoint()
            return left.pop(0)

        lines._read = read  # type: ignore[method-assign]
        return await all_lines(lines)

    expected = data.split(b"\n")
    if expected[-1] == b"":
        expected.pop()
    assert trio.run(main) == expected


async def test_a_line_is_there_as_soon_as_it_was_written():
    with pipe() as ends:
        lines = InputLines(ends[0])
        os.write(ends[1], b"one\ntwo\nthr")
        assert await lines.next() == [b"one", b"two"]
        with trio.move_on_after(0) as scope:
            await lines.next()
        assert scope.cancelled_caught
        os.write(ends[1], b"ee\n")
        assert await lines.next() == [b"three"]
        os.write(ends[1], b"rest")
        close(ends, 1)
        assert await lines.next() == [b"rest"]
        assert await lines.next() == []


async def test_regular_files_are_read_too(tmp_path):
    path = tmp_path / "lines"
    path.write_bytes(b"".join(b"%d\r\n" % number for number in range(100_000)))
    with path.open("rb") as file:
        assert await all_lines(InputLines(file.fileno())) == [b"%d\r" % number for number in range(100_000)]


async def test_a_line_has_a_limit(monkeypatch):
    monkeypatch.setattr(pipes, "_MAX_LINE", 10)
    with pipe() as ends:
        os.write(ends[1], b"x" * 11)
        with pytest.raises(ValueError, match="longer than 10 bytes"):
            await InputLines(ends[0]).next()


async def test_large_output_waits_for_the_reader_and_lets_others_run():
    data = bytes(range(256)) * 4096
    with pipe() as ends:
        got = bytearray()

        def read() -> None:
            while part := os.read(ends[0], 1000):
                got.extend(part)

        output = Output(ends[1])
        others = 0
        reader = threading.Thread(target=read)

        async def other() -> None:
            nonlocal others
            while True:
                others += 1
                await trio.lowlevel.checkpoint()
                if others == 10 and not reader.is_alive():
                    reader.start()  # only now does anybody read

        async with trio.open_nursery() as nursery:
            nursery.start_soon(other)
            await output.write(data)
            nursery.cancel_scope.cancel()
        close(ends, 1)
        await trio.to_thread.run_sync(reader.join)
        assert bytes(got) == data
        assert others >= 10


async def test_a_slow_reader_does_not_keep_the_program_from_stopping():
    with pipe() as ends, trio.move_on_after(0.05) as scope:
        await Output(ends[1]).write(bytes(1_000_000))
    assert scope.cancelled_caught


async def test_files_and_sockets_are_written(tmp_path):
    path = tmp_path / "out"
    with path.open("wb") as file:
        await Output(file.fileno()).write(b"abc")
        await Output(file.fileno()).write(b"")
    assert path.read_bytes() == b"abc"
    one, other = socket.socketpair()
    with one, other:
        await Output(one.fileno()).write(b"def")
        assert other.recv(10) == b"def"


async def test_terminals_are_written():
    main, terminal = os.openpty()
    try:
        await Output(terminal).write(b"abc\n")
        assert os.read(main, 10) == b"abc\r\n"
    finally:
        os.close(main)
        os.close(terminal)


async def test_nobody_reads_any_more():
    with pipe() as ends:
        close(ends, 0)
        with pytest.raises(BrokenPipeError):
            await Output(ends[1]).write(b"x")


@pytest.mark.parametrize(
    "make", [os.pipe, lambda: [end.detach() for end in socket.socketpair()]], ids=["pipe", "socket"]
)
async def test_a_reader_that_goes_away_is_noticed_without_writing(make):
    reading, writing = make()
    with trio.fail_after(10):
        async with trio.open_nursery() as nursery:
            gone = trio.Event()

            async def watch() -> None:
                assert await watch_reader(writing)
                gone.set()

            nursery.start_soon(watch)
            await trio.testing.wait_all_tasks_blocked()
            assert not gone.is_set()
            os.close(reading)
            await gone.wait()
    os.close(writing)


async def test_several_may_watch_for_the_reader(monkeypatch):
    monkeypatch.setattr(pipes, "_POLL_INTERVAL", 0.001)
    with pipe() as ends, trio.fail_after(10):
        async with trio.open_nursery() as nursery:
            for _ in range(3):
                nursery.start_soon(partial(watch_reader, ends[1]))
            await trio.testing.wait_all_tasks_blocked()
            close(ends, 0)


async def test_only_pipes_have_a_reader(tmp_path):
    with (tmp_path / "out").open("wb") as file:
        assert await watch_reader(file.fileno()) is False


async def test_platforms_without_epoll_look_now_and_then(monkeypatch):
    monkeypatch.setattr(pipes.sys, "platform", "darwin")
    monkeypatch.setattr(pipes, "_POLL_INTERVAL", 0.001)
    with pipe() as ends, trio.fail_after(10):
        async with trio.open_nursery() as nursery:
            nursery.start_soon(partial(watch_reader, ends[1]))
            await trio.testing.wait_all_tasks_blocked()
            close(ends, 0)


async def test_lines_become_elements_of_an_array():
    with pipe() as ends:
        array = JsonArray()
        output = Output(ends[1], array)
        await output.write(b"1\n2\n")
        await Output(ends[1], array).write(b"3\n")
        assert os.read(ends[0], 100) == b"[1,\n2,\n3"
