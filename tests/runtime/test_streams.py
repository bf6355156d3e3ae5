"""Addresses, and what becomes of transport faults."""

from __future__ import annotations

import errno
import socket

import pytest
import trio
import trio.testing

from broker_core.errors import Cause, InvalidValue, PeerUnavailable
from broker_core.model.addresses import PeerAddress
from broker_core.runtime.streams import LINGER, LINGER_BYTES, accepted, dial, hear_out, open_listeners, peek


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("10.0.0.1:9000", ("10.0.0.1", 9000)),
        ("broker://zeek.example:9000/", ("zeek.example", 9000)),
        ("zeek.example", ("zeek.example", 9999)),
        (":47761", ("127.0.0.1", 47761)),
        ("[::1]:9000", ("::1", 9000)),
        ("[::1]", ("::1", 9999)),
        ("broker://[2001:db8::1]:1", ("2001:db8::1", 1)),
    ],
)
def test_addresses_that_can_be_read(text: str, expected: tuple[str, int]) -> None:
    assert PeerAddress.parse(text) == PeerAddress(*expected)


@pytest.mark.parametrize(
    "text",
    [
        "",
        ":",
        "host:",
        "a:b",
        "host:65536",
        "::1",
        "1:2:3",
        "[::1",
        "[]:1",
        "[::1]9",
        "a/b",
        "host:-1",
        "host:٣",
        "h:0",
        "http://h:1",
    ],
)
def test_addresses_that_cannot(text: str) -> None:
    with pytest.raises(InvalidValue, match=r"is no address|is ambiguous|is not supported|has port 0"):
        PeerAddress.parse(text)


def test_addresses_print_as_they_are_read() -> None:
    for text in ("127.0.0.1:9999", "[::1]:1", "host:2"):
        assert str(PeerAddress.parse(text)) == text


async def test_a_name_that_does_not_resolve() -> None:
    with pytest.raises(PeerUnavailable, match="the name cannot be resolved") as caught:
        await dial(PeerAddress("no-such-host.invalid", 9999), 5)
    assert caught.value.cause is Cause.NAME_UNKNOWN


async def test_nobody_listens() -> None:
    [listener] = await open_listeners("127.0.0.1", 0)
    port = listener.socket.getsockname()[1]
    await listener.aclose()
    with pytest.raises(PeerUnavailable, match="connection refused") as caught:
        await dial(PeerAddress("127.0.0.1", port), 5)
    assert caught.value.address == f"127.0.0.1:{port}"
    assert "9999" in caught.value.hint
    assert caught.value.cause is Cause.REFUSED


async def test_an_answer_that_does_not_come_in_time(monkeypatch: pytest.MonkeyPatch, autojump_clock: object) -> None:
    del autojump_clock

    async def for_ever(*_: object) -> trio.SocketStream:
        await trio.sleep_forever()
        raise AssertionError

    monkeypatch.setattr(trio, "open_tcp_stream", for_ever)
    with pytest.raises(PeerUnavailable, match=r"no answer within 3 s") as caught:
        await dial(PeerAddress("192.0.2.1", 9999), 3)
    assert caught.value.cause is Cause.FILTERED


@pytest.mark.parametrize(
    ("code", "cause"),
    [
        (errno.ECONNREFUSED, Cause.REFUSED),
        (errno.EHOSTUNREACH, Cause.UNREACHABLE),
        (errno.ENETUNREACH, Cause.UNREACHABLE),
        (errno.ETIMEDOUT, Cause.FILTERED),
        (errno.ECONNRESET, Cause.CONNECTION_LOST),
        (errno.EADDRNOTAVAIL, Cause.UNREACHABLE),
    ],
)
async def test_what_the_system_says_has_a_cause(monkeypatch: pytest.MonkeyPatch, code: int, cause: Cause) -> None:
    async def fail(*_: object) -> trio.SocketStream:
        raise OSError(code, "no")

    monkeypatch.setattr(trio, "open_tcp_stream", fail)
    with pytest.raises(PeerUnavailable) as caught:
        await dial(PeerAddress("192.0.2.1", 9999), 3)
    assert caught.value.cause is cause


async def test_listening_on_every_interface_uses_one_port() -> None:
    listeners = await open_listeners("", 0)
    ports = {listener.socket.getsockname()[1] for listener in listeners}
    assert len(ports) == 1
    for listener in listeners:
        await listener.aclose()


async def test_listening_on_a_name_that_does_not_resolve() -> None:
    with pytest.raises(PeerUnavailable, match=r"cannot listen: the name cannot be resolved") as caught:
        await open_listeners("no-such-host.invalid", 0)
    assert caught.value.cause is Cause.CANNOT_LISTEN


async def test_connections_are_watched_by_the_system() -> None:
    [listener] = await open_listeners("127.0.0.1", 0)
    connection = await dial(PeerAddress("127.0.0.1", listener.socket.getsockname()[1]), 5)
    there = accepted(await listener.accept())
    assert (connection.reached, there.reached) == ("127.0.0.1", "127.0.0.1")
    for stream in (connection.stream, there.stream):
        assert stream.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE) == 1
        assert stream.getsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE) == 60
    await connection.close()
    assert str(accepted(there.stream).remote) != "unknown:0"
    await there.close()
    await listener.aclose()
    assert accepted(there.stream).remote == PeerAddress("unknown", 0)


async def test_the_first_byte_can_be_looked_at() -> None:
    [listener] = await open_listeners("127.0.0.1", 0)
    connection = await dial(PeerAddress("127.0.0.1", listener.socket.getsockname()[1]), 5)
    there = await listener.accept()
    await connection.send(b"abc")
    assert [await peek(there), await peek(there), await there.receive_some()] == [b"a", b"a", b"abc"]
    await connection.close()
    assert await peek(there) == b""
    await there.aclose()
    await listener.aclose()


@pytest.mark.parametrize(("said", "left"), [(0, 0), (LINGER_BYTES, 0), (LINGER_BYTES + 1, 1)])
async def test_who_is_sent_away_is_heard_out_within_bounds(said: int, left: int) -> None:
    here, there = trio.testing.memory_stream_pair()
    await there.send_all(b"x" * said)
    await there.send_eof()
    await hear_out(here)
    rest = b""
    while data := await here.receive_some():
        rest += data
    assert len(rest) == left


async def test_who_is_sent_away_and_says_nothing_is_not_waited_for(autojump_clock: trio.testing.MockClock) -> None:
    here, _ = trio.testing.memory_stream_pair()
    start = trio.current_time()
    await hear_out(here)
    assert trio.current_time() - start == pytest.approx(LINGER)
