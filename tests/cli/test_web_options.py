"""``broker listen --ws`` and ``--http``: what is served, to whom, and what it prints."""

from __future__ import annotations

import json

import pytest
import trio

from broker_cli.web_options import WS_OVERFLOW, ServeOptions
from broker_core import Endpoint
from broker_core.runtime.queues import check_overflow
from broker_core.runtime.web_options import WebServerOptions
from web_links import web_server

SOON = 20


def test_without_options_nothing_is_served():
    assert ServeOptions().serving(None, certified=False) is None


@pytest.mark.parametrize(
    ("where", "certified", "expected"),
    [
        ("9997", False, ("127.0.0.1", 9997, "broker", "auto")),
        ("27759", False, ("127.0.0.1", 27759, "zeek", "auto")),
        ("*:1", True, ("", 1, "broker", "verify")),
        ("zeek", False, ("127.0.0.1", 27759, "zeek", "auto")),
        ("broker", False, ("127.0.0.1", 9997, "broker", "auto")),
        ("[::1]:0", False, ("::1", 0, "broker", "auto")),
    ],
)
def test_the_port_says_what_is_likely_meant(where, certified, expected):
    web = ServeOptions(ws=where).serving(None, certified=certified).web
    assert (web.host, web.port, web.style, web.tls) == expected
    assert web.overflow == "disconnect"


def test_policies_are_those_of_the_library():
    for word, policy in WS_OVERFLOW.items():
        assert check_overflow(policy)
        assert ServeOptions(ws="1", ws_overflow=word).serving(None, certified=False).web.overflow == policy
    assert WebServerOptions().overflow == WS_OVERFLOW["disconnect"]


@pytest.mark.parametrize(
    ("args", "message"),
    [
        ("--ws x", "--ws: 'x' has no port"),
        ("--http x", "--http: 'x' has no port"),
        ("--ws 0 --ws-style caf", "--ws-style: 'caf' is none of broker, zeek"),
        ("--ws 0 --ws-tls on", "--ws-tls: 'on' is none of auto, off, anon, verify"),
        ("--ws 0 --ws-overflow drop", "--ws-overflow: 'drop' is none of disconnect, drop-old, drop-new, block"),
        ("--ws-publish /x", "--ws-publish is for WebSocket clients"),
        ("--ws-rules f", "--ws-rules is for WebSocket clients"),
        ("--ws 0 --ws-rules f --ws-publish /x", "--ws-rules says it all"),
        ("--token-file /dev/null --ws 0", "--token-file: /dev/null: expected one line"),
    ],
)
async def test_what_cannot_be_meant_is_refused(run, args, message):
    result = await run("listen", "0", *args.split())
    assert result.code == 2
    assert message in result.err.splitlines()[0]


async def test_a_zeek_like_server_for_shell_one_liners(start, run, tmp_path):
    async with start("listen", "0", "--ws", "0", "--http", "0", "-t", "/t", "-o", "ndjson") as listener:
        await listener.prints("\n")
        first = json.loads(listener.out)
        assert (first["type"], first["ws"][:5], first["http"][:7]) == ("listening", "ws://", "http://")
        ready = tmp_path / "ready"
        async with start("subscribe", "-p", first["ws"], "/t", "-n", "1", "--ready-file", str(ready)) as watcher:
            with trio.fail_after(SOON):
                while not await trio.Path(ready).exists():
                    await trio.lowlevel.checkpoint()
            result = await run("publish", "-p", first["ws"], "/t/1", "ping", "5", "hello")
            assert (result.code, result.err) == (0, "")
            assert await watcher.ends() == 0
            seen = json.loads(watcher.out)
            assert (seen["topic"], seen["event"]) == ("/t/1", "ping")
        await listener.prints('"event":"ping"')


async def test_only_those_with_the_token_and_their_topics(start, run, tmp_path):
    token = tmp_path / "token"
    token.write_text("s3cret\n")
    limits = ("--ws-publish", "/allowed", "--ws-subscribe", "/allowed")
    async with start("listen", "0", "--ws", "0", "--token-file", str(token), *limits, "-o", "ndjson") as listener:
        await listener.prints("\n")
        server = json.loads(listener.out)["ws"]
        result = await run("publish", "-p", server, "/allowed", "ping")
        assert result.code == 8
        assert "token" in result.err
        assert "--token-file" in result.err
        result = await run("publish", "-p", server, "--token-file", str(token), "/allowed", "ping")
        assert result.code == 0
        result = await run("publish", "-p", server, "/other", "ping", env={"BROKER_TOKEN_FILE": str(token)})
        assert result.code == 8
        assert "anyone may not publish on /other" in result.err
        result = await run("subscribe", "-p", server, "/other", env={"BROKER_TOKEN_FILE": str(token)})
        assert result.code in {5, 8}
        assert 'may not subscribe to "/other"' in result.err
        listener.process.terminate()
        await listener.ends()
        assert "s3cret" not in (listener.out + listener.err).decode()


async def test_stores_are_not_to_be_had_that_way(run):
    async with Endpoint() as endpoint:
        port = (await endpoint.listen_web()).port
        result = await run("store", "get", "db", "1", "-p", f"ws://127.0.0.1:{port}")
    assert result.code == 2
    assert "data stores cannot be reached over ws://" in result.err
    assert "-p HOST:PORT" in result.err


async def test_what_zeek_refuses_is_said_in_its_words(run):
    """A server that answers as Zeek 8.2.2 does to an event it does not know."""

    async def serve(end):
        await end.welcome()
        await end.text()
        await end.say('{"type":"error","code":"deserialization_failed","context":"failed to create Zeek event"}')
        await end.answer_barriers()

    async with web_server(serve) as port:
        result = await run("publish", "-p", f"ws://127.0.0.1:{port}", "/t", "no_such_event", "5")
    assert result.code == 8
    said, error, hint = result.err.splitlines()
    assert said == f"broker: 127.0.0.1:{port}: deserialization_failed: failed to create Zeek event"
    assert error == "broker: 1 error with what was published (exit 8)"
    assert "Zeek takes only events that it knows" in hint


@pytest.mark.parametrize(
    ("options", "expected"),
    [(ServeOptions(), False), (ServeOptions(ws="0"), True), (ServeOptions(ws="0", ws_rules="f"), False)],
)
def test_a_token_of_the_surroundings_is_for_those_who_ask_for_one(options, expected):
    assert options.takes_token is expected


async def test_a_token_of_the_environment_does_not_stop_a_listener_without_clients(run):
    result = await run("listen", "0", "--for", "1ms", env={"BROKER_TOKEN_FILE": "/nonexistent"})
    assert result.code == 0
    result = await run("listen", "0", "--for", "1ms", "--token-file", "/dev/null")
    assert result.code == 2
