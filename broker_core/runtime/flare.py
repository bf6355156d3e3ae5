"""A file descriptor that is readable exactly while something is there, for event loops other than trio's."""

from __future__ import annotations

import os

__all__ = ["Flare"]


class Flare:
    """One byte in a pipe, or none. The pipe is made when its descriptor is first asked for."""

    def __init__(self) -> None:
        self._pipe: tuple[int, int] | None = None
        self._lit = False
        self._written = False

    def descriptor(self) -> int:
        """The end to poll for reading; never read from it. The same one each time, until :meth:`close`."""
        if self._pipe is None:
            self._pipe = os.pipe2(os.O_CLOEXEC | os.O_NONBLOCK)
            self._update()
        return self._pipe[0]

    def light(self, lit: bool) -> None:
        """Make the descriptor readable, or not."""
        if lit is not self._lit:
            self._lit = lit
            self._update()

    def _update(self) -> None:
        if self._pipe is None or self._lit is self._written:
            return
        if self._lit:
            os.write(self._pipe[1], b"!")
        else:
            os.read(self._pipe[0], 1)
        self._written = self._lit

    def close(self) -> None:
        """Close the pipe. Idempotent."""
        pipe, self._pipe = self._pipe, None
        self._written = False
        for end in pipe or ():
            os.close(end)
