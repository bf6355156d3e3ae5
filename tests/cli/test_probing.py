"""``peer`` and ``status`` for real."""

from __future__ import annotations

import json
import signal

import pytest
import trio

from broker_core import DEFAULT_LIMITS, Endpoint
from cluster_links import LIMIT, central, member, node
from counterparts import nobody


async def test_everything_about_a_peer(run, hub):
    async with hub() as here:
        here.endpoint.make_subscriber(["/a", "known/<$>/data/master", "other/<$>/data/clone"])
        result = await run("peer", here.peer)
        assert (result.code, result.err) == (0, "")
        (facts,) = result.objects
        assert 0 < facts.pop("rtt_min") <= facts.pop("rtt") < 5
        assert facts == {
            "type": "peer",
            "v": 1,
            "address": here.peer,
            "id": str(here.endpoint.id),
            "transport": "broker",
            "protocol": 1,
            "direction": "out",
            "tls": "TLSv1.2 AECDH-AES256-SHA (no certificates)",
            "subscriptions": ["/a", "known/<$>/data/master", "other/<$>/data/clone"],
            "stores": [{"name": "known", "role": "master"}, {"name": "other", "role": "clone"}],
        }


async def test_a_peer_for_people(run, hub):
    async with hub() as here:
        here.endpoint.make_subscriber("/a")
        result = await run("peer", here.peer, terminal=True)
        lines = result.out.splitlines()
        assert [line.split()[0] for line in lines] == [
            "address", "id", "protocol", "direction", "tls", "round", "subscriptions", "stores"
        ]  # fmt: skip
        assert lines[1].split()[1] == str(here.endpoint.id)


async def test_watching(hub, start):
    async with hub() as here, start("peer", here.peer, "--watch") as program:
        await program.prints('"type":"peer"')
        await here.endpoint.shutdown()
        await program.prints('"code":"peer_lost"')
        assert await program.ends() == 6


async def test_watching_for_people(hub, start):
    async with hub() as here, start("peer", here.peer, "--watch", "-o", "human") as program:
        await program.prints(f'peer_added({here.endpoint.id}, {here.peer}, "handshake successful")')
        program.process.send_signal(signal.SIGTERM)
        assert await program.ends() == -signal.SIGTERM


async def test_keeping_a_connection(hub, start):
    async with hub() as here, start("peer", here.peer, "--keep") as program:
        await program.prints('"type":"peer"')
        assert len(here.endpoint.peers()) == 1
        assert await here.endpoint.ping(here.endpoint.peers()[0].id) < 5
        program.process.send_signal(signal.SIGINT)
        assert await program.ends() == -signal.SIGINT
        await here.peered(0)


async def test_a_peer_that_says_no(run):
    from broker_core import EndpointId, EndpointOptions

    same = "00010203-0405-4607-8809-0a0b0c0d0e0f"
    async with Endpoint(EndpointOptions(id=EndpointId.parse(same))) as endpoint:
        listener = await endpoint.listen("127.0.0.1", 0)
        result = await run("peer", f"127.0.0.1:{listener.port}", "--id", same)
        assert result.code in {5, 8}
        assert result.err.startswith("broker: cannot peer with ")


async def test_status_of_all(run, hub):
    async with hub() as one, hub() as two:
        result = await run("status", one.peer, two.peer, one.peer)
        assert (result.code, result.err) == (0, "")
        assert [facts["id"] for facts in result.objects] == [str(one.endpoint.id), str(two.endpoint.id)]


async def test_status_when_one_is_missing(run, hub):
    async with hub() as here:
        result = await run("status", env={"BROKER_PEER": f"{here.peer},127.0.0.1:1"})
        assert result.code == 5
        assert result.objects[0]["id"] == str(here.endpoint.id)
        assert result.objects[1] == {
            "type": "peer",
            "v": 1,
            "address": "127.0.0.1:1",
            "error": "connection refused",
            "code": "peer_unavailable",
            "hint": "is something listening there? Zeek's default port is 9999",
        }
        assert result.err.splitlines() == [
            "broker: 1 of 2 endpoints cannot be reached (exit 5)",
            "  hint: is something listening there? Zeek's default port is 9999",
        ]


async def test_several_while_the_output_is_a_pipe(start):
    with nobody() as one, nobody() as other:
        async with start("status", f":{one}", f":{other}") as program:
            assert await program.ends() == 5
            assert program.out.count(b'"error":"connection refused"') == 2


async def test_status_for_people(run, hub):
    async with hub() as here:
        here.endpoint.make_subscriber("/a")
        result = await run("status", here.peer, "127.0.0.1:1", terminal=True)
        assert "subscriptions" in result.out.splitlines()[0]
        assert "\x1b[32mok" in result.out
        result = await run("status", here.peer, "127.0.0.1:1", "-o", "human")
        assert result.out.splitlines() == [
            f"{here.peer} ok {here.endpoint.id} TLSv1.2 1 subscriptions",
            "127.0.0.1:1 unreachable: connection refused",
        ]


async def test_the_round_trip_is_unknown_when_the_peer_is_busy(run, hub, monkeypatch):
    from broker_cli import probing

    monkeypatch.setattr(probing, "_PING_TIMEOUT", 0)
    async with hub() as here:
        result = await run("peer", here.peer)
        assert (result.code, result.objects[0]["rtt"], result.objects[0]["rtt_min"]) == (0, None, None)


async def test_status_of_one_for_people(run, hub):
    async with hub() as here:
        here.endpoint.make_subscriber("/a")
        for result in (await run("status", here.peer, terminal=True), await run("status", here.peer, "-o", "human")):
            assert (result.code, result.err) == (0, "")
            assert result.out.splitlines()[0] == f"address       {here.peer}"
            assert "(at best " in result.out


async def test_status_of_a_websocket_server(run):
    async with Endpoint() as endpoint:
        listener = await endpoint.listen_web(tls="off")
        url = f"ws://127.0.0.1:{listener.port}"
        result = await run("status", url)
        assert result.code == 0
        (facts,) = result.objects
        assert (facts["address"], facts["transport"], facts["direction"]) == (url, "ws", "out")
        assert facts["version"]
        result = await run("status", url, terminal=True)
        assert "protocol      JSON over WebSocket" in result.out.splitlines()


# -- clusters on ZeroMQ -----------------------------------------------------------------------------------------------


async def test_status_of_a_cluster(run):
    node_id = "zeromq_worker-1_hh_2367_NeDuhx4Nppqdbdij7e"
    topic = f"zeek.cluster.nodeid.{node_id}."
    async with central() as broker, node(broker.address) as other:
        other.subscribe(topic.encode())
        await other.hears(b"\x01" + topic.encode())
        url = str(broker.address)
        for command in ("status", "peer"):
            result = await run(command, url)
            assert (result.code, result.err) == (0, "")
            (facts,) = result.objects
            assert 0 < facts.pop("rtt_min") <= facts.pop("rtt") < 5
            assert facts.pop("node").startswith("broker_")
            assert facts.pop("id")
            assert facts == {
                "type": "peer",
                "v": 1,
                "address": url,
                "version": "ZMTP 3.1",
                "transport": "zmq",
                "protocol": 1,
                "direction": "out",
                "tls": "off",
                "subscriptions": [topic],
                "stores": [],
                "nodes": [{"id": node_id, "name": "worker-1", "host": "hh", "pid": 2367}],
                "final_dot": True,
                "send_high_water": DEFAULT_LIMITS.zmq_send_hwm,
                "receive_high_water": DEFAULT_LIMITS.zmq_receive_hwm,
                "stalls": 0,
                "missed": 0,
                "dropped": 0,
            }
            result = await run(command, url, terminal=True)
            assert "nodes         worker-1 on hh, pid 2367" in result.out.splitlines()
        with nobody() as port:
            closed = f"zmq://127.0.0.1:{port}:{broker.send_port}"
            result = await run("status", url, closed, "-o", "human")
        assert result.code == 5
        assert result.out.splitlines()[1] == f"{closed} unreachable: port {port}: connection refused"


@pytest.mark.parametrize(("topics", "dot"), [((), None), (("zeek.cluster.nodeid.a",), False), (("x.",), None)])
async def test_the_topics_of_nodes(run, topics, dot):
    async with central() as broker, node(broker.address) as other:
        for topic in topics:
            other.subscribe(topic.encode())
            await other.hears(b"\x01" + topic.encode())
        (facts,) = (await run("status", str(broker.address))).objects
    assert facts["final_dot"] is dot


async def test_the_document_of_an_endpoint_in_a_cluster(run):
    async with central() as broker, node(broker.address) as other, member(broker.address) as endpoint:
        other.subscribe(b"zeek.cluster.nodeid.zeromq_manager_hh_7_Nx.")
        with trio.fail_after(LIMIT):
            await endpoint.wait_for_subscribers("zeek.cluster.nodeid.zeromq_manager_hh_7_Nx.")
        listener = await endpoint.serve_status()
        result = await run("status", f"http://127.0.0.1:{listener.port}", terminal=True)
    lines = [line.strip() for line in result.out.splitlines()]
    assert {"missed 0", "stalls 0", "nodes manager"} <= set(lines)
    assert all(len(line) <= 80 for line in result.out.splitlines())


# -- status documents -------------------------------------------------------------------------------------------------


async def test_the_document_of_an_endpoint(run, hub):
    async with hub() as here:
        listener = await here.endpoint.serve_status(node_name="worker-1")
        url = f"http://127.0.0.1:{listener.port}"
        result = await run("status", url)
        assert (result.code, result.err) == (0, "")
        (told,) = result.objects
        assert 0 < told.pop("rtt") < 5
        assert told["document"]["cluster-node"] == "worker-1"
        assert (told["type"], told["address"], told["document"]["id"]) == ("endpoint", url, str(here.endpoint.id))
        for path in ("/", "/v1/status/json", "/v1/status/json?x"):
            assert (await run("status", url + path)).objects[0]["address"] == url


async def test_the_document_of_an_endpoint_for_people(run, hub):
    async with hub() as here, Endpoint() as other:
        await other.peer("127.0.0.1", int(here.peer.split(":")[1]))
        listener = await here.endpoint.serve_status()
        url = f"http://127.0.0.1:{listener.port}"
        for options in ({"terminal": True}, {"env": {"BROKER_OUTPUT": "human"}}):
            result = await run("status", url, **options)
            lines = result.out.splitlines()
            assert lines[0] == url
            assert f"    id {other.id}" in lines
            assert not any("unconfirmed" in line for line in lines)
            assert all(len(line) <= 80 for line in lines)
        result = await run("status", "-v", url, terminal=True)
        assert any("unconfirmed" in line for line in result.out.splitlines())


async def test_a_list_of_all_kinds(run, hub):
    async with hub() as here:
        listener = await here.endpoint.serve_status()
        url = f"http://127.0.0.1:{listener.port}"
        result = await run("status", url, here.peer, "http://127.0.0.1:1", url)
        assert result.code == 5
        assert [told["type"] for told in result.objects] == ["endpoint", "peer", "peer"]
        assert result.objects[2] == {
            "type": "peer",
            "v": 1,
            "address": "http://127.0.0.1:1",
            "error": "connection refused",
            "code": "unavailable",
            "hint": "",
        }
        assert result.err == "broker: 1 of 3 endpoints cannot be reached (exit 5)\n"
        result = await run("status", url, here.peer, "http://127.0.0.1:1", "-o", "human")
        lines = result.out.splitlines()
        assert lines[0].startswith(f"{here.peer} ok ")
        assert lines[1] == "http://127.0.0.1:1 unreachable: connection refused"
        assert lines[2:4] == ["", url]
        result = await run("status", url, here.peer, "http://127.0.0.1:1", terminal=True)
        assert [line for line in result.out.splitlines() if "http://127.0.0.1:1" in line][1:] == [
            "http://127.0.0.1:1: connection refused"
        ]


async def test_the_installed_program_fetches_a_document(hub, start):
    async with hub() as here:
        listener = await here.endpoint.serve_status()
        async with start("status", f"http://127.0.0.1:{listener.port}", http_proxy="http://127.0.0.1:1") as program:
            assert await program.ends() == 0
            assert json.loads(program.out)["document"]["id"] == str(here.endpoint.id)


async def test_json_is_one_array_of_the_same_objects(run):
    lines = await run("status", "127.0.0.1:1", "127.0.0.1:2")
    array = await run("status", "127.0.0.1:1", "127.0.0.1:2", "-o", "json")
    assert (array.code, array.err) == (lines.code, lines.err)
    assert json.loads(array.out) == lines.objects
    assert (await run("status", "-o", "jsn", "127.0.0.1:1")).code == 2
