"""Parts of the messages."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broker_cli.selecting.sampling import sampler
from broker_core import InvalidValue


def test_each_nth_starts_with_the_first():
    take = sampler("1/3", Random(1))
    assert [take() for _ in range(7)] == [True, False, False, True, False, False, True]
    take = sampler("1/1", Random(1))
    assert all(take() for _ in range(5))


@pytest.mark.parametrize(("text", "share"), [("10%", 0.1), ("0.1", 0.1), (".5", 0.5), ("2.5%", 0.025)])
def test_parts_by_chance(text, share):
    take = sampler(text, Random(7))
    taken = sum(take() for _ in range(20_000))
    assert taken == pytest.approx(20_000 * share, rel=0.1)


@pytest.mark.parametrize("text", ["100%", "1", "1.0"])
def test_all_of_them(text):
    take = sampler(text, Random(1))
    assert all(take() for _ in range(1000))


@pytest.mark.parametrize(
    "text", ["0", "0%", "1/0", "-1", "101%", "1.1", "", "x", "2/3", "1/-2", "nan", "inf", "1e-3", "%"]
)
def test_what_is_no_part(text):
    with pytest.raises(InvalidValue, match="is no part of the messages, such as 10%"):
        sampler(text, Random(1))


@given(st.text(alphabet="0123456789./%e-", max_size=30))
def test_nothing_else_is_raised(text):
    try:
        take = sampler(text, Random(1))
    except InvalidValue:
        return
    assert take() in {True, False}
