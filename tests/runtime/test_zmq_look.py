"""What a look at a port shows, with real sockets of libzmq and with everybody else who may be there."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest
import trio
import zmq

from broker_core import Cause, Endpoint, PeerAddress, PeerIncompatible, PeeringError, PeerTimeout
from broker_core.limits import Limits
from broker_core.protocol.sniff import PROBE
from broker_core.protocol.zmtp import GREETING
from broker_core.runtime.zmq_look import CURVE, NULL, SocketLook, look_at
from cluster_links import LIMIT, recording
from counterparts import HTTP_NOT_FOUND, ZMTP, anonymous_context, answers, greets, hang_up, nobody, server, silent

if TYPE_CHECKING:
    from collections.abc import Iterator

QUICK = Limits(connect_timeout=0.2, handshake_timeout=0.2)
"""For those who never answer."""
KINDS = ("PAIR", "PUB", "SUB", "REQ", "REP", "DEALER", "ROUTER", "PULL", "PUSH", "XPUB", "XSUB")
READY = b"\x04\x1a\x05READY\x0bSocket-Type\0\0\0\x04"


async def look(port: int, limits: Limits = Limits()) -> SocketLook:  # noqa: B008  # frozen
    with trio.fail_after(LIMIT):
        return await look_at(PeerAddress("127.0.0.1", port, "zmq"), limits)


async def failure(port: int, limits: Limits = QUICK) -> PeeringError:
    with pytest.raises(PeeringError) as caught:
        await look(port, limits)
    assert caught.value.address == f"zmq://127.0.0.1:{port}"
    return caught.value


@contextmanager
def listener(kind: int, **options: Any) -> Iterator[int]:
    """The port of a socket of libzmq."""
    context: zmq.Context[zmq.Socket[bytes]] = zmq.Context()
    socket = context.socket(kind)
    try:
        for name, value in options.items():
            socket.setsockopt(getattr(zmq, name), value)
        yield socket.bind_to_random_port("tcp://127.0.0.1")
    finally:
        socket.close(linger=0)
        context.term()


@pytest.mark.parametrize("kind", KINDS)
async def test_every_kind_of_socket(kind):
    with listener(getattr(zmq, kind)) as port:
        found = await look(port)
    assert found == SocketLook(host="127.0.0.1", mechanism=NULL, socket_type=kind, version="3.1")


@pytest.mark.parametrize("kind", ["XPUB", "XSUB", "PULL"])
async def test_curve_hides_the_kind(kind):
    _, secret = zmq.curve_keypair()
    with listener(getattr(zmq, kind), CURVE_SERVER=1, CURVE_SECRETKEY=secret) as port:
        found = await look(port)
    assert found == SocketLook(host="127.0.0.1", mechanism=CURVE, socket_type="", version="3.1")


async def test_a_mechanism_that_no_zeek_has():
    with listener(zmq.XPUB, PLAIN_SERVER=1) as port:
        error = await failure(port, Limits())
    assert (type(error), error.cause) == (PeerIncompatible, Cause.NOT_BROKER)
    assert error.reason == "it wants the mechanism PLAIN of ZeroMQ, which no Zeek has"


async def test_a_socket_that_ends_the_handshake():
    async with server(greets(GREETING + b"\x04\x0d\x05ERROR\x06no\x1bway")) as port:
        error = await failure(port, Limits())
    assert (type(error), error.cause) == (PeerIncompatible, Cause.REJECTED)
    assert error.reason == "it ends the handshake of ZeroMQ: no\\x1bway"


async def test_an_ipv6_address():
    context: zmq.Context[zmq.Socket[bytes]] = zmq.Context()
    socket = context.socket(zmq.XPUB)
    try:
        socket.setsockopt(zmq.IPV6, 1)
        port = socket.bind_to_random_port("tcp://[::1]")
        with trio.fail_after(LIMIT):
            found = await look_at(PeerAddress("::1", port, "zmq"), Limits())
    finally:
        socket.close(linger=0)
        context.term()
    assert (found.host, found.socket_type) == ("::1", "XPUB")


async def test_the_recorded_central_broker():
    """Byte by byte, what a Zeek was told by the socket that it connected to."""
    frames = recording("zeromq-raw-zmtp-bytes")["frames"]
    said = b"".join(
        bytes.fromhex(frame["bytes"])
        for frame in frames
        if frame["conn"] == "zeek XSUB - central XPUB" and frame["from"] == "central" and "bytes" in frame
    )

    async def talk(stream: Any) -> None:
        for at in range(len(said)):
            await stream.send_all(said[at : at + 1])
        await silent(stream)

    async with server(talk) as port:
        found = await look(port)
    assert (found.mechanism, found.socket_type, found.version) == (NULL, "XPUB", "3.1")


async def test_no_ready_in_time_is_a_socket_of_an_unknown_kind():
    async with server(greets(GREETING)) as port:
        found = await look(port, QUICK)
    assert (found.mechanism, found.socket_type) == (NULL, "")


@pytest.mark.parametrize("end", [b"", READY + b"XPUB"[:2]])
async def test_who_hangs_up_behind_the_greeting(end):
    async def talk(stream: Any) -> None:
        await stream.send_all(GREETING + end)
        await stream.receive_some(65536)

    async with server(talk) as port:
        found = await look(port)
    assert (found.mechanism, found.socket_type) == (NULL, "")


# -- those who are no ZeroMQ of today -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("talk", "words"),
    [
        (greets(b"SSH-2.0-OpenSSH_9.2p1\r\n"), "no ZeroMQ of today answers, but SSH"),
        (greets(PROBE), "but a Broker with its own protocol"),
        (greets(b"220 mail.example ESMTP\r\n"), "but mail or FTP that starts with"),
        (answers(b"\x15\x03\x03\x00\x02\x02\x46", end=b"\xff"), "but TLS"),
        (greets(b"ok"), "but something that starts with b'ok'"),
        (greets(b"\xff\x01\x02\x03\x04\x05\x06\x07\x08\x00"), "but an unknown protocol"),
        (answers(HTTP_NOT_FOUND, end=b"\xff"), "but HTTP"),
        (greets(ZMTP + b"\x01" + b"\x00" * 52), "but a version of ZeroMQ before 3"),
    ],
)
async def test_another_protocol(talk, words):
    async with server(talk) as port:
        error = await failure(port)
    assert (type(error), error.cause) == (PeerIncompatible, Cause.NOT_BROKER)
    assert words in error.reason
    assert "5555" in error.hint


@pytest.mark.parametrize("tls", ["off", "anon"])
async def test_a_broker_of_ours(tls):
    async with Endpoint() as endpoint:
        listener = await endpoint.listen(tls=tls)
        error = await failure(listener.port)
    assert error.cause in {Cause.NOT_BROKER, Cause.CLOSED_AT_ONCE, Cause.HANDSHAKE_TIMEOUT}


async def test_tls():
    """Some end the connection without an alert; portraits tell more."""
    async with server(silent, anonymous_context()) as port:
        error = await failure(port, Limits())
    assert error.cause in {Cause.NOT_BROKER, Cause.CLOSED_AT_ONCE}


async def test_who_says_nothing():
    async with server(silent) as port:
        error = await failure(port)
    assert (type(error), error.cause) == (PeerTimeout, Cause.HANDSHAKE_TIMEOUT)
    assert error.reason == "no greeting of ZeroMQ within 0.2 s"


async def test_who_stops_within_the_greeting():
    async with server(greets(GREETING[:40])) as port:
        assert (await failure(port)).cause is Cause.HANDSHAKE_TIMEOUT


async def test_who_hangs_up():
    async with server(hang_up) as port:
        error = await failure(port, Limits())
    assert (type(error), error.cause) == (PeerIncompatible, Cause.CLOSED_AT_ONCE)


async def test_nobody_listens():
    with nobody() as port:
        error = await failure(port)
    assert error.cause is Cause.REFUSED
    assert "is the central broker running?" in error.hint


async def test_what_it_says_to_them():
    """Half a greeting until the mechanism is known, and no more when that is not NULL: nobody is left hanging."""
    heard = b""

    async def talk(stream: Any) -> None:
        nonlocal heard
        await stream.send_all(GREETING.replace(b"NULL\0", b"CURVE"))
        while data := await stream.receive_some(65536):
            heard += data

    async with server(talk) as port:
        assert (await look(port)).mechanism == CURVE
        with trio.fail_after(LIMIT):
            while len(heard) < 11:
                await trio.testing.wait_all_tasks_blocked()
    assert heard == GREETING[:11]
