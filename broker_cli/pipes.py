"""Standard input and output without blocking the event loop, and without changing the flags of shared files.

Pipes are waited for and then read or written as far as that cannot block, so signals are served while the other
end is slow, and input is handed on as soon as it is there.
"""

from __future__ import annotations

import os
import select
import stat
import sys
from functools import partial
from typing import TYPE_CHECKING

import trio

from .descriptors import write_all

if TYPE_CHECKING:
    from .gunzip import Gunzip
    from .json_array import JsonArray

__all__ = ["InputLines", "Output", "watch_reader"]

READ_SIZE = 256 * 1024
_WRITE_SIZE = select.PIPE_BUF  # what a pipe takes at once when poll() says it is writable
_MAX_LINE = 128 * 1024 * 1024
_POLL_INTERVAL = 0.25


class Output:
    """Writes all it is given to a file descriptor. Raises BrokenPipeError when nobody reads any more.

    With *array* what it is given are lines, which become elements of that.
    """

    def __init__(self, fd: int, array: JsonArray | None = None) -> None:
        self._fd = fd
        self._array = array
        mode = os.fstat(fd).st_mode
        self._is_pipe = stat.S_ISFIFO(mode) or stat.S_ISSOCK(mode)
        self._is_terminal = os.isatty(fd)
        self._poll = select.poll()
        self._poll.register(fd, select.POLLOUT)

    async def write(self, data: bytes) -> None:
        """Write all of *data*; other tasks run while the reader is slow. A checkpoint only if it has to wait."""
        if self._array is not None:
            data = self._array.framed(data)
        if self._is_terminal:
            # A stopped terminal blocks whatever poll() says; the thread can be left behind then.
            await trio.to_thread.run_sync(partial(write_all, self._fd, data), abandon_on_cancel=True)
            return
        if not self._is_pipe:
            write_all(self._fd, data)
            return
        view = memoryview(data)
        while view:
            if not self._poll.poll(0):
                await trio.lowlevel.wait_writable(self._fd)
            view = view[os.write(self._fd, view[:_WRITE_SIZE]) :]


async def watch_reader(fd: int) -> bool:
    """Wait until the other end of the pipe *fd* is gone, then return True; False at once when it is no pipe."""
    mode = os.fstat(fd).st_mode
    if not (stat.S_ISFIFO(mode) or stat.S_ISSOCK(mode)):
        return False
    poll = select.poll()
    poll.register(fd, 0)  # errors and hang-ups are always reported
    while not poll.poll(0):
        if sys.platform == "linux" and stat.S_ISFIFO(mode):
            try:
                await trio.lowlevel.wait_readable(fd)  # never readable, but epoll wakes it for errors
            except trio.BusyResourceError:  # only one task can wait so, and endpoints may be probed side by side
                await trio.sleep(_POLL_INTERVAL)
        else:
            await trio.sleep(_POLL_INTERVAL)
    return True


class InputLines:
    """The lines of a file descriptor, in lists as large as what is there right now; what *unpack* makes of it."""

    def __init__(self, fd: int, unpack: Gunzip | None = None) -> None:
        self._fd = fd
        self._unpack = unpack
        self._rest: list[bytes] = []
        self._rest_size = 0
        self._ended = False
        self._can_wait = True

    async def next(self) -> list[bytes]:
        """At least one line, without line ends; an empty list at the end of the input."""
        while not self._ended:
            chunk = await self._read()
            if not chunk:
                self._ended = True
                last = b"".join(self._rest)
                return [last] if last else []
            head, newline, tail = chunk.rpartition(b"\n")
            if not newline:
                self._keep(chunk)
                continue
            lines = head.split(b"\n")
            if self._rest:
                lines[0] = b"".join([*self._rest, lines[0]])
                self._rest, self._rest_size = [], 0
            if tail:
                self._keep(tail)
            return lines
        return []

    def _keep(self, part: bytes) -> None:
        self._rest.append(part)
        self._rest_size += len(part)
        if self._rest_size > _MAX_LINE:
            msg = f"a line is longer than {_MAX_LINE} bytes"
            raise ValueError(msg)

    async def _read(self) -> bytes:
        if self._unpack is None:
            return await self._read_raw()
        while not (piece := self._unpack.take()):
            raw = await self._read_raw()
            if not raw:
                self._unpack.finish()
                return b""
            self._unpack.give(raw)
        await trio.lowlevel.checkpoint()
        return piece

    async def _read_raw(self) -> bytes:
        if self._can_wait:
            try:
                await trio.lowlevel.wait_readable(self._fd)
            except PermissionError:  # a regular file: always ready, and epoll does not take it
                self._can_wait = False
        else:
            await trio.lowlevel.checkpoint()
        return os.read(self._fd, READ_SIZE)
