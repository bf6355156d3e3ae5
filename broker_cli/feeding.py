"""Input from a file or stdin: what its lines hold, as soon as they are there, and what is wrong with lines."""

from __future__ import annotations

import errno
import os
import stat
from functools import partial
from typing import TYPE_CHECKING, Generic, TypeVar

import trio

from .exit_codes import ExitCode, Failure
from .gunzip import BadGzipError, Gunzip
from .pipes import InputLines

if TYPE_CHECKING:
    from .context import Context
    from .reading import LineReader

__all__ = ["Feed", "open_input"]

T = TypeVar("T")


class Feed(Generic[T]):
    """What the lines of the file *path* (``-`` is stdin) hold: things called *noun* in messages."""

    def __init__(self, context: Context, path: str, reader: LineReader[T], noun: str, *, keep_going: bool) -> None:
        self.given = 0
        """How many things were given out."""
        self.bad_lines = 0
        self.taken = 0
        """How many bytes were read."""
        self._context = context
        self._path = path
        self._reader = reader
        self._noun = noun
        self._keep_going = keep_going
        self._fd = -1
        self._lines: InputLines | None = None
        self._first = 1
        self._failure: Failure | None = None

    async def next(self) -> list[T]:
        """What is there now, at least one thing; nothing at the end. Raises :class:`Failure` for a bad line.

        What stands in front of the bad line is given out first. With *keep_going* bad lines are only told of.
        """
        if self._lines is None:
            self._fd = await open_input(self._context, self._path)
            self._lines = InputLines(self._fd, Gunzip() if self._path.endswith(".gz") else None)
        while self._failure is None and (chunk := await self._read()):
            batch = self._reader.batch(chunk, keep_going=self._keep_going)
            for at, problem in batch.problems:
                self._complain(self._first + at, problem)
            self._first += len(chunk)
            self.taken += sum(map(len, chunk)) + len(chunk)
            if batch.found:
                self.given += len(batch.found)
                return batch.found
        if self._failure is not None:
            message = f"{self._failure.message} behind {self.given} good {self._noun}"
            raise Failure(message, self._failure.code, self._failure.hint)
        return []

    async def _read(self) -> list[bytes]:
        assert self._lines is not None  # noqa: S101  # next() opened it
        try:
            return await self._lines.next()
        except BadGzipError as error:
            text = f"{self._path}:{self._first}: {error}"
            self._failure = Failure(text, ExitCode.BAD_INPUT, "a file whose name ends with .gz is unpacked")
            return []

    def _complain(self, number: int, problem: str) -> None:
        text = f"{'stdin' if self._path == '-' else self._path}:{number}: {problem}"
        self.bad_lines += 1
        if self._keep_going:
            self._context.warn(text)
        else:
            self._failure = Failure(text, ExitCode.BAD_INPUT, "--keep-going leaves out bad lines")

    def check_bad_lines(self) -> None:
        """Raise the failure of a command that left out lines."""
        if self.bad_lines:
            message = f"{self.bad_lines} bad lines left out"
            raise Failure(message, ExitCode.PARTIAL)

    def close(self) -> None:
        """Close the file, unless it is stdin."""
        if self._fd not in {-1, self._context.stdin}:
            os.close(self._fd)


async def open_input(context: Context, path: str) -> int:
    """A file descriptor to read *path* from; ``-`` is stdin. Raises :class:`Failure`."""
    if path == "-":
        return context.stdin
    opener = partial(os.open, path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        mode = os.stat(path).st_mode  # noqa: PTH116  # a file name, looked up once
        if stat.S_ISDIR(mode):
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
        # A FIFO opens when somebody writes to it.
        fd = await trio.to_thread.run_sync(opener, abandon_on_cancel=True) if stat.S_ISFIFO(mode) else opener()
    except OSError as error:
        message = f"cannot read {path}: {(error.strerror or str(error)).lower()}"
        raise Failure(message, ExitCode.USAGE) from error
    return fd
