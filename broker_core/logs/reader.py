"""Lines of a Zeek log, TSV or JSON: which it is shows in the first of them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from .json_reader import JsonReader
from .tsv_reader import TsvReader

if TYPE_CHECKING:
    from .records import LogRecord

__all__ = ["LogReader", "path_of_file"]

_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_NAME = re.compile(r"(?:.*/)?([A-Za-z0-9_][A-Za-z0-9_-]*)(?:\.[^/]*)?", re.DOTALL)


def path_of_file(name: str) -> str:
    """Which log a file holds by its *name*: ``conn`` for ``logs/conn.log`` and ``conn.14:00:00-15:00:00.log.gz``."""
    match = _NAME.fullmatch(name)
    return match[1] if match else ""


class LogReader:
    """Reads the lines of one log. *path* names the log, for JSON whose lines do not."""

    def __init__(self, path: str = "") -> None:
        self._path = path
        self._reader: TsvReader | JsonReader | None = None

    def line(self, raw: bytes) -> LogRecord | None:
        """The record of one line without its line end; None where there is none. Raises :class:`DecodeError` only."""
        if self._reader is None:
            raw = raw.removeprefix(_BYTE_ORDER_MARK)
            if not raw.strip():
                return None
            self._reader = JsonReader(self._path) if raw.lstrip().startswith(b"{") else TsvReader()
        return self._reader.line(raw)
