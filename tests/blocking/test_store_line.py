"""The order of what threads ask, with a real store; how it looks to programs is in test_store.py."""

from __future__ import annotations

import logging

import pytest

import broker_core.blocking as broker
from broker_core import DecodeError, InvalidValue, StoreError
from broker_core.blocking.store_line import to_expiry
from broker_core.limits import Limits


def line_of(endpoint, **limits):
    options = broker.BrokerOptions()
    options.limits = Limits(**limits)
    store = endpoint(broker.Configuration(options)).attach_clone("nowhere")
    return store._line


@pytest.mark.parametrize(("seconds", "ns"), [(1.5, 1_500_000_000), ("2", 2_000_000_000), (0, 1), (-3, 1)])
def test_an_expiry_in_nanoseconds(seconds, ns):
    assert to_expiry(seconds).ns == ns


def test_no_expiry():
    assert to_expiry(None) is None
    with pytest.raises(ValueError, match="could not convert"):
        to_expiry("soon")


def test_an_operation_that_cannot_be_one_does_not_stop_the_others(endpoint):
    line = line_of(endpoint)

    def fail():
        msg = "nested too deep"
        raise InvalidValue(msg)

    done = []
    line.do(fail)
    line.do(done.append, 1)
    line.call(line.write, checkpoint)
    assert done == [1]
    assert isinstance(line.failed, InvalidValue)


async def checkpoint():
    """Has nothing to do."""


def test_what_is_beyond_the_buffer_waits_in_its_order(endpoint):
    line = line_of(endpoint, store_queue=100, store_buffer=2)
    for number in range(5):
        line.do(line.store.nowait.put, "key", number)
    line.portal.call(checkpoint)
    assert line.portal.ask(line.store.info).pending == 2
    assert len(line._waiting) == 3
    line.call(line.settle)  # does not wait for a clone without a master
    assert [arguments for _, arguments in line._waiting] == [("key", 2), ("key", 3), ("key", 4)]


def test_what_is_lost_with_the_store_is_logged(endpoint, caplog):
    line = line_of(endpoint, store_queue=100, store_buffer=2)
    for number in range(5):
        line.do(line.store.nowait.put, "key", number)
    with caplog.at_level(logging.WARNING, "broker_core.blocking"):
        line.portal.call(line.store.aclose)
        line.portal.call(line.settle)
    assert "was closed before it had done the last 3 operations" in caplog.text
    assert not line._waiting
    with pytest.raises(StoreError, match="closed"):
        line.do(line.store.nowait.put, "key", 1)


def test_other_errors_are_bugs(endpoint):
    line = line_of(endpoint)

    async def fail():
        msg = "not of a store"
        raise DecodeError(msg)

    with pytest.raises(DecodeError):
        line.call(line.write, fail)
