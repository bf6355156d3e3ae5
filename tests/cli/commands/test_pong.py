"""``broker pong``: what can be said."""

from __future__ import annotations

import pytest
import trio

from tests.endpoint.test_exposure import EVERYWHERE, LOOPBACK, listening


@pytest.mark.parametrize(
    ("args", "message"),
    [
        ((), "missing argument 'TOPIC'"),
        (("/t",), "no peer given"),
        (("", "-p", ":1"), "TOPIC is empty"),
        (("/t", "-p", ":1", "--listen", "1"), "--listen and --peer exclude each other"),
        (("/t", "--listen", "x"), "--listen: 'x' has no port"),
        (("/t", "-p", ":1", "-n", "0"), "--count: '0'"),
        (("/t", "-p", ":1", "--for", "x"), "--for: 'x'"),
        (("/t", "-p", ":1", "-o", "text"), "--output: this command prints human or ndjson, not text"),
    ],
)
async def test_what_cannot_be_meant_is_refused(run, args, message):
    result = await run("pong", *args)
    assert (result.code, result.out) == (2, "")
    assert message in result.err.splitlines()[0]


@pytest.mark.parametrize(("where", "found"), [("0", LOOPBACK), ("*:0", EVERYWHERE)])
async def test_it_listens_where_it_is_told(start, where, found):
    async with start("pong", "/t", "--listen", where, "--for", "20s", BROKER_PEER="127.0.0.1:1") as program:
        await program.says("listening on")
        addresses = {address for address, _ in listening(f"/proc/{program.process.pid}/fd")}
        assert addresses <= found


async def test_a_peer_from_the_environment(start, hub):
    async with hub() as here, start("pong", "/t", BROKER_PEER=here.peer):
        with trio.fail_after(20):
            await here.endpoint.wait_for_subscribers("/t")
