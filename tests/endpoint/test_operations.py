"""The operations of those who do not wait are those of the store, with the same arguments."""

from __future__ import annotations

import inspect

from broker_core import NIL, EntityId, Operations, Store
from broker_core.messages.commands import Clear, Put

CHANGING = [name for name in vars(Operations) if not name.startswith("_")]


def test_every_operation_of_a_store_is_there_with_the_same_arguments():
    assert len(CHANGING) == 10
    for name in CHANGING:
        awaited = inspect.signature(getattr(Store, name)).parameters
        plain = inspect.signature(getattr(Operations, name)).parameters
        assert {key: value for key, value in awaited.items() if key != "timeout"} == dict(plain)


def test_each_call_is_one_action_in_the_name_of_the_publisher_of_that_moment():
    done, publisher = [], [EntityId(NIL, 1)]
    operations = Operations(lambda: publisher[0], done.append)
    operations.put("k", 1, 2.0)
    publisher[0] = EntityId(NIL, 2)
    operations.clear()
    assert done == [Put("k", 1, 2_000_000_000, EntityId(NIL, 1)), Clear(EntityId(NIL, 2))]
