"""What becomes of good inputs: the fuzzer that is always there, when no better one is installed."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import random
    from collections.abc import Sequence

__all__ = ["LONGEST", "damage", "stretch"]

LONGEST = 200_000
"""Bytes of a stretched input: enough to tell a square from a line."""

_ODD = (b"\x00", b"\xff", b"\x80", b'"', b"\\", b"(", b"]", b"-", b"1", b"\xed\xa0", b"\xff\xff\xff\xff", b"\x00\x00")


def damage(data: bytes, others: Sequence[bytes], dice: random.Random) -> bytes:
    """*data* with a few bytes changed, removed, repeated, or replaced by a piece of another input."""
    made = bytearray(data)
    for _ in range(dice.randint(1, 5)):
        at = dice.randrange(len(made) + 1)
        match dice.randrange(5):
            case 0:
                made[at : at + 1] = bytes((dice.randrange(256),))
            case 1:
                del made[at : at + dice.randint(1, 8)]
            case 2:
                made[at:at] = made[dice.randrange(len(made) + 1) :][: dice.randint(1, 16)]
            case 3:
                other = dice.choice(others)
                made[at:at] = other[dice.randrange(len(other) + 1) :][: dice.randint(1, 16)]
            case _:
                made[at:at] = dice.choice(_ODD)
    return bytes(made)


def stretch(data: bytes, dice: random.Random, longest: int = LONGEST) -> bytes:
    """*data* with one piece of it repeated so often that it becomes long: what takes the square of its length shows."""
    at = dice.randrange(len(data) + 1)
    piece = data[at : at + dice.choice((1, 1, 2, 3, 4, 8, 16, 64))] or b"\x00"
    times = max(1, dice.choice((longest // 10, longest)) // len(piece))
    return data[:at] + piece * times + data[at + dice.choice((0, len(piece))) :]
