"""Inputs that were or could have been trouble once, kept; and what comes of damaging them.

``inputs/<target>/<name>`` holds the bytes. Whatever made a decoder raise something else than DecodeError, or take long,
goes there before it is repaired. ``FUZZ_ROUNDS=100000 pytest tests/fuzz`` damages them more often than a test run does.
"""

from __future__ import annotations

import os
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from broker_core.codecs import binary, json, msgpack, text
from broker_core.errors import DecodeError
from broker_core.messages.commands import decode_command, encode_command
from strategies import assert_same

INPUTS = Path(__file__).parent / "inputs"


class Target(NamedTuple):
    """A decoder, and what turns its results back into bytes; *exact* when nothing is lost on the way."""

    decode: Callable[[bytes], Any]
    encode: Callable[[Any], Any]
    exact: bool


TARGETS = {
    # The binary format has no subnormal reals: it writes zero, so that two elements of a set can become equal.
    "binary": Target(binary.decode, binary.encode, exact=False),
    "commands": Target(decode_command, encode_command, exact=False),
    "json": Target(json.decode, json.encode, exact=True),
    "msgpack": Target(msgpack.decode, msgpack.encode, exact=True),
    "text": Target(text.decode, text.encode, exact=True),
}
KEPT = sorted(path for path in INPUTS.rglob("*") if path.is_file())
ROUNDS = int(os.environ.get("FUZZ_ROUNDS", "60"))


def judge(target: Target, data: bytes) -> bool:
    """Whether *data* holds a value; any exception but DecodeError escapes, and so does a value that does not return."""
    try:
        value = target.decode(data)
    except DecodeError:
        return False
    encoded = target.encode(value)
    if target.exact:
        assert_same(target.decode(encoded), value)
    return True


def damage(data: bytes, others: list[bytes], dice: random.Random) -> bytes:
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
                made[at:at] = other[dice.randrange(len(other)) :][: dice.randint(1, 16)]
            case _:
                made[at:at] = dice.choice([b"\x00", b"\xff", b"\x80", b'"', b"\\", b"(", b"]", b"-", b"1", b"\xed\xa0"])
    return bytes(made)


def test_all_folders_belong_to_a_target() -> None:
    assert {path.parent.name for path in KEPT} == set(TARGETS)
    assert all(path.stat().st_size for path in KEPT)


@pytest.mark.parametrize("path", KEPT, ids=[f"{path.parent.name}/{path.name}" for path in KEPT])
def test_kept_input(path: Path) -> None:
    assert judge(TARGETS[path.parent.name], path.read_bytes()) or path.name != "every-kind"


@pytest.mark.parametrize("name", sorted(TARGETS))
def test_damaged_inputs(name: str) -> None:
    dice = random.Random(f"{name} {ROUNDS}")
    kept = [path.read_bytes() for path in KEPT if path.parent.name == name]
    outcomes = [judge(TARGETS[name], damage(data, kept, dice)) for _ in range(ROUNDS) for data in kept]
    assert True in outcomes, "nothing but refusals means that the damage is too heavy to find anything"
    assert False in outcomes
