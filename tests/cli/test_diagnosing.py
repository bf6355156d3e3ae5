"""``doctor`` for real: step by step for people, one object for programs, and how it can be stopped."""

from __future__ import annotations

import re
import signal

import pytest
import trio
import zmq

from broker_core import CurveKeys, Endpoint
from cluster_links import central, node
from counterparts import overrun, server, silent


def without_times(text: str) -> list[str]:
    return [re.sub(r" \([\d.]+ ms\)$|after [\d.]+ ms.*", "", line) for line in text.splitlines()]


async def test_for_people(run, hub):
    async with hub() as here:
        here.endpoint.make_subscriber("/a")
        result = await run("doctor", here.peer, "/a", "-o", "human")
        port = here.peer.partition(":")[2]
    assert without_times(result.out) == [
        "resolve        ok      a number, not a name",
        "connect        ok      127.0.0.1 answers",
        "tls            ok      TLSv1.2 AECDH-AES256-SHA (no certificates)",
        f"handshake      ok      peered with {here.endpoint.id}, version 1",
        "subscriptions  ok      /a",
        "ping           ok      answered ",
        f"cause: none: all is well: 127.0.0.1:{port} is an endpoint of Broker and takes us as a peer",
        "remedy: none is needed",
    ]


async def test_notes_come_before_the_cause(run):
    async with Endpoint() as endpoint:
        listener = await endpoint.listen(tls="off")
        result = await run("doctor", f":{listener.port}", "-o", "human")
    assert without_times(result.out)[-4:-2] == [
        "note:                  the connection is not encrypted",
        "note:                  it subscribes to nothing: what is published here goes nowhere",
    ]


@pytest.mark.parametrize(("tls", "code", "cause"), [("auto", 0, "none: "), ("anon", 5, "plain-expected: ")])
async def test_only_the_two_lines(run, tls, code, cause):
    async with Endpoint() as endpoint:
        listener = await endpoint.listen(tls="off")
        result = await run("doctor", f":{listener.port}", "-o", "human", "-q", "--tls", tls)
    assert (result.code, result.err) == (code, "")
    first, second = result.out.splitlines()
    assert first.startswith(f"cause: {cause}")
    assert second.startswith("remedy: ")


async def test_colours(run):
    async with Endpoint() as endpoint:
        listener = await endpoint.listen(tls="off")
        result = await run("doctor", f":{listener.port}", "--tls", "anon", terminal=True)
    assert "\x1b[1;32mok\x1b[0m" in result.out
    assert "\x1b[1;31mfailed\x1b[0m" in result.out
    assert "\x1b[1;31mcause:\x1b[0m plain-expected: " in result.out


async def test_one_object_for_programs(run):
    async with Endpoint() as endpoint:
        listener = await endpoint.listen(tls="off")
        result = await run("doctor", f"127.0.0.1:{listener.port}", "--tls", "anon")
    (found,) = result.objects
    steps = found.pop("steps")
    assert [(step["name"], step["ok"]) for step in steps] == [
        ("resolve", True),
        ("connect", True),
        ("tls", False),
        ("look", None),
    ]
    assert found.pop("remedy").startswith("use --tls auto")
    assert found == {
        "type": "diagnosis",
        "v": 1,
        "address": f"127.0.0.1:{listener.port}",
        "cause": "plain-expected",
        "finding": f"127.0.0.1:{listener.port} speaks plain TCP, and this side was told to use TLS",
        "warnings": [],
        "id": None,
        "protocol": None,
        "tls": None,
        "version": "",
        "rtt": None,
        "subscriptions": None,
        "nodes": None,
        "certificate": None,
    }


async def test_a_cluster(run):
    async with central() as broker, node(broker.address) as other:
        other.subscribe(b"zeek.cluster.nodeid.zeromq_manager_hh_7_Nx.")
        await other.hears(b"\x01zeek.cluster.nodeid.zeromq_manager_hh_7_Nx.")
        found = (await run("doctor", str(broker.address))).objects[0]
        people = await run("doctor", str(broker.address), "-o", "human")
        wrong = await run("doctor", f":{broker.send_port}")
    assert (found["cause"], found["version"]) == (None, "ZMTP 3.1")
    assert found["nodes"] == [{"id": "zeromq_manager_hh_7_Nx", "name": "manager", "host": "hh", "pid": 7}]
    assert without_times(people.out)[:3] == [
        "resolve        ok      a number, not a name",
        f"connect        ok      port {broker.port}: 127.0.0.1 answers; port {broker.send_port}: 127.0.0.1 answers",
        f"sockets        ok      port {broker.port}: XPUB (ZMTP 3.1); port {broker.send_port}: XSUB (ZMTP 3.1)",
    ]
    assert "nodes          ok      manager on hh" in people.out.splitlines()
    assert wrong.code == 5
    assert f"`broker doctor zmq://127.0.0.1:{broker.send_port - 1}`" in wrong.objects[0]["remedy"]


async def test_a_cluster_with_curve(run, tmp_path):
    pairs = {"server": zmq.curve_keypair(), "client": zmq.curve_keypair()}
    for who, (public, secret) in pairs.items():
        (tmp_path / f"{who}_publickey").write_bytes(public)
        (tmp_path / f"{who}_secretkey").write_bytes(secret)
    async with central(CurveKeys.from_directory(tmp_path)) as broker:
        without = (await run("doctor", str(broker.address))).objects[0]
        found = (await run("doctor", str(broker.address), "--curve-dir", str(tmp_path))).objects[0]
    assert (without["cause"], found["cause"], found["tls"]) == ("curve-expected", None, "CURVE")
    assert "--curve-dir" in without["remedy"]


async def test_the_time_for_each_step(run):
    with overrun() as port:
        result = await run("doctor", f":{port}", "--connect-timeout", "200ms")
    assert result.code == 5
    assert result.objects[0]["cause"] == "filtered"
    assert "within 0.2 s" in result.objects[0]["finding"]


async def test_steps_are_shown_as_they_happen_and_it_can_be_interrupted(start):
    async with server(silent) as port, start("doctor", f":{port}", "-o", "human") as program:
        await program.prints("127.0.0.1 answers")
        program.process.send_signal(signal.SIGINT)
        assert await program.ends() == -signal.SIGINT
        assert b"cause:" not in program.out


async def test_nobody_reads_any_more(start):
    async with server(silent) as port, start("doctor", f":{port}", "-o", "human") as program:
        await program.prints("127.0.0.1 answers")
        await program.close_output()
        with trio.fail_after(5):
            assert await program.ends() == -signal.SIGPIPE
