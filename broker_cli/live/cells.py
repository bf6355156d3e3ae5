"""Text for a terminal whose cells are counted: wide characters take two, and nothing that it would act on gets out.

Whatever comes from the network goes through :meth:`Charset.clean` or :meth:`Charset.fit`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.cells import get_character_cell_size

from broker_cli.context import escape

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["ASCII", "UNICODE", "Charset", "age", "charset_of", "compact", "whole"]

_COMBINING_PER_CELL = 2
"""Marks that take no cell of their own; a text of nothing else has to end somewhere."""
_LEAST_SQUEEZED = 10
_UNITS = ("", "k", "M", "G", "T", "P", "E")
_LONGEST_COUNT = 7  # characters, for numbers that stand in columns


class Charset:
    """The characters that a terminal can show, as far as they are drawn with."""

    def __init__(self, bars: str, ellipsis: str, up: str, down: str, dot: str, *, ascii_only: bool) -> None:
        self.bars = bars
        """From low to high; nothing at all is a blank."""
        self.ellipsis = ellipsis
        self.up = up
        self.down = down
        self.dot = dot
        self._ascii_only = ascii_only

    def clean(self, text: str) -> str:
        """*text* with everything visible that the terminal would act on, or cannot show."""
        text = escape(text)
        return text.encode("ascii", "backslashreplace").decode() if self._ascii_only else text

    def fit(self, text: str, width: int) -> str:
        """*text*, cleaned, in exactly *width* cells: cut with an ellipsis, or filled up with blanks."""
        shown, used, cut = self.take(text, width)
        if cut:
            shown, used, _ = self.take(text, width - 1)
            shown, used = (shown + self.ellipsis, used + 1) if width > 0 else ("", 0)
        return shown + " " * (width - used)

    def squeeze(self, text: str, width: int) -> str:
        """As :meth:`fit`, but cut in the middle: what begins alike often ends differently."""
        if width < _LEAST_SQUEEZED or self.size(text) <= width:
            return self.fit(text, width)
        head, used, _ = self.take(text, (width - 1) // 3)
        back, more, _ = self._take_clean(self.clean(text)[::-1], width - 1 - used)
        return head + self.ellipsis + back[::-1] + " " * (width - 1 - used - more)

    def take(self, text: str, width: int) -> tuple[str, int, bool]:
        """The beginning of *text* that fits into *width* cells, cleaned; how many it takes, and whether it was cut."""
        return self._take_clean(self.clean(text[: 4 * max(0, width) + 1]), width)  # what is behind that would not fit

    def _take_clean(self, shown: str, width: int) -> tuple[str, int, bool]:
        if shown.isascii():
            taken = shown[: max(0, width)]
            return taken, len(taken), len(shown) > len(taken)
        used = marks = 0
        for at, char in enumerate(shown):
            size = get_character_cell_size(char)
            marks = 0 if size else marks + 1
            if used + size > width or marks > _COMBINING_PER_CELL:
                return shown[:at], used, True
            used += size
        return shown, used, False

    def size(self, text: str) -> int:
        """The cells that *text* takes when it is cleaned, and not cut."""
        shown = self.clean(text)
        return len(shown) if shown.isascii() else sum(map(get_character_cell_size, shown))

    def sparkline(self, values: Sequence[float], width: int) -> str:
        """The last *width* of *values* as bars; the highest of them is as high as it goes."""
        shown = values[-width:] if width > 0 else ()
        top = max(shown, default=0.0)
        bars, steps = self.bars, len(self.bars)
        if top <= 0:
            return " " * width
        line = "".join([bars[min(steps - 1, int(value / top * steps))] if value > 0 else " " for value in shown])
        return line.rjust(width)


UNICODE = Charset("▁▂▃▄▅▆▇█", "…", "↑", "↓", "·", ascii_only=False)
ASCII = Charset("_.-:=+*#", "~", "^", "v", "-", ascii_only=True)


def charset_of(environ: Mapping[str, str]) -> Charset:
    """What the terminal shows, as the locale says. Without one it is what the rest of the program writes: UTF-8."""
    locale = next((value for name in ("LC_ALL", "LC_CTYPE", "LANG") if (value := environ.get(name))), "UTF-8")
    return UNICODE if "utf8" in locale.lower().replace("-", "") else ASCII


def compact(number: float) -> str:
    """*number* in at most five characters: ``0``, ``0.25``, ``7.5``, ``999``, ``12.3k``, ``1.2M``."""
    if number < 0.005:
        return "0"
    if number < 9.95:
        return f"{number:.2f}" if number < 0.995 else f"{number:.1f}"
    unit = 0
    while number >= 999.5 and unit < len(_UNITS) - 1:
        number /= 1000
        unit += 1
    digits = 1 if unit and number < 99.95 else 0
    return f"{number:.{digits}f}{_UNITS[unit]}"


def whole(number: int) -> str:
    """A count with separators where it fits into a column, else :func:`compact`."""
    text = f"{number:,}"
    return text if len(text) <= _LONGEST_COUNT else compact(number)


def age(seconds: float) -> str:
    """How long ago, in at most four characters: ``0s``, ``59s``, ``12m``, ``5h``, ``20d``."""
    number = max(0, int(seconds))
    for size, unit in ((60, "s"), (60, "m"), (48, "h")):
        if number < size:
            return f"{number}{unit}"
        number //= size if unit != "h" else 24
    return f"{min(number, 999)}d"
