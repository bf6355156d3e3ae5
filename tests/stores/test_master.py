"""A master's channels: who gets what, and what its owner is asked to do."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broker_core.limits import DEFAULT_LIMITS
from broker_core.messages.commands import (
    NOBODY,
    AckClone,
    AttachWriter,
    Clear,
    Command,
    CumulativeAck,
    Erase,
    Keepalive,
    Nack,
    Put,
    RetransmitFailed,
)
from broker_core.model import NIL, EndpointId, EntityId
from broker_core.stores.channel import DEFAULT_SETTINGS, ChannelSettings, Outgoing
from broker_core.stores.master import Master, Request, SnapshotWanted

MASTER = EntityId(EndpointId(b"m" * 16), 7)
CLONE, OTHER, WRITER = (EntityId(EndpointId(bytes([n]) * 16), n) for n in (1, 2, 3))
ENTRIES = [("k", 1)]
PUT = Put("k", 2, None, CLONE)


def say(master, sender, content, seq=0):
    return list(master.receive(Command(seq, sender, NOBODY, content)))


def attached(*clones, settings=DEFAULT_SETTINGS):
    """A master whose *clones* have taken their snapshot and announced their writes."""
    master = Master(MASTER, settings)
    for clone in clones:
        assert say(master, clone, Nack((0,))) == [SnapshotWanted(clone)]
        master.attach(clone, ENTRIES)
        say(master, clone, CumulativeAck(master.seq))
        say(master, clone, AttachWriter(1, 5))
    master.outgoing()
    return master


def to_all(content, seq=0):
    return Outgoing(NIL, Command(seq, MASTER, NOBODY, content))


def to_one(peer, content, seq=0):
    return Outgoing(peer.endpoint, Command(seq, MASTER, peer, content))


# -- clones -----------------------------------------------------------------------------------------------------------


def test_a_clone_gets_the_snapshot_and_then_every_update():
    master = Master(MASTER)
    master.publish(PUT)
    assert say(master, CLONE, Nack((0,))) == [SnapshotWanted(CLONE)]
    assert master.outgoing() == []
    master.attach(CLONE, ENTRIES)
    master.publish(PUT)
    assert master.outgoing() == [to_one(CLONE, AckClone(1, 5, ENTRIES), 1), to_all(PUT, 2)]
    assert master.outgoing() == []
    assert master.clones == (CLONE,)
    assert master.seq == 2


def test_the_offset_of_a_later_clone_is_the_last_update():
    master = attached(CLONE)
    master.publish(PUT)
    master.outgoing()
    say(master, OTHER, Nack((0,)))
    master.publish(Clear(MASTER))
    master.attach(OTHER, [])
    assert master.outgoing() == [to_all(Clear(MASTER), 3), to_one(OTHER, AckClone(3, 5, []), 3)]


def test_a_snapshot_is_asked_for_once_while_it_is_prepared():
    master = Master(MASTER)
    assert say(master, CLONE, Nack((0,))) == [SnapshotWanted(CLONE)]
    assert say(master, CLONE, Nack((0,))) == []
    assert not master.idle
    master.refuse(CLONE)
    assert master.idle
    assert say(master, CLONE, Nack((0,))) == [SnapshotWanted(CLONE)]


def test_a_snapshot_under_way_is_sent_again_as_it_was():
    master = attached(CLONE)
    say(master, OTHER, Nack((0,)))
    master.attach(OTHER, ENTRIES)
    first = master.outgoing()
    master.publish(PUT)
    master.tick()
    master.tick()
    assert say(master, OTHER, Nack((0,))) == []
    assert master.outgoing() == [to_all(PUT, 2), *first]


def test_a_clone_that_asks_again_after_its_first_acknowledgement_gets_a_new_snapshot():
    master = attached(CLONE)
    master.publish(PUT)
    say(master, CLONE, CumulativeAck(2))
    assert say(master, CLONE, Nack((0,))) == [SnapshotWanted(CLONE)]
    assert master.clones == ()
    master.attach(CLONE, ENTRIES)
    assert master.outgoing()[-1] == to_one(CLONE, AckClone(2, 5, ENTRIES), 2)


def test_a_lost_update_is_repeated_as_it_was_but_to_one_endpoint():
    master = attached(CLONE, OTHER)
    master.publish(PUT)
    master.outgoing()
    say(master, CLONE, Nack((2,)))
    assert master.outgoing() == [Outgoing(CLONE.endpoint, Command(2, MASTER, NOBODY, PUT))]


def test_an_update_that_is_gone_is_reported_to_the_clone():
    master = attached(CLONE, settings=ChannelSettings(buffer=1))
    master.publish(PUT)
    master.publish(PUT)
    master.outgoing()
    say(master, CLONE, Nack((2, 3)))
    assert master.outgoing()[0] == to_one(CLONE, RetransmitFailed(2))


def test_clones_beyond_the_bound_are_not_served():
    master = attached(CLONE, settings=ChannelSettings(paths=2))
    assert say(master, OTHER, Nack((0,))) == [SnapshotWanted(OTHER)]
    assert say(master, WRITER, Nack((0,))) == []
    assert master.ignored == 1
    master.attach(OTHER, ENTRIES)
    assert say(master, WRITER, Nack((0,))) == []
    assert master.clones == (CLONE, OTHER)
    assert ChannelSettings().paths == DEFAULT_LIMITS.store_clones


# -- writers ----------------------------------------------------------------------------------------------------------


def test_writes_become_requests_in_order_and_once():
    master = attached(CLONE)
    erase = Erase("k", CLONE)
    assert say(master, CLONE, erase, 3) == []
    assert not master.idle
    assert say(master, CLONE, PUT, 2) == [Request(CLONE, 2, PUT), Request(CLONE, 3, erase)]
    assert say(master, CLONE, PUT, 2) == []
    assert not master.idle
    master.applied(CLONE, 2)
    master.applied(CLONE, 3)
    assert master.idle


def test_a_write_is_acknowledged_when_it_is_done():
    master = attached(CLONE)
    say(master, CLONE, PUT, 2)
    say(master, CLONE, PUT, 3)
    acks = []
    for tick in range(15):
        if tick == 6:
            master.publish(PUT)
            master.applied(CLONE, 2)
        if tick == 11:
            master.publish(PUT)
            master.applied(CLONE, 3)
        master.tick()
        acks += [what.command.content for what in master.outgoing() if type(what.command.content) is CumulativeAck]
    assert acks == [CumulativeAck(1), CumulativeAck(2), CumulativeAck(3)]


def test_who_wrote_in_vain_learns_it_at_once():
    master = attached(CLONE)
    say(master, CLONE, PUT, 2)
    say(master, CLONE, PUT, 3)
    master.publish(PUT)
    master.applied(CLONE, 2)
    assert master.outgoing() == [to_all(PUT, 2)]
    master.applied(CLONE, 3, silent=True)
    # The number of the last update says that none is under way.
    assert master.outgoing() == [to_one(CLONE, CumulativeAck(3)), to_one(CLONE, Keepalive(2))]
    assert master.outgoing() == []


def test_a_write_in_vain_is_acknowledged_at_its_place_among_the_updates():
    master = attached(CLONE)
    say(master, CLONE, PUT, 2)
    master.publish(PUT)
    master.applied(CLONE, 2, silent=True)
    master.publish(Clear(MASTER))
    assert master.outgoing() == [
        to_all(PUT, 2),
        to_one(CLONE, CumulativeAck(2)),
        to_one(CLONE, Keepalive(2)),
        to_all(Clear(MASTER), 3),
    ]


def test_a_writer_that_cannot_repeat_a_write_goes_on_without_it():
    master = attached(CLONE)
    assert say(master, CLONE, PUT, 4) == []
    assert say(master, CLONE, RetransmitFailed(3)) == []
    assert say(master, CLONE, RetransmitFailed(2)) == [Request(CLONE, 4, PUT)]
    assert master.lost == 2


def test_the_announcement_of_a_writer_is_answered_once():
    master = Master(MASTER)
    say(master, WRITER, AttachWriter(1, 5))
    assert master.outgoing() == [to_one(WRITER, CumulativeAck(1))]
    say(master, WRITER, PUT, 2)
    say(master, WRITER, AttachWriter(1, 5))
    assert say(master, WRITER, PUT, 2) == []
    assert master.outgoing() == []
    assert (master.writers, master.ignored) == ((WRITER,), 0)


def test_writers_beyond_the_bound_are_not_served():
    master = attached(CLONE, settings=ChannelSettings(paths=1))
    say(master, WRITER, AttachWriter(1, 5))
    assert master.writers == (CLONE,)
    assert master.ignored == 1


def test_missing_writes_are_asked_for():
    master = attached(CLONE)
    say(master, CLONE, Keepalive(3))
    master.tick()
    master.tick()
    assert master.outgoing() == [to_one(CLONE, Nack((2, 3)))]
    assert master.ignored == 0


@pytest.mark.parametrize("content", [PUT, RetransmitFailed(2), Keepalive(5), CumulativeAck(1), Nack((2,)), Nack(())])
def test_strangers_are_not_heeded(content):
    master = attached(CLONE)
    assert say(master, WRITER, content, 2) == []
    assert master.ignored == 1
    assert master.outgoing() == []


def test_what_is_meant_for_clones_is_not_heeded():
    master = attached(CLONE)
    assert say(master, CLONE, AckClone(1, 5, [])) == []
    assert master.ignored == 1


def test_what_is_done_for_a_writer_that_left_is_not_reported():
    master = attached(CLONE)
    say(master, CLONE, PUT, 2)
    for _ in range(500):
        master.tick()
    assert master.writers == ()
    master.outgoing()
    master.applied(CLONE, 2, silent=True)
    assert master.outgoing() == []


# -- time -------------------------------------------------------------------------------------------------------------


def test_keepalives_go_to_everyone_and_to_each_clone():
    master = attached(CLONE, OTHER)
    master.publish(PUT)
    master.outgoing()
    for _ in range(5):
        master.tick()
    assert [what for what in master.outgoing() if type(what.command.content) is Keepalive] == [
        to_all(Keepalive(2)),
        to_one(CLONE, Keepalive(2)),
        to_one(OTHER, Keepalive(2)),
    ]


def test_a_master_without_clones_keeps_alive_too():
    master = Master(MASTER)
    for _ in range(5):
        master.tick()
    assert master.outgoing() == [to_all(Keepalive(1))]


def test_who_was_silent_for_50_s_is_a_stranger():
    master = attached(CLONE, OTHER)
    for tick in range(500):
        if tick == 300:
            say(master, OTHER, CumulativeAck(1))
            say(master, OTHER, Keepalive(1))
        master.tick()
    assert master.clones == master.writers == (OTHER,)
    assert say(master, CLONE, PUT, 2) == []
    assert say(master, CLONE, Nack((0,))) == [SnapshotWanted(CLONE)]


CONTENTS = st.one_of(
    st.builds(Nack, st.lists(st.integers(0, 9) | st.just(2**64 - 1), max_size=4).map(tuple)),
    st.builds(CumulativeAck, st.integers(0, 9) | st.just(2**64 - 1)),
    st.builds(AttachWriter, st.integers(0, 3) | st.just(2**64 - 1), st.sampled_from([0, 1, 5, 65535])),
    st.builds(Keepalive, st.integers(0, 9) | st.just(2**64 - 1)),
    st.builds(RetransmitFailed, st.integers(0, 9) | st.just(2**64 - 1)),
    st.sampled_from([PUT, Clear(CLONE), AckClone(1, 5, [])]),
)


@given(
    st.lists(
        st.tuples(st.sampled_from([CLONE, OTHER]), st.integers(0, 9) | st.just(2**64 - 1), CONTENTS, st.booleans())
    )
)
def test_nothing_that_peers_say_raises_or_grows_beyond_bounds(said):
    master = Master(MASTER, ChannelSettings(buffer=4, paths=2))
    for sender, seq, content, ticks in said:
        for wanted in master.receive(Command(seq, sender, NOBODY, content)):
            if isinstance(wanted, SnapshotWanted):
                master.attach(wanted.clone, ENTRIES)
            else:
                master.publish(wanted.action)
                master.applied(wanted.writer, wanted.seq)
        if ticks:
            master.tick()
        for _, command in master.outgoing():
            assert len(getattr(command.content, "missing", ())) <= 4
    assert master.unacknowledged <= 4
    assert all(writer.early <= 4 for writer in master._writers.values())
    assert master.early <= 4 * len(master.writers)
