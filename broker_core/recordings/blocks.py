"""Blocks: the parts of a recording that are written at once, each with a checksum of its own.

=======  =====  ==============================================================================
offset   size   field
=======  =====  ==============================================================================
0        1      0x94: an array of four follows
1        1      codec: 0 as it is, 1 deflated (RFC 1950)
2        3      0xcd, then the lower 16 bits of the CRC-32 of codec, checksum and length
5        5      0xce, then the CRC-32 of the body as it stands in the file
10       5      0xc6, then the length of the body
15              body
=======  =====  ==============================================================================

So a block is a MessagePack object, and a file of blocks a MessagePack stream. All numbers are big endian.

What cannot be read is passed over. A bad body is as long as its head says; where a head is bad, the next good block is
searched for. Reading goes forward only, so that a recording can come from a pipe.
"""

from __future__ import annotations

import re
import zlib
from struct import Struct
from typing import TYPE_CHECKING, BinaryIO, Final, NamedTuple

from broker_core.limits import DEFAULT_LIMITS

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = [
    "HEAD_SIZE",
    "LONGEST_BLOCK",
    "LONGEST_BODY",
    "SEARCH_BUDGET",
    "Block",
    "BlockReader",
    "Damage",
    "is_head",
    "pack_block",
]

LONGEST_BLOCK: Final = 1024 * 1024
"""Most bytes in the body of a block that holds more than one record."""
LONGEST_BODY: Final = DEFAULT_LIMITS.max_frame + 128 * 1024
"""Most bytes in any body: the longest message there is, and what stands around it."""
SEARCH_BUDGET: Final = 8 * LONGEST_BODY
"""Most bytes whose checksum is computed in searches for good blocks, in all of a recording."""

_STORED, _DEFLATED = 0, 1
_CHUNK = 256 * 1024
_CANDIDATE = 4096
"""Bytes that each candidate costs at least, however short: so that there are not too many of them."""

_HEAD = Struct(">BBBHBIBI")
HEAD_SIZE: Final = _HEAD.size
_START = re.compile(rb"\x94[\x00\x01]\xcd..\xce.{4}\xc6.{4}", re.DOTALL)


class Block(NamedTuple):
    """A good block. *offset* and *size* are those of the whole block in the file; *body* is not deflated."""

    offset: int
    size: int
    body: bytes


class Damage(NamedTuple):
    """Bytes of a recording that cannot be read: *size* of them from *offset* on."""

    offset: int
    size: int
    problem: str
    at_end: bool
    """Whether nothing good follows: the mark of a writer that was killed, or of a computer that lost power."""


def pack_block(body: bytes, *, compress: bool = False) -> bytes:
    """The bytes of a block. Compression is left out where it does not make *body* shorter."""
    codec = _STORED
    if compress:
        deflated = zlib.compress(body, 1)
        if len(deflated) < len(body):
            codec, body = _DEFLATED, deflated
    checksum = zlib.crc32(body)
    return _HEAD.pack(0x94, codec, 0xCD, _check(codec, checksum, len(body)), 0xCE, checksum, 0xC6, len(body)) + body


def _check(codec: int, checksum: int, length: int) -> int:
    return zlib.crc32(b"%c%b%b" % (codec, checksum.to_bytes(4, "big"), length.to_bytes(4, "big"))) & 0xFFFF


def _read_head(head: bytes | bytearray) -> tuple[int, int, int] | None:
    """Codec, checksum and length of the body; None when this is no good head."""
    array, codec, short, check, number, checksum, binary, length = _HEAD.unpack(head)
    if (array, short, number, binary) != (0x94, 0xCD, 0xCE, 0xC6) or codec > _DEFLATED:
        return None
    return (codec, checksum, length) if _check(codec, checksum, length) == check else None


def is_head(head: bytes) -> bool:
    """Whether these bytes are the head of a block."""
    return len(head) == HEAD_SIZE and _read_head(head) is not None


class _Bad(Exception):  # never seen outside
    """The block cannot be read. Where it ends is not known if its *head* is bad too."""

    def __init__(self, problem: str, head: bytes = b"") -> None:
        super().__init__(problem)
        self.problem = problem
        self.head = head


class BlockReader:
    """Reads the blocks of *file* from where it stands, which counts as offset 0. Raises OSError as the file does."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._held = bytearray()
        """What was read and not used: it comes before what the file gives next."""
        self.offset = 0
        """Of what comes next."""
        self._budget = SEARCH_BUDGET

    def peek(self, size: int) -> bytes:
        """The next *size* bytes, fewer at the end of the file, without going on."""
        start = self.offset
        seen = self._read(size)
        self.offset = start
        self._held = bytearray(seen) + self._held
        return seen

    def __iter__(self) -> Iterator[Block | Damage]:
        lost: tuple[int, str] | None = None
        while True:
            start = self.offset
            try:
                body = self._next()
            except _Bad as bad:
                lost = lost or (start, bad.problem)
                if bad.head:
                    self._search(bytearray(bad.head))
                continue
            if lost is not None:
                yield Damage(lost[0], start - lost[0], lost[1], at_end=body is None)
                lost = None
            if body is None:
                return
            yield Block(start, self.offset - start, body)

    def _next(self) -> bytes | None:
        head = self._read(HEAD_SIZE)
        if not head:
            return None
        if len(head) < HEAD_SIZE:
            msg = f"cut off after {len(head)} bytes of a block's head"
            raise _Bad(msg)
        parts = _read_head(head)
        if parts is None:
            msg = "no block begins here"
            raise _Bad(msg, head)
        codec, checksum, length = parts
        if length > LONGEST_BODY:
            msg = f"a block of {length} bytes; the longest has {LONGEST_BODY}"
            raise _Bad(msg, head)
        body = self._read(length)
        if len(body) < length:
            msg = f"cut off after {len(body)} of {length} bytes of a block"
            raise _Bad(msg)
        if zlib.crc32(body) != checksum:
            msg = "wrong checksum"
            raise _Bad(msg)
        return body if codec == _STORED else _inflated(body)

    def _read(self, size: int) -> bytes:
        """The next *size* bytes; fewer at the end of the file only."""
        parts = []
        if self._held:
            parts.append(bytes(self._held[:size]))
            del self._held[:size]
            size -= len(parts[0])
        while size:
            data = self._file.read(min(size, LONGEST_BLOCK))  # a lie about the length costs no memory
            if not data:
                break
            parts.append(data)
            size -= len(data)
        read = parts[0] if len(parts) == 1 else b"".join(parts)
        self.offset += len(read)
        return read

    def _search(self, seen: bytearray) -> None:
        """Go on to the next good block, or to the end. *seen* is what was just read, and begins with no block."""
        at = 1
        while self._budget > 0:
            found = _START.search(seen, at)
            if found is None:
                at = max(at, len(seen) - HEAD_SIZE + 1)
                more = self._read(_CHUNK)
                if not more:
                    break
                del seen[:at]
                seen += more
                at = 0
                continue
            at = found.start()
            parts = _read_head(seen[at : at + HEAD_SIZE])
            if parts is not None and parts[2] <= LONGEST_BODY:
                _, checksum, length = parts
                self._budget -= max(length, _CANDIDATE)
                end = at + HEAD_SIZE + length
                seen += self._read(max(0, end - len(seen)))
                with memoryview(seen) as view:
                    good = len(view) >= end and zlib.crc32(view[at + HEAD_SIZE : end]) == checksum
                if good:
                    del seen[:at]
                    self.offset -= len(seen)
                    self._held = seen + self._held
                    return
            at += 1
        while self._read(_CHUNK):
            pass  # only to know where the end is


def _inflated(body: bytes) -> bytes:
    machine = zlib.decompressobj()
    try:
        plain = machine.decompress(body, LONGEST_BODY + 1)
    except zlib.error as error:
        msg = f"cannot be inflated: {error}"
        raise _Bad(msg) from None
    if len(plain) > LONGEST_BODY or not machine.eof or machine.unused_data:
        msg = "cannot be inflated"
        raise _Bad(msg)
    return plain
