"""Changes are what store events are made from."""

from __future__ import annotations

from typing import get_args

import pytest

from broker_core.messages.store_events import StoreEvent, parse_store_event, store_event
from broker_core.stores.changes import Change, ChangeKind


@pytest.mark.parametrize("kind", get_args(ChangeKind))
def test_each_kind_of_change_makes_an_event(kind):
    assert parse_store_event(store_event(Change(kind, "k", None, None, None, None), "db")).kind == kind


def test_an_event_says_all_that_a_change_says():
    assert set(StoreEvent._fields) == {*Change._fields, "store"}
