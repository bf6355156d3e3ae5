"""The commands in a ZeroMQ cluster: a central broker of the test, other nodes, and the program as one more of them."""

from __future__ import annotations

import json
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import pytest
import trio

from broker_cli.completing import candidates
from broker_core import Count, Event
from broker_core.codecs import binary
from cluster_links import central, member, node

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

SOON = 20
JSON = b'{"@data-type":"vector","data":[]}'
EVERYTHING = 'broker: "" is everything: each node of the cluster now sends all that it publishes to the central broker'


@asynccontextmanager
async def ready(start, tmp_path, *args: str) -> AsyncIterator:
    """The program with *args*, once it has created its ready file."""
    async with start(*args, "--ready-file", str(tmp_path / "ready"), "-v", BROKER_STATE="off") as program:
        await program.says({"sub": "subscribed to", "record": "recording", "pong": "answering"}[args[0]])
        yield program


def lines_of(program) -> list[dict]:
    return [json.loads(line) for line in program.out.splitlines()]


# -- publish and subscribe ------------------------------------------------------------------------------------------


async def test_a_pipe_full_of_messages_arrives_before_the_program_ends(run):
    async with central() as broker, member(broker.address) as other:
        subscriber = other.make_subscriber("/t", capacity=20_000)
        await other.ping(other.peers()[0].id, timeout=SOON)
        data = b"".join(b"%d\n" % number for number in range(10_000))
        result = await run("publish", "-p", str(broker.address), "/t", "--from", "-", "--in", "lines", stdin=data)
        assert (result.code, result.err) == (0, "")
        with trio.fail_after(SOON):
            values = [(await subscriber.get()).value for _ in range(10_000)]
        assert values == [str(number) for number in range(10_000)]


async def test_publishing_to_nobody_says_so(run):
    async with central() as broker, member(broker.address) as other:
        other.make_subscriber(["zeek.cluster.worker", "zeek.cluster.node.worker-1."])
        await other.ping(other.peers()[0].id, timeout=SOON)
        where = f"at 127.0.0.1:{broker.port}"
        for topic, hint in [
            ("/nobody", "use --wait-subscriber"),
            ("zeek/cluster/worker", "zeek.cluster.worker has subscribers"),
            ("zeek.cluster.node.worker-1", "zeek.cluster.node.worker-1. has subscribers"),
        ]:
            result = await run("publish", "-p", str(broker.address), topic, "ping")
            assert (result.code, result.err) == (0, f"broker: nobody is subscribed to {topic} {where}; {hint}\n")


async def test_the_other_way_round_with_peers_of_broker(run, hub):
    async with hub() as here:
        here.endpoint.make_subscriber("zeek/cluster/worker")
        result = await run("publish", "-p", here.peer, "zeek.cluster.worker", "ping")
        assert result.err.endswith("; zeek/cluster/worker has subscribers\n")


async def test_waiting_for_subscribers_in_vain(run):
    async with central() as broker, member(broker.address) as other:
        other.make_subscriber("zeek.cluster.worker")
        await other.ping(other.peers()[0].id, timeout=SOON)
        args = ("-p", str(broker.address), "zeek/cluster/worker", "ping", "--timeout", "0.2s")
        result = await run("publish", *args, "--wait-subscriber=2")
        assert result.code == 4
        assert result.err.splitlines() == [
            "broker: --wait-subscriber: a cluster on ZeroMQ counts as one, however many nodes subscribe",
            "broker: timed out: 0 of 2 peers subscribed to zeek/cluster/worker; nothing published (exit 4)",
            "  hint: zeek.cluster.worker has subscribers",
        ]
        result = await run("request", *args, "--reply-topic", "/r")
        assert result.code == 4
        assert result.err.endswith("  hint: zeek.cluster.worker has subscribers\n")


async def test_a_sniffer_sees_everything(start, tmp_path):
    async with central() as broker, node(broker.address, 'n "1"') as other:
        async with ready(start, tmp_path, "sub", "-p", str(broker.address), "", "-n", "3") as program:
            await other.publish(b"/a", binary.encode(Count(5)))
            await other.publish(b"/b", JSON, b"broker-json-v1")
            await other.publish(b"/c", b"\xff", b"broker-bin-v1")
            await other.publish(b"/d", b"\xff", b"x")
            assert await program.ends() == 0
        first, second, third = lines_of(program)
        assert (first["topic"], first["data"], first["seq"], first["from"]) == ("/a", 5, 1, "n%20%221%22")
        assert second.keys() == {"type", "topic", "serializer", "payload", "v", "seq", "ts", "from"}
        assert (second["type"], second["payload"], second["seq"]) == ("foreign-message", JSON.decode(), 2)
        assert (third["payload_base64"], third["seq"], third["from"]) == ("/w==", 3, "n%20%221%22")
        err = program.err.decode()
        assert EVERYTHING in err
        assert "broker: a message on /c cannot be read: unknown type tag 255 at offset 0" in err
        assert "received 3 messages, 1 left out" in err


async def test_a_subscription_to_a_node_is_warned_of(run):
    async with central() as broker:
        topic = "zeek.cluster.nodeid.x."
        result = await run("sub", "-p", str(broker.address), topic, "--for", "0s")
        text = (
            f"broker: {topic}: all nodes of the cluster take us for a node that subscribes to this, and log warnings\n"
        )
        assert (result.code, result.err) == (0, text)


async def test_several_transports_at_once(run, hub):
    async with central() as broker, hub() as here, hub() as web, member(broker.address) as other:
        listener = await web.endpoint.listen_web("127.0.0.1")
        subscribers = [endpoint.make_subscriber("/t") for endpoint in (other, here.endpoint, web.endpoint)]
        await other.ping(other.peers()[0].id, timeout=SOON)
        peers = (str(broker.address), here.peer, f"ws://127.0.0.1:{listener.port}")
        result = await run("publish", *(word for peer in peers for word in ("-p", peer)), "/t", "ping", "5")
        assert (result.code, result.err) == (0, "")
        for subscriber in subscribers:
            assert (await subscriber.get(SOON)).value == Event("ping", Count(5)).value


async def test_what_cannot_be_encoded_is_told_and_fails(run):
    async with central() as broker, member(broker.address) as other:
        other.make_subscriber("/t")
        await other.ping(other.peers()[0].id, timeout=SOON)
        result = await run("publish", "-p", str(broker.address), "/t", "--data", "{5e-324, 1e-323}")
        assert result.code == 8
        told, failed = result.err.splitlines()
        assert "a message on /t cannot be encoded: the reals 5e-324 and 1e-323 are one on the wire" in told
        assert failed == "broker: 1 error with what was published (exit 8)"


async def test_what_is_no_message_of_four_parts_is_told(start, tmp_path):
    async with central() as broker, node(broker.address) as other:
        async with ready(start, tmp_path, "sub", "-p", str(broker.address), "/t", "-n", "1") as program:
            await other.send(b"/t", b"n", b"x")
            await other.publish(b"/t", binary.encode("x"))
            assert await program.ends() == 0
        assert b"skipped unreadable message 1: expected 4 parts, have 3" in program.err


# -- record, replay, ping, top --------------------------------------------------------------------------------------


async def test_a_recording_and_its_replay(run, start, tmp_path):
    path = str(tmp_path / "r.broker")
    async with central() as broker, node(broker.address, "worker-1") as other, member(broker.address) as there:
        async with ready(start, tmp_path, "record", "-p", str(broker.address), path, "/t", "-n", "2") as program:
            await other.publish(b"/t", JSON, b"broker-json-v1")
            for number in (1, 2):
                await other.publish(b"/t", binary.encode(Count(number)))
            assert await program.ends() == 0
        assert b"a message on /t cannot be recorded: its format is not Broker's" in program.err
        line = json.loads(program.out)
        assert (line["messages"], line["left_out"], line["dropped"]) == (2, 1, 0)
        subscriber = there.make_subscriber("/t")
        await there.ping(there.peers()[0].id, timeout=SOON)
        result = await run("replay", "-p", str(broker.address), path)
        assert (result.code, result.err) == (0, "")
        assert [(await subscriber.get(SOON)).value for _ in range(2)] == [Count(1), Count(2)]


async def test_pings_are_answered(run, start, tmp_path):
    async with central() as broker:
        args = ("-p", str(broker.address), "/p", "-n", "2")
        async with ready(start, tmp_path, "pong", *args) as program:
            result = await run("ping", *args, "--interval", "0")
            assert result.code == 0
            assert await program.ends() == 0
    pings = lines_of(program)
    assert [line["type"] for line in result.objects] == ["pong", "pong", "ping-summary"]
    assert result.objects[0]["from"].startswith("broker_")
    assert [line["type"] for line in pings] == ["ping", "ping", "pong-summary"]


async def test_a_request_gets_its_reply(run):
    async with central() as broker, member(broker.address) as other:
        subscriber = other.make_subscriber("/question")
        await other.ping(other.peers()[0].id, timeout=SOON)

        async def answer() -> None:
            await subscriber.get(SOON)
            await other.wait_for_subscribers("/answer")
            await other.publish("/answer", Event("reply", Count(7)))

        async with trio.open_nursery() as nursery:
            nursery.start_soon(answer)
            args = ("-p", str(broker.address), "/question", "ask", "--reply-topic", "/answer", "--timeout", "10s")
            result = await run("request", *args, "-o", "text")
    assert (result.code, result.out) == (0, "/answer reply(7)\n")


async def test_rates_have_a_kind_for_other_formats(start):
    async with central() as broker, node(broker.address) as other:
        args = ("-p", str(broker.address), "/t", "-o", "ndjson", "--interval", "0.2s")
        async with start("top", *args, BROKER_STATE="off") as program:
            await other.publish(b"/t", JSON, b"broker-json-v1")
            await program.prints("broker-json-v1")
            program.process.terminate()
            await program.ends()
    row = next(line for line in lines_of(program) if line["type"] == "topic-rate")
    assert (row["kind"], row["bytes"], row["messages"]) == ("(broker-json-v1)", len(JSON), 1)


@pytest.mark.parametrize("what", ["pub", "sub"])
async def test_measurements(start, what):
    async with central() as broker, member(broker.address) as other:
        args = ("/b", "-p", str(broker.address), "-n", "50", "--no-progress")
        if what == "pub":
            other.make_subscriber("/b")
            await other.ping(other.peers()[0].id, timeout=SOON)
        async with start("bench", what, *args, BROKER_STATE="off") as program:
            if what == "sub":
                with trio.fail_after(SOON):
                    await other.wait_for_subscribers("/b")
                for number in range(50):
                    await other.publish("/b", number)
            assert await program.ends() == 0
        total = lines_of(program)[-1]
        assert (total["messages"], total["unconfirmed"], total["complete"]) == (50, 0, True)


async def test_names_of_clusters_are_completed(run, tmp_path):
    env = {"BROKER_STATE": str(tmp_path / "state")}
    async with central() as broker, member(broker.address) as other:
        other.make_subscriber(["/t", "zeek.cluster.nodeid.x."])
        await other.ping(other.peers()[0].id, timeout=SOON)
        assert (await run("publish", "-p", str(broker.address), "/t", "ping", env=env)).code == 0
        assert candidates("peers", env) == [str(broker.address)]
        assert candidates("topics", env) == ["/t"]
