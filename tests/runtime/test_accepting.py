"""Listeners with each kind of TLS for clients that are none of ours, and what both sides are told when they fail."""

from __future__ import annotations

import shutil
import socket
import struct
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
import trio

from broker_core import Cause, PeerIncompatible, PeeringError, PeerTimeout, PeerUnavailable, TlsCredentials
from broker_core.errors import ConfigurationError
from broker_core.runtime.accepting import check_listening, secure_accepted
from broker_core.runtime.streams import accepted, open_listeners

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

SOON = 10
PROBE = b"\0\0\0\5\7ZEEK"
NATIVE_HELLO = b"\0\0\0\x17\6ZEEK" + bytes(18)
REQUEST = b"GET /v1/messages/json HTTP/1.1\r\nHost: x\r\n\r\n"
ANONYMOUS = "TLSv1.2 AECDH-AES256-SHA (no certificates)"
VERIFIED = "TLSv1.3 TLS_AES_256_GCM_SHA384 (certificate verified)"


class Listening:
    """Secures what connects, echoes once, and notes what came of it."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.kinds: list[str] = []
        self.errors: list[PeeringError] = []
        self.done = trio.Event()

    async def error(self) -> PeeringError:
        with trio.fail_after(SOON):
            await self.done.wait()
        [error] = self.errors
        return error


@asynccontextmanager
async def listening(
    tls: Any, credentials: TlsCredentials | None = None, *, timeout: float = SOON, how: Any = "broker"
) -> AsyncIterator[Listening]:
    [listener] = await open_listeners("127.0.0.1", 0)
    check_listening(tls, credentials)
    state = Listening(listener.socket.getsockname()[1])

    async def welcome(stream: trio.SocketStream) -> None:
        try:
            connection = await secure_accepted(stream, accepted(stream), tls, credentials, timeout, transport=how)
            state.kinds.append(connection.tls)
            await connection.send(await connection.receive())
            await connection.close()
        except PeeringError as error:
            state.errors.append(error)
        state.done.set()

    async with trio.open_nursery() as nursery:
        await nursery.start(trio.serve_listeners, welcome, [listener])
        yield state
        nursery.cancel_scope.cancel()


async def test_a_listener_without_certificates(cpp, knock) -> None:
    async with listening("anon") as here:
        assert await knock(here.port, cpp(None, server=False)) == PROBE
    assert here.kinds == [ANONYMOUS]


async def test_a_listener_with_certificates(cpp, knock, authority) -> None:
    for tls in ("verify", "auto"):
        async with listening(tls, authority.node()) as here:
            assert await knock(here.port, cpp(authority.node(), server=False)) == PROBE
        assert here.kinds == [VERIFIED]


async def test_a_listener_for_tls_and_plain(cpp, knock) -> None:
    async with listening("auto") as here:
        assert await knock(here.port, None) == PROBE
        assert await knock(here.port, cpp(None, server=False)) == PROBE
    assert here.kinds == ["off", ANONYMOUS]


async def test_a_listener_without_tls(knock) -> None:
    async with listening("off") as here:
        assert await knock(here.port, None) == PROBE
    assert here.kinds == ["off"]


async def test_a_listener_that_asks_for_no_client_certificates(cpp, knock, authority) -> None:
    async with listening("verify", authority.node(require_certificate=False)) as here:
        assert await knock(here.port, cpp(TlsCredentials(ca_file=authority.ca_file), server=False)) == PROBE
    assert here.kinds == ["TLSv1.3 TLS_AES_256_GCM_SHA384 (no client certificate)"]


async def test_a_renewed_certificate_is_for_connections_that_come_after(cpp, knock, authority) -> None:
    old, new = authority.expired(), authority.node()
    client = cpp(authority.node(), server=False)
    async with listening("verify", old) as here:
        assert await knock(here.port, client) == "CERTIFICATE_VERIFY_FAILED"
        for name in ("certificate", "key"):
            shutil.copyfile(getattr(new, name), getattr(old, name))
        assert await knock(here.port, client) == PROBE


async def test_files_that_went_away_turn_away_clients_and_say_so(cpp, knock, authority) -> None:
    credentials = authority.node()
    async with listening("verify", credentials) as here:
        await trio.Path(credentials.key).unlink()
        await knock(here.port, cpp(authority.node(), server=False))
        error = await here.error()
    assert error.cause is Cause.CONFIGURATION
    assert error.reason.startswith(f"cannot use TLS any more: TLS key {credentials.key}: cannot be read")


async def test_files_are_looked_at_when_a_listener_starts(authority) -> None:
    one, two = authority.node(), authority.node()
    for tls in ("verify", "auto"):
        with pytest.raises(ConfigurationError, match="does not belong to the certificate"):
            check_listening(tls, replace(one, key=two.key))
    check_listening("off", replace(one, key=two.key))
    check_listening("anon", replace(one, key=two.key))


async def test_what_a_listener_is_told(cpp, knock, authority) -> None:
    """The client's part is played by C++ Broker's contexts; what they are told is the last column."""
    node = authority.node()
    stranger = authority.node(ca=authority.other)
    distrusting = authority.node(ca_file=authority.other_file)
    silent = TlsCredentials(ca_file=authority.ca_file)
    cases: list[tuple[Any, TlsCredentials | None, Any, Cause, str, str]] = [
        ("anon", None, node, Cause.CERTIFICATE_EXPECTED, "the client wants TLS with certificates", "HANDSHAKE_FAILURE"),
        ("verify", node, None, Cause.CERTIFICATE_EXPECTED, "the client speaks TLS without", "HANDSHAKE_FAILURE"),
        ("verify", node, silent, Cause.CERTIFICATE_REQUIRED, "showed no certificate", "CERTIFICATE_REQUIRED"),
        ("verify", node, stranger, Cause.CA_UNKNOWN, "the client's certificate is of a CA that", "UNKNOWN_CA"),
        ("verify", node, authority.expired(), Cause.CERTIFICATE_EXPIRED, "certificate has expired", "CERTIFICATE_EXP"),
        ("verify", node, authority.early(), Cause.CERTIFICATE_EXPIRED, "is not valid yet", "BAD_CERTIFICATE"),
        ("verify", node, distrusting, Cause.CA_UNKNOWN, "the client does not trust the CA of", "VERIFY_FAILED"),
        ("verify", authority.expired(), node, Cause.CERTIFICATE_EXPIRED, "says that this side's", "VERIFY_FAILED"),
    ]
    for tls, own, client, cause, words, told in cases:
        async with listening(tls, own) as here:
            answer = await knock(here.port, cpp(client, server=False))
            error = await here.error()
        assert type(error) is PeerIncompatible
        assert error.cause is cause
        assert words in error.reason
        assert error.hint
        assert told in answer


async def test_a_client_without_a_version_in_common(cpp, knock) -> None:
    context = cpp(None, server=False, outdated=True)
    async with listening("anon") as here:
        assert "PROTOCOL_VERSION" in await knock(here.port, context)
        error = await here.error()
    assert (error.cause, error.hint) == (Cause.TLS_FAILED, "this side speaks TLS 1.2 and 1.3")


@pytest.mark.parametrize(
    ("how", "words", "cause", "reason"),
    [
        ("broker", NATIVE_HELLO, Cause.PLAIN_EXPECTED, "TLS handshake failed: the client speaks plain TCP"),
        ("broker", REQUEST, Cause.WEBSOCKET, "the client is not a Broker of version 2.3 or later: WebSocket"),
        (
            "broker",
            b"HEAD / HTTP/1.0\r\n\r\n",
            Cause.NOT_BROKER,
            "the client is not a Broker of version 2.3 or later: HTTP",
        ),
        ("ws", REQUEST, Cause.PLAIN_EXPECTED, "TLS handshake failed: the client speaks plain TCP (HTTP"),
    ],
)
async def test_a_client_without_tls_is_told_so(knock, how, words, cause, reason) -> None:
    async with listening("anon", how=how) as here:
        assert await knock(here.port, None, words) == b"\x15\x03\x03\x00\x02\x02\x0a"  # an alert: this is TLS
        error = await here.error()
    assert error.cause is cause
    assert error.reason.startswith(reason)
    assert error.hint


async def test_a_client_that_stalls_is_turned_away() -> None:
    for words in (b"", b"\x16", b"\x16\x03\x01\x02\x00"):
        for tls in ("anon", "auto"):
            async with (
                listening(tls, timeout=0.1) as here,
                await trio.open_tcp_stream("127.0.0.1", here.port) as stream,
            ):
                await stream.send_all(words)
                error = await here.error()
                with trio.fail_after(SOON), suppress(trio.BrokenResourceError):
                    assert await stream.receive_some() == b""
            assert isinstance(error, PeerTimeout)
            assert (error.cause, error.reason) == (Cause.HANDSHAKE_TIMEOUT, "no TLS handshake within 0.1 s")


@pytest.mark.parametrize(
    ("words", "cause", "reason"),
    [
        (b"", Cause.CLOSED_AT_ONCE, "the client closed the connection before it said anything"),
        (b"\x16\x03\x01\x02\x00\x01", Cause.CONNECTION_LOST, "the client ended the connection in the middle"),
    ],
)
async def test_a_client_that_leaves(words, cause, reason) -> None:
    async with listening("anon") as here:
        async with await trio.open_tcp_stream("127.0.0.1", here.port) as stream:
            await stream.send_all(words)
        error = await here.error()
    assert error.cause is cause
    assert error.reason.startswith(reason)


async def test_a_client_that_is_gone_before_it_is_looked_at() -> None:
    [listener] = await open_listeners("127.0.0.1", 0)
    with socket.create_connection(("127.0.0.1", listener.socket.getsockname()[1])) as client:
        stream = await listener.accept()
        client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))  # it resets
    with pytest.raises(PeerUnavailable, match="connection lost: connection reset") as caught:
        await secure_accepted(stream, accepted(stream), "auto", None, SOON)
    assert caught.value.cause is Cause.CONNECTION_LOST
    await listener.aclose()


async def test_the_openssl_command_gets_the_suite_and_the_curve_that_broker_uses() -> None:
    async with listening("anon") as here:
        command = ["openssl", "s_client", "-connect", f"127.0.0.1:{here.port}", "-tls1_2"]
        command += ["-cipher", "AECDH-AES256-SHA@SECLEVEL=0"]
        with trio.fail_after(SOON):
            run = await trio.run_process(command, stdin=b"", capture_stdout=True, capture_stderr=True, check=False)
    text = run.stdout.decode()
    assert "Cipher is AECDH-AES256-SHA" in text
    assert "Server Temp Key: ECDH, secp384r1" in text
