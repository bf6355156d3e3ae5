"""A directory of log files, as Zeek's logger would write them: DIR/conn.log, DIR/dns.log and so on."""

from __future__ import annotations

import errno
import os
import re
import stat
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from broker_cli.exit_codes import ExitCode, Failure
from broker_cli.output import encode_lines
from broker_cli.output.logs import JsonRecords, RecordLines, TsvRecords, opened

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from broker_core.logs import LogRecord

__all__ = ["MOST_FILES", "MOST_OPEN", "LogDirectory", "UnnamedLogError"]

MOST_OPEN = 64
"""Files that are open at a time."""
MOST_FILES = 4096
"""Files of one run: the names come from the network."""

_FILE_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,199}")


class UnnamedLogError(Exception):
    """A log that has no file: its path is no name for one, or there are too many."""


@dataclass(slots=True)
class _File:
    """One log file. *fd* is -1 while it is not open."""

    lines: RecordLines
    fd: int = -1


class LogDirectory:
    """Appends records to the files in the directory *name*, which is made if it is not there.

    What is in a file stays there. *form* is ``tsv`` or ``ndjson``; a TSV file gets a header for each run, and when its
    columns change, and ``#close`` at the end.
    """

    def __init__(self, name: str, form: str, *, clock: Callable[[], float] = time.time) -> None:
        self._folder = Path(name)
        self._form = form
        self._clock = clock
        self._files: dict[str, _File] = {}
        self._open: dict[str, None] = {}
        """Paths of open files; those that were not used for long come first."""
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise _failure(self._folder, error, ExitCode.USAGE) from error

    def __len__(self) -> int:
        return len(self._files)

    def write(self, path: str, records: Sequence[LogRecord]) -> None:
        """Append *records*, which are all of the log *path*. Raises EncodeError, :class:`UnnamedLogError`, Failure."""
        file = self._files.get(path) or self._new(path)
        data = encode_lines(file.lines.lines(records))
        try:
            self._put(self._opened(path, file), data)
        except OSError as error:
            raise _failure(self._name(path), error, ExitCode.REFUSED) from error

    def close(self) -> None:
        """End all files."""
        for path, file in self._files.items():
            if self._form == "tsv":
                try:
                    self._put(self._opened(path, file), f"#close\t{opened(self._clock())}\n".encode())
                except OSError as error:
                    raise _failure(self._name(path), error, ExitCode.REFUSED) from error
            self._shut(path)
        self._files.clear()

    def _name(self, path: str) -> Path:
        return self._folder / f"{path}.log"

    def _new(self, path: str) -> _File:
        if not _FILE_NAME.fullmatch(path):
            msg = f"a log called {path!r} has no file: names are of letters, digits, and _ - . behind the first"
            raise UnnamedLogError(msg)
        if len(self._files) >= MOST_FILES:
            msg = f"there are {MOST_FILES} log files already; {path} gets none"
            raise UnnamedLogError(msg)
        lines: RecordLines = TsvRecords(clock=self._clock) if self._form == "tsv" else JsonRecords(named=False)
        file = self._files[path] = _File(lines)
        return file

    def _opened(self, path: str, file: _File) -> int:
        if file.fd >= 0:
            self._open[path] = self._open.pop(path)
            return file.fd
        if len(self._open) >= MOST_OPEN:
            self._shut(next(iter(self._open)))
        flags = os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC | os.O_NONBLOCK
        fd = os.open(self._name(path), flags, 0o644)
        file.fd = fd
        self._open[path] = None
        facts = os.fstat(fd)
        if not stat.S_ISREG(facts.st_mode):
            self._shut(path)
            raise OSError(errno.EINVAL, "not a regular file")
        if facts.st_size and os.pread(fd, 1, facts.st_size - 1) != b"\n":
            self._put(fd, b"\n")  # the last line of somebody who was cut off
        return fd

    @staticmethod
    def _put(fd: int, data: bytes) -> None:
        view = memoryview(data)
        while view:
            view = view[os.write(fd, view) :]

    def _shut(self, path: str) -> None:
        file = self._files[path]
        if file.fd >= 0:
            os.close(file.fd)
            file.fd = -1
            del self._open[path]


def _failure(name: Path, error: OSError, code: ExitCode) -> Failure:
    return Failure(f"cannot write {name}: {(error.strerror or str(error)).lower()}", code)
