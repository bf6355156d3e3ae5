"""``check peer`` for real."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
import trio
import trustme

from broker_cli import probing
from broker_core import Endpoint, EndpointOptions, TlsCredentials
from cluster_links import central, node


async def test_a_peer_that_is_well(run, hub):
    async with hub() as here:
        result = await run("check", "peer", here.peer, "-w", "5", "-c", "10:20", terminal=True)
        assert result.code == 2, "0 is outside of 10:20"
        result = await run("check", "peer", here.peer, "-w", "5", "-c", "10")
        assert (result.code, result.err) == (0, "")
        assert re.fullmatch(
            rf"BROKER OK - {here.peer} answers after [0-9.]+ ms, Broker 1, TLS: TLSv1.2 .* \| "
            r"rtt=[0-9.]+ms;5000;10000;0; connect=[0-9.]+ms;;;0;\n",
            result.out,
        )


@pytest.mark.parametrize(
    ("options", "code", "state"), [(("-w", "0"), 1, "WARNING"), (("-w", "0", "-c", "0"), 2, "CRITICAL")]
)
async def test_a_slow_one(run, hub, options, code, state):
    async with hub() as here:
        result = await run("check", "peer", "-p", here.peer, *options)
        assert result.code == code
        assert re.match(rf"BROKER {state} - rtt: [0-9.]+ ms, should be at most 0 ms \| ", result.out)


async def test_one_that_answers_no_pings(run, hub, monkeypatch):
    monkeypatch.setattr(probing, "_PING_TIMEOUT", 0)
    async with hub() as here:
        result = await run("check", "peer", here.peer)
        assert result.code == 2
        assert result.out.startswith(f"BROKER CRITICAL - {here.peer} answers no pings | connect=")


async def test_what_it_wants(run, hub):
    async with hub() as here:
        here.endpoint.make_subscriber("/a")
        result = await run("check", "peer", here.peer, "--subscribed", "/a/b")
        assert result.code == 0
        result = await run("check", "peer", here.peer, "--subscribed", "/a/b", "--subscribed", "/b")
        assert result.code == 2
        assert result.out.startswith("BROKER CRITICAL - nobody there is subscribed to /b | ")


async def test_a_websocket_server(run):
    async with Endpoint() as endpoint:
        url = f"ws://127.0.0.1:{(await endpoint.listen_web(tls='off')).port}"
        result = await run("check", "peer", url)
        assert result.code == 0
        assert f"{url} answers after " in result.out
        assert ", WebSocket, version " in result.out
        result = await run("check", "peer", url, "--subscribed", "/a")
        assert result.code == 3
        assert result.out.startswith("BROKER UNKNOWN - a WebSocket server does not tell what it is subscribed to | ")


async def test_a_cluster(run):
    async with central() as broker, node(broker.address) as other:
        other.subscribe(b"/a")
        await other.hears(b"\x01/a")
        url = str(broker.address)
        result = await run("check", "peer", url, "--subscribed", "/a/b")
        assert result.code == 0
        assert ", ZeroMQ, version ZMTP 3.1, TLS: off | rtt=" in result.out
        result = await run("check", "peer", url, "--subscribed", "/b")
        assert (result.code, result.out.partition(" |")[0]) == (2, "BROKER CRITICAL - nobody there is subscribed to /b")
        result = await run("check", "peer", url, "--cert-days", "30")
        assert result.code == 3
        assert result.out.startswith("BROKER UNKNOWN - a cluster on ZeroMQ has keys, and no certificates | ")


async def test_nobody_is_there(run):
    result = await run("check", "peer", "127.0.0.1:1")
    assert (result.code, result.out) == (2, "BROKER CRITICAL - cannot peer with 127.0.0.1:1: connection refused\n")
    result = await run("check", "peer", "127.0.0.1:1", "-o", "ndjson")
    assert (result.code, result.objects[0]["status"], result.objects[0]["metrics"]) == (2, "critical", {})


async def test_one_that_says_nothing(run):
    listeners = await trio.open_tcp_listeners(0, host="127.0.0.1")
    async with listeners[0]:
        peer = f"127.0.0.1:{listeners[0].socket.getsockname()[1]}"
        result = await run("check", "peer", peer, "-t", "100ms")
    assert (result.code, result.out) == (2, f"BROKER CRITICAL - no answer from {peer} within 0.1 s\n")


async def test_certificates(run, hub, tmp_path):
    ca = trustme.CA()
    soon = ca.issue_cert("127.0.0.1", not_after=datetime.now(UTC) + timedelta(days=20, hours=12))
    soon.private_key_and_cert_chain_pem.write_to_path(str(tmp_path / "node.pem"))
    ca.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    node = str(tmp_path / "node.pem")
    files = ("--cert", node, "--cert-key", node, "--ca", str(tmp_path / "ca.pem"))
    credentials = TlsCredentials(certificate=node, key=node, ca_file=str(tmp_path / "ca.pem"))
    async with Endpoint(EndpointOptions(credentials=credentials)) as endpoint:
        peer = f"127.0.0.1:{(await endpoint.listen('127.0.0.1', 0, tls='verify')).port}"
        for days, code in (("20", 0), ("21", 1), ("30,21", 2), ("0", 0)):
            result = await run("check", "peer", peer, *files, "--cert-days", days)
            assert result.code == code
            assert " cert_days=20.4" in result.out or " cert_days=20.5" in result.out
        assert "cert days: 20" not in result.out
    async with hub() as here:
        result = await run("check", "peer", here.peer, "--cert-days", "30")
        assert result.code == 2
        assert result.out.startswith(f"BROKER CRITICAL - {here.peer} shows no certificate | ")
