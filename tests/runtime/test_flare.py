"""A descriptor that is readable exactly while something is there."""

from __future__ import annotations

import select
from pathlib import Path

import pytest

from broker_core.runtime.flare import Flare

DESCRIPTORS = Path("/proc/self/fd")


def readable(descriptor: int) -> bool:
    return bool(select.select([descriptor], [], [], 0)[0])


def test_it_is_readable_exactly_while_it_is_lit():
    flare = Flare()
    descriptor = flare.descriptor()
    assert not readable(descriptor)
    for _ in range(3):
        flare.light(True)
        flare.light(True)
        assert readable(descriptor)
        assert readable(descriptor)
        flare.light(False)
        assert not readable(descriptor)
    assert flare.descriptor() == descriptor
    flare.close()


def test_what_was_lit_before_anyone_asked_shows():
    flare = Flare()
    flare.light(True)
    assert readable(flare.descriptor())
    flare.close()


def test_no_descriptor_is_opened_unless_asked_for_and_all_are_closed():
    before = len(list(DESCRIPTORS.iterdir()))
    flare = Flare()
    flare.light(True)
    assert len(list(DESCRIPTORS.iterdir())) == before
    flare.descriptor()
    flare.close()
    flare.close()
    assert len(list(DESCRIPTORS.iterdir())) == before


@pytest.mark.parametrize("lit", [False, True])
def test_after_closing_it_can_still_be_told(lit):
    flare = Flare()
    flare.descriptor()
    flare.close()
    flare.light(lit)
    assert readable(flare.descriptor()) is lit
    flare.close()
