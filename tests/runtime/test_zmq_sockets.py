"""Sockets of libzmq under trio: nothing is lost between the tasks of a socket, and nobody is kept busy."""

from __future__ import annotations

import struct
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import pytest
import trio
import zmq
from trio.testing import wait_all_tasks_blocked

from broker_core.limits import DEFAULT_LIMITS, Limits
from broker_core.runtime import zmq_sockets
from broker_core.runtime.curve import CurveKeys
from broker_core.runtime.zmq_sockets import ZmqSocket, client_options, read_event, server_options
from cluster_links import LIMIT, until

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

MANY = 3000
TCP = "tcp://127.0.0.1:*"
LOCAL = "inproc://pair"
"""Within the process, without buffers of the kernel beyond the high-water mark."""


@asynccontextmanager
async def pair(left: int, right: int, mark: int = 0, where: str = TCP) -> AsyncIterator[tuple[ZmqSocket, ZmqSocket]]:
    """Two sockets that are connected, for messages from *left*; an XPUB has heard that the other wants everything.

    *mark* is the high-water mark of both.
    """
    context: zmq.Context[zmq.Socket[bytes]] = zmq.Context()
    options: dict[int, int | bytes] = {zmq.SNDHWM: mark, zmq.RCVHWM: 0}
    if left == zmq.XPUB:
        options |= {zmq.XPUB_NODROP: 1, zmq.XPUB_VERBOSER: 1}
    one = ZmqSocket.open(context, left, options)
    two = ZmqSocket.open(context, right, {zmq.SNDHWM: 0, zmq.RCVHWM: mark})
    one.raw.bind(where)
    two.raw.connect(str(one.raw.get_string(zmq.LAST_ENDPOINT)).rstrip("\0"))
    try:
        with trio.fail_after(LIMIT):
            if left == zmq.XPUB:
                two.send_nowait(b"\x01")
                assert await one.receive() == [b"\x01"]
            else:
                await one.send(b"connected")
                assert await two.receive() == [b"connected"]
            one.stalls = 0
            yield one, two
    finally:
        one.close()
        two.close()
        context.term()


def fill(sender: ZmqSocket) -> int:
    """Send until the high-water mark is reached; how many messages those are."""
    count = 0
    while sender.send_nowait(b"%d" % count, b"payload"):
        count += 1
    return count


# -- receiving ------------------------------------------------------------------------------------------------------


async def test_messages_keep_their_parts_whatever_their_number():
    messages = [[b"1"], [b"a", b"b"], [b"c", b"d"], [b"4", b"", b"x" * 100_000, b""], [b"p", b"q", b"r"], [b"s"]]
    messages.append([b"%d" % number for number in range(50)])
    async with pair(zmq.PUSH, zmq.PULL) as (one, two):
        for parts in messages:
            assert one.send_nowait(*parts)
        assert [await two.receive() for _ in messages] == messages
        assert two.receive_nowait() is None


async def test_at_most_so_many_at_once_and_the_others_later():
    async with pair(zmq.PUSH, zmq.PULL) as (one, two):
        for number in range(5):
            one.send_nowait(b"%d" % number, b"")
        one.send_nowait(b"end")
        got: list[list[bytes]] = []
        while len(got) < 2:
            await two.wait()
            got += two.arrived(2 - len(got))
        while [b"end"] not in got:
            await two.wait()
            before = len(got)
            got += two.arrived(2)
            assert len(got) - before <= 2
        assert got == [*([b"%d" % number, b""] for number in range(5)), [b"end"]]
        assert list(two.arrived(2)) == []


async def test_a_socket_that_was_closed_is_no_empty_one():
    async with pair(zmq.PUSH, zmq.PULL) as (_, two):
        two.close()
        with pytest.raises(zmq.ZMQError):
            two.receive_nowait()
        two.close()


async def test_who_waits_for_messages_sleeps_until_there_is_one(nursery):
    async with pair(zmq.PUSH, zmq.PULL) as (one, two):
        got = []

        async def take() -> None:
            got.append(await two.receive())

        nursery.start_soon(take)
        await wait_all_tasks_blocked()
        assert not got
        one.send_nowait(b"x")
        await until(lambda: got)


# -- one socket, several tasks --------------------------------------------------------------------------------------


@pytest.mark.parametrize("where", [TCP, LOCAL])
async def test_both_directions_at_once_lose_nothing(where):
    # A task that sends on a socket hears, and so hides, that there is something to receive on it.
    heard, got = [], []
    async with pair(zmq.XPUB, zmq.XSUB, 10, where) as (xpub, xsub), trio.open_nursery() as nursery:

        async def publish() -> None:
            for number in range(MANY):
                await xpub.send(b"%d" % number, b"payload")
                if number % 100 == 0:
                    await trio.lowlevel.checkpoint()
            xpub.poke()

        async def follow() -> None:
            while True:
                heard.extend(xpub.arrived(7))
                await xpub.wait()

        async def read() -> None:
            while True:
                got.extend(xsub.arrived(7))
                await xsub.wait()

        async def subscribe() -> None:
            for number in range(MANY // 2):
                for begins in (b"\x01", b"\x00"):
                    await xsub.send(begins + b"%d" % number)
                if number % 10 == 0:
                    await trio.lowlevel.checkpoint()
            xsub.poke()

        for task in (publish, follow, read, subscribe):
            nursery.start_soon(task)
        await until(lambda: len(got) == MANY and len(heard) == MANY)
        nursery.cancel_scope.cancel()
    assert got == [[b"%d" % number, b"payload"] for number in range(MANY)]
    assert heard == [[begins + b"%d" % number] for number in range(MANY // 2) for begins in (b"\x01", b"\x00")]


async def test_a_poke_is_for_what_another_task_has_hidden():
    async with pair(zmq.XPUB, zmq.XSUB) as (xpub, xsub), trio.open_nursery() as nursery:
        heard: list[list[bytes]] = []

        async def follow() -> None:
            heard.append(await xpub.receive())

        nursery.start_soon(follow)
        await wait_all_tasks_blocked()
        xpub.poke()  # there is nothing, so nobody wakes
        await wait_all_tasks_blocked()
        xsub.send_nowait(b"\x01/t")
        # No other task runs in here, and so this one is the first that asks.
        while not int(xpub.raw.getsockopt(zmq.EVENTS)) & zmq.POLLIN:
            pass
        xpub.poke()
        await until(lambda: heard == [[b"\x01/t"]])
        xpub.poke()  # nobody waits


# -- the high-water mark --------------------------------------------------------------------------------------------


async def test_a_full_socket_takes_nothing_of_a_message():
    async with pair(zmq.XPUB, zmq.XSUB, 1, LOCAL) as (xpub, xsub):
        count = fill(xpub)
        assert not xpub.send_nowait(b"too", b"many")
        assert xpub.stalls == 0
        for number in range(count):
            assert await xsub.receive() == [b"%d" % number, b"payload"]
        await xpub.send(b"after", b"wards")
        assert await xsub.receive() == [b"after", b"wards"]


@pytest.mark.parametrize("followed", [True, False])
async def test_a_stalled_socket_tries_seldom_and_goes_on(nursery, monkeypatch, followed):
    attempts, sent = [], []
    send_nowait = ZmqSocket.send_nowait

    def counted(self: ZmqSocket, *parts: bytes) -> bool:
        attempts.append(trio.current_time())
        return send_nowait(self, *parts)

    async with pair(zmq.XPUB, zmq.XSUB, 1, LOCAL) as (xpub, xsub):
        count = fill(xpub)
        monkeypatch.setattr(ZmqSocket, "send_nowait", counted)

        async def stalled() -> None:
            await xpub.send(b"last", b"")
            sent.append(b"last")

        async def follow() -> None:
            while True:
                assert not list(xpub.arrived(1))
                await xpub.wait()

        if followed:
            nursery.start_soon(follow)
        nursery.start_soon(stalled)
        await wait_all_tasks_blocked()
        assert xpub.stalls == 1
        seen = len(attempts)
        assert seen <= 3
        await until(lambda: len(attempts) == seen + 3)
        assert attempts[-1] - attempts[seen] > 1.5 * zmq_sockets._STALL_RETRY
        assert not sent
        for number in range(count):
            assert (await xsub.receive())[0] == b"%d" % number
        assert await xsub.receive() == [b"last", b""]
        assert sent
        assert xpub.stalls == 1
        nursery.cancel_scope.cancel()


async def test_who_waits_for_room_hears_of_it_by_way_of_who_waits_for_messages(nursery, monkeypatch):
    monkeypatch.setattr(zmq_sockets, "_STALL_RETRY", 10 * LIMIT)
    sent = []
    async with pair(zmq.XPUB, zmq.XSUB, 1, LOCAL) as (xpub, xsub):
        count = fill(xpub)

        async def stalled() -> None:
            await xpub.send(b"last", b"")
            sent.append(b"last")

        nursery.start_soon(xpub.receive)
        nursery.start_soon(stalled)
        await wait_all_tasks_blocked()
        for _ in range(count):
            await xsub.receive()
        await until(lambda: sent)
        nursery.cancel_scope.cancel()


async def test_who_gives_up_waiting_for_room_has_sent_nothing(nursery):
    async with pair(zmq.XPUB, zmq.XSUB, 1, LOCAL) as (xpub, xsub):
        count = fill(xpub)
        nursery.start_soon(xpub.send, b"given", b"up")
        await wait_all_tasks_blocked()
        nursery.cancel_scope.cancel()
        with trio.CancelScope(shield=True), trio.fail_after(LIMIT):
            for number in range(count):
                assert await xsub.receive() == [b"%d" % number, b"payload"]
            await xpub.send(b"other")
            assert await xsub.receive() == [b"other"]


# -- options and monitors -------------------------------------------------------------------------------------------


async def test_a_monitor_tells_what_happens():
    context: zmq.Context[zmq.Socket[bytes]] = zmq.Context()
    listener = ZmqSocket.open(context, zmq.XPUB, {})
    dialer = ZmqSocket.open(context, zmq.XSUB, client_options(DEFAULT_LIMITS, None))
    monitor = dialer.monitor()
    kinds = []
    try:
        port = listener.raw.bind_to_random_port("tcp://127.0.0.1")
        dialer.raw.connect(f"tcp://127.0.0.1:{port}")
        with trio.fail_after(LIMIT):
            while zmq.Event.HANDSHAKE_SUCCEEDED not in kinds:
                kinds.append(read_event(await monitor.receive()).kind)
            listener.close()
            while zmq.Event.DISCONNECTED not in kinds:
                kinds.append(read_event(await monitor.receive()).kind)
    finally:
        for socket in (listener, dialer, monitor):
            socket.close()
        context.term()


def test_what_a_monitor_says():
    event = read_event([struct.pack("=HI", int(zmq.Event.HANDSHAKE_FAILED_AUTH), 400), b"tcp://127.0.0.1:1"])
    assert event == (zmq.Event.HANDSHAKE_FAILED_AUTH, 400)


def test_options_of_both_sides():
    limits = Limits(max_frame=1234, zmq_heartbeat=2.5, handshake_timeout=0.0001)
    client, server = client_options(limits, None), server_options(limits, None)
    assert {name: client[name] for name in (zmq.MAXMSGSIZE, zmq.HEARTBEAT_IVL, zmq.HANDSHAKE_IVL, zmq.LINGER)} == {
        zmq.MAXMSGSIZE: 1234,
        zmq.HEARTBEAT_IVL: 2500,
        zmq.HANDSHAKE_IVL: 1,
        zmq.LINGER: 0,
    }
    assert client == server | {zmq.RECONNECT_IVL: -1}
    assert client_options(Limits(zmq_heartbeat=1e9), None)[zmq.HEARTBEAT_IVL] == 6_553_599


def test_options_with_keys():
    public, secret = [key.decode() for key in zmq.curve_keypair()]
    client = CurveKeys(server_public=public, client_public=public, client_secret=secret)
    options = client_options(DEFAULT_LIMITS, client)
    assert options[zmq.CURVE_SERVERKEY] == options[zmq.CURVE_PUBLICKEY] == public.encode()
    assert options[zmq.CURVE_SECRETKEY] == secret.encode()
    options = server_options(DEFAULT_LIMITS, CurveKeys(server_secret=secret, client_public=public))
    assert (options[zmq.CURVE_SERVER], options[zmq.CURVE_SECRETKEY]) == (1, secret.encode())
    assert options[zmq.ZAP_DOMAIN]
