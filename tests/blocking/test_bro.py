"""The old name of the module of Zeek's events."""

from __future__ import annotations

import pytest

from broker_core.blocking import bro, zeek


def test_the_old_name_works_and_says_so():
    with pytest.warns(DeprecationWarning, match="old name of zeek.Event") as caught:
        event = bro.Event("ping", 1)
    assert caught[0].filename == __file__
    assert event == zeek.Event("ping", 1)
    assert event.args() == [1]
