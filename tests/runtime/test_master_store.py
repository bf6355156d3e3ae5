"""A master towards a clone that is played by hand, command by command."""

from __future__ import annotations

from contextlib import asynccontextmanager

import pytest
import trio

from broker_core import EC, NIL, Endpoint, EntityId, ErrorNotice
from broker_core.messages.commands import (
    NOBODY,
    AckClone,
    Add,
    AttachWriter,
    Clear,
    Command,
    CumulativeAck,
    Erase,
    Keepalive,
    Nack,
    Put,
    PutUnique,
    PutUniqueResult,
    decode_command,
    encode_command,
)
from broker_core.messages.envelopes import Message, MessageKind
from broker_core.model.order import Kind
from pairs import options
from raw_peer import raw_peer

MASTER, CLONE = "db/<$>/data/master", "db/<$>/data/clone"


class Clone:
    """The other side of the channels."""

    def __init__(self, peer, master: EntityId) -> None:
        self.peer = peer
        self.master = master
        self.id = EntityId(peer.id, 77)

    async def say(self, content, seq: int = 0, *, to_all: bool = True) -> None:
        command = Command(seq, self.id, NOBODY if isinstance(content, Nack | Keepalive) else self.master, content)
        receiver = NIL if to_all else self.master.endpoint
        message = Message(MASTER, payload=encode_command(command), kind=MessageKind.COMMAND, receiver=receiver)
        await self.peer.send(self.peer.frames.message_frame(message, 20))

    async def hears(self, kind: type) -> tuple[Message, Command]:
        """The next command of *kind*; others are passed over."""
        while True:
            message = await self.peer.next()
            if isinstance(message, Message) and message.kind is MessageKind.COMMAND:
                command = decode_command(message.payload)
                if isinstance(command.content, kind):
                    return message, command

    async def attach(self) -> Command:
        await self.say(Nack((0,)))
        _, command = await self.hears(AckClone)
        await self.say(CumulativeAck(command.seq), to_all=False)
        await self.say(AttachWriter(1, 5))
        await self.hears(CumulativeAck)
        return command


@asynccontextmanager
async def served(backend: str = "memory", path: str = ""):
    async with Endpoint(options()) as endpoint:
        listener = await endpoint.listen("127.0.0.1", 0)
        store = await endpoint.attach_master("db", backend, {"path": path} if path else None)
        async with raw_peer(listener.port, wants=(CLONE,)) as peer:
            yield endpoint, store, Clone(peer, store.id)


@pytest.fixture(params=["memory", "sqlite"])
def place(request, tmp_path):
    return (request.param, str(tmp_path / "db")) if request.param == "sqlite" else (request.param, "")


async def test_a_clone_gets_a_snapshot_addressed_to_it_and_then_updates_for_all(place):
    async with served(*place) as (_, store, clone):
        await store.put("k0", "v0")
        await clone.say(Nack((0,)))
        message, command = await clone.hears(AckClone)
        assert message.receiver == clone.peer.id
        assert command == Command(1, store.id, clone.id, AckClone(1, 5, [("k0", "v0")]))
        await clone.say(CumulativeAck(1), to_all=False)
        await store.put("a", 1, 0.3)
        message, command = await clone.hears(Put)
        assert message.receiver == NIL
        assert command == Command(2, store.id, NOBODY, Put("a", 1, 300_000_000, store.id))
        await store.increment("a", 1)
        assert (await clone.hears(Put))[1].content == Put("a", 2, None, store.id)
        await store.erase("none")
        await store.erase("a")
        assert (await clone.hears(Erase))[1].seq == 4
        await store.clear()
        assert (await clone.hears(Clear))[1].seq == 5


async def test_the_writes_of_a_clone_are_applied_in_order_and_come_back(place):
    async with served(*place) as (_, store, clone):
        await clone.attach()
        await clone.say(Add("n", 2, Kind.INTEGER, None, clone.id), 3)
        await clone.say(Put("n", 40, None, clone.id), 2)
        assert (await clone.hears(Put))[1] == Command(2, store.id, NOBODY, Put("n", 40, None, clone.id))
        assert (await clone.hears(Put))[1] == Command(3, store.id, NOBODY, Put("n", 42, None, clone.id))
        assert await store.get("n") == 42
        who = EntityId(clone.peer.id, 78)
        await clone.say(PutUnique("n", 1, None, who, 9, clone.id), 4)
        assert (await clone.hears(PutUniqueResult))[1].content == PutUniqueResult(False, who, 9, store.id)
        _, ack = await clone.hears(CumulativeAck)
        while ack.content.seq < 4:
            _, ack = await clone.hears(CumulativeAck)


async def test_what_is_refused_is_acknowledged_at_once(place):
    async with served(*place) as (_, store, clone):
        await clone.attach()
        await clone.say(Put("k", "v", None, clone.id), 2)
        await clone.hears(Put)
        await clone.say(Add("k", 1, Kind.INTEGER, None, clone.id), 3)
        start = trio.current_time()
        _, ack = await clone.hears(CumulativeAck)
        while ack.content.seq < 3:
            _, ack = await clone.hears(CumulativeAck)
        assert trio.current_time() - start < 0.4
        assert await store.get("k") == "v"


async def test_a_command_that_cannot_be_read_is_told_and_passed_over():
    async with served() as (endpoint, store, clone):
        errors = endpoint.make_status_subscriber()
        message = Message(MASTER, payload=b"\0" * 60, kind=MessageKind.COMMAND)
        await clone.peer.send(clone.peer.frames.message_frame(message, 20))
        notice = await errors.get(5)
        assert isinstance(notice, ErrorNotice)
        assert notice.code is EC.INVALID_MESSAGE
        assert "command for store db: " in notice.message
        await store.put("k", 1)
        assert [entry[0] for entry in (await clone.attach()).content.entries] == ["k"]


async def test_keepalives_go_to_all_and_to_each_clone():
    async with served() as (_, store, clone):
        message, command = await clone.hears(Keepalive)
        assert (message.receiver, command.receiver, command.content) == (NIL, NOBODY, Keepalive(1))
        await clone.attach()
        await store.put("k", 1)
        receivers = set()
        while len(receivers) < 2:
            message, command = await clone.hears(Keepalive)
            if command.content.seq == 2:
                receivers.add((message.receiver, command.receiver))
        assert receivers == {(NIL, NOBODY), (clone.peer.id, clone.id)}


async def test_a_large_snapshot_is_encoded_aside():
    async with served() as (_, store, clone):
        for number in range(1500):
            store.nowait.put(number, "v")
        assert len((await clone.attach()).content.entries) == 1500
