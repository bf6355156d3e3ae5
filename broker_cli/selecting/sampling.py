"""Only a part of the messages: ``1/100`` is each hundredth, ``1%`` and ``0.01`` are as many by chance."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from broker_core import InvalidValue

if TYPE_CHECKING:
    from collections.abc import Callable
    from random import Random

__all__ = ["sampler"]

_EACH = re.compile(r"1/([0-9]{1,18})")
_PART = re.compile(r"([0-9]{1,18}(?:\.[0-9]{0,18})?|\.[0-9]{1,18})(%?)")


def sampler(text: str, random: Random) -> Callable[[], bool]:
    """A function that says of the next message whether it is in the sample. Raises InvalidValue."""
    if each := _EACH.fullmatch(text):
        return _every(int(each[1]), text)
    part = _PART.fullmatch(text)
    share = 0.0 if part is None else float(part[1]) / (100 if part[2] else 1)
    if not 0 < share <= 1:
        raise _refusal(text)
    draw = random.random
    return lambda: draw() < share


def _every(number: int, text: str) -> Callable[[], bool]:
    if number == 0:
        raise _refusal(text)
    seen = -1

    def take() -> bool:
        nonlocal seen
        seen += 1
        return seen % number == 0

    return take


def _refusal(text: str) -> InvalidValue:
    return InvalidValue(f"'{text}' is no part of the messages, such as 10%, 0.1 or 1/100")
