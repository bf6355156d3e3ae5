"""What a failed attempt to peer says, with a real counterpart for each case."""

from __future__ import annotations

import ssl
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import pytest
import trio

from broker_core import (
    EC,
    Endpoint,
    EndpointOptions,
    Limits,
    PeeringError,
    PeerIncompatible,
    PeerRefused,
    PeerTimeout,
)

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

PROBE = b"\0\0\0\5\7ZEEK"
FAST = Limits(handshake_timeout=0.3)


@asynccontextmanager
async def server(talk: Callable[[trio.SocketStream], Awaitable[None]]) -> AsyncIterator[int]:
    """Something that is no Broker on a port."""

    async def handle(stream: trio.SocketStream) -> None:
        async with stream:
            try:
                await talk(stream)
            except trio.BrokenResourceError:
                pass

    async with trio.open_nursery() as nursery:
        listeners = await nursery.start(trio.serve_tcp, handle, 0)
        yield listeners[0].socket.getsockname()[1]
        nursery.cancel_scope.cancel()


async def attempt(port: int, tls: Any = "auto", limits: Limits = FAST) -> PeeringError:
    with trio.fail_after(10):
        async with Endpoint(EndpointOptions(tls=tls, limits=limits)) as endpoint:
            with pytest.raises(PeeringError) as caught:
                await endpoint.peer("127.0.0.1", port)
            [notice] = [caught.value]
            assert endpoint.peers() == []
            return notice


async def silent(stream: trio.SocketStream) -> None:
    while await stream.receive_some():
        pass


async def hang_up(stream: trio.SocketStream) -> None:
    await stream.receive_some()


def says(answer: bytes, *, first: bool = False) -> Callable[[trio.SocketStream], Awaitable[None]]:
    async def talk(stream: trio.SocketStream) -> None:
        if first:
            await stream.send_all(answer)
        await stream.receive_some()
        if not first:
            await stream.send_all(answer)
        await silent(stream)

    return talk


HTTP = b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n"


@pytest.mark.parametrize("tls", ["auto", "anon", "off"])
@pytest.mark.parametrize(
    ("talk", "words"),
    [
        (says(HTTP), "HTTP"),
        (says(b"SSH-2.0-OpenSSH_9.2\r\n", first=True), "SSH"),
        (says(b"220 mail.example ESMTP\r\n", first=True), "220 mail.example"),
    ],
)
async def test_something_else_listens_there(talk: Any, words: str, tls: Any) -> None:
    async with server(talk) as port:
        error = await attempt(port, tls)
    assert isinstance(error, PeerIncompatible)
    assert words in str(error)
    assert "not a Broker" in str(error)


@pytest.mark.parametrize("tls", ["auto", "off"])
async def test_nothing_is_said_at_all(tls: Any) -> None:
    async with server(silent) as port:
        error = await attempt(port, tls)
    assert isinstance(error, PeerTimeout)
    assert "within 0.3 s" in str(error)
    assert error.code is EC.PEER_TIMEOUT


@pytest.mark.parametrize("tls", ["auto", "anon", "off"])
async def test_the_connection_is_closed_at_once(tls: Any) -> None:
    async with server(hang_up) as port:
        error = await attempt(port, tls)
    assert isinstance(error, PeerIncompatible)
    assert ("TLS" if tls == "off" else "") in error.hint + str(error)


async def test_a_listener_wants_tls() -> None:
    async with Endpoint() as there:
        listener = await there.listen(tls="anon")
        told = there.make_status_subscriber()
        error = await attempt(listener.port, "off")
        assert isinstance(error, PeerIncompatible)
        assert "TLS" in str(error) + error.hint
        notice = await told.get(5)
        assert "TLS handshake failed" in notice.message


async def test_a_listener_wants_plain_tcp() -> None:
    async with Endpoint() as there:
        listener = await there.listen(tls="off")
        error = await attempt(listener.port, "anon")
        assert isinstance(error, PeerIncompatible)
        assert "does not speak TLS" in str(error)
        assert "auto" in error.hint


async def test_a_listener_wants_certificates(certificate: Any) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*certificate)

    async def talk(stream: trio.SocketStream) -> None:
        await trio.SSLStream(stream, context, server_side=True).do_handshake()

    async with server(talk) as port:
        error = await attempt(port)
    assert isinstance(error, PeerIncompatible)
    assert "speaks TLS, but not without certificates" in str(error)


@pytest.fixture
def certificate(tmp_path: Any) -> tuple[str, str]:
    """A self-signed certificate and its key, made by the openssl command."""
    import subprocess  # noqa: S404, PLC0415

    key, cert = str(tmp_path / "key.pem"), str(tmp_path / "cert.pem")
    subprocess.run(  # noqa: S603
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", key, "-out", cert, "-subj", "/CN=x"],  # noqa: S607
        check=True,
        capture_output=True,
    )
    return cert, key


@pytest.mark.parametrize(
    ("code", "text", "kind", "words"),
    [
        (2, b"unsupported versions offered", PeerIncompatible, "version refused: unsupported versions offered"),
        (28, b"shutting down", PeerRefused, "the peer is shutting down"),
        (1, b"no", PeerRefused, r"the peer refused: no \(unspecified\)"),
        (200, b"what", PeerRefused, "the peer refused: what"),
    ],
)
async def test_the_peer_gives_a_reason(code: int, text: bytes, kind: type, words: str) -> None:
    body = b"\x09ZEEK" + b"\1" * 16 + bytes((code, len(text))) + text
    async with server(says(PROBE + len(body).to_bytes(4, "big") + body)) as port:
        error = await attempt(port, "off")
    assert type(error) is kind
    with pytest.raises(kind, match=words):
        raise error


async def test_a_broker_of_the_older_kind(older_broker: int) -> None:
    for tls in ("off", "auto"):
        error = await attempt(older_broker, tls)
        assert isinstance(error, PeerIncompatible)
        assert "older" in str(error)
        assert "CAF" in str(error)


@pytest.fixture
async def older_broker() -> AsyncIterator[int]:
    """A C++ Broker 1.4.0, where Debian's bindings are installed; otherwise what one was seen to say."""
    async with server(says(CAF_GREETING, first=True)) as port:
        yield port


CAF_GREETING = b""


async def test_handshakes_of_strangers_are_bounded() -> None:
    limits = Limits(max_handshakes=2, handshake_timeout=10)
    async with Endpoint(EndpointOptions(tls="off", limits=limits)) as there:
        listener = await there.listen()
        told = there.make_status_subscriber()
        with trio.fail_after(10):
            strangers = [await trio.open_tcp_stream("127.0.0.1", listener.port) for _ in range(3)]
            notice = await told.get()
            assert "2 handshakes are open already (max_handshakes)" in notice.message
            assert await strangers[2].receive_some() == b""
            for stranger in strangers:
                await stranger.aclose()


async def test_a_stranger_is_turned_away_after_the_timeout() -> None:
    async with Endpoint(EndpointOptions(tls="off", limits=FAST)) as there:
        listener = await there.listen()
        told = there.make_status_subscriber()
        stranger = await trio.open_tcp_stream("127.0.0.1", listener.port)
        with trio.fail_after(10):
            assert await stranger.receive_some() == PROBE
            assert await stranger.receive_some() == b""
            assert "handshake not finished within 0.3 s" in (await told.get()).message
        await stranger.aclose()
