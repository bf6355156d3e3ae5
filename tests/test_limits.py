"""The bounds: positive, frozen, changed one at a time."""

from __future__ import annotations

from dataclasses import FrozenInstanceError, fields, replace

import pytest

from broker_core.limits import DEFAULT_LIMITS, Limits


def test_defaults_are_positive() -> None:
    assert all(getattr(DEFAULT_LIMITS, field.name) > 0 for field in fields(Limits))
    assert Limits() == DEFAULT_LIMITS


@pytest.mark.parametrize("field", [field.name for field in fields(Limits)])
def test_each_can_be_changed_and_not_to_nothing(field: str) -> None:
    assert getattr(replace(DEFAULT_LIMITS, **{field: 1}), field) == 1
    for bad in (0, -1, float("nan")):
        with pytest.raises(ValueError, match=rf"limits\.{field} must be above 0"):
            replace(DEFAULT_LIMITS, **{field: bad})


def test_frozen() -> None:
    with pytest.raises(FrozenInstanceError):
        DEFAULT_LIMITS.max_depth = 5  # type: ignore[misc]
