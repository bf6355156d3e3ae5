"""Connections with each kind of TLS to counterparts that are none of ours, and what is said when they fail."""

from __future__ import annotations

import re
import ssl
import subprocess
from contextlib import asynccontextmanager, suppress
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest
import trio

from broker_core import Cause, Limits, PeerAddress, PeerIncompatible, PeeringError, PeerTimeout, TlsCredentials
from broker_core.errors import ConfigurationError
from broker_core.runtime import dialing, tls_contexts
from broker_core.runtime.dialing import answers_tls, check_dialing, open_connection
from broker_core.runtime.streams import Connection

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

SOON = 10
FAST = Limits(handshake_timeout=0.2, connect_timeout=5)
PROBE = b"\0\0\0\5\7ZEEK"
NATIVE_HELLO = b"\0\0\0\x17\6ZEEK" + bytes(18)
REQUEST = b"GET /v1/messages/json HTTP/1.1\r\nHost: x\r\n\r\n"
ANONYMOUS = "TLSv1.2 AECDH-AES256-SHA (no certificates)"
VERIFIED = "TLSv1.3 TLS_AES_256_GCM_SHA384 (certificate verified)"


async def dial(
    port: int, tls: Any, credentials: TlsCredentials | None = None, *, how: Any = "broker", limits: Limits = FAST
) -> Connection:
    with trio.fail_after(SOON):
        return await open_connection(PeerAddress("127.0.0.1", port, how), tls, credentials, limits)


async def works(port: int, *args: Any, **options: Any) -> str:
    """What the connection says about itself; the counterpart's greeting came through it."""
    connection = await dial(port, *args, **options)
    with trio.fail_after(SOON):
        assert await connection.receive() == PROBE
        await connection.send(b"x")
        await connection.close()
    return connection.tls


async def fails(port: int, *args: Any, **options: Any) -> PeeringError:
    """The error, also when it shows only after the handshake."""
    try:
        connection = await dial(port, *args, **options)
    except PeeringError as error:
        return error
    with suppress(trio.BrokenResourceError):
        await connection.send(NATIVE_HELLO)
    assert await connection.receive() == b""
    await connection.close()
    assert connection.fault is not None
    return connection.fault


# -- Broker's own protocol ----------------------------------------------------------------------------------------


async def test_a_stock_zeek_gets_tls_without_certificates(counterpart, cpp) -> None:
    async with counterpart(cpp(None, server=True)) as there:
        assert await works(there.port, "auto") == ANONYMOUS
        assert await works(there.port, "anon") == ANONYMOUS


async def test_a_zeek_without_tls_gets_plain_tcp_when_that_is_allowed(counterpart) -> None:
    async with counterpart(None) as there:
        assert await works(there.port, "auto") == "off"
        assert await works(there.port, "off") == "off"


async def test_with_credentials_it_is_certificates_and_nothing_else(counterpart, cpp, authority) -> None:
    credentials = authority.node()
    async with counterpart(cpp(authority.node(), server=True)) as there:
        assert await works(there.port, "auto", credentials) == VERIFIED
        assert await works(there.port, "verify", credentials) == VERIFIED
    async with counterpart(None) as plain, counterpart(cpp(None, server=True)) as anonymous:
        assert (await fails(plain.port, "auto", credentials)).cause is Cause.PLAIN_EXPECTED
        assert (await fails(anonymous.port, "auto", credentials)).cause is Cause.CERTIFICATE_EXPECTED
        assert await works(anonymous.port, "anon", credentials) == ANONYMOUS
        assert await works(plain.port, "off", credentials) == "off"


async def test_a_key_log_alone_does_not_ask_for_certificates(counterpart, cpp, tmp_path) -> None:
    log = tmp_path / "keys.log"
    async with counterpart(cpp(None, server=True)) as there:
        assert await works(there.port, "auto", TlsCredentials(key_log=str(log))) == ANONYMOUS
    assert log.read_text().count("CLIENT_RANDOM") == 1


async def test_tls_12_is_enough_with_certificates(counterpart, cpp, authority) -> None:
    context = cpp(authority.node(), server=True)
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    async with counterpart(context) as there:
        tls = await works(there.port, "verify", authority.node())
    assert re.fullmatch(r"TLSv1\.2 ECDHE-ECDSA-AES256-GCM-SHA384 \(certificate verified\)", tls)


async def test_an_encrypted_key(counterpart, cpp, authority) -> None:
    async with counterpart(cpp(authority.node(passphrase="a"), server=True)) as there:
        assert await works(there.port, "verify", authority.node(passphrase="b")) == VERIFIED


@pytest.mark.parametrize(("host", "good"), [("127.0.0.1", True), ("zeek.example", False)])
async def test_the_host_check_is_an_option(counterpart, cpp, authority, host, good) -> None:
    async with counterpart(cpp(authority.node(host), server=True)) as there:
        assert await works(there.port, "verify", authority.node()) == VERIFIED
        credentials = authority.node(check_host=True)
        if good:
            assert await works(there.port, "auto", credentials) == VERIFIED
        else:
            error = await fails(there.port, "auto", credentials)
            assert (error.cause, error.reason) == (Cause.HOST_MISMATCH, "its certificate is not for 127.0.0.1")
            assert "by a name that the certificate is for" in error.hint


async def test_what_a_client_is_told(counterpart, cpp, authority) -> None:
    """Each with the remedy; the counterparts are C++ Broker's contexts."""
    node = authority.node()
    strangers = authority.node(ca=authority.other, ca_file=authority.other_file)
    cases: list[tuple[Any, Any, TlsCredentials | None, Cause, str]] = [
        (cpp(node, server=True), "auto", None, Cause.CERTIFICATE_EXPECTED, "but not without certificates"),
        (cpp(node, server=True), "anon", None, Cause.CERTIFICATE_EXPECTED, "but not without certificates"),
        (cpp(None, server=True), "verify", node, Cause.CERTIFICATE_EXPECTED, "but not with certificates"),
        (None, "anon", None, Cause.PLAIN_EXPECTED, "it does not speak TLS"),
        (None, "verify", node, Cause.PLAIN_EXPECTED, "it does not speak TLS"),
        (cpp(strangers, server=True), "verify", node, Cause.CA_UNKNOWN, "its certificate is of a CA that is not"),
        (cpp(authority.expired(), server=True), "verify", node, Cause.CERTIFICATE_EXPIRED, "its certificate has exp"),
        (cpp(authority.early(), server=True), "verify", node, Cause.CERTIFICATE_EXPIRED, "is not valid yet"),
    ]
    for context, tls, credentials, cause, words in cases:
        async with counterpart(context) as there:
            error = await fails(there.port, tls, credentials)
        assert type(error) is PeerIncompatible
        assert (error.cause, error.address) == (cause, f"127.0.0.1:{there.port}")
        assert words in error.reason
        assert error.hint


@pytest.mark.parametrize("latest", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
async def test_a_server_refuses_our_certificate(counterpart, cpp, authority, latest) -> None:
    """With TLS 1.3 the alert comes when this side thinks that the handshake is over."""
    context = cpp(authority.node(), server=True)
    context.maximum_version = latest
    unknown = authority.node(ca=authority.other)
    async with counterpart(context) as there:
        error = await fails(there.port, "verify", unknown)
        assert (error.cause, error.reason) == (Cause.CA_UNKNOWN, "it does not trust the CA of this side's certificate")
        error = await fails(there.port, "verify", authority.expired())
        assert (error.cause, error.hint) == (
            Cause.CERTIFICATE_EXPIRED,
            "renew it, or correct the clocks of both machines",
        )
        error = await fails(there.port, "verify", TlsCredentials(ca_file=authority.ca_file), how="wss")
        assert (error.cause, error.reason) == (
            Cause.CERTIFICATE_REQUIRED,
            "it demands a certificate, and this side showed none",
        )


async def test_no_common_version(counterpart, cpp, authority) -> None:
    context = cpp(authority.node(), server=True, outdated=True)
    async with counterpart(context) as there:
        error = await fails(there.port, "verify", authority.node())
    assert (error.cause, error.hint) == (Cause.TLS_FAILED, "this side speaks TLS 1.2 and 1.3")
    assert "no version of TLS that both sides speak" in error.reason


@asynccontextmanager
async def talker(talk: Any) -> AsyncIterator[int]:
    """A server that is no TLS; its port."""

    async def handle(stream: trio.SocketStream) -> None:
        async with stream:
            with suppress(trio.BrokenResourceError):
                await talk(stream)

    async with trio.open_nursery() as nursery:
        listeners = await nursery.start(partial(trio.serve_tcp, handle, 0, host="127.0.0.1"))
        yield listeners[0].socket.getsockname()[1]
        nursery.cancel_scope.cancel()


def answering(answer: bytes) -> Any:
    async def talk(stream: trio.SocketStream) -> None:
        await stream.receive_some()
        await stream.send_all(answer)
        await stream.send_eof()
        while await stream.receive_some():
            pass

    return talk


@pytest.mark.parametrize(
    ("answer", "how", "cause", "words"),
    [
        (b"", "broker", Cause.CLOSED_AT_ONCE, "it ended the TLS handshake without a word"),
        (b"HTTP/1.1 400 Bad Request\r\n\r\n", "broker", Cause.NOT_BROKER, "not a Broker of version 2.3 or later: HTTP"),
        (b"HTTP/1.1 400 Bad Request\r\nServer: ixwebsocket/11\r\n\r\n", "broker", Cause.WEBSOCKET, "of a Zeek"),
        (b"SSH-2.0-OpenSSH_9.2\r\n", "broker", Cause.NOT_BROKER, "SSH"),
        (b"HTTP/1.1 400 Bad Request\r\n\r\n", "wss", Cause.PLAIN_EXPECTED, "it does not speak TLS, but HTTP"),
        (PROBE, "wss", Cause.PLAIN_EXPECTED, "it does not speak TLS, but Broker's own protocol"),
        (b"\x16\x03\x03\x00\x7a\x02", "broker", Cause.CONNECTION_LOST, "in the middle of the TLS handshake"),
        (b"\x15\x03\x03\x00\x02\x02\x50", "broker", Cause.TLS_FAILED, "tlsv1 alert internal error"),
    ],
)
async def test_what_answers_is_told(answer, how, cause, words) -> None:
    async with talker(answering(answer)) as port:
        error = await fails(port, "anon", how=how)
    assert isinstance(error, PeerIncompatible)
    assert error.cause is cause
    assert words in error.reason


@pytest.mark.parametrize(
    ("said", "words"), [(b"", "no answer to the TLS handshake"), (b"\x16\x03", "TLS handshake not finished")]
)
@pytest.mark.parametrize("tls", ["auto", "anon"])
async def test_a_server_that_never_finishes(said, words, tls) -> None:
    async def stall(stream: trio.SocketStream) -> None:
        await stream.send_all(said)
        await trio.sleep_forever()

    async with talker(stall) as port:
        error = await fails(port, tls)
    assert isinstance(error, PeerTimeout)
    assert (error.cause, error.reason) == (Cause.HANDSHAKE_TIMEOUT, f"{words} within 0.2 s")


async def test_a_cancelled_attempt_leaves_no_connection() -> None:
    ended = trio.Event()

    async def stall(stream: trio.SocketStream) -> None:
        with suppress(trio.BrokenResourceError):
            while await stream.receive_some():
                pass
        ended.set()

    async with talker(stall) as port:
        with trio.move_on_after(0.05):
            await dial(port, "anon", limits=Limits())
        with trio.fail_after(SOON):
            await ended.wait()


async def test_whether_there_is_tls_can_be_asked(counterpart, cpp, authority) -> None:
    async with counterpart(cpp(None, server=True)) as anonymous, counterpart(cpp(authority.node(), server=True)) as one:
        for there in (anonymous, one):
            assert await answers_tls(PeerAddress("127.0.0.1", there.port), FAST)
    async with counterpart(None) as plain, talker(answering(b"")) as silent:
        for port in (plain.port, silent):
            assert not await answers_tls(PeerAddress("127.0.0.1", port), FAST)


@pytest.mark.parametrize(("host", "name"), [("zeek.example.", "zeek.example"), ("fe80::1%eth0", "fe80::1"), ("h", "h")])
def test_names_are_checked_as_certificates_have_them(host, name) -> None:
    assert dialing._name_to_check(host) == name


async def test_our_side_as_the_client_of_the_openssl_command() -> None:
    command = ["openssl", "s_server", "-accept", "127.0.0.1:0", "-nocert", "-tls1_2"]
    command += ["-cipher", "AECDH-AES256-SHA@SECLEVEL=0", "-groups", "secp384r1", "-naccept", "1"]
    with trio.fail_after(SOON):
        async with trio.open_nursery() as nursery:
            server = await nursery.start(
                partial(trio.run_process, command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, check=False)
            )
            said = b""
            while not (ready := re.search(rb"ACCEPT .*:(\d+)\n", said)):
                said += await server.stdout.receive_some()
            connection = await dial(int(ready[1]), "anon")
            assert connection.tls == ANONYMOUS
            await connection.close()
            nursery.cancel_scope.cancel()


# -- WebSocket -----------------------------------------------------------------------------------------------------


async def test_ws_is_plain(counterpart) -> None:
    async with counterpart(None) as there:
        for tls in ("auto", "off"):
            assert await works(there.port, tls, how="ws") == "off"


@pytest.mark.parametrize(
    ("how", "tls", "credentials", "words"),
    [
        ("ws", "anon", None, "ws://127.0.0.1:1: TLS mode anon does not go with ws://, which is plain; use wss://"),
        ("ws", "verify", None, "use wss://"),
        ("ws", "verify", TlsCredentials(ca_file="x"), "use wss://"),
        ("wss", "off", None, "wss://127.0.0.1:1: TLS mode off does not go with wss://, which is TLS; use ws://"),
        ("wss", "verify", TlsCredentials(ca_file="none.pem"), "TLS CA file none.pem: cannot be read"),
        ("broker", "verify", None, "not given: certificate, key, CA"),
        ("broker", "auto", TlsCredentials(ca_file="x"), "not given: certificate, key"),
        ("broker", "auto", TlsCredentials(check_host=True), "not given: certificate, key, CA"),
        ("broker", "auto", TlsCredentials(certificate="none.pem", key="k", ca_dir="d"), "TLS certificate none.pem: "),
    ],
)
async def test_what_cannot_be_is_said_before_anything_is_sent(how, tls, credentials, words) -> None:
    """Nothing listens on port 1, and no connection is tried."""
    address = PeerAddress("127.0.0.1", 1, how)
    with pytest.raises(ConfigurationError, match=re.escape(words)):
        await open_connection(address, tls, credentials, FAST)
    with pytest.raises(ConfigurationError, match=re.escape(words)):
        check_dialing(address, tls, credentials)


async def test_wss_takes_what_the_server_has(counterpart, cpp, authority, monkeypatch) -> None:
    async with counterpart(cpp(None, server=True)) as there:
        for tls in ("auto", "anon"):
            assert await works(there.port, tls, how="wss") == ANONYMOUS
    web = cpp(authority.node("127.0.0.1", ca_file=None), server=True)
    async with counterpart(web) as there:
        assert (await fails(there.port, "auto", how="wss")).cause is Cause.CA_UNKNOWN  # of the system
        for tls in ("auto", "verify"):
            assert await works(there.port, tls, TlsCredentials(ca_file=authority.ca_file), how="wss") == VERIFIED
            assert await works(there.port, tls, authority.node(), how="wss") == VERIFIED
        monkeypatch.setenv("SSL_CERT_FILE", authority.ca_file)  # now the system trusts it
        tls_contexts._contexts.clear()
        assert await works(there.port, "auto", how="wss") == VERIFIED
        assert await works(there.port, "verify", how="wss") == VERIFIED
    async with counterpart(cpp(authority.node("zeek.example", ca_file=None), server=True)) as there:
        assert (await fails(there.port, "auto", how="wss")).cause is Cause.HOST_MISMATCH
    tls_contexts._contexts.clear()


async def test_wss_does_without_a_suite_that_openssl_lacks(counterpart, cpp, authority, monkeypatch) -> None:
    monkeypatch.setattr(tls_contexts, "_ANONYMOUS", "NO-SUCH-CIPHER")
    monkeypatch.setattr(tls_contexts, "_contexts", {})
    async with counterpart(cpp(authority.node("127.0.0.1", ca_file=None), server=True)) as there:
        assert (await fails(there.port, "auto", how="wss")).cause is Cause.CA_UNKNOWN
        with pytest.raises(ConfigurationError, match="cannot do Broker's certificate-less TLS"):
            await dial(there.port, "auto")
    assert len(there.errors) == 1
