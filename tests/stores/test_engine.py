"""What each action comes to: in the backend, for clones, and for those who watch."""

from __future__ import annotations

import pytest

from arithmetic_table import ADDITIONS, SAMPLES, SUBTRACTIONS
from broker_core.errors import EC, NoSuchKey, TypeClash
from broker_core.messages.commands import (
    NOBODY,
    AckClone,
    Add,
    Clear,
    Command,
    Erase,
    Expire,
    Put,
    PutUnique,
    PutUniqueResult,
    Subtract,
    encode_command,
)
from broker_core.model import Count, EndpointId, EntityId, Kind, Set, Table, kind_of
from broker_core.model.scalars import I64_MAX
from broker_core.stores import operations
from broker_core.stores.arithmetic import add, zero
from broker_core.stores.backend import Record
from broker_core.stores.changes import Change
from broker_core.stores.engine import Effect, Engine
from broker_core.stores.memory import MemoryBackend
from command_frames import command_frames
from strategies import assert_same

NOW = 1_700_000_000 * 10**9
SECOND = 10**9
MASTER = EntityId(EndpointId(b"\x01" * 16), 7)
CLONE = EntityId(EndpointId(b"\x02" * 16), 8)
WHO = EntityId(EndpointId(b"\x02" * 16), 9)
NOTHING = Effect((), ())
UNREADABLE = Set([1e-310, 2e-310])  # one and the same on the wire


@pytest.fixture
def engine():
    return Engine(MemoryBackend(), MASTER)


def stored(engine):
    return dict(engine.backend.entries())


def refused(engine, action, error, code=None):
    """Carry out *action*, which fails with *error* and changes nothing."""
    before = stored(engine)
    with pytest.raises(error) as caught:
        engine.write(action, NOW)
    assert caught.value.code is (code or error.code)
    assert stored(engine) == before


# -- put, put_unique, erase, clear ------------------------------------------------------------------------------


def test_put_inserts_then_updates(engine):
    first, again = Put("k", 1, None, CLONE), Put("k", 1, 5 * SECOND, MASTER)
    assert engine.write(first, NOW) == Effect((first,), (Change("insert", "k", None, 1, None, CLONE),))
    assert engine.write(again, NOW) == Effect((again,), (Change("update", "k", 1, 1, 5 * SECOND, MASTER),))
    assert stored(engine) == {"k": Record(1, NOW + 5 * SECOND)}


def test_put_without_expiry_clears_it(engine):
    engine.write(Put("k", 1, SECOND, CLONE), NOW)
    engine.write(Put("k", 2, None, CLONE), NOW)
    assert stored(engine) == {"k": Record(2, None)}


@pytest.mark.parametrize(
    ("expiry", "deadline"), [(I64_MAX - NOW, I64_MAX), (I64_MAX, I64_MAX), (-SECOND, NOW - SECOND)]
)
def test_deadlines_fit_the_backends(engine, expiry, deadline):
    engine.write(Put("k", 1, expiry, CLONE), NOW)
    assert stored(engine) == {"k": Record(1, deadline)}


def test_put_unique_at_an_absent_key(engine):
    put, result = Put("k", 1, SECOND, CLONE), PutUniqueResult(True, WHO, 4, MASTER)
    effect = engine.write(PutUnique("k", 1, SECOND, WHO, 4, CLONE), NOW)
    assert effect == Effect((put, result), (Change("insert", "k", None, 1, SECOND, CLONE),))
    assert [type(action) for action in effect.actions] == [Put, PutUniqueResult]
    assert stored(engine) == {"k": Record(1, NOW + SECOND)}


@pytest.mark.parametrize("who", [WHO, NOBODY])
def test_put_unique_at_a_present_key(engine, who):
    engine.write(Put("k", 1, None, MASTER), NOW)
    effect = engine.write(PutUnique("k", 2, SECOND, who, 4, CLONE), NOW)
    assert effect == Effect((PutUniqueResult(False, who, 4, MASTER),), ())
    assert stored(engine) == {"k": Record(1, None)}


def test_erase(engine):
    engine.write(Put("k", 1, None, MASTER), NOW)
    effect = engine.write(Erase("k", CLONE), NOW)
    assert effect == Effect((Erase("k", CLONE),), (Change("erase", "k", None, None, None, CLONE),))
    assert stored(engine) == {}
    assert engine.write(Erase("k", CLONE), NOW) == NOTHING


def test_clear(engine):
    for key in ("a", "b"):
        engine.write(Put(key, 1, None, MASTER), NOW)
    effect = engine.write(Clear(CLONE), NOW)
    assert effect.actions == (Clear(CLONE),)
    assert sorted(effect.changes) == [Change("erase", key, None, None, None, CLONE) for key in ("a", "b")]
    assert stored(engine) == {}
    assert engine.write(Clear(CLONE), NOW) == Effect((Clear(CLONE),), ())


def test_what_only_a_master_sends_is_ignored(engine):
    engine.write(Put("k", 1, None, MASTER), NOW)
    assert engine.write(Expire("k", CLONE), NOW) == NOTHING
    assert engine.write(PutUniqueResult(True, WHO, 4, CLONE), NOW) == NOTHING
    assert stored(engine) == {"k": Record(1, None)}


class UnreadBackend(MemoryBackend):
    """Fails when somebody reads all of it."""

    def keys(self):
        return map(pytest.fail, super().keys())


def test_nobody_watches():
    engine = Engine(UnreadBackend(), MASTER)
    engine.observed = False
    assert engine.write(Put("k", 1, None, CLONE), NOW).changes == ()
    assert engine.write(Put("k", 2, SECOND, CLONE), NOW).changes == ()
    assert engine.write(PutUnique("u", 2, None, WHO, 1, CLONE), NOW).changes == ()
    assert engine.write(Erase("u", CLONE), NOW).changes == ()
    assert engine.expire(NOW + SECOND, 10) == Effect((Expire("k", MASTER),), ())
    engine.write(Put("k", 3, None, CLONE), NOW)
    assert engine.write(Clear(CLONE), NOW) == Effect((Clear(CLONE),), ())
    assert engine.backend.size() == 0


# -- add and subtract -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", [Add, Subtract])
@pytest.mark.parametrize("at", range(len(ADDITIONS)), ids=lambda at: str(ADDITIONS[at]))
def test_every_pair_of_kinds(engine, kind, at):
    value, operand, expected = (ADDITIONS if kind is Add else SUBTRACTIONS)[at]
    engine.write(Put("k", value, SECOND, MASTER), NOW)
    init = (Kind.NONE,) if kind is Add else ()
    action = kind("k", operand, *init, None, CLONE)
    if isinstance(expected, EC):
        refused(engine, action, TypeClash, expected)
        return
    effect = engine.write(action, NOW)
    assert effect == Effect((Put("k", expected, None, CLONE),), (Change("update", "k", value, expected, None, CLONE),))
    assert_same(effect.actions[0].value, expected)
    assert stored(engine)["k"].expiry is None
    assert_same(stored(engine)["k"].value, expected)


@pytest.mark.parametrize("init", Kind, ids=lambda kind: kind.label)
@pytest.mark.parametrize("operand", SAMPLES, ids=lambda value: kind_of(value).label)
def test_add_to_an_absent_key(engine, init, operand):
    action = Add("k", operand, init, None, CLONE)
    if init is not Kind.NONE:
        try:
            expected = add(zero(init), operand)
        except TypeClash:
            pass
        else:
            effect = engine.write(action, NOW)
            assert effect.changes == (Change("insert", "k", None, expected, None, CLONE),)
            assert_same(effect.actions[0].value, expected)
            return
    refused(engine, action, TypeClash)


def test_the_expiry_of_a_result_stays_at_the_master(engine):
    effect = engine.write(Add("k", 1, Kind.INTEGER, SECOND, CLONE), NOW)
    assert effect == Effect((Put("k", 1, None, CLONE),), (Change("insert", "k", None, 1, None, CLONE),))
    assert stored(engine) == {"k": Record(1, NOW + SECOND)}
    effect = engine.write(Subtract("k", 3, 2 * SECOND, CLONE), NOW)
    assert effect == Effect((Put("k", -2, None, CLONE),), (Change("update", "k", 1, -2, None, CLONE),))
    assert stored(engine) == {"k": Record(-2, NOW + 2 * SECOND)}
    engine.write(Add("k", 1, Kind.INTEGER, None, CLONE), NOW)
    assert stored(engine) == {"k": Record(-1, None)}


def test_subtract_at_an_absent_key(engine):
    refused(engine, Subtract("k", 1, None, CLONE), NoSuchKey)


@pytest.mark.parametrize("pair", [("k",), ("k", 1, 2)], ids=len)
def test_a_table_takes_vectors_of_two_only(engine, pair):
    refused(engine, Add("k", pair, Kind.TABLE, None, CLONE), TypeClash, EC.INVALID_DATA)


def test_what_no_peer_could_read_is_refused(engine):
    engine.write(Put("s", Set([1e-310]), None, MASTER), NOW)
    for action in (
        Put("k", UNREADABLE, None, CLONE),
        Put(("k", UNREADABLE), 1, None, CLONE),
        Put("k", Table([(1e-310, 1), (2e-310, 1)]), None, CLONE),
        PutUnique("k", (UNREADABLE,), None, WHO, 1, CLONE),
        Add("s", 2e-310, Kind.SET, None, CLONE),
        Add("v", UNREADABLE, Kind.VECTOR, None, CLONE),
    ):
        refused(engine, action, TypeClash, EC.INVALID_DATA)


# -- expiry -----------------------------------------------------------------------------------------------------


def test_expire_takes_the_earliest_first_and_no_more_than_asked(engine):
    for key, seconds in (("c", 3), ("a", 1), ("b", 2), ("later", 9)):
        engine.write(Put(key, 1, seconds * SECOND, CLONE), NOW)
    engine.write(Put("never", 1, None, CLONE), NOW)
    assert engine.expire(NOW + SECOND - 1, 10) == NOTHING
    due = engine.expire(NOW + 3 * SECOND, 2)
    assert due == Effect(
        (Expire("a", MASTER), Expire("b", MASTER)),
        tuple([Change("expire", key, None, None, None, MASTER) for key in ("a", "b")]),
    )
    assert engine.expire(NOW + 3 * SECOND, 2).actions == (Expire("c", MASTER),)
    assert set(stored(engine)) == {"later", "never"}


def test_a_renewed_or_erased_key_does_not_expire(engine):
    engine.write(Put("renewed", 1, SECOND, CLONE), NOW)
    engine.write(Put("renewed", 2, 5 * SECOND, CLONE), NOW)
    engine.write(Put("kept", 1, SECOND, CLONE), NOW)
    engine.write(Add("kept", 1, Kind.INTEGER, None, CLONE), NOW)
    engine.write(Put("erased", 1, SECOND, CLONE), NOW)
    engine.write(Erase("erased", CLONE), NOW)
    assert engine.expire(NOW + SECOND, 10) == NOTHING
    assert engine.expire(NOW + 5 * SECOND, 10).actions == (Expire("renewed", MASTER),)


# -- recorded masters -------------------------------------------------------------------------------------------

EXPIRES = "expires"  # the moment at which a recorded master removed what was due
FROM_CLONE = "from clone"  # the next recorded action of the clone
RECORD = (Count(1), "bee", -7, None)

OWN_OPERATIONS = [
    (operations.put, "k1", "v1"),
    (operations.put, "exp", "gone", 2),
    (operations.increment, "before", Count(4)),
    (operations.append, "s", "abc"),
    (operations.insert_into, "set", 3),
    (operations.insert_into, "table", "b", 2),
    (operations.remove_from, "table", "a"),
    (operations.push, "vec", 1),
    (operations.push, "vec", 2),
    (operations.pop, "vec"),
    (operations.decrement, "n", 2),  # there is no n
    (operations.erase, "k1"),
]
SCENARIOS = {
    "store-clone-attach-and-master-ops": ("acceptor", OWN_OPERATIONS),
    "store-clone-writes": ("acceptor", [*OWN_OPERATIONS, *[FROM_CLONE] * 5, EXPIRES, FROM_CLONE]),
    "zeek-store-master-and-clone": (
        "acceptor",
        [
            (operations.put, "inner", RECORD),
            (operations.increment, "one", Count(1)),
            (operations.increment, "one", Count(10)),
            (operations.append, "str", "+more"),
            (operations.insert_into, "set", Count(9)),
            (operations.insert_into, "table", "new", Count(5)),
            (operations.remove_from, "table", "k1"),
            (operations.push, "vec", Count(4)),
            (operations.pop, "vec"),
            (operations.decrement, "one", Count(2)),
            (operations.put, "shortlived", Count(1), 1),
            (operations.put_unique, "uniq", "first"),
            (operations.erase, "bool"),
            *[FROM_CLONE] * 2,
            EXPIRES,
            FROM_CLONE,
        ],
    ),
    "zeek-store-clone": ("connector", [FROM_CLONE] * 5),
}
ACTIONS = (Put, PutUnique, PutUniqueResult, Erase, Expire, Add, Subtract, Clear)


@pytest.mark.parametrize("name", SCENARIOS)
def test_recorded_masters_broadcast_the_same_bytes(name):
    side, script = SCENARIOS[name]
    frames = command_frames(name)
    (start,) = [frame.command for frame in frames if type(frame.command.content) is AckClone]
    own_results = [
        frame.command.content
        for frame in frames
        if type(frame.command.content) is PutUniqueResult
        and frame.command.content.who.endpoint == start.sender.endpoint
    ]
    from_clone = [
        frame.command.content for frame in frames if frame.side != side and isinstance(frame.command.content, ACTIONS)
    ]
    engine = Engine(MemoryBackend(), start.sender)
    for key, value in start.content.entries:
        engine.backend.put(key, value, None)
    sent = []
    for step in script:
        if step == EXPIRES:
            sent += engine.expire(NOW + 2 * SECOND, 10).actions
            continue
        if step == FROM_CLONE:
            action = from_clone.pop(0)
        else:
            operation, *arguments = step
            named = {}
            if operation is operations.put_unique:
                named = {"who": own_results[0].who, "request": own_results[0].request}
            action = operation(engine.master, *arguments, **named)
        try:
            sent += engine.write(action, NOW).actions
        except NoSuchKey:
            assert action.key == "n"
    assert not from_clone
    recorded = [
        frame.message.payload
        for frame in frames
        if frame.side == side and isinstance(frame.command.content, ACTIONS) and frame.command.receiver == NOBODY
    ]
    made = [
        encode_command(Command(number, start.sender, NOBODY, action))
        for number, action in enumerate(sent, start.content.offset + 1)
    ]
    assert made == recorded
