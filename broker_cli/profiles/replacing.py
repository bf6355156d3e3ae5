"""A file gets another content at once: whoever reads it sees the old one or the new one, never half of it."""

from __future__ import annotations

import os
import stat
from contextlib import suppress
from pathlib import Path

__all__ = ["NEW_MODE", "replace_file"]

NEW_MODE = 0o600
"""A file that was not there is for its owner only."""


def replace_file(path: str, content: bytes, *, durable: bool = True) -> None:
    """Let the file at *path* have *content*, and make it with its folders if it is not there. Raises OSError.

    It keeps its permissions, and a link stays one. With *durable* it is on the disk before this returns.
    """
    target = Path(os.path.realpath(path))
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    mode = NEW_MODE
    with suppress(FileNotFoundError):
        facts = target.stat()
        if not stat.S_ISREG(facts.st_mode):
            raise OSError(None, "is no regular file")
        mode = stat.S_IMODE(facts.st_mode)
    temporary = target.with_name(f".{target.name}.{os.getpid()}")
    with suppress(FileNotFoundError):
        temporary.unlink()  # of a program that had our number, and was killed
    fd = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, NEW_MODE)
    try:
        with os.fdopen(fd, "wb") as file:
            file.write(content)
            file.flush()
            os.fchmod(fd, mode)
            if durable:
                os.fsync(fd)
        temporary.replace(target)
    except BaseException:
        with suppress(OSError):
            temporary.unlink()
        raise
