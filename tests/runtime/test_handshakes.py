"""What a failed attempt to peer says, with a real counterpart for each case."""

from __future__ import annotations

import subprocess
from contextlib import asynccontextmanager, contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import trio

from broker_core import (
    EC,
    Cause,
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
from broker_core.runtime.dialing import open_connection
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


async def attempt(port: int, tls: Any = "auto", limits: Limits = FAST, credentials: Any = None) -> PeeringError:
    with trio.fail_after(10):
        async with Endpoint(EndpointOptions(tls=tls, limits=limits, credentials=credentials)) as endpoint:
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
    ("talk", "words", "cause"),
    [
        (says(HTTP), "HTTP", Cause.NOT_BROKER),
        (
            says(HTTP[:-2] + b"Server: ixwebsocket/11.4.5\r\n\r\n"),
            "HTTP (the WebSocket server of a Zeek)",
            Cause.WEBSOCKET,
        ),
        (says(b"SSH-2.0-OpenSSH_9.2\r\n", first=True), "SSH", Cause.NOT_BROKER),
        (says(b"220 mail.example ESMTP\r\n", first=True), "220 mail.example", Cause.NOT_BROKER),
    ],
)
async def test_something_else_listens_there(talk: Any, words: str, cause: Cause, tls: Any) -> None:
    async with server(talk) as port:
        error = await attempt(port, tls)
    assert isinstance(error, PeerIncompatible)
    assert words in str(error)
    assert "not a Broker" in str(error)
    assert error.cause is cause


@pytest.mark.parametrize("tls", ["auto", "off"])
async def test_nothing_is_said_at_all(tls: Any) -> None:
    async with server(silent) as port:
        error = await attempt(port, tls)
    assert isinstance(error, PeerTimeout)
    assert "within 0.3 s" in str(error)
    assert (error.code, error.cause) == (EC.PEER_TIMEOUT, Cause.HANDSHAKE_TIMEOUT)


@pytest.mark.parametrize("tls", ["auto", "anon", "off"])
async def test_the_connection_is_closed_at_once(tls: Any) -> None:
    async with server(hang_up) as port:
        error = await attempt(port, tls)
    assert isinstance(error, PeerIncompatible)
    assert error.cause is Cause.CLOSED_AT_ONCE
    assert ("TLS" if tls == "off" else "") in error.hint + str(error)


async def told_to(endpoint: Endpoint, action: Awaitable[object]) -> str:
    """What a status subscriber of *endpoint* hears while *action* fails."""
    told = endpoint.make_status_subscriber()
    with suppress(PeeringError):
        await action
    return (await told.get(5)).message


async def test_a_listener_wants_tls() -> None:
    """The client is told by the alert of our listener, or by the answer to a second attempt: C++ says nothing."""
    async with Endpoint() as there:
        listener = await there.listen(tls="anon")
        told = there.make_status_subscriber()
        error = await attempt(listener.port, "off")
        assert isinstance(error, PeerIncompatible)
        assert (error.cause, error.reason) == (Cause.TLS_EXPECTED, "it speaks TLS")
        assert "TLS mode auto" in error.hint
        notice = await told.get(5)
        assert "TLS handshake failed: the client speaks plain TCP" in notice.message


async def test_a_server_that_says_nothing_to_plain_tcp_is_asked_for_tls(cpp: Any, counterpart: Any) -> None:
    async with counterpart(cpp(None, server=True)) as there:
        error = await attempt(there.port, "off", limits=Limits())
    assert (error.cause, error.reason) == (Cause.TLS_EXPECTED, "it speaks TLS")
    assert there.errors[0] == "WRONG_VERSION_NUMBER"


async def test_a_listener_wants_plain_tcp() -> None:
    async with Endpoint() as there:
        listener = await there.listen(tls="off")
        told = there.make_status_subscriber()
        error = await attempt(listener.port, "anon")
        assert isinstance(error, PeerIncompatible)
        assert (error.cause, error.reason) == (Cause.PLAIN_EXPECTED, "it does not speak TLS")
        assert "auto" in error.hint
        assert "the client speaks TLS" in (await told.get(5)).message


async def test_a_listener_wants_certificates(cpp: Any, counterpart: Any, authority: Any) -> None:
    async with counterpart(cpp(authority.node(), server=True)) as there:
        error = await attempt(there.port, limits=Limits())
        assert (type(error), error.cause) == (PeerIncompatible, Cause.CERTIFICATE_EXPECTED)
        assert "speaks TLS, but not without certificates" in str(error)
        plain = await attempt(there.port, "off", limits=Limits())
        assert plain.cause is Cause.TLS_EXPECTED


def verified(credentials: Any) -> EndpointOptions:
    return EndpointOptions(tls="verify", credentials=credentials)


async def test_endpoints_with_certificates(authority: Any) -> None:
    async with Endpoint(verified(authority.node())) as there, Endpoint(verified(authority.node())) as here:
        listener = await there.listen(tls="verify")
        messages = there.make_subscriber("/t")
        info = await here.peer("127.0.0.1", listener.port)
        assert info.tls == "TLSv1.3 TLS_AES_256_GCM_SHA384 (certificate verified)"
        for number in range(100):
            await here.publish("/t", number)
        assert [(await messages.get()).value for _ in range(100)] == list(range(100))
        assert there.peers()[0].tls == info.tls


async def test_both_sides_are_told_what_is_wrong_with_a_certificate(authority: Any) -> None:
    """A client learns that it is refused after its part of the handshake is over, and what it sent by then is lost."""
    async with Endpoint(verified(authority.node())) as there:
        listener = await there.listen(tls="verify")
        for credentials, cause, here_words, there_words in (
            (authority.node(ca=authority.other), Cause.CA_UNKNOWN, "it does not trust", "certificate is of a CA that"),
            (authority.expired(), Cause.CERTIFICATE_EXPIRED, "says that this side's", "certificate has expired"),
            (authority.node(ca_file=authority.other_file), Cause.CA_UNKNOWN, "is of a CA", "the client does not trust"),
            (authority.node(check_host=True), Cause.HOST_MISMATCH, "not for 127.0.0.1", "the client refuses this"),
        ):
            async with Endpoint(verified(credentials)) as here:
                told = there.make_status_subscriber()
                with pytest.raises(PeerIncompatible, match=here_words) as caught:
                    await here.peer("127.0.0.1", listener.port)
                assert caught.value.cause is cause
                assert there_words in (await told.get(5)).message


async def test_what_a_stranger_is_called(knock: Any) -> None:
    """The listening side names it, with TLS and without."""
    async with Endpoint() as there:
        for tls in ("off", "anon"):
            listener = await there.listen(tls=tls)  # type: ignore[arg-type]
            for words, name in (
                (b"GET /v1/messages/json HTTP/1.1\r\nHost: x\r\n\r\n", "later: WebSocket"),
                (b"GET / HTTP/1.1\r\nHost: x\r\n\r\n", "later: HTTP"),
                (b"SSH-2.0-OpenSSH_9.2\r\n", "later: SSH"),
                (CAF_GREETING, "later: a Broker of Zeek 4 or older"),
            ):
                assert name in await told_to(there, knock(listener.port, None, words))


async def test_a_client_that_says_nothing_and_one_that_knows_no_version(knock: Any) -> None:
    async with Endpoint() as there:
        listener = await there.listen(tls="off")

        async def nothing() -> None:
            await (await trio.open_tcp_stream("127.0.0.1", listener.port)).aclose()

        assert "closed the connection before it said anything" in await told_to(there, nothing())
        hello = b"\x06ZEEK" + b"\1" * 16 + b"\7\x09"
        assert "unsupported versions offered" in await told_to(
            there, knock(listener.port, None, len(hello).to_bytes(4, "big") + hello)
        )


@pytest.mark.parametrize(
    ("code", "text", "kind", "words", "cause"),
    [
        (2, b"unsupported versions offered", PeerIncompatible, "refused: unsupported versions offered", Cause.VERSION),
        (28, b"shutting down", PeerRefused, "the peer is shutting down", Cause.SHUTTING_DOWN),
        (39, b"redundant", PeerRefused, r"the peer refused: redundant \(redundant_conn", Cause.DUPLICATE),
        (1, b"no", PeerRefused, r"the peer refused: no \(unspecified\)", Cause.REJECTED),
    ],
)
async def test_the_peer_gives_a_reason(code: int, text: bytes, kind: type, words: str, cause: Cause) -> None:
    body = b"\x09ZEEK" + b"\1" * 16 + bytes((code, len(text))) + text
    async with server(says(PROBE + len(body).to_bytes(4, "big") + body)) as port:
        error = await attempt(port, "off")
    assert (type(error), error.cause) == (kind, cause)
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
    assert error.cause is Cause.OLD_BROKER


@pytest.mark.parametrize(
    ("frames", "cause"),
    [
        (PROBE, Cause.CONNECTION_LOST),
        (PROBE + b"\0\0\0\0", Cause.BAD_HANDSHAKE),
        (PROBE + b"\0\0\0\1\x0c", Cause.BAD_HANDSHAKE),
    ],
)
async def test_a_handshake_that_breaks_off_or_breaks_the_rules(frames: bytes, cause: Cause) -> None:
    async def talk(stream: trio.SocketStream) -> None:
        await stream.receive_some()
        await stream.send_all(frames)
        await stream.send_eof()
        await silent(stream)

    async with server(talk) as port:
        error = await attempt(port, "off")
    assert (type(error), error.cause) == (PeerIncompatible, cause)


@contextmanager
def older_broker(settings: str) -> Iterator[int]:
    """The port of a C++ Broker 1.4.0, where Debian's bindings of it are installed; later ones have the same TLS."""
    code = (
        f"import broker; o = broker.BrokerOptions(); c = broker.Configuration(o); {settings}\n"
        "ep = broker.Endpoint(c); print(ep.listen('127.0.0.1', 0), flush=True); input()"
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
async def test_a_real_broker_of_the_older_kind(tls: Any) -> None:
    with older_broker("o.disable_ssl = True; c = broker.Configuration(o)") as port:
        error = await attempt(port, tls, limits=Limits())
    assert "a Broker of Zeek 4 or older" in str(error)


async def test_the_tls_of_a_real_broker(authority: Any) -> None:
    """That this side gets as far as to see what Broker it is means that TLS worked."""
    with older_broker("") as port:
        assert (await attempt(port, "auto", limits=Limits())).cause is Cause.OLD_BROKER
        assert (await attempt(port, "off", limits=Limits())).cause is Cause.TLS_EXPECTED
        error = await attempt(port, "verify", limits=Limits(), credentials=authority.node())
        assert error.cause is Cause.CERTIFICATE_EXPECTED


async def test_the_tls_of_a_real_broker_with_certificates(authority: Any) -> None:
    node = authority.node()
    files = {"openssl_certificate": node.certificate, "openssl_key": node.key, "openssl_cafile": node.ca_file}
    with older_broker("; ".join(f"c.{name} = {path!r}" for name, path in files.items())) as port:
        assert (await attempt(port, "auto", limits=Limits())).cause is Cause.CERTIFICATE_EXPECTED
        for credentials, cause in (
            (authority.node(), Cause.OLD_BROKER),
            (authority.node(ca=authority.other), Cause.CA_UNKNOWN),
            (authority.node(ca_file=authority.other_file), Cause.CA_UNKNOWN),
            (authority.expired(), Cause.CERTIFICATE_EXPIRED),
        ):
            assert (await attempt(port, "auto", limits=Limits(), credentials=credentials)).cause is cause


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


async def test_a_flood_of_tls_handshakes_is_bounded_and_ends() -> None:
    """Those that stall in TLS count as others do, and have as long for TLS and Broker's handshake together."""
    limits = Limits(max_handshakes=3, handshake_timeout=0.3)
    async with Endpoint(EndpointOptions(limits=limits)) as there, Endpoint() as here:
        listener = await there.listen(tls="anon")
        told = there.make_status_subscriber()
        with trio.fail_after(10):
            flood = [await trio.open_tcp_stream("127.0.0.1", listener.port) for _ in range(8)]
            notices = [(await told.get()).message for _ in range(8)]
            assert sum("3 handshakes are open already (max_handshakes)" in text for text in notices) == 5
            assert sum("no TLS handshake within 0.3 s" in text for text in notices) == 3
            for stream in flood:
                await stream.aclose()
            await here.peer("127.0.0.1", listener.port)


async def test_a_client_that_stalls_behind_tls_is_turned_away() -> None:
    async with Endpoint(EndpointOptions(limits=FAST)) as there:
        listener = await there.listen(tls="anon")
        connection = await open_connection(PeerAddress("127.0.0.1", listener.port), "anon", None, Limits())
        await connection.send(b"\0\0")
        assert "handshake not finished within 0.3 s" in (await there.make_status_subscriber().get(5)).message
        await connection.close()


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
