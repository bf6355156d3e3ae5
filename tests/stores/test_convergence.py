"""Clones equal their master and every write has its true outcome, whatever the network does.

Hypothesis draws what users, the network and the operator do, and the seed for what gets lost.
"""

from __future__ import annotations

from collections import Counter
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broker_core.errors import NoSuchKey, StoreError, StoreTimeout, TypeClash
from broker_core.messages.commands import NOBODY, Add, Clear, Erase, Put, PutUnique, Subtract
from broker_core.model import Count, EndpointId, EntityId, Kind
from broker_core.stores.channel import DEFAULT_SETTINGS, ChannelSettings
from broker_core.stores.memory import MemoryBackend
from store_links import CloneSide, MasterSide, Network

CLONES = 3
KEYS = ["a", "b", Count(1), 1]


def endpoint(number):
    return EndpointId(bytes([number]) * 16)


class World:
    """A network with a master and clones; each write that can carry one has a number of its own as its mark."""

    def __init__(self, seed, *, wild=False, at_once=True, settings=DEFAULT_SETTINGS, **options):
        self.settings = settings
        self.at_once = at_once
        clones = [CloneSide(endpoint(n), settings, **options) for n in range(1, CLONES + 1)]
        self.network = Network(Random(seed), clones, wild=wild)
        self.masters: list[MasterSide] = []
        self.mark = 0
        self.restart(keep=False)

    def restart(self, *, keep):
        """Another master, on another endpoint: with the entries of the last one, or empty."""
        number = 100 + len(self.masters)
        backend = self.masters[-1].backend if keep and self.masters else MemoryBackend()
        master = MasterSide(EntityId(endpoint(number), 7), backend, self.settings, at_once=self.at_once)
        self.masters.append(master)
        self.network.set_master(master)

    def action(self, what, key):
        self.mark += 1
        mark = self.mark
        if what == "put":
            return Put(key, mark, None, NOBODY)
        if what == "put_count":
            return Put(key, Count(mark), None, NOBODY)
        if what == "put_unique":
            return PutUnique(key, mark, None, NOBODY, 0, NOBODY)
        if what == "increment":
            return Add(key, mark, Kind.INTEGER, None, NOBODY)
        if what == "append":
            return Add(key, f"{mark};", Kind.STRING, None, NOBODY)
        if what == "decrement":
            return Subtract(key, Count(mark), None, NOBODY)
        return Erase(key, NOBODY) if what == "erase" else Clear(NOBODY)

    def act(self, step):
        what, *args = step
        network = self.network
        if what == "write":
            by, operation, key = args
            if by < CLONES:
                network.clones[by].write(self.action(operation, key))
            else:
                network.master.write(self.action(operation, key)._replace(publisher=network.master.id))
        elif what == "tick":
            for _ in range(args[0]):
                network.tick()
                network.deliver()
        elif what == "deliver":
            network.deliver(args[0])
        elif what == "work":
            network.master.work(args[0])
        elif what == "loss":
            network.loss = args[0]
        elif what == "cut":
            network.sever(network.clones[args[0]].endpoint)
        elif what == "heal":
            network.heal()
        else:
            self.restart(keep=args[0])

    # -- what must hold -------------------------------------------------------------------------------------------

    def check(self, *, exact=True, reasons=False, timeouts=True):
        done = [entry for master in self.masters for entry in master.done]
        counts = Counter(mark_of(action) for action, _ in done)
        assert not [mark for mark, count in counts.items() if mark and count > 1], "applied twice"
        results = {mark_of(action): result for action, result in done}
        for side in self.network.clones:
            assert [outcome.ticket for outcome in sorted(side.outcomes)] == list(side.asked)
            for ticket, error, inserted in side.outcomes:
                mark = mark_of(side.asked[ticket])
                if isinstance(error, StoreTimeout):
                    assert timeouts
                elif mark is None:
                    assert error is None, "there was nothing to refuse"
                elif error is None:
                    assert results[mark] is inserted, "done without being applied"
                elif exact:
                    assert isinstance(results[mark], StoreError), "refused and yet applied"
                    assert not reasons or str(error) == f"store s: {results[mark]}"


def mark_of(action):
    value = getattr(action, "value", None)
    return None if value is None else str(value).rstrip(";")


writers = st.integers(0, CLONES)
operations = st.sampled_from(
    ["put", "put", "put_count", "put_unique", "increment", "append", "decrement", "erase", "clear"]
)
writes = st.tuples(st.just("write"), writers, operations, st.sampled_from(KEYS))
time = st.tuples(st.just("tick"), st.sampled_from([1, 1, 2, 3, 7, 15]))
arrivals = st.tuples(st.just("deliver"), st.sampled_from([1, 2, 5, None]))
work = st.tuples(st.just("work"), st.sampled_from([1, 2, None]))
losses = st.tuples(st.just("loss"), st.sampled_from([0.0, 0.1, 0.3, 0.6, 1.0]))
cuts = st.tuples(st.just("cut"), st.integers(0, CLONES - 1)) | st.tuples(st.just("heal"))
long_times = st.tuples(st.just("tick"), st.sampled_from([60, 250, 520]))
restarts = st.tuples(st.just("restart"), st.booleans())
seeds = st.integers(0, 2**32)

USUAL = st.one_of(writes, writes, writes, time, arrivals, work)


@given(st.booleans(), st.lists(USUAL, max_size=60))
def test_a_good_network(at_once, steps):
    """Every outcome is true, including the reason of each refusal."""
    world = World(0, at_once=at_once)
    for step in steps:
        world.act(step)
    assert world.network.settle(100)
    world.check(timeouts=False, reasons=True)


@given(seeds, st.booleans(), st.lists(st.one_of(USUAL, USUAL, losses), max_size=50))
def test_losses(seed, at_once, steps):
    """Nothing but losses for a few seconds: no write may end without its true outcome."""
    world = World(seed, at_once=at_once)
    for step in steps:
        world.act(step)
    assert world.network.settle(1100)
    world.check(timeouts=False)


@given(seeds, st.booleans(), st.lists(st.one_of(USUAL, USUAL, losses, cuts, long_times, restarts), max_size=40))
def test_losses_disconnects_and_restarts(seed, at_once, steps):
    world = World(seed, at_once=at_once)
    for step in steps:
        world.act(step)
    assert world.network.settle(1100)
    world.check()


@given(seeds, st.booleans(), st.lists(st.one_of(USUAL, USUAL, losses, cuts), max_size=40))
def test_buffers_that_are_too_small(seed, at_once, steps):
    """What cannot be repeated makes clones start over; writes that find no room are refused at once."""
    world = World(seed, at_once=at_once, settings=ChannelSettings(buffer=3))
    for step in steps:
        if step[0] == "write" and step[1] < CLONES and world.network.clones[step[1]].clone.full:
            with pytest.raises(StoreError, match="already wait"):
                world.act(step)
            continue
        world.act(step)
    assert world.network.settle(1100)
    world.check()


@given(seeds, st.booleans(), st.lists(st.one_of(USUAL, USUAL, losses, cuts, restarts), max_size=40))
def test_a_network_that_repeats_and_reorders(seed, at_once, steps):
    """Copies still converge, and no write is applied twice or called done without being applied.

    Only why a write without echo has none cannot be known for sure when commands overtake each other.
    """
    world = World(seed, at_once=at_once, wild=True)
    for step in steps:
        world.act(step)
    assert world.network.settle(1100)
    world.check(exact=False)


# -- named cases ----------------------------------------------------------------------------------------------------


def attached(**options):
    world = World(0, **options)
    assert world.network.settle(40)
    return world


def test_refusals_are_known_within_one_round_trip():
    world = attached()
    side = world.network.clones[0]
    for action in (
        Put("k", "text", None, NOBODY),
        Add("k", Count(1), Kind.COUNT, None, NOBODY),
        Subtract("nothing", Count(1), None, NOBODY),
        Erase("nothing", NOBODY),
    ):
        side.write(action)
    world.network.deliver()
    assert [(outcome.ticket, type(outcome.error)) for outcome in side.outcomes] == [
        (1, type(None)),
        (2, TypeClash),
        (3, NoSuchKey),
        (4, type(None)),
    ]


def test_increments_of_all_clones_add_up():
    world = attached()
    world.network.loss = 0.2
    for _ in range(50):
        for side in world.network.clones:
            side.write(Add("n", 1, Kind.INTEGER, None, NOBODY))
        world.network.tick()
        world.network.deliver()
    assert world.network.settle(300)
    assert [side.clone.entries.find("n").value for side in world.network.clones] == [150] * CLONES
    assert all(outcome.error is None for side in world.network.clones for outcome in side.outcomes)


def test_an_increment_is_not_repeated_after_the_master_was_lost():
    world = attached()
    network = world.network
    side = network.clones[0]
    side.write(Add("n", 1, Kind.INTEGER, None, NOBODY))
    network.collect()
    network.deliver(1)  # the master has done it, and nobody heard of that
    network.sever(network.master.endpoint)
    world.restart(keep=True)
    assert network.settle(100)
    assert network.master.entries() == side.entries()
    assert side.clone.entries.find("n").value == 1
    assert [type(outcome.error) for outcome in side.outcomes] == [StoreTimeout]


def test_writes_made_while_the_master_restarts_go_to_the_next_one():
    world = attached()
    network = world.network
    network.set_master(None)
    network.tick()
    side = network.clones[0]
    side.write(Put("k", 1, None, NOBODY))
    side.write(Put("k", 2, None, NOBODY))
    for _ in range(30):
        network.tick()
    world.restart(keep=False)
    assert network.settle(100)
    assert [(outcome.ticket, outcome.error) for outcome in side.outcomes] == [(1, None), (2, None)]
    assert side.clone.entries.find("k").value == 2


def test_a_clone_that_the_master_took_for_gone_comes_back_under_another_id():
    """Its process was stopped for a minute: no tick passed for it, and the master gave it up."""
    world = attached()
    network = world.network
    side = network.clones[0]
    first = side.clone.id
    network.clones.remove(side)
    for _ in range(600):
        network.tick()
        network.deliver()
    network.master.write(Put("k", 1, None, network.master.id))
    network.deliver()
    network.clones.append(side)
    assert first not in network.master.channels.clones
    assert network.settle(100)
    assert side.clone.id != first
    assert side.clone.entries.find("k").value == 1
