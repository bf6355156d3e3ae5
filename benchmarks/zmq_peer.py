"""One role of a measurement over ZeroMQ, by our library or by bare pyzmq: ``python -m benchmarks.zmq_peer ROLE``.

The bare roles are what a program without this library would do: a blocking loop over `recv_multipart` or
`send_multipart`, with our codec, and nothing checked.
"""

from __future__ import annotations

import argparse
import json
import select
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import trio
import zmq

from broker_core import Endpoint, EndpointOptions, Limits
from broker_core.codecs import binary

from .events import TOPIC, make_event
from .our_peer import HOST, parent_is_done, say

if TYPE_CHECKING:
    from argparse import Namespace

    from broker_core import Subscriber

KINDS = {"ping": "Rec::ping, 51 bytes", "twelve": "12 arguments, 167 bytes", "every": "every type, 535 bytes"}
PLENTY = 10**8
"""A high-water mark that is not met."""
_RECORDINGS = Path(__file__).resolve().parent.parent / "tests" / "vectors" / "zeek-zeromq.json"
_SCENARIO = "zeromq-one-node-own-central-broker"
_SERIALIZER = b"broker-bin-v1"
_NODE = b"zeromq_worker-1_hh_2367_NeDuhx4Nppqdbdij7e"
_END = f"{TOPIC}/end"


def payload_of(kind: str) -> bytes:
    """The bytes of one event of the KINDS: two as a Zeek sent them, and one of the other benchmarks."""
    if kind == "twelve":
        return binary.encode(make_event(kind, 7).value)
    frames = json.loads(_RECORDINGS.read_text(encoding="utf-8"))[_SCENARIO]["frames"]
    payloads = [bytes.fromhex(frame["parts"][3]) for frame in frames if len(frame.get("parts", ())) == 4]
    pings = [payload for payload in payloads if b"Rec::ping" in payload]
    wanted = max(payloads, key=len) if kind == "every" else pings[0]
    assert f"{len(wanted)} bytes" in KINDS[kind]
    return wanted


def wait_for_parent() -> None:
    """Until the parent says so; this thread does nothing else meanwhile."""
    sys.stdin.readline()


class Bare:
    """The two sockets of a node, with what it takes to know that subscriptions have arrived."""

    def __init__(self, port: int, mark: int = 0) -> None:
        self._context: zmq.Context[zmq.Socket[bytes]] = zmq.Context()
        self.source, self.sink = self._context.socket(zmq.XSUB), self._context.socket(zmq.XPUB)
        for socket in (self.source, self.sink):
            socket.set(zmq.LINGER, 0)
            socket.set(zmq.RCVHWM, 0)
        self.sink.set(zmq.SNDHWM, mark)
        self.sink.set(zmq.XPUB_NODROP, 1)
        self.source.connect(f"tcp://{HOST}:{port}")
        self.sink.connect(f"tcp://{HOST}:{port + 1}")

    def subscribe(self, topic: str) -> None:
        """Subscribe, and wait until everybody knows that."""
        self.source.send(b"\x01" + topic.encode())
        self.wait_for(topic)

    def wait_for(self, topic: str) -> None:
        """Until a subscription to *topic* has come by."""
        while self.sink.recv() != b"\x01" + topic.encode():
            pass


async def central(_: Namespace) -> None:
    """The central broker, libzmq's proxy, on two ports in a row."""
    async with Endpoint() as endpoint:
        while True:
            proxy = await endpoint.listen_zmq(HOST, 0)
            if proxy.send_port == proxy.port + 1:
                break
            await proxy.aclose()
        say(port=proxy.port)
        await parent_is_done()


# -- receiving ------------------------------------------------------------------------------------------------------


def flood(arguments: Namespace) -> None:
    """`count` times the same event as a Zeek sends it; then says when the central broker has passed on all of them."""
    bare = Bare(arguments.port)
    bare.wait_for(arguments.topic)
    bare.subscribe(_END)
    say(ready=True)
    wait_for_parent()
    send, parts = bare.sink.send_multipart, [TOPIC.encode(), _NODE, _SERIALIZER, payload_of(arguments.kind)]
    for _ in range(arguments.count):
        send(parts)
    send([_END.encode(), *parts[1:]])
    while bare.source.recv_multipart()[0] != _END.encode():
        pass
    say(passed=True)
    wait_for_parent()


def bare_receive(arguments: Namespace) -> None:
    """`count` events, each decoded. With `queued`, only when the parent says that all are here."""
    bare = Bare(arguments.port)
    bare.subscribe(TOPIC)
    say(ready=True)
    if arguments.queued:
        wait_for_parent()
    receive, decode = bare.source.recv_multipart, binary.decode
    started = time.perf_counter()
    for _ in range(arguments.count):
        decode(receive()[3])
    say(seconds=time.perf_counter() - started, missed=0)
    wait_for_parent()


async def our_receive(arguments: Namespace) -> None:
    """The same with our library, in batches or (`single`) one by one."""
    limits = {"zmq_receive_hwm": PLENTY} if arguments.queued else {}
    async with Endpoint(EndpointOptions(limits=Limits(**limits))) as endpoint:
        info = await endpoint.peer(f"zmq://{HOST}:{arguments.port}")
        subscriber = endpoint.make_subscriber(TOPIC)
        await endpoint.ping(info.id)
        say(ready=True)
        if arguments.queued:
            wait_for_parent()  # blocks on purpose: so nothing is read before
        take = _one_by_one if arguments.single else _in_batches
        started = time.perf_counter()
        with trio.move_on_after(60):  # what was missed does not come
            await take(subscriber, arguments.count)
        say(seconds=time.perf_counter() - started, missed=endpoint.peers()[0].missed)
        await parent_is_done()


async def _in_batches(subscriber: Subscriber, count: int) -> None:
    while count > 0:
        batch = await subscriber.get_batch()
        count -= len(batch)
        for message in batch:
            _ = message.value


async def _one_by_one(subscriber: Subscriber, count: int) -> None:
    async for message in subscriber:
        _ = message.value
        count -= 1
        if not count:
            return


# -- publishing -----------------------------------------------------------------------------------------------------


def drain(arguments: Namespace) -> None:
    """Takes `count` messages and does nothing with them."""
    bare = Bare(arguments.port)
    bare.subscribe(TOPIC)
    say(ready=True)
    receive = bare.source.recv
    for _ in range(4 * arguments.count):
        receive()
    say(seen=True)
    wait_for_parent()


def bare_publish(arguments: Namespace) -> None:
    """`count` events, each made, encoded and sent."""
    bare = Bare(arguments.port, arguments.mark)
    bare.wait_for(TOPIC)
    say(ready=True)
    wait_for_parent()
    topic, send, encode = TOPIC.encode(), bare.sink.send_multipart, binary.encode
    started = time.perf_counter()
    for number in range(arguments.count):
        send([topic, _NODE, _SERIALIZER, encode(make_event("twelve", number).value)])
    say(seconds=time.perf_counter() - started)
    wait_for_parent()


async def our_publish(arguments: Namespace) -> None:
    """The same with our library, one by one or `batch` at a time, until all are with libzmq."""
    async with Endpoint(EndpointOptions(limits=Limits(zmq_send_hwm=arguments.mark))) as endpoint:
        await endpoint.peer(f"zmq://{HOST}:{arguments.port}")
        await endpoint.wait_for_subscribers(TOPIC)
        say(ready=True)
        wait_for_parent()
        started = time.perf_counter()
        if arguments.batch:
            for first in range(0, arguments.count, arguments.batch):
                numbers = range(first, min(first + arguments.batch, arguments.count))
                await endpoint.publish_batch(*[(TOPIC, make_event("twelve", number)) for number in numbers])
        else:
            for number in range(arguments.count):
                await endpoint.publish(TOPIC, make_event("twelve", number))
        while True:
            await trio.lowlevel.checkpoint()
            if endpoint.peers()[0].sent == arguments.count:
                break
        say(seconds=time.perf_counter() - started)
        await parent_is_done()


# -- waiting --------------------------------------------------------------------------------------------------------


class _Wakes(trio.abc.Instrument):
    """Counts how often trio's loop came back from waiting for descriptors and deadlines."""

    count = 0

    def after_io_wait(self, timeout: float) -> None:  # noqa: ARG002  # as trio calls it
        self.count += 1


async def idle(arguments: Namespace) -> None:
    """Waits for events, of a cluster if there is a port; says how often it woke up, each time that it is asked."""
    wakes = _Wakes()
    trio.lowlevel.add_instrument(wakes)
    async with Endpoint() as endpoint, trio.open_nursery() as nursery:
        subscriber = endpoint.make_subscriber(TOPIC)
        if arguments.port:
            info = await endpoint.peer(f"zmq://{HOST}:{arguments.port}")
            await endpoint.ping(info.id)
        nursery.start_soon(_one_by_one, subscriber, -1)
        say(ready=True)
        for _ in range(arguments.count):
            await parent_is_done()
            say(wakes=wakes.count, cpu=time.process_time())
        nursery.cancel_scope.cancel()


def tick(arguments: Namespace) -> None:
    """One event a second until standard input ends."""
    bare = Bare(arguments.port)
    bare.wait_for(TOPIC)
    while not select.select([sys.stdin], [], [], 1)[0]:
        bare.sink.send_multipart([TOPIC.encode(), _NODE, _SERIALIZER, payload_of("ping")])


# -- round trips ----------------------------------------------------------------------------------------------------


def bare_ping(arguments: Namespace) -> None:
    """Messages that come back by way of the central broker, one after the other."""
    bare = Bare(arguments.port)
    bare.subscribe(TOPIC)
    parts, times = [TOPIC.encode(), _NODE, _SERIALIZER, payload_of("ping")], []
    for _ in range(arguments.count):
        started = time.perf_counter()
        bare.sink.send_multipart(parts)
        binary.decode(bare.source.recv_multipart()[3])
        times.append(time.perf_counter() - started)
    say(times=times[arguments.count // 10 :])


async def our_ping(arguments: Namespace) -> None:
    """The same with :meth:`Endpoint.ping`."""
    times = []
    async with Endpoint() as endpoint:
        info = await endpoint.peer(f"zmq://{HOST}:{arguments.port}")
        for _ in range(arguments.count):
            started = time.perf_counter()
            await endpoint.ping(info.id)
            times.append(time.perf_counter() - started)
    say(times=times[arguments.count // 10 :])


OURS = {role.__name__: role for role in (central, our_receive, our_publish, idle, our_ping)}
BARE = {role.__name__: role for role in (flood, bare_receive, drain, bare_publish, tick, bare_ping)}


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.zmq_peer")
    parser.add_argument("role", choices=[*OURS, *BARE])
    parser.add_argument("--kind", default="ping", choices=KINDS)
    parser.add_argument("--topic", default=TOPIC)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--count", type=int, default=1)
    parser.add_argument("--queued", type=int, default=0)
    parser.add_argument("--single", type=int, default=0)
    parser.add_argument("--mark", type=int, default=PLENTY)
    parser.add_argument("--batch", type=int, default=0)
    arguments = parser.parse_args()
    if arguments.role in OURS:
        trio.run(OURS[arguments.role], arguments)
    else:
        BARE[arguments.role](arguments)


if __name__ == "__main__":
    main()
