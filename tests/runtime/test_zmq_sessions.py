"""The sessions that were recorded with a live Zeek, replayed through real sockets."""

from __future__ import annotations

import pytest

from broker_core import Count, DecodeError, Endpoint, Event, ForeignMessage, MessageKind
from broker_core.runtime.zmq_sockets import ZmqSocket
from cluster_links import LIMIT, Recorder, central, member, node, recording, until

SESSIONS = [
    "zeromq-one-node-own-central-broker",
    "zeromq-manager-and-worker",
    "zeromq-every-type-with-metadata",
]


@pytest.mark.parametrize("name", SESSIONS)
async def test_a_sniffer_sees_every_message_as_it_was_sent(name):
    # One node would do, but a socket that has subscribed twice takes only the second end of that for one.
    async with (
        central() as broker,
        member(broker.address) as sniffer,
        node(broker.address) as zeek,
        node(broker.address) as another,
    ):
        subscriber = sniffer.make_subscriber("")
        await zeek.hears(b"\x01")
        holders: dict[str, list[ZmqSocket]] = {}
        sent = skipped = 0
        for frame in recording(name)["frames"]:
            parts = frame["parts"]
            if "subscription" in frame["from"]:
                prefix = parts[0][1:].decode()
                held = holders.setdefault(prefix, [])
                if parts[0][:1] == b"\x01":
                    held.append(another.xsub if held else zeek.xsub)
                    held[-1].send_nowait(parts[0])
                else:
                    held.pop().send_nowait(parts[0])
                await until(lambda: set(sniffer.peers()[0].filter) == {one for one, by in holders.items() if by})
                continue
            await zeek.xpub.send(*parts)
            if len(parts) != 4:
                skipped += 1
                continue
            sent += 1
            message = await subscriber.get(LIMIT)
            assert [message.topic.encode(), message.sender.name.encode()] == parts[:2]
            assert message.payload == parts[3]
            if parts[2] == b"broker-bin-v1":
                assert message.kind is MessageKind.DATA
            else:
                assert isinstance(message, ForeignMessage)
                assert message.serializer.encode() == parts[2]
        assert sent == sum("publication" in frame["from"] for frame in recording(name)["frames"]) - skipped
        assert sniffer.statistics().skipped == skipped
        assert sniffer.peers()[0].received == sent
        assert subscriber.available() == 0


async def test_the_events_are_those_that_zeek_sent():
    names = []
    async with central() as broker, member(broker.address) as sniffer, node(broker.address) as zeek:
        subscriber = sniffer.make_subscriber("")
        await zeek.hears(b"\x01")
        for frame in recording("zeromq-one-node-own-central-broker")["frames"]:
            if len(frame["parts"]) == 4:
                await zeek.xpub.send(*frame["parts"])
                message = await subscriber.get(LIMIT)
                try:
                    names.append(message.value[2][0])
                except DecodeError as error:
                    names.append(str(error))
    assert names[:6] == ["Rec::cmd", "Rec::every", "Rec::ping", "Rec::pong", "Rec::ping", "Rec::pong"]
    assert names[6:8] == ["Rec::nosuch", "Rec::ping"]
    assert "at offset" in names[8]  # garbage
    assert names[9].endswith("in the format 'nosuch-format', which is not Broker's")
    assert "'broker-json-v1'" in names[10]
    assert names[11:13] == ["Rec::ping", "Rec::cmd"]


async def test_nodes_come_and_go():
    async with central() as broker, member(broker.address) as sniffer, node(broker.address) as zeek:
        seen = []
        for frame in recording("zeromq-manager-and-worker")["frames"]:
            if "subscription" not in frame["from"]:
                continue
            zeek.xsub.send_nowait(frame["parts"][0])
            if b"zeek.cluster.nodeid." in frame["parts"][0]:
                before = [node.name for node in seen[-1]] if seen else []
                await until(lambda: [one.name for one in sniffer.peers()[0].nodes] != before)  # noqa: B023  # at once
                seen.append(sniffer.peers()[0].nodes)
        assert [[one.name for one in nodes] for nodes in seen] == [
            ["manager"],
            ["manager", "worker-1"],
            ["manager"],
            [],
        ]
        assert (seen[1][1].host, seen[1][1].pid) == ("hh", 2367)


async def test_what_an_endpoint_says_is_what_the_recorded_client_said(nursery):
    frames = recording("zeromq-client-at-zeeks-proxy-thread")["frames"]
    recorder = Recorder()
    await nursery.start(recorder.pass_on)
    async with node(recorder.address, "zeromq__hh_2381_NGqb5k351o2ecqONI") as zeek, Endpoint() as endpoint:
        for frame in frames[:3]:
            zeek.xsub.send_nowait(frame["parts"][0])
        for frame in frames[:3]:
            await zeek.hears(frame["parts"][0])
        peer = await endpoint.peer(recorder.address)
        assert peer.filter == ("/rec/in", "zeek/supervisor", "zeek/table/")
        subscriber = endpoint.make_subscriber("/rec/out")
        await endpoint.ping(peer.id, timeout=LIMIT)
        assert recorder.said("subscription")[3:] == [frames[3]["parts"]]
        assert await endpoint.publish("/rec/in", Event("Rec::ping", Count(1), "hello")) == 1
        await endpoint.flush(LIMIT)
        own = f"broker_{endpoint.id}".encode()
        topic, _, *rest = frames[5]["parts"]
        assert recorder.said("publication") == [[topic, own, *rest]]
        await zeek.send(*frames[6]["parts"])
        assert (await subscriber.get(LIMIT)).payload == frames[6]["parts"][3]
        everything = endpoint.make_subscriber("")
        subscriber.close()
        await endpoint.ping(peer.id, timeout=LIMIT)
        # It begins before the other ends, and as the shorter prefix it says it all.
        assert [parts[0] for parts in recorder.said("subscription")[4:]] == [b"\x01", b"\x00/rec/out"]
        assert await endpoint.publish("/rec/in", Event("Rec::ping", Count(3), "sniffed")) == 1
        await zeek.send(*frames[22]["parts"])
        assert (await everything.get(LIMIT)).payload == frames[22]["parts"][3]
        assert everything.available() == 0  # its own messages come back, and are none for it
    assert not [parts for parts in recorder.said("subscription") if b"zeek.cluster.nodeid." in parts[0]]
    nursery.cancel_scope.cancel()
