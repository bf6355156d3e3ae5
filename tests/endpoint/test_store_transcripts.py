"""Recorded conversations of C++ masters and clones, with our endpoint in the place of either.

Ours gets the ids of the recording, so that what it sends must be the recorded bytes. Compared are actions,
snapshots and what belongs to handshakes; keepalives and periodic acknowledgements come when clocks say so.
(tests/stores replays everything tick by tick, without sockets.)
"""

from __future__ import annotations

import itertools
import json
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
import trio

from broker_core import NIL, Count, Endpoint, EndpointId, Set, Table
from broker_core.messages.binary_wire import parse_envelope
from broker_core.messages.commands import CumulativeAck, Keepalive, Nack, decode_command
from broker_core.messages.envelopes import Message, MessageKind
from pairs import options, until
from raw_peer import RawPeer

TRANSCRIPTS = json.loads((Path(__file__).parent.parent / "vectors" / "transcripts-stores.json").read_text())
BY_THE_CLOCK = (Keepalive, CumulativeAck, Nack)


class Recorded:
    """One recorded conversation about a store."""

    def __init__(self, name: str) -> None:
        scenario = TRANSCRIPTS[name]
        self.ids = {side: EndpointId.parse(scenario[side]) for side in ("acceptor", "connector")}
        self.commands: list[tuple[str, bytes, Message]] = []
        for row in scenario["frames"]:
            body = bytes.fromhex(row.get("frame", ""))
            message = parse_envelope(body) if len(body) > 37 else None
            if isinstance(message, Message) and message.kind is MessageKind.COMMAND:
                self.commands.append((row["from"], body, message))

    def of(self, side: str) -> list[tuple[bytes, Message]]:
        return [(body, message) for who, body, message in self.commands if who == side]

    def number(self, side: str) -> int:
        """The number of the store of *side* at its endpoint."""
        return decode_command(self.of(side)[0][1].payload).sender.object

    @property
    def store(self) -> str:
        return self.commands[0][2].topic.split("/")[0]


@asynccontextmanager
async def in_place_of(side: str, recorded: Recorded):
    """Our endpoint as *side* of the recording, and a hand-played peer as the other one."""
    other = next(name for name in recorded.ids if name != side)
    role = "master" if other == "acceptor" else "clone"
    with trio.fail_after(40):
        async with Endpoint(options(id=recorded.ids[side])) as endpoint:
            endpoint._stores._numbers = itertools.count(recorded.number(side))
            listener = await endpoint.listen("127.0.0.1", 0)
            async with await trio.open_tcp_stream("127.0.0.1", listener.port) as stream:
                peer = RawPeer(stream, recorded.ids[other], (f"{recorded.store}/<$>/data/{role}",))
                await peer.shake_hands()
                yield endpoint, peer


async def play(peer: RawPeer, body: bytes) -> None:
    await peer.send(len(body).to_bytes(4, "big") + body)


async def next_that_counts(peer: RawPeer) -> Message:
    """What ours sends next that no clock decides about."""
    while True:
        message = await peer.next()
        if isinstance(message, Message) and message.kind is MessageKind.COMMAND:
            content = decode_command(message.payload).content
            if not isinstance(content, BY_THE_CLOCK):
                return message


def essence(message: Message) -> tuple:
    """All but the TTL, which is the endpoint's choice."""
    return message.topic, message.receiver, message.payload


@pytest.mark.parametrize("name", TRANSCRIPTS)
async def test_our_clone_of_a_cpp_master(name):
    recorded = Recorded(name)
    async with in_place_of("connector", recorded) as (endpoint, peer):
        clone = await endpoint.attach_clone(recorded.store)
        while not isinstance(message := await peer.next(), Message):
            pass
        first = recorded.of("connector")[0][1]
        assert essence(message) == essence(first)
        for body, _ in recorded.of("acceptor"):
            await play(peer, body)
        last = max(decode_command(message.payload).seq for _, message in recorded.of("acceptor"))

        async def has_all() -> bool:
            return clone.info().seq == last

        await until(has_all)
        after_ours = {
            "store-clone-attach-and-master-ops": Table(
                {
                    "before": Count(5),
                    "table": Table({"b": 2}),
                    "exp": "gone",
                    "s": "abc",
                    "set": Set([3]),
                    "vec": (1,),
                }
            ),
            "store-clone-writes": Table(),
            "store-clone-before-master": Table({"x": 1}),
        }
        assert await clone.snapshot() == after_ours[name]


async def do_what_the_recorded_user_did(store) -> None:
    await store.put("k1", "v1")
    await store.put("exp", "gone", 2)
    await store.increment("before", Count(4))
    await store.append("s", "abc")
    await store.insert_into("set", 3)
    await store.insert_into("table", "b", 2)
    await store.remove_from("table", "a")
    await store.push("vec", 1)
    await store.push("vec", 2)
    await store.pop("vec")
    await store.erase("k1")


async def test_a_cpp_clone_of_our_master():
    recorded = Recorded("store-clone-writes")
    ours = [message for _, message in recorded.of("acceptor")]
    ours = [message for message in ours if not isinstance(decode_command(message.payload).content, BY_THE_CLOCK)]
    async with in_place_of("acceptor", recorded) as (endpoint, peer):
        store = await endpoint.attach_master(recorded.store)
        await store.put("before", Count(1))
        await store.put("table", {"a": 1})
        theirs = iter(recorded.of("connector"))
        await play(peer, next(theirs)[0])
        snapshot = await next_that_counts(peer)
        assert essence(snapshot) == essence(ours.pop(0))
        writes = []
        for body, message in theirs:
            (writes if decode_command(message.payload).seq else [None]).append((body, message))
            if not writes:
                await play(peer, body)
        await do_what_the_recorded_user_did(store)
        got = [await next_that_counts(peer) for _ in range(11)]
        for body, _ in writes[:-1]:
            await play(peer, body)
        got += [await next_that_counts(peer) for _ in range(7)]  # with the expiry of "exp" after two seconds
        await play(peer, writes[-1][0])
        got.append(await next_that_counts(peer))
        assert [essence(message) for message in got] == [essence(message) for message in ours]
        assert {message.receiver for message in got} == {NIL}
        assert await store.size() == 0
