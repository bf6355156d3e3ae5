"""A recording in several files, so that old ones can be moved away, or are removed."""

from __future__ import annotations

import os
import re
from dataclasses import replace
from typing import TYPE_CHECKING, Final, Self

from broker_core.errors import RecordingError, RecordingFailure

from .reader import RecordingReader
from .writer import RecordingWriter

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from broker_core.messages.envelopes import Message

    from .records import Gap, RecordingHeader

__all__ = ["SMALLEST_FILE", "RotatingWriter", "numbered_files"]

SMALLEST_FILE: Final = 64 * 1024
"""Least bytes of a file before the next one is begun."""


def numbered_files(path: str) -> list[tuple[int, str]]:
    """The files that recordings to *path* have made, with their numbers: ``PATH.000001`` and so on, in order."""
    folder, name = os.path.split(path)
    pattern = re.compile(re.escape(name) + r"\.([0-9]{6,})")
    found = [(pattern.fullmatch(entry), entry) for entry in os.listdir(folder or ".")]  # noqa: PTH208  # names only
    return sorted((int(match[1]), os.path.join(folder, entry)) for match, entry in found if match)  # noqa: PTH118


class RotatingWriter:
    """As :class:`RecordingWriter`, into ``PATH.000001``, ``PATH.000002`` and so on, behind those that are there.

    The next file is begun when one has *max_size* bytes, or messages and an age of *max_age* nanoseconds; a file that
    stays without messages so long begins to age anew. Only the last *keep* files stay, those of earlier recordings to
    the same path counted. *on_file* is called with the name of each new file, *on_problem* with what is wrong when an
    old one cannot be removed.
    """

    def __init__(
        self,
        path: str | os.PathLike[str],
        header: RecordingHeader,
        *,
        max_size: int | None = None,
        max_age: int | None = None,
        keep: int | None = None,
        compress: bool = False,
        on_file: Callable[[str], None] | None = None,
        on_problem: Callable[[str], None] | None = None,
    ) -> None:
        self.path = os.fspath(path)
        self.files = 0
        """How many were begun."""
        self._header = header
        self._max_size = None if max_size is None else max(max_size, SMALLEST_FILE)
        self._max_age = max_age
        self._keep = keep
        self._compress = compress
        self._on_file = on_file
        self._on_problem = on_problem
        self._earlier_messages = 0
        self._earlier_written = 0
        self._earlier_size = 0
        self._due = 0
        self._writer = self._begin(header.created)

    def _begin(self, time: int) -> RecordingWriter:
        try:
            known = numbered_files(self.path)
        except OSError as error:
            problem = (error.strerror or str(error)).lower()
            raise RecordingFailure(self.path, problem) from error
        number = known[-1][0] + 1 if known else 1
        name = f"{self.path}.{number:06d}"
        writer = RecordingWriter(name, replace(self._header, created=time), compress=self._compress)
        self.files += 1
        self._due = time + (self._max_age or 0)
        if self._on_file is not None:
            self._on_file(name)
        if self._keep is not None:
            for _, old in [*known, (number, name)][: -self._keep]:
                self._remove(old)
        return writer

    def _remove(self, name: str) -> None:
        try:
            RecordingReader(name).close()  # nobody's other files
            os.unlink(name)  # noqa: PTH108  # one call, no object
        except FileNotFoundError:
            pass
        except (OSError, RecordingError) as error:
            if self._on_problem is not None:
                self._on_problem(f"{name} is not removed: {getattr(error, 'problem', error)}")

    # -- as of one file -----------------------------------------------------------------------------------------

    @property
    def messages(self) -> int:
        """How many were added, to all files."""
        return self._earlier_messages + self._writer.messages

    @property
    def written(self) -> int:
        """How many of them are in a file."""
        return self._earlier_written + self._writer.written

    @property
    def size(self) -> int:
        """Bytes in all files."""
        return self._earlier_size + self._writer.size

    @property
    def pending(self) -> int:
        """How many bytes wait to be written."""
        return self._writer.pending

    def add(self, messages: Sequence[Message], time: int) -> None:
        """Add *messages*, which were received at *time*, after the next file is begun if it has to be."""
        self.turn(time)
        self._writer.add(messages, time)

    def gap(self, gap: Gap) -> None:
        """Note that something may be missing from here on."""
        self._writer.gap(gap)

    def turn(self, time: int) -> None:
        """Begin the next file if it is time for that at *time*, also without anything to add."""
        writer = self._writer
        is_old = self._max_age is not None and time >= self._due
        if not writer.messages:
            self._due = time + (self._max_age or 0) if is_old else self._due
            return
        is_big = self._max_size is not None and writer.size + writer.pending >= self._max_size
        if is_big or is_old:
            writer.close(time)
            self._writer = self._begin(time)
            self._earlier_messages += writer.messages
            self._earlier_written += writer.written
            self._earlier_size += writer.size

    def flush(self) -> None:
        """Write what waits."""
        self._writer.flush()

    def sync(self) -> None:
        """Wait until what was written would survive a loss of power; nothing is to be added meanwhile."""
        self._writer.sync()

    def close(self, time: int | None = None) -> None:
        """End the recording in order. Idempotent."""
        self._writer.close(time)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
