"""``broker value convert``: values from files or stdin, written anew in another form as soon as they are there."""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any

import trio

from broker_cli.context import escape
from broker_cli.exit_codes import ExitCode, Failure
from broker_cli.feeding import Feed, open_input
from broker_cli.pipes import READ_SIZE, Output
from broker_cli.reading import LineReader
from broker_cli.signals import run_until_stopped
from broker_cli.wording import counted
from broker_core import DecodeError, EncodeError, InvalidValue

from .forms import FORMS, LOSSLESS_FORMS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from broker_cli.context import Context
    from broker_cli.signals import Stop


__all__ = ["LONGEST_DOCUMENT", "Conversion", "run_conversion"]

LONGEST_DOCUMENT = 256 * 1024 * 1024
"""Bytes of a file without lines, which is read as a whole."""

_VALUES_AT_ONCE = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversion:
    """What to convert."""

    files: tuple[str, ...]
    source: str
    target: str
    keep_going: bool = False


class _ValueReader(LineReader[tuple[Any]]):
    """Reads lines that hold a value each; in a tuple, since None is a value."""

    def __init__(self, decode: Callable[[str], Any]) -> None:
        self._decode = decode

    def parse(self, line: str) -> tuple[Any] | None:
        """The value of a line; None for an empty one."""
        return (self._decode(line),) if line and not line.isspace() else None


class _Writer:
    """Writes values in one form, and counts them."""

    def __init__(self, context: Context, job: Conversion) -> None:
        self.written = 0
        self.bad = 0
        """Values without that form that were left out."""
        self._context = context
        self._job = job
        self._encode = FORMS[job.target].encode
        self._output = Output(context.stdout)

    async def write(self, path: str, values: Sequence[tuple[Any]]) -> None:
        """Write *values*, which are from the file *path*. Raises :class:`Failure` for one that has no such form."""
        chunks = []
        failure: Failure | None = None
        for (value,) in values:
            try:
                chunks.append(self._shielded(self._encode(value)))
            except EncodeError as error:
                failure = self._refuse(f"{_name(path)}: a value has no form in {self._job.target}: {error}")
                if failure is not None:
                    break
            else:
                self.written += 1
        await self._output.write(b"".join(chunks))
        if failure is not None:
            raise failure

    def _refuse(self, problem: str) -> Failure | None:
        if not self._job.keep_going:
            return Failure(problem, ExitCode.BAD_INPUT, "--keep-going leaves out such values")
        self._context.warn(problem)
        self.bad += 1
        return None

    def _shielded(self, line: bytes) -> bytes:
        """*line* as a terminal may have it: what C++ prints has the control characters of strings in it."""
        if not self._context.stdout_is_terminal:
            return line
        text = line[:-1].decode("utf-8", "surrogateescape")
        return "".join([f"{escape(part)}\n" for part in text.split("\n")]).encode()


def run_conversion(context: Context, job: Conversion) -> None:
    """Convert all files of *job*."""
    source, target = FORMS[job.source], FORMS[job.target]
    if context.stdout_is_terminal and not target.is_text:
        message = f"--to {job.target}: a terminal cannot show bytes"
        raise Failure(message, ExitCode.USAGE, "write them to a file with >, or use --to hex")
    writer = _Writer(context, job)
    bad_lines = 0

    async def body(_: Stop) -> None:
        nonlocal bad_lines
        for path in job.files:
            if source.decode is not None:
                bad_lines += await _convert_lines(context, job, path, source.decode, writer)
            else:
                await _convert_document(context, job, path, writer)

    async def program() -> None:
        await run_until_stopped(context, body)

    trio.run(program)
    context.progress(f"converted {counted(writer.written, 'value')}")
    if not target.lossless:
        context.progress(f"{job.target} does not keep all; what does is {', '.join(LOSSLESS_FORMS)}")
    bad = bad_lines + writer.bad
    if bad:
        message = f"{counted(bad, 'bad value')} left out"
        raise Failure(message, ExitCode.PARTIAL)


async def _convert_lines(
    context: Context, job: Conversion, path: str, decode: Callable[[str], Any], writer: _Writer
) -> int:
    """Convert the lines of one file; how many bad ones were left out."""
    feed = Feed(context, path, _ValueReader(decode), "values", keep_going=job.keep_going)
    try:
        while values := await feed.next():
            await writer.write(path, values)
    finally:
        feed.close()
    return feed.bad_lines


def _name(path: str) -> str:
    return "stdin" if path == "-" else path


async def _convert_document(context: Context, job: Conversion, path: str, writer: _Writer) -> None:
    """Convert a file of a form without lines. What is behind a bad value cannot be found."""
    values = _split(path, job.source, await _read_all(context, path))
    failure: Failure | None = None
    more = True
    while more and failure is None:
        batch: list[tuple[Any]] = []
        try:
            batch.extend((value,) for value in islice(values, _VALUES_AT_ONCE))
        except Failure as error:
            failure = error
        more = len(batch) == _VALUES_AT_ONCE
        await writer.write(path, batch)
        await trio.lowlevel.checkpoint()
    if failure is not None:
        text = f"{failure.message} behind {writer.written} good values"
        raise Failure(text, failure.code, failure.hint)


def _split(path: str, form: str, data: bytes) -> Iterator[Any]:
    split = FORMS[form].split
    assert split is not None  # noqa: S101  # the caller looked
    try:
        yield from split(data)
    except (DecodeError, InvalidValue) as error:
        text = f"{_name(path)}: {error}"
        raise Failure(text, ExitCode.BAD_INPUT, f"is it {form}? broker value show finds out what a file is") from None


async def _read_all(context: Context, path: str) -> bytes:
    fd = await open_input(context, path)
    parts, size = [], 0
    try:
        waits = not stat.S_ISREG(os.fstat(fd).st_mode)
        while part := await _read_some(fd, waits=waits):
            parts.append(part)
            size += len(part)
            if size > LONGEST_DOCUMENT:
                message = f"{_name(path)}: more than {LONGEST_DOCUMENT} bytes"
                raise Failure(message, ExitCode.BAD_INPUT, "forms of lines, such as hex, may have any length")
    finally:
        if path != "-":
            os.close(fd)
    return b"".join(parts)


async def _read_some(fd: int, *, waits: bool) -> bytes:
    if waits:
        await trio.lowlevel.wait_readable(fd)
    else:
        await trio.lowlevel.checkpoint()
    return os.read(fd, READ_SIZE)
