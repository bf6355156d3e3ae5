"""Receiving for real, from an endpoint of the test."""

from __future__ import annotations

import json
import signal

import pytest
import trio

from broker_cli import session
from broker_core import Batch, Count, Event, PeerIncompatible
from broker_core.codecs.json import from_json

OUT = [
    ("human", '/t ping("a", 5)\n/t "x\\ty"\n'),
    ("text", '/t ping("a", 5)\n/t "x\\ty"\n'),
    ("broker", "/t (1, 1, (ping, (a, 5)))\n/t x\ty\n"),
]


@pytest.mark.parametrize(("form", "text"), OUT)
async def test_formats(run, hub, form, text):
    async with hub() as here, trio.open_nursery() as nursery:
        nursery.start_soon(here.publish, "/t", Event("ping", "a", Count(5)), "x\ty")
        result = await run("subscribe", "-p", here.peer, "/t", "-n", "2", "-o", form)
        assert result == (0, text, "")


async def test_raw(run, hub):
    async with hub() as here, trio.open_nursery() as nursery:
        nursery.start_soon(here.publish, "/t", "a", Count(5), Event("line", b"\xff"))
        result = await run("subscribe", "-p", here.peer, "/t", "-n", "2", "-o", "raw")
        assert (result.code, result.out) == (0, "a\n\udcff\n")
        assert result.err == "broker: a message on /t holds no single string; -o raw left it out\n"


async def test_ndjson_is_the_default_without_a_terminal(run, hub):
    async with hub() as here, trio.open_nursery() as nursery:
        nursery.start_soon(here.publish, "/t/x", Event("ping", Count(5)))
        result = await run("sub", "-p", here.peer, "/other", "/t", "-n", "1")
        (thing,) = result.objects
        assert (thing["type"], thing["topic"], thing["event"], thing["seq"]) == ("data-message", "/t/x", "ping", 1)
        assert thing["from"] == str(here.endpoint.id)
        assert from_json(thing) == Event("ping", Count(5)).value


async def test_a_terminal_gets_colours_and_a_summary(run, hub):
    async with hub() as here, trio.open_nursery() as nursery:
        nursery.start_soon(here.publish, "/t", "\x1b[2J")
        result = await run("sub", "-p", here.peer, "/t", "-n", "1", terminal=True)
        assert result.out == '\x1b[34m/t\x1b[0m \x1b[32m"\\x1b[2J"\x1b[0m\n'
        assert result.err == f"subscribed to /t at {here.peer}\nreceived 1 message\n"


async def test_there_is_no_summary_of_what_never_began(run):
    result = await run("sub", "-p", "127.0.0.1:1", "/t", "-v")
    assert "received" not in result.err
    assert "received" not in (await run("listen", "0", "--for", "1ms", "-v")).err
    assert "received 0 messages" in (await run("listen", "0", "-t", "/t", "--for", "1ms", "-v")).err


async def test_time_is_up(run, hub):
    async with hub() as here:
        peer = ("-p", here.peer, "/t")
        assert (await run("sub", *peer, "--for", "20ms")).code == 0
        assert (await run("sub", *peer, "--idle", "20ms")).code == 0
        result = await run("sub", *peer, "--for", "20ms", "-n", "2")
        assert (result.code, result.err) == (4, "broker: timed out: 0 of 2 messages received (exit 4)\n")
        assert (await run("sub", *peer, "--idle", "20ms", "-n", "1")).code == 4
        result = await run("sub", *peer, "--timeout", "20ms")
        assert (result.code, result.err) == (4, "broker: timed out: 0 of 1 message received (exit 4)\n")
        assert (await run("sub", *peer, env={"BROKER_TIMEOUT": "0.02"})).code == 4


async def test_a_timeout_is_no_failure_when_something_came(run, hub):
    async with hub() as here, trio.open_nursery() as nursery:
        nursery.start_soon(here.publish, "/t", 1)
        result = await run("sub", "-p", here.peer, "/t", "--timeout", "500ms")
        assert result.code == 0
        assert len(result.objects) == 1


async def test_idle_time_starts_anew_with_each_message(run, hub):
    async with hub() as here, trio.open_nursery() as nursery:
        nursery.start_soon(here.publish, "/t", *range(50))
        result = await run("sub", "-p", here.peer, "/t", "--idle", "200ms")
        assert (result.code, len(result.objects)) == (0, 50)


async def test_more_than_enough_is_not_shown(run, hub):
    async with hub() as here, trio.open_nursery() as nursery:
        nursery.start_soon(here.publish, "/t", *range(100))
        result = await run("sub", "-p", here.peer, "/t", "-n", "7")
        assert [thing["data"] for thing in result.objects] == list(range(7))


async def test_everything_comes_with_a_warning(run, hub):
    async with hub() as here:
        result = await run("sub", "-p", here.peer, "", "--for", "10ms")
        assert result.code == 0
        assert result.err.startswith('broker: "" is everything: while we are connected, C++ endpoints cannot attach')


async def test_a_wrong_topic_is_a_usage_error(run, hub):
    async with hub() as here:
        result = await run("sub", "-p", here.peer, "x" * 70_000)
        assert result.code == 2
        assert "TOPIC: topic of 70000 bytes" in result.err


async def test_a_ready_file_says_that_the_subscription_is_active(run, hub, tmp_path):
    path = tmp_path / "ready"
    async with hub() as here:
        assert (await run("sub", "-p", here.peer, "/t", "--for", "1ms", "--ready-file", str(path))).code == 0
        assert path.read_text() == "subscribed\n"
        result = await run("sub", "-p", here.peer, "/t", "--ready-file", str(tmp_path / "no" / "dir"))
        assert result.code == 2
        assert "--ready-file" in result.err


async def test_the_loss_of_the_only_peer_ends_it(hub, start):
    async with hub() as here, start("sub", "-p", here.peer, "/t", "-v") as program:
        await program.says("subscribed")
        await here.endpoint.shutdown()
        assert await program.ends() == 6
        text = program.err.decode()
        assert f"broker: the connection to {here.peer} has ended (exit 6)" in text
        assert "hint: --reconnect" in text


async def test_the_loss_of_one_of_two_peers_does_not(hub, start):
    async with (
        hub() as stays,
        hub() as goes,
        start("sub", "-p", goes.peer, "-p", stays.peer, "/t", "-vn1") as program,
    ):
        await program.says("subscribed")
        await goes.endpoint.shutdown()
        await program.says(f"the connection to {goes.peer} has ended")
        await stays.publish("/t", Count(9))
        assert await program.ends() == 0
        assert b'"data":9' in program.out


async def test_a_gap_is_marked_in_ndjson(hub, start):
    """A consumer of the output can see where messages may be missing."""
    options = ("--reconnect", "-o", "ndjson", "-n", "2")
    async with hub() as first:
        port = int(first.peer.rpartition(":")[2])
        async with start("sub", "-p", first.peer, "/t", *options) as program:
            await first.publish("/t", Count(1))
            await program.prints('"data":1')
            await first.endpoint.shutdown()
            await program.says("connecting again")
            async with hub(port) as second:
                await program.prints('"type":"gap"')
                await second.publish("/t", Count(2))
                assert await program.ends() == 0
    lines = [json.loads(line) for line in program.out.splitlines()]
    assert [line["type"] for line in lines] == ["data-message", "gap", "data-message"]
    gap = lines[1]
    assert gap == {"type": "gap", "v": 1, "peer": first.peer, "lost": gap["lost"], "ts": gap["ts"]}
    assert lines[0]["ts"] <= gap["lost"] <= gap["ts"] <= lines[2]["ts"]
    assert f"broker: connected to {first.peer} again after " in program.err.decode()


@pytest.mark.parametrize("options", [("-o", "text"), ("--format", "{value}"), ("--exec", "cat")])
async def test_other_output_has_no_place_for_it(hub, start, options):
    async with hub() as first:
        port = int(first.peer.rpartition(":")[2])
        async with start("sub", "-p", first.peer, "/t", "--reconnect", "-n", "1", *options) as program:
            await first.peered()
            await first.endpoint.shutdown()
            async with hub(port) as second:
                await program.says("again after")
                await second.publish("/t", "x")
                assert await program.ends() == 0
    assert b"gap" not in program.out


async def test_events_of_batches_and_stops(run, hub):
    batch = Batch([Event("ping", Count(1)), Event("done")]).value
    async with hub() as here, trio.open_nursery() as nursery:
        nursery.start_soon(here.publish, "/t", Event("other"), batch, Event("ping", Count(2)))
        options = ("--event", "ping", "--until-event", "done", "-o", "text")
        result = await run("sub", "-p", here.peer, "/t", *options)
        assert (result.code, result.out) == (0, "/t ping(1)\n/t done()\n")
        result = await run("sub", "-p", here.peer, "/t", "--until-event", "never", "--for", "20ms")
        assert (result.code, result.err) == (3, "broker: the event of --until-event has not come (exit 3)\n")
        result = await run("sub", "-p", here.peer, "/t", "--until-event", "never", "--timeout", "20ms")
        assert result.code == 4


async def test_listen_selects_and_formats_as_subscribe_does(hub, start):
    options = ("--where", "args[0] > 1", "--format", "{event}={args[0]}", "-0", "-n", "2")
    async with start("listen", "0", "-t", "/t", *options) as program, hub() as here:
        await program.says("listening on ")
        await here.endpoint.peer(program.err.decode().split("listening on ")[1].split()[0])
        for number in range(4):
            await here.endpoint.publish("/t", Event("ping", Count(number)))
        assert await program.ends() == 0
    assert program.out == b"ping=2\0ping=3\0"


# -- listen -------------------------------------------------------------------------------------------------------


async def test_listen_accepts_and_shows(hub, start, tmp_path):
    ready = tmp_path / "ready"
    async with start("listen", "0", "-t", "/t", "--once", "--ready-file", str(ready)) as program:
        await program.says("broker: listening on 127.0.0.1:")
        await program.prints("\n")
        first = json.loads(program.out)
        assert (first["type"], first["address"]) == ("listening", "127.0.0.1")
        async with hub() as here:
            info = await here.endpoint.peer("127.0.0.1", first["port"])
            assert str(info.id) == first["id"]
            assert info.filter == ("/t",)
            await here.endpoint.publish("/t", Count(5))
            await here.endpoint.publish("/other", Count(6))
        assert await program.ends() == 0
        assert ready.read_text() == f"127.0.0.1:{first['port']}\n"
        assert f"joined ({here.endpoint.id})" in program.err.decode()
        assert f"left ({here.endpoint.id})" in program.err.decode()
        messages = program.out.splitlines()[1:]
        assert len(messages) == 1, (program.out, program.err)
        message = json.loads(messages[0])
        assert (message["topic"], message["data"]) == ("/t", 5)


@pytest.mark.parametrize("tls", ["anon", "off"])
async def test_listen_takes_both_kinds_of_connection_when_told(hub, start, tls):
    async with start("listen", "0", "-t", "/t", "-n", "1", "-o", "text", "--tls", "auto") as program, hub() as here:
        await program.says("listening on ")
        address = program.err.decode().split("listening on ")[1].split()[0]
        info = await here.endpoint.peer(address, tls=tls)
        assert (info.tls == "off") is (tls == "off")
        await here.endpoint.publish("/t", "x")
        assert await program.ends() == 0
        assert program.out == b'/t "x"\n'


async def test_listen_wants_encryption_unless_told_otherwise(hub, start):
    async with start("listen", "0") as program, hub() as here:
        await program.says("listening on ")
        address = program.err.decode().split("listening on ")[1].split()[0]
        with pytest.raises(PeerIncompatible):
            await here.endpoint.peer(address, tls="off")
        assert (await here.endpoint.peer(address)).tls.startswith("TLSv1.2")


@pytest.mark.parametrize("forward", [True, False])
async def test_listen_passes_messages_on_if_wanted(hub, start, forward):
    option = "--forward" if forward else "--no-forward"
    async with start("listen", "0", "-t", "/t", option) as program, hub() as one, hub() as two:
        await program.says("listening on ")
        address = program.err.decode().split("listening on ")[1].split()[0]
        messages = two.endpoint.make_subscriber("/t")
        for here in (one, two):
            await here.endpoint.peer(address)
            await program.says(f"joined ({here.endpoint.id})")
        await one.endpoint.publish("/t", Count(5))
        await program.prints('"data":5')
        if forward:
            with trio.fail_after(10):
                assert (await messages.get()).value == Count(5)
        else:
            await one.endpoint.flush()
            assert messages.poll() == []


async def test_listen_tells_of_those_that_fail(start):
    async with start("listen", "0", "--tls", "off") as program:
        await program.says("listening on ")
        port = int(program.err.decode().split("127.0.0.1:")[1].split()[0])
        async with await trio.open_tcp_stream("127.0.0.1", port) as stream:
            await stream.send_all(b"GET / HTTP/1.0\r\n\r\n")
            await program.says("unable to connect to remote peer")


async def test_listen_stops_when_told(run):
    result = await run("listen", "0", "--for", "10ms", "-o", "text")
    assert (result.code, result.out) == (0, "")
    result = await run("listen", "0", "--for", "10ms", "-n", "1")
    assert result.code == 4


async def test_listening_for_everything_comes_with_a_warning(run):
    assert "is everything" in (await run("listen", "0", "--for", "1ms", "--forward")).err
    assert "is everything" not in (await run("listen", "0", "--for", "1ms", "--forward", "-t", "/t")).err


# -- listen with data stores --------------------------------------------------------------------------------------


@pytest.mark.parametrize("backend", ["memory", "sqlite", "rocksdb"])
async def test_listen_hosts_masters(start, run, tmp_path, backend):
    place = backend if backend == "memory" else f"{backend}:{tmp_path / 'db'}"
    async with start("listen", "0", "--tls", "off", "--store", f"db={place}", "--store", "other=memory") as program:
        await program.says("listening on ")
        assert f"broker: serving store db ({place})" in program.err.decode()
        address = program.err.decode().split("listening on ")[1].split()[0]
        assert (await run("store", "put", "-p", address, "db", "k", "5")).code == 0
        assert (await run("store", "get", "-p", address, "db", "k", "-o", "text")).out == "5\n"
        missing = await run("store", "get", "-p", address, "other", "k")
        assert missing.code == 3
        program.process.terminate()
        assert await program.ends() == -signal.SIGTERM
    if backend != "memory":
        assert (await run("store", "get", "--file", str(tmp_path / "db"), "k", "-o", "text")).out == "5\n"


async def test_listen_follows_masters_of_its_peers(start, hub):
    async with start("listen", "0", "--tls", "off", "--clone", "db") as program, hub() as here:
        await program.says("listening on ")
        assert "broker: following store db" in program.err.decode()
        master = await here.endpoint.attach_master("db")
        await here.endpoint.peer(program.err.decode().split("listening on ")[1].split()[0])
        with trio.fail_after(10):
            while not master.info().clones:
                await trio.lowlevel.checkpoint()


async def test_a_store_that_cannot_be_hosted_ends_listen(run, tmp_path):
    (tmp_path / "file").write_text("no database " * 100)
    result = await run("listen", "0", "--store", f"db=sqlite:{tmp_path / 'file'}")
    assert result.code == 8
    assert str(tmp_path / "file") in result.err
    twice = await run("listen", "0", "--store", "db=memory", "--store", "db=memory")
    assert twice.code == 8
    assert "store db: this endpoint already has the master of it" in twice.err


async def test_a_clone_that_stands_still_does_not_stop_the_store(run, hub, monkeypatch):
    """Whoever waits without end for a subscriber of messages does not do so as the host of a store."""
    limits = []
    monkeypatch.setattr(session, "EndpointOptions", lambda **options: limits.append(options["limits"]) or 1 / 0)
    for arguments in (("--store", "db=memory"), ()):
        await run("listen", "0", *arguments)
    assert [limit.block_timeout for limit in limits] == [30.0, float("inf")]
