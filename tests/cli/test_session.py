"""Connections: made, lost, made again, given up."""

from __future__ import annotations

import socket

import pytest
import trio

from broker_cli import session
from broker_core import Count


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(autouse=True)
def _short_pauses(monkeypatch):
    monkeypatch.setattr(session, "_FIRST_PAUSE", 0.01)


async def test_refused(run):
    result = await run("sub", "-p", "127.0.0.1:1", "/t")
    assert (result.code, result.out) == (5, "")
    assert result.err.splitlines() == [
        "broker: cannot peer with 127.0.0.1:1: connection refused (exit 5)",
        "  hint: is something listening there? Zeek's default port is 9999",
    ]


async def test_a_name_that_does_not_exist(run):
    result = await run("sub", "-p", "no-such-host.invalid:9999", "/t")
    assert result.code == 5
    assert "the name cannot be resolved" in result.err


async def test_no_broker(run):
    async def greet(stream: trio.SocketStream) -> None:
        await stream.send_all(b"SSH-2.0-OpenSSH_9.2\r\n")
        await stream.receive_some()

    async with trio.open_nursery() as nursery:
        listeners = await nursery.start(trio.serve_tcp, greet, 0)
        port = listeners[0].socket.getsockname()[1]
        result = await run("sub", "-p", f"127.0.0.1:{port}", "/t", "--tls", "off")
        assert result.code == 5
        assert "SSH" in result.err
        nursery.cancel_scope.cancel()


async def test_a_silent_peer_is_given_up(run):
    async with trio.open_nursery() as nursery:
        listeners = await nursery.start(trio.serve_tcp, _silent, 0)
        port = listeners[0].socket.getsockname()[1]
        with trio.fail_after(5):
            result = await run("peer", f"127.0.0.1:{port}", "--connect-timeout", "100ms", "--tls", "off")
        assert result.code == 5
        nursery.cancel_scope.cancel()


async def _silent(stream: trio.SocketStream) -> None:
    await trio.sleep_forever()


async def test_encryption_is_told_apart(run, hub):
    async with hub() as here:
        result = await run("peer", here.peer, "--tls", "anon")
        assert result.objects[0]["tls"].startswith("TLSv1.2 AECDH-AES256-SHA")
        result = await run("peer", here.peer, env={"BROKER_TLS": "off"})
        assert result.objects[0]["tls"] == "off"


async def test_trying_again_until_somebody_is_there(hub, start):
    port = free_port()
    async with start("sub", "-p", f"127.0.0.1:{port}", "/t", "-v", "-n", "1", "--retry", "50") as program:
        await program.says("connection refused; trying again in 0.5 s")
        async with hub(port=port) as here:
            await here.publish("/t", Count(5))
            assert await program.ends() == 0


async def test_trying_again_has_an_end(run):
    result = await run("sub", "-p", "127.0.0.1:1", "/t", "--retry", "2", "-v")
    assert result.code == 5
    assert result.err.count("trying again") == 2


async def test_connecting_again_after_a_loss(hub, start):
    port = free_port()
    async with start("sub", "-p", f"127.0.0.1:{port}", "/t", "-v", "--retry=50", "--reconnect", "-n", "2") as program:
        for number in (1, 2):
            async with hub(port=port) as here:
                await here.publish("/t", Count(number))
                await program.prints(f'"data":{number}')
                await here.endpoint.shutdown()
            if number == 1:
                await program.says("has ended; connecting again")
        assert await program.ends() == 0
        assert b"again" in program.err


async def test_connecting_again_has_an_end(run, hub):
    async with hub() as here, trio.open_nursery() as nursery:

        async def leave() -> None:
            await here.peered()
            await here.endpoint.shutdown()

        nursery.start_soon(leave)
        result = await run("sub", "-p", here.peer, "/t", "--reconnect=2")
    assert result.code == 6
    assert "has ended; connecting again" in result.err
    assert "connection refused (exit 6)" in result.err


async def test_a_publisher_waits_for_the_connection_to_come_back(hub, start):
    port = free_port()
    peer = ("-p", f"127.0.0.1:{port}")
    async with start("pub", *peer, "/t", "--from", "-", "--in", "lines", "--retry=50", "--reconnect", "-v") as program:
        async with hub(port=port) as here:
            messages = here.endpoint.make_subscriber("/t")
            await program.send(b"one\n")
            with trio.fail_after(20):
                assert (await messages.get()).value == "one"
            await here.endpoint.shutdown()
        await program.says("connecting again")
        await program.send(b"two\n")
        async with hub(port=port) as here:
            messages = here.endpoint.make_subscriber("/t")
            with trio.fail_after(20):
                assert (await messages.get()).value == "two"
            await program.end_input()
            assert await program.ends() == 0


async def test_two_names_for_one_endpoint(run, hub):
    async with hub() as here:
        port = here.peer.partition(":")[2]
        result = await run("sub", "-p", f"127.0.0.1:{port}", "-p", f"localhost:{port}", "/t", "--for", "10ms")
        assert result.code == 0


async def test_the_id_can_be_chosen(run, hub):
    chosen = "00010203-0405-4607-8809-0a0b0c0d0e0f"
    async with hub() as here:
        messages = here.endpoint.make_subscriber("/t")
        assert (await run("pub", "-p", here.peer, "/t", "x", "--id", chosen)).code == 0
        assert str((await messages.get()).sender) == chosen


async def test_a_peer_without_encryption_is_told(run, hub):
    async with hub() as here:
        plain = await here.endpoint.listen("127.0.0.1", 0, tls="off")
        address = f"127.0.0.1:{plain.port}"
        told = f"{address} speaks no TLS: the connection is not encrypted"
        assert told in (await run("pub", "-v", "-p", address, "/t", "x")).err
        assert told not in (await run("pub", "-v", "-p", address, "/t", "x", "--tls", "off")).err  # it was asked for
        assert told not in (await run("pub", "-v", "-p", here.peer, "/t", "x")).err
