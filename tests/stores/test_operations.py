"""Users' operations as actions: spec store-protocol.md section 5."""

from __future__ import annotations

import datetime as dt
import math

import pytest

from broker_core.errors import InvalidValue
from broker_core.limits import DEFAULT_LIMITS
from broker_core.messages.commands import Add, Clear, Erase, Put, PutUnique, Subtract
from broker_core.model import Count, EndpointId, EntityId, Kind, Set, Timespan
from broker_core.model.scalars import I64_MAX
from broker_core.stores import operations as op

ME = EntityId(EndpointId(bytes(range(16))), 7)
WHO = EntityId(ME.endpoint, 8)

# All operations, with arguments that a conversion must touch.
EXAMPLES = [
    (op.put, ([1], [2]), {}, Put((1,), (2,), None, ME)),
    (op.put_unique, ([1], {2}), {"who": WHO, "request": 3}, PutUnique((1,), Set([2]), None, WHO, 3, ME)),
    (op.erase, ([1],), {}, Erase((1,), ME)),
    (op.clear, (), {}, Clear(ME)),
    (op.increment, ("k", Count(2)), {}, Add("k", Count(2), Kind.COUNT, None, ME)),
    (op.increment, ("k", 2), {}, Add("k", 2, Kind.INTEGER, None, ME)),
    (op.increment, ("k", 2.5), {}, Add("k", 2.5, Kind.REAL, None, ME)),
    (op.increment, ("k", dt.timedelta(seconds=1)), {}, Add("k", Timespan(10**9), Kind.TIMESTAMP, None, ME)),
    (op.increment, ("k", "x"), {}, Add("k", "x", Kind.NONE, None, ME)),
    (op.decrement, ("k", dt.timedelta(seconds=1)), {}, Subtract("k", Timespan(10**9), None, ME)),
    (op.append, ("k", bytearray(b"x")), {}, Add("k", "x", Kind.STRING, None, ME)),
    (op.append, ("k", 5), {}, Add("k", 5, Kind.STRING, None, ME)),
    (op.insert_into, ("k", [1]), {}, Add("k", (1,), Kind.SET, None, ME)),
    (op.insert_into, ("k", [1], [2]), {}, Add("k", ((1,), (2,)), Kind.TABLE, None, ME)),
    (op.insert_into, ("k", None, None), {}, Add("k", (None, None), Kind.TABLE, None, ME)),
    (op.remove_from, ("k", [1]), {}, Subtract("k", (1,), None, ME)),
    (op.push, ("k", [1]), {}, Add("k", (1,), Kind.VECTOR, None, ME)),
    (op.pop, ([1],), {}, Subtract((1,), (1,), None, ME)),
]
WITHOUT_EXPIRY = (op.erase, op.clear)


@pytest.mark.parametrize(
    ("operation", "arguments", "named", "action"), EXAMPLES, ids=[example[0].__name__ for example in EXAMPLES]
)
def test_the_action(operation, arguments, named, action):
    made = operation(ME, *arguments, **named)
    assert made == action
    assert type(made) is type(action)
    if operation not in WITHOUT_EXPIRY:
        assert operation(ME, *arguments, **named, expiry=0.5) == action._replace(expiry=500_000_000)


def test_every_operation_has_an_example():
    functions = {getattr(op, name) for name in op.__all__} - {op.MISSING, op.Expiry}
    assert {operation for operation, *_ in EXAMPLES} == functions


@pytest.mark.parametrize(
    ("expiry", "ns"),
    [
        (None, None),
        (1, 10**9),
        (0.3, 300_000_000),
        (1e-9, 1),
        (Count(2), 2 * 10**9),
        (dt.timedelta(microseconds=1), 1000),
        (Timespan(7), 7),
        (Timespan(I64_MAX), I64_MAX),
        (9223372036, 9223372036 * 10**9),
    ],
)
def test_expiry(expiry, ns):
    assert op.put(ME, "k", 1, expiry).expiry == ns


@pytest.mark.parametrize(
    "expiry",
    [
        *(0, -1, 0.0, 1e-10, math.nan, math.inf, 9223372037, 1e300, Timespan(0), Timespan(-1), dt.timedelta(0)),
        *(dt.timedelta.max, True, "5s", b"", [1], dt.datetime(2024, 1, 1, tzinfo=dt.UTC)),
    ],
    ids=repr,
)
def test_what_is_no_expiry(expiry):
    with pytest.raises(InvalidValue, match=r"^expiry: "):
        op.put(ME, "k", 1, expiry)


@pytest.mark.parametrize(
    ("operation", "arguments", "path"),
    [
        (op.put, (object(), 1), "key"),
        (op.put, (1, object()), "value"),
        (op.put, (1, [2, object()]), "value[1]"),
        (op.put_unique, (object(), 1), "key"),
        (op.put_unique, (1, object()), "value"),
        (op.erase, (object(),), "key"),
        (op.increment, (object(), 1), "key"),
        (op.increment, (1, object()), "amount"),
        (op.decrement, (object(), 1), "key"),
        (op.decrement, (1, object()), "amount"),
        (op.append, (object(), "x"), "key"),
        (op.append, (1, "\ud800"), "text"),
        (op.insert_into, (object(), 1), "key"),
        (op.insert_into, (1, object()), "index"),
        (op.insert_into, (1, 2, object()), "value"),
        (op.remove_from, (object(), 1), "key"),
        (op.remove_from, (1, object()), "index"),
        (op.push, (object(), 1), "key"),
        (op.push, (1, object()), "value"),
        (op.pop, (object(),), "key"),
    ],
)
def test_what_is_no_value_is_named(operation, arguments, path):
    named = {"who": WHO, "request": 1} if operation is op.put_unique else {}
    with pytest.raises(InvalidValue) as caught:
        operation(ME, *arguments, **named)
    assert caught.value.path == path


@pytest.mark.parametrize("operation", [op.insert_into, op.push, lambda me, k, v: op.insert_into(me, k, 1, v)])
def test_elements_are_not_nested_deeper_than_the_container_allows(operation):
    value = ()
    for _ in range(DEFAULT_LIMITS.max_depth - 2):
        value = (value,)
    operation(ME, "k", value)
    with pytest.raises(InvalidValue, match="max_depth"):
        operation(ME, "k", (value,))
