"""The engine over each backend does what a plain dict does, in any order of operations, with time passing."""

from __future__ import annotations

import tempfile
from collections import Counter

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from broker_core.codecs.binary import encode
from broker_core.errors import NoSuchKey, TypeClash
from broker_core.messages.commands import Add, Clear, Erase, Expire, Put, PutUnique, PutUniqueResult, Subtract
from broker_core.model import Count, EndpointId, EntityId, Kind, Set
from broker_core.model.scalars import I64_MAX
from broker_core.stores import arithmetic
from broker_core.stores.changes import Change
from broker_core.stores.engine import Effect, Engine
from broker_core.stores.memory import MemoryBackend
from broker_core.stores.options import open_backend
from broker_core.stores.reads import no_such_key
from strategies import assert_same, scalars, values

MASTER = EntityId(EndpointId(b"\x01" * 16), 7)
OTHERS = [EntityId(EndpointId(b"\x02" * 16), 8), EntityId(EndpointId(b"\x03" * 16), 8)]

# Few, so that they meet again; among them those that Python would merge.
KEYS = ["a", "b", "", b"\xff", 1, Count(1), 1.0, True, None, (), ("a", Count(1)), Set([1, True])]


def is_not_tiny(value):
    """Whether sums of such values survive a file: its format has no reals near zero that are not normal."""
    return type(value) is not float or not 0 < abs(value) < 1e-290


amounts = st.one_of(st.sampled_from([1, Count(2), 0.5, "x"]), scalars(subnormal=False)).filter(is_not_tiny)
keys = st.sampled_from(KEYS)
stored_values = st.one_of(amounts, values(4, subnormal=False).filter(is_not_tiny))
operands = st.one_of(amounts, st.tuples(keys, amounts), values(3, subnormal=False).filter(is_not_tiny))
publishers = st.sampled_from([MASTER, *OTHERS])
expiries = st.one_of(st.none(), st.integers(1, 50), st.just(I64_MAX))


class Dict:
    """A store as its documentation describes it, and as simply as can be."""

    def __init__(self):
        self.entries = {}  # from a key's bytes to key, value, deadline

    def store(self, action, value, now, told):
        old = self.entries.get(encode(action.key))
        deadline = None if action.expiry is None else min(now + action.expiry, I64_MAX)
        self.entries[encode(action.key)] = (action.key, value, deadline)
        kind = "insert" if old is None else "update"
        return (Change(kind, action.key, old and old[1], value, told, action.publisher),)

    def write(self, action, now):
        index = None if isinstance(action, Clear) else encode(action.key)
        match action:
            case Put(_, value, expiry, _):
                return Effect((action,), self.store(action, value, now, expiry))
            case PutUnique(key, value, expiry, who, request, publisher):
                if index in self.entries:
                    return Effect((PutUniqueResult(False, who, request, MASTER),), ())
                changes = self.store(action, value, now, expiry)
                return Effect(
                    (Put(key, value, expiry, publisher), PutUniqueResult(True, who, request, MASTER)), changes
                )
            case Erase(key, publisher):
                if self.entries.pop(index, None) is None:
                    return Effect((), ())
                return Effect((action,), (Change("erase", key, None, None, None, publisher),))
            case Clear(publisher):
                gone = [key for key, _, _ in self.entries.values()]
                self.entries.clear()
                return Effect((action,), tuple([Change("erase", key, None, None, None, publisher) for key in gone]))
            case Add(key, operand, init, _, publisher):
                before = self.entries[index][1] if index in self.entries else arithmetic.zero(init)
                value = arithmetic.add(before, operand)
            case Subtract(key, operand, _, publisher):
                if index not in self.entries:
                    raise no_such_key(key)
                value = arithmetic.subtract(self.entries[index][1], operand)
        return Effect((Put(key, value, None, publisher),), self.store(action, value, now, None))


def by_key(change):
    return encode(change.key)


class EngineMachine(RuleBasedStateMachine):
    """Performs the same on both. Subclasses say which backend."""

    def open(self):
        raise NotImplementedError

    @initialize(start=st.integers(1, 10**18))
    def begin(self, start):
        self.engine = Engine(self.open(), MASTER)
        self.model = Dict()
        self.committed = {}
        self.now = start

    def teardown(self):
        if hasattr(self, "engine"):
            self.engine.backend.close()

    def perform(self, action):
        expected, error = None, None
        try:
            expected = self.model.write(action, self.now)
        except (NoSuchKey, TypeClash) as refusal:
            error = refusal
        if error is not None:
            with pytest.raises(type(error)) as caught:
                self.engine.write(action, self.now)
            assert caught.value.code is error.code
            return
        effect = self.engine.write(action, self.now)
        if not self.engine.observed:
            expected = expected._replace(changes=())
        assert [type(made) for made in effect.actions] == [type(made) for made in expected.actions]
        for made, wanted in zip(effect.actions, expected.actions, strict=True):
            assert_same(tuple(made), tuple(wanted))
        changes = zip(sorted(effect.changes, key=by_key), sorted(expected.changes, key=by_key), strict=True)
        for made, wanted in changes:
            assert_same(tuple(made), tuple(wanted))

    @rule(key=keys, value=stored_values, expiry=expiries, publisher=publishers)
    def put(self, key, value, expiry, publisher):
        self.perform(Put(key, value, expiry, publisher))

    @rule(key=keys, value=stored_values, expiry=expiries, publisher=publishers)
    def put_unique(self, key, value, expiry, publisher):
        self.perform(PutUnique(key, value, expiry, publisher, 5, publisher))

    @rule(key=keys, value=operands, init=st.sampled_from(Kind), expiry=expiries, publisher=publishers)
    def add(self, key, value, init, expiry, publisher):
        self.perform(Add(key, value, init, expiry, publisher))

    @rule(key=keys, value=operands, expiry=expiries, publisher=publishers)
    def subtract(self, key, value, expiry, publisher):
        self.perform(Subtract(key, value, expiry, publisher))

    @precondition(lambda self: self.model.entries)
    @rule(data=st.data(), value=operands, publisher=publishers, plus=st.booleans())
    def change_what_is_there(self, data, value, publisher, plus):
        """Add or subtract what may suit a stored value: one of its kind."""
        key, present, _ = data.draw(st.sampled_from(list(self.model.entries.values())))
        operand = data.draw(st.sampled_from([present, value, (value, present)]))
        self.perform(Add(key, operand, Kind.NONE, None, publisher) if plus else Subtract(key, operand, None, publisher))

    @rule(key=keys, publisher=publishers)
    def erase(self, key, publisher):
        self.perform(Erase(key, publisher))

    @rule(publisher=publishers)
    def clear(self, publisher):
        self.perform(Clear(publisher))

    @rule(observed=st.booleans())
    def watch(self, observed):
        self.engine.observed = observed

    @rule(passed=st.integers(0, 60), limit=st.integers(1, 5))
    def expire(self, passed, limit):
        self.now += passed
        due = {index: entry[2] for index, entry in self.model.entries.items() if (entry[2] or I64_MAX) <= self.now}
        effect = self.engine.expire(self.now, limit)
        gone = [encode(action.key) for action in effect.actions]
        assert all(type(action) is Expire and action.publisher == MASTER for action in effect.actions)
        assert Counter(gone) == Counter(set(gone) & set(due))
        assert len(gone) == min(limit, len(due))
        assert [due[index] for index in gone] == sorted(due.values())[: len(gone)]
        changes = [Change("expire", self.model.entries[index][0], None, None, None, MASTER) for index in gone]
        for made, wanted in zip(effect.changes, changes if self.engine.observed else [], strict=True):
            assert_same(tuple(made), tuple(wanted))
        for index in gone:
            del self.model.entries[index]

    @rule()
    def commit(self):
        self.engine.backend.commit()
        self.committed = dict(self.model.entries)

    @invariant()
    def both_hold_the_same(self):
        if not hasattr(self, "engine"):
            return
        backend = self.engine.backend
        assert backend.size() == len(self.model.entries)
        found = {encode(key): (key, *record) for key, record in backend.entries()}
        assert found.keys() == self.model.entries.keys()
        for index, entry in self.model.entries.items():
            assert_same(found[index], entry)
            assert_same((entry[0], *backend.find(entry[0])), entry)
        deadlines = [deadline for _, _, deadline in self.model.entries.values() if deadline is not None]
        first = backend.next_expiry()
        assert not deadlines or first <= min(deadlines)


class MemoryMachine(EngineMachine):
    def open(self):
        return MemoryBackend()


class DiskMachine(EngineMachine):
    """What was committed is there when the database is opened again, and nothing else is after a rollback."""

    kind: str

    def open(self):
        if not hasattr(self, "folder"):
            self.folder = tempfile.TemporaryDirectory()
        return open_backend(self.kind, {"path": f"{self.folder.name}/store"})

    def teardown(self):
        super().teardown()
        if hasattr(self, "folder"):
            self.folder.cleanup()

    @rule()
    def roll_back(self):
        self.engine.backend.rollback()
        self.model.entries = dict(self.committed)

    @rule(commit=st.booleans())
    def open_again(self, commit):
        if commit:
            self.commit()
        self.engine.backend.close()
        self.engine.backend = self.open()
        self.model.entries = dict(self.committed)


class SqliteMachine(DiskMachine):
    kind = "sqlite"


class RocksMachine(DiskMachine):
    kind = "rocksdb"


TestMemory = MemoryMachine.TestCase
TestSqlite = SqliteMachine.TestCase
TestSqlite.settings = settings(max_examples=20)
TestRocks = RocksMachine.TestCase
TestRocks.settings = settings(max_examples=10)
