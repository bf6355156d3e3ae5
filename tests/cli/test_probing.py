"""``peer`` and ``status`` for real."""

from __future__ import annotations

import signal


async def test_everything_about_a_peer(run, hub):
    async with hub() as here:
        here.endpoint.make_subscriber(["/a", "known/<$>/data/master", "other/<$>/data/clone"])
        result = await run("peer", here.peer)
        assert (result.code, result.err) == (0, "")
        (facts,) = result.objects
        assert 0 < facts.pop("rtt") < 5
        assert facts == {
            "type": "peer",
            "address": here.peer,
            "id": str(here.endpoint.id),
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
    from broker_core import Endpoint, EndpointId, EndpointOptions

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
            "address": "127.0.0.1:1",
            "error": "connection refused",
            "code": "peer_unavailable",
        }
        assert result.err == "broker: 1 of 2 endpoints cannot be reached (exit 5)\n"


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
        assert (result.code, result.objects[0]["rtt"]) == (0, None)
