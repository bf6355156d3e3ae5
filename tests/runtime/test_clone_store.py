"""A clone towards a master that is played by hand, as C++ plays it: it answers no more than it must."""

from __future__ import annotations

from contextlib import asynccontextmanager

import pytest
import trio

from broker_core import EC, NIL, Endpoint, EntityId, StoreError, StoreTimeout, TypeClash
from broker_core.messages.commands import (
    NOBODY,
    AckClone,
    Add,
    AttachWriter,
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
from pairs import options, until
from raw_peer import raw_peer

MASTER, CLONE = "db/<$>/data/master", "db/<$>/data/clone"


class Master:
    """The other side of the channels."""

    def __init__(self, peer) -> None:
        self.peer = peer
        self.id = EntityId(peer.id, 7)

    async def say(self, content, seq: int = 0, *, to: EntityId = NOBODY) -> None:
        command = Command(seq, self.id, to, content)
        payload = encode_command(command)
        message = Message(CLONE, payload=payload, kind=MessageKind.COMMAND, receiver=to.endpoint)
        await self.peer.send(self.peer.frames.message_frame(message, 20))

    async def hears(self, kind: type) -> tuple[Message, Command]:
        """The next command of *kind*; others are passed over."""
        while True:
            message = await self.peer.next()
            if isinstance(message, Message) and message.kind is MessageKind.COMMAND:
                command = decode_command(message.payload)
                if isinstance(command.content, kind):
                    return message, command

    async def accept(self, entries: list, offset: int = 1) -> EntityId:
        _, command = await self.hears(Nack)
        assert command.content == Nack((0,))
        await self.say(AckClone(offset, 5, entries), offset, to=command.sender)
        return command.sender


@asynccontextmanager
async def following(**intervals: float):
    async with Endpoint(options()) as endpoint:
        listener = await endpoint.listen("127.0.0.1", 0)
        async with raw_peer(listener.port, wants=(MASTER,)) as peer:
            store = await endpoint.attach_clone("db", **intervals)
            yield endpoint, store, Master(peer)


async def test_the_opening_is_that_of_cpp():
    async with following() as (_, store, master):
        message, command = await master.hears(Nack)
        assert (message.topic, message.receiver) == (MASTER, NIL)
        assert command == Command(0, store.id, NOBODY, Nack((0,)))
        await master.say(AckClone(1, 5, [("k", "v")]), 1, to=store.id)
        message, command = await master.hears(CumulativeAck)
        assert message.receiver == master.peer.id
        assert command == Command(0, store.id, master.id, CumulativeAck(1))
        message, command = await master.hears(AttachWriter)
        assert message.receiver == NIL
        assert command == Command(0, store.id, master.id, AttachWriter(1, 5))
        assert await store.get("k") == "v"


async def test_writes_wait_for_the_master_and_are_numbered():
    async with following() as (_, store, master):
        store.nowait.put("k", 1, 2.0)
        store.nowait.increment("k", 2)
        await master.accept([])
        message, command = await master.hears(Put)
        assert message.receiver == NIL
        assert command == Command(2, store.id, master.id, Put("k", 1, 2_000_000_000, store.id))
        assert (await master.hears(Add))[1].content == Add("k", 2, Kind.INTEGER, None, store.id)
        assert await store.size() == 0  # only what the master says counts
        await master.say(Put("k", 1, 2_000_000_000, store.id), 2)
        await master.say(Put("k", 3, None, store.id), 3)
        await store.flush(5)
        assert await store.get("k") == 3


async def test_put_unique_is_told_by_the_result():
    async with following() as (_, store, master):
        await master.accept([])
        outcomes = []

        async def put_unique() -> None:
            outcomes.append(await store.put_unique("k", 1))

        async with trio.open_nursery() as nursery:
            nursery.start_soon(put_unique)
            command = (await master.hears(PutUnique))[1].content
            await master.say(PutUniqueResult(False, command.who, command.request, master.id), 2)
        assert outcomes == [False]


async def test_an_acknowledgement_without_an_update_is_a_refusal():
    async with following() as (_, store, master):
        clone = await master.accept([("k", "text")])
        failures = []

        async def increment() -> None:
            try:
                await store.increment("k", 1)
            except TypeClash as error:
                failures.append(str(error))

        async with trio.open_nursery() as nursery:
            nursery.start_soon(increment)
            await master.hears(Add)
            await master.say(CumulativeAck(2), to=clone)
            await master.say(Keepalive(1))
        assert failures == ["store db: cannot add integer to string"]


async def test_a_master_that_never_confirms():
    async with following() as (_, store, master):
        await master.accept([])
        with pytest.raises(StoreTimeout, match=r"^store db: the master did not confirm within 0\.2 s; .* may still"):
            await store.put("k", 1, timeout=0.2)


async def test_an_error_that_nobody_awaits_is_told():
    async with following() as (endpoint, store, master):
        errors = endpoint.make_status_subscriber()
        clone = await master.accept([("k", "text")])
        store.nowait.increment("k", 1)
        await master.hears(Add)
        await master.say(CumulativeAck(2), to=clone)
        await master.say(Keepalive(1))
        notice = await errors.get(10)
        assert notice.code is EC.TYPE_CLASH
        with pytest.raises(StoreError):
            await store.flush(5)


async def test_updates_in_any_order_are_applied_in_theirs():
    async with following() as (_, store, master):
        await master.accept([("gone", 1)])
        await master.say(Erase("gone", master.id), 3)
        await master.say(Put("gone", 2, None, master.id), 2)
        await master.say(Put("last", 3, None, master.id), 4)

        async def is_there() -> bool:
            return await store.exists("last")

        await until(is_there)
        assert await store.keys() == {"last"}


async def test_a_large_snapshot_is_decoded_aside():
    async with following() as (_, store, master):
        await master.accept([(number, "v" * 100) for number in range(5000)])
        await master.say(Put("next", 1, None, master.id), 2)

        async def is_there() -> bool:
            return await store.exists("next")

        await until(is_there)
        assert await store.size() == 5001
