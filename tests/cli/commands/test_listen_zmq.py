"""``broker listen --zmq``: the central broker of a small ZeroMQ cluster."""

from __future__ import annotations

import json
import re

import pytest

from broker_cli.exit_codes import Failure
from broker_cli.parsing import central_address
from broker_cli.web_options import ServeOptions
from broker_core import PeerAddress
from broker_core.codecs import binary
from cluster_links import Node, node


def cluster_in(text: str) -> PeerAddress:
    """The address that ``listen`` told."""
    return PeerAddress.parse(re.findall(r"zmq://[^\s\",]+", text)[0])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("5555", ("127.0.0.1", 5555, 0)),
        (":27760", ("127.0.0.1", 27760, 0)),
        ("*:1:5", ("", 1, 5)),
        ("[::1]:0", ("::1", 0, 0)),
        ("h:65535:1", ("h", 65535, 1)),
        ("zeek", ("127.0.0.1", 5555, 0)),
    ],
)
def test_places(text, expected):
    assert ServeOptions(zmq=text).serving(None, certified=False).zmq == expected


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("h", "'h' has no port"),
        ("1:1", "the same port twice"),
        ("h:5:5", "the same port twice"),
        ("65535", "leaves no port for the XSUB"),
        ("h:1:x", "is no address"),
        ("h:1:2:3", "is ambiguous"),
    ],
)
def test_no_places(text, words):
    with pytest.raises(Failure, match=words):
        central_address(text if text != "1:1" else ":1:1", "--zmq")


async def test_messages_of_the_cluster_are_shown(start):
    async with start("listen", "0", "--zmq", "0", "-t", "/t", "-n", "1", "-o", "ndjson") as listener:
        await listener.prints("listening")
        address = cluster_in(listener.out.decode())
        async with node(address) as other:
            await other.publish(b"/t", binary.encode("hello"))
            assert await listener.ends() == 0
    listening, message = map(json.loads, listener.out.splitlines())
    assert listening["zmq"] == str(address)
    assert (message["data"], message["from"]) == ("hello", "my-node-id")
    assert f"listening on 127.0.0.1:{listening['port']}, {address}" in listener.err.decode()


async def test_messages_pass_between_the_cluster_and_peers(start, run):
    async with start("listen", "0", "--zmq", "0", "--forward", "-o", "ndjson") as listener:
        await listener.prints("listening")
        told = json.loads(listener.out.splitlines()[0])
        async with node(cluster_in(told["zmq"])) as other:
            other.subscribe(b"/t")
            await other.hears(b"\x01/t")
            result = await run("publish", "-p", f"127.0.0.1:{told['port']}", "/t", "--data", "5", "--wait-subscriber")
            assert result.code == 0
            await other_gets(other, b"\x03" + (5).to_bytes(8, "big"))
        listener.process.terminate()
        await listener.ends()


async def other_gets(other: Node, payload: bytes) -> None:
    parts = await other.receive()
    assert (parts[0], parts[3]) in {(b"/t", b"\x02" + payload[1:]), (b"/t", payload)}


async def test_a_port_that_is_taken(start, run):
    async with start("listen", "0", "--zmq", "0", "-o", "ndjson") as listener:
        await listener.prints("listening")
        port = cluster_in(listener.out.decode()).port
        result = await run("listen", "0", "--zmq", f"{port}")
        assert result.code == 5
        assert f"broker: cannot listen on 127.0.0.1:{port}: address already in use" in result.err
        listener.process.terminate()
        await listener.ends()
