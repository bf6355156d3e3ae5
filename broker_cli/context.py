"""Everything a run takes from its surroundings, so that a test can give it others: streams, environment, terminal."""

from __future__ import annotations

import os
import select
import sys
import time
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TextIO

from .descriptors import write_all

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from .config import Profile, When
    from .json_array import JsonArray
    from .pipes import Output

__all__ = ["Context", "escape", "wants_colour"]

_DEFAULT_WIDTH = 80
_PATIENCE = 50  # milliseconds

_SHORT_ESCAPES = {"\t": "\\t", "\n": "\\n", "\r": "\\r"}


def escape(text: str) -> str:
    r"""*text* with everything visible that a terminal would act on or hide: ``ESC`` becomes ``\x1b``.

    That is what ``str.isprintable()`` rejects. Surrogate escapes are shown as the bytes they stand for.
    """
    if text.isprintable():
        return text
    return "".join([char if char.isprintable() else _SHORT_ESCAPES.get(char) or _visible(ord(char)) for char in text])


def _visible(code: int) -> str:
    if code < 0x80:
        return f"\\x{code:02x}"
    if 0xDC80 <= code <= 0xDCFF:
        return f"\\x{code - 0xDC00:02x}"
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"


def wants_colour(when: When, environ: Mapping[str, str], *, is_terminal: bool) -> bool:
    """Whether a stream gets colours: the flag, then NO_COLOR, FORCE_COLOR, TERM, and last what the stream is."""
    if when != "auto":
        return when == "always"
    if environ.get("NO_COLOR"):
        return False
    if environ.get("FORCE_COLOR") or environ.get("CLICOLOR_FORCE"):
        return True
    return is_terminal and environ.get("TERM") != "dumb"


def _takes_output(stream: TextIO) -> bool:
    poll = select.poll()
    try:
        poll.register(stream.fileno(), select.POLLOUT)
    except (OSError, ValueError):  # no file, but something that a test looks at
        return True
    return bool(poll.poll(_PATIENCE))


@dataclass(slots=True, kw_only=True)
class Context:
    """The surroundings of one run. *stdin* and *stdout* are file descriptors; *stderr* takes text."""

    stdin: int = 0
    stdout: int = 1
    stderr: TextIO = field(default_factory=lambda: sys.stderr)
    environ: Mapping[str, str] = field(default_factory=lambda: os.environ)
    stdout_is_terminal: bool = field(default_factory=lambda: os.isatty(1))
    stderr_is_terminal: bool = field(default_factory=lambda: os.isatty(2))
    owns_process: bool = True
    """Whether the run may change the process: it catches signals and ends by them, and tunes the collector."""
    clock: Callable[[], int] = time.time_ns
    """What time it is, in nanoseconds since 1970: the time of messages that are shown."""
    verbosity: int = 0
    """-1 with --quiet, 1 and more with --verbose."""
    debug: bool = False
    errors_as_json: bool = False
    """Whether what goes wrong is told on stderr as JSON, for programs; then nothing else is told there."""

    profile: Profile | None = None
    """The profile that is in use."""

    array: JsonArray | None = None
    """What lines of ndjson are to become elements of."""

    def output(self) -> Output:
        """Where the lines of the result go."""
        from .pipes import Output

        if self.array is not None:
            self.array.used = True
        return Output(self.stdout, self.array)

    def print(self, lines: Sequence[str]) -> None:
        """Write *lines* of the result at once; for commands without an event loop, which takes long to load."""
        data = "".join([f"{line}\n" for line in lines]).encode("utf-8", "surrogateescape")
        if self.array is not None:
            self.array.used = True
            data = self.array.framed(data)
        write_all(self.stdout, data)

    def finish_output(self) -> None:
        """End the array, if there is one. Nobody else runs any more, so this may wait for a slow reader."""
        if self.array is not None and self.array.used:
            with suppress(OSError):
                write_all(self.stdout, self.array.end())

    @property
    def width(self) -> int:
        """The columns of the terminal; COLUMNS overrides what it says, 80 when nobody knows."""
        columns = self.environ.get("COLUMNS", "")
        if columns.isascii() and columns.isdecimal() and int(columns) > 0:
            return int(columns)
        try:
            return os.get_terminal_size(self.stdout).columns or _DEFAULT_WIDTH
        except OSError:
            return _DEFAULT_WIDTH

    def tell(self, text: str) -> None:
        """One line for stderr, whatever -q says. Nothing when stderr is closed, or a terminal that stands still."""
        if self.takes_messages():
            self._write(escape(text) + "\n")

    def takes_messages(self) -> bool:
        """Whether stderr can be written to now.

        It cannot after somebody pressed Ctrl-S: to wait would stop the program, signals and all.
        """
        return not self.stderr_is_terminal or _takes_output(self.stderr)

    def ask(self, text: str) -> None:
        """A question for stderr, with the answer to be typed behind it."""
        self._write(escape(text))

    def _write(self, text: str) -> None:
        with suppress(OSError, ValueError):
            self.stderr.write(text)
            self.stderr.flush()

    def warn(self, text: str) -> None:
        """What the user should know although the command goes on; not with -q."""
        if self.verbosity >= 0:
            if self.errors_as_json:
                self.tell_json("warning", message=text)
            else:
                self.tell(f"broker: {text}")

    def tell_json(self, kind: str, **members: object) -> None:
        """One line of JSON for stderr."""
        import json

        if self.takes_messages():
            self._write(json.dumps({"type": kind, "v": 1, **members}) + "\n")

    def progress(self, text: str) -> None:
        """What a person at a terminal likes to see and a script does not; scripts get it with -v."""
        if not self.errors_as_json and (self.verbosity > 0 or (self.verbosity == 0 and self.stderr_is_terminal)):
            self.tell(text)

    def detail(self, text: str) -> None:
        """What only -v shows."""
        if self.verbosity > 0 and not self.errors_as_json:
            self.tell(text)
