"""Recorded conversations between C++ endpoints, and with Zeek, with ours in the place of either side.

A script plays the recorded peer over a real socket, frame by frame; ours is driven through its public methods and
must put the recorded bytes on the wire. (Without sockets every frame, stores included, is replayed in
tests/protocol.)
"""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import trio

from broker_core import Endpoint, EndpointId, EndpointOptions
from broker_core.codecs import binary

VECTORS = Path(__file__).parent.parent / "vectors"
CPP_TTL = 16
DATA, COMMAND, ROUTING_UPDATE, PING, PONG = range(1, 6)


def scenarios() -> list[Any]:
    found = []
    for name in ("transcripts-pubsub", "zeek-native"):
        for title, scenario in json.loads((VECTORS / f"{name}.json").read_text()).items():
            kinds = {kind_of(frame) for frame in scenario["frames"] if "frame" in frame}
            if COMMAND in kinds or {frame["conn"] for frame in scenario["frames"]} != {0}:
                continue  # test_store_transcripts.py
            found.extend(
                pytest.param(scenario, side, id=f"{title}-{side}")
                for side in ("connector", "acceptor")
                if not any(is_directed(frame) for frame in scenario["frames"] if frame["from"] == side)
            )
    return found


def kind_of(frame: dict[str, Any]) -> int:
    """The type of an envelope; 0 for a frame of the handshake, which is too short to be one or starts with its code."""
    body = bytes.fromhex(frame["frame"])
    return body[32] if len(body) > 37 and body[1:5] != b"ZEEK" and body[0] not in (10, 11) else 0


def is_directed(frame: dict[str, Any]) -> bool:
    """Whether it is a message for one endpoint, as Zeek sends log headers; programs cannot send such."""
    return "frame" in frame and kind_of(frame) == DATA and bytes.fromhex(frame["frame"])[16:32] != bytes(16)


def read_filter(payload: bytes) -> list[str]:
    count, at = binary.read_varbyte(payload, 0)
    topics = []
    for _ in range(count):
        size, at = binary.read_varbyte(payload, at)
        topics.append(payload[at : at + size].decode())
        at += size
    return topics


def handshake_filter(scenario: dict[str, Any], side: str) -> list[str]:
    for frame in scenario["frames"]:
        body = bytes.fromhex(frame.get("frame", ""))
        if frame["from"] == side and body[:1] in (b"\x0a", b"\x0b") and kind_of(frame) == 0:
            return read_filter(body[1:])
    raise AssertionError


class Script:
    """Plays the other side of a recording and checks ours."""

    def __init__(self, scenario: dict[str, Any], side: str, endpoint: Endpoint, stream: trio.SocketStream) -> None:
        self.frames = scenario["frames"]
        self.side = side
        self.endpoint = endpoint
        self.stream = stream
        self.buffer = b""
        self.token = (b"", b"")
        self.told: list[tuple[str, bytes]] = []
        self.topics = handshake_filter(scenario, side)

    async def read_frame(self) -> bytes:
        while len(self.buffer) < 4 or len(self.buffer) < 4 + int.from_bytes(self.buffer[:4], "big"):
            data = await self.stream.receive_some()
            assert data, "our side closed too early"
            self.buffer += data
        end = 4 + int.from_bytes(self.buffer[:4], "big")
        frame, self.buffer = self.buffer[4:end], self.buffer[end:]
        return frame

    async def run(self, nursery: trio.Nursery) -> None:
        """Sends what the other side sent; makes ours send what it sent, and compares."""
        for frame in self.frames:
            theirs = frame["from"] != self.side
            if "eof" in frame:
                if theirs:
                    await self.stream.aclose()
                    return
                assert await self.stream.receive_some() == b""
                continue
            body, kind = bytes.fromhex(frame["frame"]), kind_of(frame)
            if theirs:
                body = body.replace(*self.token)
                await self.stream.send_all(len(body).to_bytes(4, "big") + body)
                if kind == DATA:
                    end = 37 + int.from_bytes(body[35:37], "big")
                    self.told.append((body[37:end].decode(), body[end:]))
                continue
            await self.cause(body, kind, nursery)
            sent = await self.read_frame()
            if kind == PING:
                self.token = (body[-11:], sent[-11:])
                assert sent[-11:].startswith(b"BYE")
            assert sent.hex() == body.replace(*self.token).hex()

    async def part(self, nursery: trio.Nursery) -> None:
        """An end for recordings that have none: ours leaves, and gets its answer."""
        nursery.start_soon(self.endpoint.shutdown)
        bye = await self.read_frame()
        assert bye[32] == PING
        pong = bye[16:32] + bye[:16] + bytes((PONG,)) + bye[33:]
        await self.stream.send_all(len(pong).to_bytes(4, "big") + pong)
        assert await self.stream.receive_some() == b""

    async def cause(self, body: bytes, kind: int, nursery: trio.Nursery) -> None:
        """Do what makes ours send *body*."""
        end = 37 + int.from_bytes(body[35:37], "big")
        topic, payload = body[37:end].decode(), body[end:]
        if kind == DATA:
            with trio.fail_after(5):
                await self.endpoint.wait_for_subscribers(topic)
            await self.endpoint.publish(topic, binary.decode(payload))
        elif kind == ROUTING_UPDATE:
            await self.peered()
            self.endpoint.forward([new for new in read_filter(payload) if new not in self.topics])
        elif kind == PING:
            await self.peered()
            nursery.start_soon(self.endpoint.unpeer, self.endpoint.peers()[0].id)

    async def peered(self) -> None:
        with trio.fail_after(5):
            while not self.endpoint.peers():
                await trio.lowlevel.checkpoint()


@pytest.mark.parametrize(("scenario", "side"), scenarios())
async def test_ours_says_what_the_recorded_side_said(scenario: dict[str, Any], side: str) -> None:
    own_id = EndpointId.parse(scenario[side])
    with trio.fail_after(20):
        async with Endpoint(EndpointOptions(id=own_id, ttl=CPP_TTL, tls="off")) as endpoint:
            endpoint.forward(handshake_filter(scenario, side))
            everything = endpoint.make_subscriber(["<$>/local/"])  # not announced; only to have a queue of our own
            endpoint._hub.router.set_subscriber(everything._queue, ("",))
            async with trio.open_nursery() as nursery:
                if side == "acceptor":
                    listener = await endpoint.listen()
                    stream = await trio.open_tcp_stream("127.0.0.1", listener.port)
                else:
                    [sockets] = await trio.open_tcp_listeners(0, host="127.0.0.1")
                    port = sockets.socket.getsockname()[1]
                    nursery.start_soon(partial(dial, endpoint, port))
                    stream = await sockets.accept()
                    await sockets.aclose()
                script = Script(scenario, side, endpoint, stream)
                await script.run(nursery)
                got: list[tuple[str, bytes]] = []
                while len(got) < len(script.told):
                    got.extend((message.topic, message.payload) for message in await everything.get_batch())
                assert got == script.told
                if not any("eof" in frame for frame in script.frames):
                    await script.part(nursery)
                await stream.aclose()


async def dial(endpoint: Endpoint, port: int) -> None:
    await endpoint.peer("127.0.0.1", port)
