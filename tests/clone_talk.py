"""A clone that talks to a scripted master: for tests of what it does with each command."""

from __future__ import annotations

import itertools

from broker_core.messages.commands import NOBODY, AckClone, Command, CumulativeAck, Nack, Put, RetransmitFailed
from broker_core.model import NIL, EndpointId, EntityId
from broker_core.stores.channel import DEFAULT_SETTINGS, Outgoing
from broker_core.stores.clone import Clone

__all__ = [
    "ENTRIES",
    "FIRST",
    "MASTER",
    "PUT",
    "SECOND",
    "SUCCESSOR",
    "THERE",
    "following",
    "new_clone",
    "say",
    "sent",
    "ticks",
    "to_all",
]

HERE, THERE, ELSEWHERE = (EndpointId(bytes([n]) * 16) for n in (1, 2, 3))
MASTER, SUCCESSOR = EntityId(THERE, 7), EntityId(ELSEWHERE, 7)
FIRST, SECOND = EntityId(HERE, 1), EntityId(HERE, 2)
ENTRIES = [("k", 1)]
PUT = Put("a", 1, None, FIRST)


def new_clone(settings=DEFAULT_SETTINGS, **options):
    numbers = itertools.count(1)
    return Clone("s", lambda: EntityId(HERE, next(numbers)), settings, **options)


def following(settings=DEFAULT_SETTINGS, entries=ENTRIES, offset=1, **options):
    """A clone that follows MASTER; its writes have been announced and acknowledged."""
    clone = new_clone(settings, **options)
    say(clone, AckClone(offset, 5, entries), offset)
    say(clone, CumulativeAck(1))
    clone.outgoing()
    return clone


def say(clone, content, seq=0, sender=MASTER, receiver=None):
    """The master says *content*: numbered to everyone, otherwise to the clone."""
    if receiver is None:
        receiver = clone.id if type(content) in {AckClone, CumulativeAck, Nack, RetransmitFailed} else NOBODY
    return clone.receive(Command(seq, sender, receiver, content))


def ticks(clone, count):
    for _ in range(count):
        clone.tick()


def sent(clone):
    """The contents of what the clone sends."""
    return [outgoing.command.content for outgoing in clone.outgoing()]


def to_all(content, seq=0, sender=FIRST, receiver=NOBODY):
    return Outgoing(NIL, Command(seq, sender, receiver, content))
