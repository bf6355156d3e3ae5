"""Lines that are JSON each become the elements of one JSON array (``-o json``)."""

from __future__ import annotations

__all__ = ["JsonArray"]


class JsonArray:
    """One array. It knows what has to stand between what was written and what comes."""

    def __init__(self) -> None:
        self.used = False
        """Whether there is a result to print, if only an empty one; a command that failed before prints no array."""
        self._head = b"["

    def framed(self, lines: bytes) -> bytes:
        """*lines*, with a line end behind the last one, as further elements."""
        if not lines:
            return b""
        head, self._head = self._head, b",\n"
        return head + lines[:-1].replace(b"\n", b",\n")

    def end(self) -> bytes:
        """What closes the array, with a line end."""
        return (b"[]" if self._head == b"[" else b"]") + b"\n"
