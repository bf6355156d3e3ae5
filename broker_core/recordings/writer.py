"""Writing a recording: whole blocks, each with one write, so that a crash costs the last of them at most."""

from __future__ import annotations

import fcntl
import os
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Final, Literal, Self

from broker_core.errors import EC, RecordingFailure

from .blocks import Block, BlockReader, Damage, pack_block
from .reader import RecordingReader
from .records import End, Gap, RecordingHeader, RecordPacker

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from broker_core.messages.envelopes import Message

__all__ = ["BLOCK_BYTES", "RecordingWriter", "WriteMode"]

BLOCK_BYTES: Final = 256 * 1024
"""A block is written when it has as many bytes; a longer message has a block of its own."""

WriteMode = Literal["new", "append", "replace"]
"""What to do when the file exists: fail, continue it, or begin it anew."""


class RecordingWriter:
    """Writes messages to the file *path*.

    ::

        with RecordingWriter("zeek.rec", RecordingHeader(created=now().ns)) as writer:
            writer.add([message], now().ns)

    What is added is kept until it makes a block, or until :meth:`flush`; call that about ten times a second. There is
    no clock in here: times are given, in nanoseconds since 1970. With *mode* "append" what a crash has left torn at the
    end is cut off first, see :attr:`repaired`. Nobody else can write to the file meanwhile.

    Raises :class:`RecordingFailure` when the operating system refuses, and :class:`BadRecording` when a file to be
    continued is no recording. After a failed write the file ends with the last block that could be written.
    """

    def __init__(
        self,
        path: str | os.PathLike[str],
        header: RecordingHeader,
        *,
        mode: WriteMode = "new",
        compress: bool = False,
    ) -> None:
        self.path = os.fspath(path)
        self.messages = 0
        """How many were added, those that wait to be written included."""
        self.written = 0
        """How many of them are in the file."""
        self.repaired: Damage | None = None
        """What was cut off the end of a file that is continued."""
        self.size = 0
        """Bytes in the file."""
        self._compress = compress
        self._packer = RecordPacker()
        self._parts: list[bytes] = []
        self._pending = 0
        self._waiting = 0
        self._failed = False
        self._synced = False
        self._last = header.created
        self._fd = self._open(mode)
        try:
            if mode == "append":
                self._find_end()
            else:
                with self._failing():
                    os.ftruncate(self._fd, 0)
            self._put(self._packer.header(header))
            self.flush()
        except BaseException:
            os.close(self._fd)
            self._fd = -1
            raise

    def _open(self, mode: WriteMode) -> int:
        flags = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | (os.O_EXCL if mode == "new" else 0)
        try:
            fd = os.open(self.path, flags, 0o666)
        except OSError as error:
            raise RecordingFailure(self.path, (error.strerror or str(error)).lower()) from error
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(fd)
            problem = "another program is writing to it"
            raise RecordingFailure(self.path, problem) from None
        except OSError:
            pass  # a file system without locks
        return fd

    def _find_end(self) -> None:
        """Find where good blocks end in what is there, and cut off what is torn."""
        with self._failing(), open(self._fd, "rb", closefd=False) as file:  # it is open already
            if not os.fstat(self._fd).st_size:
                return
            RecordingReader(file)  # it complains when this is none
            file.seek(0)
            for block in BlockReader(file):
                if isinstance(block, Block):
                    self.size = block.offset + block.size
                elif block.at_end:
                    self.repaired = block
            os.ftruncate(self._fd, self.size)

    @contextmanager
    def _failing(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            self._failed = True
            problem = (error.strerror or str(error)).lower()
            raise RecordingFailure(self.path, problem, EC.CANNOT_WRITE_FILE) from error

    # -- adding -------------------------------------------------------------------------------------------------

    def add(self, messages: Sequence[Message], time: int) -> None:
        """Add *messages*, which were received at *time*.

        Raises :class:`EncodeError` when the value of one of them has no binary form; then none of them is added.
        """
        packed = self._packer.messages(messages, time)
        if len(packed) > BLOCK_BYTES and len(messages) > 1:
            half = len(messages) // 2
            self.add(messages[:half], time)
            self.add(messages[half:], time)
            return
        self.messages += len(messages)
        self._put(packed, len(messages))
        self._last = time

    def gap(self, gap: Gap) -> None:
        """Note that something may be missing from here on."""
        self._put(self._packer.gap(gap))
        self._last = gap.time

    def _put(self, packed: bytes, messages: int = 0) -> None:
        if self._fd < 0:
            problem = "the recording is closed"
            raise RecordingFailure(self.path, problem, EC.CANNOT_WRITE_FILE)
        if self._pending and self._pending + len(packed) > BLOCK_BYTES:
            self.flush()
        self._parts.append(packed)
        self._pending += len(packed)
        self._waiting += messages
        if self._pending >= BLOCK_BYTES:
            self.flush()

    @property
    def pending(self) -> int:
        """How many bytes wait to be written."""
        return self._pending

    # -- writing ------------------------------------------------------------------------------------------------

    def flush(self) -> None:
        """Write what waits, as one block."""
        if not self._parts:
            return
        block = pack_block(b"".join(self._parts), compress=self._compress)
        waiting = self._waiting
        self._parts, self._pending, self._waiting = [], 0, 0
        view, at = memoryview(block), self.size
        try:
            with self._failing():
                while view:
                    written = os.pwrite(self._fd, view, at)
                    view, at = view[written:], at + written
        except RecordingFailure:
            with suppress(OSError):  # what cannot be cut off is torn, which readers know
                os.ftruncate(self._fd, self.size)
            raise
        self.size = at
        self.written += waiting

    def sync(self) -> None:
        """Wait until what was written would survive a loss of power.

        Another thread may do that while this one adds and flushes, but not while it closes.
        """
        with self._failing():
            os.fsync(self._fd)
            if not self._synced:
                self._synced = True
                _sync_folder(self.path)

    def close(self, time: int | None = None) -> None:
        """End the recording in order, at *time* (that of the last message). Idempotent."""
        if self._fd < 0:
            return
        try:
            if not self._failed:
                self._put(self._packer.end(End(self._last if time is None else time, self.messages)))
                self.flush()
                self.sync()
        finally:
            os.close(self._fd)
            self._fd = -1

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _sync_folder(path: str) -> None:
    """So that the name of a new file survives, too. Some file systems cannot, and need not."""
    with suppress(OSError):
        fd = os.open(os.path.dirname(path) or ".", os.O_RDONLY | os.O_CLOEXEC)  # noqa: PTH120  # a name, taken apart once
        try:
            os.fsync(fd)
        finally:
            os.close(fd)
