"""Reading a recording: forward, in flat memory, and as far as it can be read."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, BinaryIO, Final, Self

from broker_core.errors import BadRecording, DecodeError, RecordingFailure

from .blocks import HEAD_SIZE, Block, BlockReader, Damage, is_head
from .records import FORMAT, VERSION, Entry, RecordedMessage, RecordingHeader, RecordParser

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["MAGIC_WITHIN", "RecordingReader"]

MAGIC_WITHIN: Final = 64
"""Bytes at the start of a file within which a recording is recognised, even if they are damaged."""


class RecordingReader:
    """The messages in a recording, in the order in which they were received.

    ::

        with RecordingReader("zeek.rec") as reader:
            for message in reader:
                print(message.time, message.topic, message.value)

    *source* is the name of a file, or a binary file that is read forward only, such as a pipe, and not closed. Raises
    :class:`BadRecording` when it is no recording or was written by a later version, and :class:`RecordingFailure` when
    it cannot be read.

    What is cut off at the end, because the recorder was killed, is no error: :attr:`torn` tells of it. Damage before
    that is a :class:`BadRecording` in the loop over messages, unless *skip_damage*, and an entry in that over
    :meth:`batches`. The values of messages are decoded when they are looked at, which may raise :class:`DecodeError`.
    """

    def __init__(self, source: str | os.PathLike[str] | BinaryIO, *, skip_damage: bool = False) -> None:
        self._owned = isinstance(source, str | os.PathLike)
        self.name = str(os.fspath(source)) if isinstance(source, str | os.PathLike) else _name_of(source)
        """What to call it in messages for people."""
        self.skip_damage = skip_damage
        self.torn: Damage | None = None
        """What is cut off at the end; known when everything has been read."""
        try:
            # It is closed by close().
            self._file: BinaryIO = open(source, "rb") if isinstance(source, str | os.PathLike) else source  # noqa: SIM115, PTH123
        except OSError as error:
            raise self._failure(error) from error
        self._parser = RecordParser()
        self._blocks = BlockReader(self._file)
        try:
            self._check_start()
            self._source = iter(self._blocks)
            self._first = self._next()
            head = self._first[0] if self._first else None
            self.header = head if isinstance(head, RecordingHeader) else RecordingHeader()
            """Who recorded it; without a word about that when the start of the file is damaged."""
        except BaseException:
            self.close()
            raise

    def _check_start(self) -> None:
        try:
            start = self._blocks.peek(MAGIC_WITHIN)
        except OSError as error:
            raise self._failure(error) from error
        if not start:
            problem = "no recording: it is empty"
            raise BadRecording(self.name, problem)
        if not is_head(start[:HEAD_SIZE]) and FORMAT.encode() not in start:
            problem = "no recording: it begins otherwise"
            raise BadRecording(self.name, problem)

    def _failure(self, error: OSError) -> RecordingFailure:
        return RecordingFailure(self.name, (error.strerror or str(error)).lower())

    def _next(self) -> list[Entry | Damage]:
        """The entries of the next block; none at the end of the file."""
        try:
            for block in self._source:
                entries = self._entries(block)
                if entries:
                    return entries
        except OSError as error:
            raise self._failure(error) from error
        return []

    def _entries(self, block: Block | Damage) -> list[Entry | Damage]:
        if isinstance(block, Damage):
            if block.at_end:
                self.torn = block
            return [block]
        try:
            entries = self._parser.parse(block.body)
        except DecodeError as error:
            return [Damage(block.offset, block.size, error.problem, at_end=False)]
        for entry in entries:
            if type(entry) is RecordingHeader and entry.version > VERSION:
                problem = f"written in version {entry.version} of the format; this program reads up to {VERSION}"
                raise BadRecording(self.name, problem)
        return list(entries)

    def batches(self) -> Iterator[list[Entry | Damage]]:
        """All entries in order, those of a block together: headers, messages, gaps, ends, and what is damaged.

        What is cut off at the end is the last entry. Raises :class:`RecordingFailure`.
        """
        entries, self._first = self._first, []
        while entries:
            yield entries
            entries = self._next()

    def __iter__(self) -> Iterator[RecordedMessage]:
        for entries in self.batches():
            for entry in entries:
                if type(entry) is RecordedMessage:
                    yield entry
                elif type(entry) is Damage and not entry.at_end and not self.skip_damage:
                    raise BadRecording(self.name, entry.problem, entry.offset)

    @property
    def position(self) -> int:
        """How many bytes of the file have been read."""
        return self._blocks.offset

    def close(self) -> None:
        """Close the file, unless it came as one. Idempotent."""
        if self._owned:
            self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _name_of(file: BinaryIO) -> str:
    name = getattr(file, "name", None)
    return name if isinstance(name, str) else "recording"
