"""Compressed input: gzip, unpacked in pieces of bounded size. Zeek compresses logs when it rotates them."""

from __future__ import annotations

import zlib

__all__ = ["MAX_PIECE", "BadGzipError", "Gunzip"]

MAX_PIECE = 256 * 1024
"""Bytes that come out at a time: a small file may hold gigabytes."""

_GZIP = 16 + zlib.MAX_WBITS


class BadGzipError(Exception):
    """The input is no gzip data, or was cut short or damaged."""


class Gunzip:
    """Unpacks gzip members, of which any number may follow each other: :meth:`give` bytes and :meth:`take` pieces."""

    def __init__(self) -> None:
        self._packed = b""
        self._member: zlib._Decompress | None = None
        self._is_full = False
        """Whether the last piece was as large as one may be, so that there may be more without more input."""

    def give(self, data: bytes) -> None:
        """Take in *data*; everything that was in there before has to have been taken out."""
        self._packed += data

    def take(self) -> bytes:
        """The next piece; empty when more data is needed. Raises :class:`BadGzipError`."""
        while self._packed or self._is_full:
            if self._member is None:
                self._packed = self._packed.lstrip(b"\0")  # padding, as gzip itself takes it
                if not self._packed:
                    break
                self._member = zlib.decompressobj(_GZIP)
            try:
                piece = self._member.decompress(self._packed, MAX_PIECE)
            except zlib.error as error:
                msg = f"no gzip data, or damaged ({error})"
                raise BadGzipError(msg) from None
            self._packed = self._member.unconsumed_tail
            self._is_full = len(piece) == MAX_PIECE
            if self._member.eof:
                self._packed = self._member.unused_data
                self._member, self._is_full = None, False
            if piece:
                return piece
        return b""

    def finish(self) -> None:
        """Raise :class:`BadGzipError` when the data ended too early."""
        if self._member is not None:
            msg = "the gzip data is cut short"
            raise BadGzipError(msg)
