"""What the targets promise, for inputs that were or could have been trouble once, and for what damage makes of them.

``inputs/<target>/<name>`` holds the bytes. Whatever broke a promise, or took long, goes there before it is repaired.
``FUZZ_ROUNDS=100000 pytest tests/fuzz`` damages inputs more often than a test run does, ``make fuzz`` finds new ones.
"""

from __future__ import annotations

import os
import random
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fuzz.bounds import measured, traced
from tests.fuzz.damage import damage, stretch
from tests.fuzz.registry import INPUTS, NAMES, kept, load

KEPT = sorted(path for path in INPUTS.rglob("*") if path.is_file())
ROUNDS = int(os.environ.get("FUZZ_ROUNDS", "20"))
SLOW = ("sqlite", "stores", "handshake")
"""Of these an input takes more than a tenth of a millisecond."""


def starts(name: str) -> list[bytes]:
    return load(name).seeds + kept(name)


def test_all_folders_belong_to_a_target() -> None:
    assert {path.parent.name for path in KEPT} <= set(NAMES)
    assert all(path.stat().st_size for path in KEPT)


@pytest.mark.parametrize("path", KEPT, ids=[f"{path.parent.name}/{path.name}" for path in KEPT])
def test_kept_input(path: Path) -> None:
    accepts = load(path.parent.name).accepts
    data = path.read_bytes()
    traced(accepts, data)
    assert accepts(data) or path.name != "every-kind"


@pytest.mark.parametrize("name", NAMES)
def test_seeds_are_accepted(name: str) -> None:
    target = load(name)
    assert any(map(target.accepts, target.seeds)), "seeds that are refused lead nowhere"


@pytest.mark.parametrize("name", NAMES)
def test_damaged_inputs(name: str) -> None:
    accepts, good = load(name).accepts, starts(name)
    dice = random.Random(f"{name} {ROUNDS}")
    count = max(1, ROUNDS // 5) if name in SLOW else ROUNDS
    outcomes = [accepts(damage(data, good, dice)) for _ in range(count) for data in good]
    assert True in outcomes, "nothing but refusals means that the damage is too heavy to find anything"


@pytest.mark.parametrize("name", NAMES)
def test_stretched_inputs(name: str) -> None:
    accepts, good = load(name).accepts, starts(name)
    dice = random.Random(f"{name} {ROUNDS}")
    for _ in range(ROUNDS):
        measured(accepts, stretch(dice.choice(good), dice, 20_000))


@pytest.mark.parametrize("name", NAMES)
def test_any_bytes(name: str) -> None:
    accepts = load(name).accepts

    @given(st.binary(max_size=200))
    def holds(data: bytes) -> None:
        accepts(data)

    holds()
