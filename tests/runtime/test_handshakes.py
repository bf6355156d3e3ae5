"""What a failed attempt to peer says, with a real counterpart for each case."""

from __future__ import annotations

import subprocess
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import trio

from broker_core import (
    EC,
    Endpoint,
    EndpointId,
    EndpointOptions,
    Limits,
    PeerAddress,
    PeerIncompatible,
    PeeringError,
    PeerRefused,
    PeerTimeout,
)
from broker_core.runtime.handshakes import Attempt
from broker_core.runtime.streams import dial

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Iterator

PROBE = b"\0\0\0\5\7ZEEK"
FAST = Limits(handshake_timeout=0.3)


@asynccontextmanager
async def server(talk: Callable[[trio.SocketStream], Awaitable[None]]) -> AsyncIterator[int]:
    """Something that is no Broker on a port."""

    async def handle(stream: trio.SocketStream) -> None:
        async with stream:
            with suppress(trio.BrokenResourceError):
                await talk(stream)

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


async def test_a_listener_wants_certificates(openssl_server: int) -> None:
    error = await attempt(openssl_server, limits=Limits())
    assert isinstance(error, PeerIncompatible)
    assert "speaks TLS, but not without certificates" in str(error)
    plain = await attempt(openssl_server, "off", limits=Limits())
    assert "it may expect TLS" in plain.hint


@pytest.fixture
def openssl_server(certificate: tuple[str, str]) -> Iterator[int]:
    """A TLS server that has a certificate, as Broker has with its ssl_* options set."""
    cert, key = certificate
    command = ["openssl", "s_server", "-accept", "127.0.0.1:0", "-cert", cert, "-key", key]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        try:
            for line in server.stdout:
                if line.startswith("ACCEPT"):
                    yield int(line.rpartition(":")[2])
                    break
        finally:
            server.kill()


@pytest.fixture
def certificate(tmp_path: Any) -> tuple[str, str]:
    """A self-signed certificate and its key, made by the openssl command."""
    key, cert = str(tmp_path / "key.pem"), str(tmp_path / "cert.pem")
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", key, "-out", cert, "-subj", "/CN=x"],
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
    ],
)
async def test_the_peer_gives_a_reason(code: int, text: bytes, kind: type, words: str) -> None:
    body = b"\x09ZEEK" + b"\1" * 16 + bytes((code, len(text))) + text
    async with server(says(PROBE + len(body).to_bytes(4, "big") + body)) as port:
        error = await attempt(port, "off")
    assert type(error) is kind
    with pytest.raises(kind, match=words):
        raise error


# The first bytes of a C++ Broker 1.4.0, with its TLS off.
CAF_GREETING = bytes.fromhex(
    "000000000000003400000000000000030000000000000000000000000000000000003e9aab9bac7900003e34"
    "bffadf3ac9f1142f6446ca706c9bb0f69b114400010962726f6b65722e7632000000000000000600"
)


@pytest.mark.parametrize("tls", ["auto", "off"])
async def test_a_broker_of_the_older_kind(tls: Any) -> None:
    async with server(says(CAF_GREETING, first=True)) as port:
        error = await attempt(port, tls)
    assert isinstance(error, PeerIncompatible)
    assert str(error).endswith("not a Broker of version 2.3 or later: a Broker of Zeek 4 or older")
    assert "Zeek 5" in error.hint


@pytest.fixture
def older_broker() -> Iterator[int]:
    """The port of a C++ Broker 1.4.0, where Debian's bindings of it are installed."""
    code = (
        "import broker; o = broker.BrokerOptions(); o.disable_ssl = True; "
        "ep = broker.Endpoint(broker.Configuration(o)); print(ep.listen('127.0.0.1', 0), flush=True); input()"
    )
    if not Path("/usr/bin/python3").exists():
        pytest.skip("there is no Debian Python")
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL}
    with subprocess.Popen(["/usr/bin/python3", "-c", code], text=True, **pipes) as old:  # type: ignore[call-overload]
        try:
            port = old.stdout.readline().strip()
            if not port:
                pytest.skip("Debian's python3-broker is not installed")
            yield int(port)
        finally:
            old.kill()


@pytest.mark.parametrize("tls", ["auto", "off"])
async def test_a_real_broker_of_the_older_kind(tls: Any, older_broker: int) -> None:
    error = await attempt(older_broker, tls, limits=Limits())
    assert "a Broker of Zeek 4 or older" in str(error)


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


class Recorder:
    """Notes what every write call got."""

    def __init__(self, stream: trio.SocketStream) -> None:
        self.stream = stream
        self.writes: list[bytes] = []

    async def send_all(self, data: bytes) -> None:
        self.writes.append(bytes(data))
        await self.stream.send_all(data)

    async def receive_some(self, max_bytes: int | None = None) -> bytes | bytearray:
        return await self.stream.receive_some(max_bytes)

    async def aclose(self) -> None:
        await self.stream.aclose()


async def test_the_end_of_the_handshake_is_written_alone() -> None:
    """Else a C++ peer under TLS does not see the frames behind it (spec native-protocol.md section 4.2)."""
    options = EndpointOptions(id=EndpointId(bytes(15) + b"\1"), tls="off")
    async with Endpoint() as there, Endpoint(options) as here:
        listener = await there.listen(tls="off")
        there.make_subscriber("/t")
        connection = await dial(PeerAddress("127.0.0.1", listener.port), 5)
        connection.stream = recorder = Recorder(connection.stream)
        peer = await Attempt(here._hub, connection, server=False).run()
        here._hub.add_peer(peer)
        async with trio.open_nursery() as nursery:
            await here.publish("/t", 1)
            nursery.start_soon(peer.run, here._hub)
            await here.ping(there.id)
            nursery.cancel_scope.cancel()
        assert recorder.writes.count(b"\0\0\0\1\x0c") == 1  # the originator's acknowledgement
        assert len(recorder.writes) == 5
        here._hub.remove_peer(peer)
