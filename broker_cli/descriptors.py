"""Writing to a file descriptor without an event loop."""

from __future__ import annotations

import os

__all__ = ["write_all"]


def write_all(fd: int, data: bytes) -> None:
    """Write all of *data*, and wait for a slow reader. Raises BrokenPipeError when nobody reads any more."""
    view = memoryview(data)
    while view:
        view = view[os.write(fd, view) :]
