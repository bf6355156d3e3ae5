"""Cutting a stream into frames: a length of four bytes (big endian), then as many bytes.

The length is judged as soon as it is known, so what a peer announces is never taken into memory unchecked, and
a frame that drips in byte by byte costs linear time. Source: spec native-protocol.md section 2.
"""

from __future__ import annotations

from struct import Struct

from broker_core.errors import EC, RemoteProtocolError

__all__ = ["FrameBuffer", "frame_end", "frame_of"]

_PREFIX_SIZE = 4
_prefix = Struct(">I")


def frame_of(body: bytes) -> bytes:
    """*body* with its length in front."""
    return _prefix.pack(len(body)) + body


def frame_end(data: bytes | bytearray, at: int, max_frame: int) -> int | None:
    """Where the frame that starts at offset *at* ends, perhaps beyond *data*; None while the length is incomplete.

    Raises :class:`RemoteProtocolError` for a frame longer than *max_frame*.
    """
    if len(data) - at < _PREFIX_SIZE:
        return None
    (length,) = _prefix.unpack_from(data, at)
    if length > max_frame:
        msg = f"frame of {length} bytes is longer than the allowed {max_frame}"
        raise RemoteProtocolError(msg, EC.INVALID_MESSAGE)
    return at + _PREFIX_SIZE + int(length)


class FrameBuffer:
    """Holds received bytes until their frame is complete. *max_frame* may change between two calls."""

    def __init__(self, max_frame: int) -> None:
        self.max_frame = max_frame
        self._held = bytearray()

    def __len__(self) -> int:
        return len(self._held)

    def push(self, data: bytes) -> None:
        """Hold *data*, all of it."""
        self._held += data

    def pop(self) -> bytes | None:
        """Remove the first frame and return its body; None while it is incomplete.

        Raises :class:`RemoteProtocolError` for an oversize frame.
        """
        end = frame_end(self._held, 0, self.max_frame)
        if end is None or end > len(self._held):
            return None
        body = bytes(self._held[_PREFIX_SIZE:end])
        del self._held[:end]
        return body

    def release(self) -> bytes:
        """Remove everything that is held and return it."""
        data = bytes(self._held)
        self._held = bytearray()
        return data

    def top_up(self, data: bytes) -> tuple[int, bool]:
        """Take from the start of *data* what the first frame lacks, and no more.

        Returns how many bytes were taken, and whether the frame is complete (then :meth:`release` returns just
        that frame). Raises :class:`RemoteProtocolError` for an oversize frame, before any of it is held.
        """
        taken = 0
        while True:
            end = frame_end(self._held, 0, self.max_frame)
            lacking = (_PREFIX_SIZE if end is None else end) - len(self._held)
            if lacking <= 0:
                return taken, True
            piece = data[taken : taken + lacking]
            self._held += piece
            taken += len(piece)
            if len(piece) < lacking:
                return taken, False
