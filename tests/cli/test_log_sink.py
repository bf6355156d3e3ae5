"""``subscribe --log-sink``: nodes of a ZeroMQ cluster push their logs, and the program shows them as native ones."""

from __future__ import annotations

import json
import signal
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import pytest
import trio
import zmq

from broker_core.runtime.curve import CURVE_FILES, CURVE_VARIABLES, CurveKeys
from cluster_links import pushed, pusher
from log_samples import log_messages

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

SOON = 20
(REC,) = pushed()
CLUSTER = pushed("zeromq-manager-and-worker-logs")
NODE = REC[1].decode()


@asynccontextmanager
async def listening(start: Any, tmp_path: Path, *args: str, **environ: str) -> AsyncIterator[tuple[Any, str]]:
    """The program with a sink on any port, and where that is."""
    ready = tmp_path / "ready"
    args = ("sub", "--log-sink", "0", "--ready-file", str(ready), "-v", *args)
    async with start(*args, BROKER_STATE="off", **environ) as program:
        await program.says("listening for logs on ")
        with trio.fail_after(SOON):
            while not ready.exists():
                await trio.lowlevel.checkpoint()
        yield program, f"tcp://{ready.read_text().strip()}"


def comparable(lines: list[str]) -> list[str]:
    """*lines* without the times of writing, and with sets in an order that Zeek does not have."""
    text = "\n".join(line for line in lines if not line.startswith(("#open", "#close")))
    for ours in ("q,p", '["q","p"]'):
        text = text.replace(ours, ours.translate({ord("p"): "q", ord("q"): "p"}))
    return text.splitlines()


async def native(run: Any, hub: Any, *args: str) -> list[str]:
    """What the program prints for the two records when Zeek sends them in messages of Broker."""
    records = [(topic, value) for topic, value in log_messages() if topic == "zeek/logs/Rec::LOG"]

    async def publish() -> None:
        await here.endpoint.wait_for_subscribers(records[0][0])
        await here.endpoint.publish_batch(*records)

    async with hub() as here, trio.open_nursery() as nursery:
        nursery.start_soon(publish)
        result = await run("sub", "-p", here.peer, records[0][0], "--logs", "-n", "2", *args)
    assert (result.code, result.err) == (0, "")
    return result.out.splitlines()


# -- the records --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("form", ["ndjson", "tsv", "human", "json"])
async def test_the_output_is_that_of_the_same_records_in_messages_of_broker(run, start, hub, tmp_path, form):
    expected = await native(run, hub, "-o", form)
    async with listening(start, tmp_path, "-o", form, "-n", "2") as (program, where), pusher(where) as node:
        await node.push(*REC)
        assert await program.ends() == 0
    assert comparable(program.out.decode("utf-8", "surrogateescape").splitlines()) == comparable(expected)
    assert b"-42" in program.out
    assert b"received 2 records in 1 batch\n" in program.err


@pytest.mark.parametrize("form", [("-o", "ndjson"), ()])
async def test_files_are_those_of_the_same_records_in_messages_of_broker(run, start, hub, tmp_path, form):
    assert await native(run, hub, "--log-dir", str(tmp_path / "native"), *form) == []
    folder = tmp_path / "logs"
    args = ("--log-dir", str(folder), *form, "-n", "5")
    async with listening(start, tmp_path, *args) as (program, where), pusher(where) as node:
        for parts in (REC, *CLUSTER):
            await node.push(*parts)
        assert await program.ends() == 0
    assert program.out == b""
    assert f"received 5 records in 4 batches, which are in {folder}\n".encode() in program.err
    assert sorted(file.name for file in folder.iterdir()) == ["cluster.log", "rec.log"]
    ours, theirs = [(tmp_path / name / "rec.log").read_text().splitlines() for name in ("logs", "native")]
    assert comparable(ours) == comparable(theirs)
    lines = (folder / "cluster.log").read_text().splitlines()
    assert len([line for line in lines if not line.startswith("#")]) == 3
    assert lines[-1].startswith("{" if form else "#close\t")


async def test_a_signal_ends_it_with_what_has_come(start, tmp_path):
    async with listening(start, tmp_path, "-o", "ndjson") as (program, where), pusher(where) as node:
        for parts in CLUSTER:
            await node.push(*parts)
        await program.prints("node down: worker-1")
        program.process.send_signal(signal.SIGTERM)
        assert await program.ends() == -signal.SIGTERM
    assert [json.loads(line)["_path"] for line in program.out.splitlines()] == ["cluster"] * 3
    assert b"received 3 records in 3 batches\n" in program.err


async def test_bad_messages_and_batches_are_told_and_counted(start, tmp_path):
    async with listening(start, tmp_path, "-o", "ndjson", "-n", "4") as (program, where), pusher(where) as node:
        head, payload = REC[:3], REC[3]
        await node.push(*head)
        await node.push(*head[:2], b"broker-bin-v1", payload)
        await node.push(*head, payload[:-5])
        await node.push(*head, b"")
        await node.push(b"other", *head[1:], payload)
        await node.push(*head, payload + b"behind the end")
        assert await program.ends() == 0
    assert [json.loads(line)["c"] for line in program.out.splitlines()] == [1, 2, 1, 2]
    place = where.removeprefix("tcp://").encode()
    for text in (
        b"broker: %b: skipped message 1 that is no batch of logs: expected 4 parts, have 3\n" % place,
        b"broker: a batch of %b cannot be read: log data cut short after 1266 bytes at offset 1266\n" % NODE.encode(),
        b"broker: a batch of %b cannot be read: log batch cut short after 0 bytes at offset 0\n" % NODE.encode(),
        b"received 4 records in 4 batches, 2 batches unreadable, 2 messages skipped\n",
    ):
        assert text in program.err


# -- when there is enough -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("args", "code", "text"),
    [
        (("--for", "50ms"), 0, "received 0 records\n"),
        (("--idle", "50ms"), 0, "received 0 records\n"),
        (("--timeout", "50ms"), 4, "timed out: 0 of 1 message received"),
    ],
)
async def test_nobody_pushes_anything(run, args, code, text):
    result = await run("sub", "--log-sink", "0", "-v", *args)
    assert (result.code, result.out) == (code, "")
    assert result.err.startswith("broker: listening for logs on 127.0.0.1:")
    assert text in result.err


async def test_only_so_many_batches_wait(start, tmp_path):
    args = ("--max-queue", "1", "--on-overflow", "exit")
    async with listening(start, tmp_path, *args) as (program, where), pusher(where) as node:
        await node.push(b"x")
        await program.says("skipped message 1 ")
        program.process.send_signal(signal.SIGSTOP)
        for _ in range(50):
            await node.push(*REC[:3], b"")
        program.process.send_signal(signal.SIGCONT)
        assert await program.ends() == 6
    assert b"the output is too slow: the queue is full" in program.err


# -- peers besides ------------------------------------------------------------------------------------------------


async def test_logs_of_peers_and_of_a_cluster(start, hub, tmp_path):
    async with hub() as here:
        args = ("zeek/logs/", "-p", here.peer, "-n", "6", "-o", "ndjson")
        async with listening(start, tmp_path, *args) as (program, where), pusher(where) as node:
            await program.says("subscribed to zeek/logs/ at")
            await here.endpoint.wait_for_subscribers("zeek/logs/")
            await here.endpoint.publish_batch(*log_messages())
            await node.push(*REC)
            assert await program.ends() == 0
    paths = [json.loads(line)["_path"] for line in program.out.splitlines()]
    assert sorted(paths) == ["broker", *["rec"] * 5]
    assert b"received 6 records in 1 batch and 5 messages\n" in program.err


async def test_topics_take_the_peers_of_the_environment_and_a_sink_alone_does_not(run):
    env = {"BROKER_PEER": "127.0.0.1:1"}
    result = await run("sub", "--log-sink", "0", "--for", "50ms", env=env)
    assert result.code == 0
    result = await run("sub", "--log-sink", "0", "--for", "50ms", "zeek/", env=env)
    assert (result.code, "cannot peer with 127.0.0.1:1" in result.err) == (5, True)
    assert "listening for logs" not in result.err


@pytest.mark.parametrize(
    ("args", "code", "message"),
    [
        ("--log-sink 0 -p :1", 2, "missing argument 'TOPIC'"),
        ("--log-sink 0 /t", 2, "no peer given"),
        ("--logs -n 1", 2, "missing argument 'TOPIC'"),
        ("--log-sink x", 2, "--log-sink: 'x' has no port"),
        ("--log-sink 0 --exact", 2, "--exact is for topics, and there is no TOPIC"),
        ("--log-sink 0 --exclude x", 2, "--exclude is for topics, and there is no TOPIC"),
        ("--log-sink 0 --where x", 2, "--where is for messages, and --logs shows records"),
        ("--log-sink 0 -o raw", 2, "--output: this command prints human or ndjson or tsv, not raw"),
        ("--log-sink 0 --watch", 2, "--watch and --logs exclude each other"),
        ("--log-sink no.such.host.invalid:0", 5, "cannot listen on no.such.host.invalid:0: the name cannot be"),
        ("--logs -p zmq://127.0.0.1 zeek/", 2, "nodes of a ZeroMQ cluster do not publish their logs: they push"),
        ("--log-dir x -p zmq://h,zmq://i zeek/", 2, "nodes of a ZeroMQ cluster do not publish their logs"),
    ],
)
async def test_what_cannot_be_meant(run, args, code, message):
    result = await run("subscribe", *args.split())
    assert (result.code, result.out) == (code, "")
    assert message in result.err.splitlines()[0]


async def test_the_way_to_logs_of_a_cluster_is_told(run):
    hint = (await run("sub", "--logs", "-p", "zmq://127.0.0.1", "zeek/")).err.splitlines()[1]
    assert "--log-sink PORT" in hint
    assert 'redef Cluster::Backend::ZeroMQ::connect_log_endpoints += { "tcp://HOST:PORT" };' in hint


async def test_where_logs_are_is_told_to_who_names_no_topic(run):
    hint = (await run("sub", "--logs", "-p", "zmq://127.0.0.1")).err.splitlines()[1]
    assert "zeek/logs/" in hint
    assert "--log-sink PORT" in hint


async def test_a_port_that_others_have(start, run, tmp_path):
    async with listening(start, tmp_path) as (_, where):
        result = await run("sub", "--log-sink", where.removeprefix("tcp://"))
    assert result.code == 5
    assert f"cannot listen on {where.removeprefix('tcp://')}: address already in use" in result.err


async def test_without_pyzmq(run, monkeypatch):
    monkeypatch.setattr("broker_core.runtime.zmq_support.find_spec", lambda _: None)
    result = await run("sub", "--log-sink", "0")
    assert result.code == 2
    assert result.err.startswith("broker: a sink for logs needs pyzmq, which is not installed: pip install")


# -- CURVE --------------------------------------------------------------------------------------------------------


def keys() -> CurveKeys:
    server_public, server_secret = [key.decode() for key in zmq.curve_keypair()]
    client_public, client_secret = [key.decode() for key in zmq.curve_keypair()]
    return CurveKeys(
        server_public=server_public,
        server_secret=server_secret,
        client_public=client_public,
        client_secret=client_secret,
    )


async def test_keys_of_zeekctl_let_its_nodes_in_and_nobody_else(start, tmp_path):
    ours = keys()
    folder = tmp_path / "curve"
    folder.mkdir(mode=0o700)
    for name, file in CURVE_FILES.items():
        (folder / file).write_text(f"{getattr(ours, name)}\n")
    args = ("--curve-dir", str(folder), "-n", "2", "-o", "ndjson")
    async with listening(start, tmp_path, *args) as (program, where):
        async with pusher(where, keys()):
            await program.says("refused connection 1: ")
        async with pusher(where, ours) as node:
            await node.push(*REC)
            assert await program.ends() == 0
    assert b" with CURVE\n" in program.err
    assert b"received 2 records in 1 batch, 1 connection refused\n" in program.err


async def test_keys_in_the_variables_of_zeek(start, tmp_path):
    ours = keys()
    environ = {variable: getattr(ours, name) for name, variable in CURVE_VARIABLES.items()}
    async with listening(start, tmp_path, "-n", "2", **environ) as (program, where), pusher(where, ours) as node:
        await node.push(*REC)
        assert await program.ends() == 0
    assert b" with CURVE\n" in program.err
