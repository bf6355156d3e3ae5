"""Our master and our clone in the place of C++ ones, in recordings of C++ Broker and of a live Zeek.

What a side says in answer to a command or to its user has to come in the recorded order, byte for byte, with the
recorded receiver. What only its timer makes it say (keepalives, and acknowledgements other than the one that answers a
handshake) depends on when the timer started and on what was crossing it. So a recorded one must be among those that
ours would send within one heartbeat of this moment or an earlier one, must not go back, and the last one of
each kind must be what ours would send at the end. Three things of ours are left out: the keepalives that our master
addresses to each clone, a second request for a snapshot before the first is answered, and who asks for a put_unique,
which is an id of its own in C++ and the clone in ours.
"""

from __future__ import annotations

from collections import deque
from copy import deepcopy

import pytest

from broker_core.messages.commands import (
    NOBODY,
    AckClone,
    Action,
    AttachWriter,
    CumulativeAck,
    Erase,
    Expire,
    Keepalive,
    Nack,
    PutUnique,
    PutUniqueResult,
    encode_command,
)
from broker_core.model.topics import CLONE_SUFFIX, MASTER_SUFFIX
from broker_core.stores.channel import DEFAULT_SETTINGS, Outgoing
from broker_core.stores.clone import Clone
from broker_core.stores.memory import MemoryBackend
from command_frames import command_frames
from store_links import CloneSide, MasterSide

SCENARIOS = {
    # scenario: how its clone's writes ended
    "store-clone-attach-and-master-ops": [],
    "store-clone-writes": [None, True, False, None, None, None],
    "store-clone-before-master": [],
    "zeek-store-master-and-clone": [None, None, False],
    "zeek-store-clone": [None, None, None, None, True],
}
HEARTBEAT = 5


class Replay:
    """One side of a recording, compared with what ours says."""

    def __init__(self, side):
        self.side = side
        self.answers: deque[Outgoing] = deque()
        self.timers: set[tuple] = set()
        self.newest: dict[type, int] = {}
        self.last: dict[type, tuple] = {}
        self.said()

    def is_timer(self, command):
        return type(command.content) in {Keepalive, CumulativeAck}

    def said(self):
        """Ours has taken something in: note what it answers, and what its timer would make it say now."""
        for outgoing in self.side.outgoing():
            if not (self.answers and outgoing == self.answers[-1] and type(outgoing.command.content) is Nack):
                self.answers.append(outgoing)
        self.timers |= self.would_say()

    def would_say(self):
        twin = deepcopy(self.side)
        for _ in range(HEARTBEAT):
            self.tick(twin)
        return {
            (outgoing.receiver, encode_command(outgoing.command))
            for outgoing in twin.outgoing()
            if self.is_timer(outgoing.command)
        }

    def expect(self, frame, command):
        """The recorded side says *command*."""
        recorded = (frame.message.receiver, encode_command(command))
        if self.answers and self.as_bytes(self.answers[0], command) == recorded:
            self.answers.popleft()
            return
        assert self.is_timer(command), f"{frame} is not what we say: {self.answers}"
        assert recorded in self.timers, str(frame)
        kind = type(command.content)
        assert command.content.seq >= self.newest.get(kind, 0), str(frame)
        self.newest[kind] = command.content.seq
        self.last[kind] = recorded

    def as_bytes(self, ours, recorded):
        content = ours.command.content
        if type(content) is type(recorded.content) is PutUnique:
            content = content._replace(who=recorded.content.who, request=recorded.content.request)
        return ours.receiver, encode_command(ours.command._replace(content=content))

    def end(self):
        assert not self.answers
        assert set(self.last.values()) <= self.would_say()


class MasterReplay(Replay):
    def __init__(self, frames, snapshot):
        backend = MemoryBackend()
        for key, value in snapshot.command.content.entries:
            backend.put(key, value, None)
        super().__init__(MasterSide(snapshot.command.sender, backend, DEFAULT_SETTINGS, at_once=True))

    def tick(self, side):
        side.tick()

    def heard(self, _, command):
        self.side.receive(command)
        self.said()

    def says(self, frame, command):
        content = command.content
        if isinstance(content, Action) and not self.answers:
            # An operation of the master's own user.
            if type(content) is Expire:
                self.side.engine.write(Erase(content.key, content.publisher), 0)
            if type(content) in {Expire, PutUniqueResult}:
                self.side.channels.publish(content)
            else:
                self.side.write(content)
            self.said()
        self.expect(frame, command)


class CloneReplay(Replay):
    def __init__(self, frames, snapshot):
        clone_id = snapshot.command.receiver
        side = CloneSide(clone_id.endpoint, DEFAULT_SETTINGS)
        side.clone = Clone("s", lambda: clone_id, DEFAULT_SETTINGS)
        super().__init__(side)
        self.tickets = {}

    def tick(self, side):
        side.tick(is_peer=True)

    def heard(self, _, command):
        content = command.content
        if type(content) is PutUniqueResult and content.request in self.tickets:
            content = content._replace(who=self.side.clone.id, request=self.tickets[content.request])
        self.side.receive(command._replace(content=content))
        self.said()

    def says(self, frame, command):
        content = command.content
        if isinstance(content, Action):
            self.side.write(content)
            if type(content) is PutUnique:
                self.tickets[content.request] = self.side.clone.last_ticket
            self.said()
        self.expect(frame, command)


def replay(kind, name):
    frames = command_frames(name)
    snapshot = next(frame for frame in frames if type(frame.command.content) is AckClone)
    ours = kind(frames, snapshot)
    for frame in frames:
        of_master = frame.message.topic.endswith(CLONE_SUFFIX)
        assert of_master or frame.message.topic.endswith(MASTER_SUFFIX)
        assert of_master == (frame.side == snapshot.side)
        if of_master == (kind is MasterReplay):
            ours.says(frame, frame.command)
        else:
            ours.heard(frame, frame.command)
    ours.end()
    return ours.side


@pytest.mark.parametrize("name", SCENARIOS)
def test_our_master_in_place_of_theirs(name):
    replay(MasterReplay, name)


@pytest.mark.parametrize(("name", "ends"), SCENARIOS.items())
def test_our_clone_in_place_of_theirs(name, ends):
    side = replay(CloneReplay, name)
    assert [outcome.error for outcome in side.outcomes] == [None] * len(ends)
    assert [outcome.inserted for outcome in side.outcomes] == ends


@pytest.mark.parametrize("name", SCENARIOS)
def test_both_end_with_the_same_entries(name):
    assert replay(MasterReplay, name).entries() == replay(CloneReplay, name).entries()


def test_the_recordings_have_what_this_is_about():
    seen = {
        (name, type(frame.command.content))
        for name in SCENARIOS
        for frame in command_frames(name)
        if frame.command.receiver != NOBODY or isinstance(frame.command.content, Action)
    }
    assert {kind for _, kind in seen} >= {AckClone, AttachWriter, CumulativeAck, PutUnique, PutUniqueResult, Expire}
    assert all(type(command_frames(name)[0].command.content) in {Nack, Keepalive} for name in SCENARIOS)
