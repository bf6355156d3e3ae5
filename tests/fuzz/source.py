"""Bytes as a row of choices: what turns an input into a program for a state machine.

Every input is a program, the empty one included: behind the end all choices are the first, and all pieces empty. Thus
removing bytes makes programs simpler, which is what fuzzers do to find the core of a finding.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

__all__ = ["Source"]

T = TypeVar("T")


class Source:
    """Reads choices from *data*, front to back."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    def __bool__(self) -> bool:
        """Whether there are bytes left."""
        return self._at < len(self._data)

    def byte(self) -> int:
        """The next byte, 0 at the end."""
        self._at += 1
        return self._data[self._at - 1] if self._at <= len(self._data) else 0

    def pick(self, options: Sequence[T]) -> T:
        """One of at most 256 *options*."""
        return options[self.byte() % len(options)]

    def take(self, most: int) -> bytes:
        """The next *most* bytes, as far as there are any."""
        start, self._at = self._at, self._at + most
        return self._data[start : self._at]

    def piece(self) -> bytes:
        """Up to 65535 bytes, behind two that say how many."""
        return self.take(int.from_bytes(self.take(2), "big"))

    def rest(self) -> bytes:
        """Everything that is left."""
        return self.take(len(self._data))

    def pieces(self, data: bytes, most: int = 4) -> Iterator[bytes]:
        """*data*, cut at up to *most* places that are chosen first."""
        sizes = [1 + int.from_bytes(self.take(2), "big") for _ in range(self.byte() % (most + 1))]
        at = 0
        for size in sizes:
            yield data[at : at + size]
            at += size
        yield data[at:]
