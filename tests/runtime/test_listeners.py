"""Ports that accept: where they are, how many handshakes they bear, and how they end."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import trio
import trio.testing
import trustme

from broker_core import (
    ConfigurationError,
    Endpoint,
    Limits,
    PeerUnavailable,
    TlsCredentials,
    WebAccess,
    WebUser,
)
from pairs import SOON, options
from web_links import web_client

if TYPE_CHECKING:
    from pathlib import Path


async def test_a_port_says_where_it_is_and_what_is_spoken_there() -> None:
    async with Endpoint(options()) as endpoint:
        native, web = await endpoint.listen(), await endpoint.listen_web()
        assert str(native.address) == f"127.0.0.1:{native.port}"
        assert str(web.address) == f"ws://127.0.0.1:{web.port}"
        assert str((await endpoint.listen_web(tls="anon")).address).startswith("wss://")
        assert str((await endpoint.listen_web(tls="auto")).address).startswith("ws://")


async def test_a_closed_port_takes_nobody_and_keeps_who_is_there() -> None:
    async with Endpoint(options()) as endpoint, Endpoint(options()) as peer:
        native, web = await endpoint.listen(), await endpoint.listen_web()
        await peer.peer("127.0.0.1", native.port)
        async with web_client(web.port, []):
            for listener in (native, web):
                await listener.aclose()
                with trio.fail_after(SOON), pytest.raises(OSError, match=r"refused|all attempts"):
                    while True:  # the port is closed by its own task
                        await (await trio.open_tcp_stream("127.0.0.1", listener.port)).aclose()
            assert len(endpoint.peers()) == 2


async def test_a_port_that_is_taken_is_an_error_of_either_kind() -> None:
    async with Endpoint(options()) as endpoint:
        port = (await endpoint.listen()).port
        for listen in (endpoint.listen, endpoint.listen_web):
            with pytest.raises(PeerUnavailable, match="cannot listen: address already in use"):
                await listen("127.0.0.1", port)


async def test_what_tls_needs_is_asked_for_before_anybody_connects() -> None:
    async with Endpoint(options(credentials=TlsCredentials(certificate="/nowhere/cert.pem"))) as endpoint:
        for listen in (endpoint.listen, endpoint.listen_web):
            with pytest.raises(ConfigurationError):
                await listen("127.0.0.1", 0, tls="verify")


async def test_handshakes_of_all_ports_count_together() -> None:
    limits = Limits(max_handshakes=2, handshake_timeout=SOON)
    async with Endpoint(options(limits=limits)) as endpoint:
        native, web = await endpoint.listen(), await endpoint.listen_web()
        errors = endpoint.make_status_subscriber()
        silent = [await trio.open_tcp_stream("127.0.0.1", port) for port in (native.port, web.port)]
        # Accepting takes a moment: only then is the third one too many.
        with trio.fail_after(SOON):
            while True:
                third = await trio.open_tcp_stream("127.0.0.1", web.port)
                with trio.move_on_after(0.05):
                    if await third.receive_some() == b"":
                        break
                await third.aclose()
        assert "max_handshakes" in str((await errors.get(SOON)).message)
        for stream in (*silent, third):
            await stream.aclose()


async def test_shutdown_does_not_wait_for_who_has_not_come_in() -> None:
    with trio.fail_after(SOON):
        async with Endpoint(options()) as endpoint:
            listeners = (await endpoint.listen(), await endpoint.listen_web())
            silent = [await trio.open_tcp_stream("127.0.0.1", listener.port) for listener in listeners]
            await trio.testing.wait_all_tasks_blocked()
        for stream in silent:
            await stream.aclose()


async def test_a_server_that_asks_for_tokens_needs_no_ca(tmp_path: Path) -> None:
    mine = trustme.CA().issue_cert("127.0.0.1")
    mine.private_key_pem.write_to_path(str(tmp_path / "key.pem"))
    mine.cert_chain_pems[0].write_to_path(str(tmp_path / "cert.pem"))
    credentials = TlsCredentials(certificate=str(tmp_path / "cert.pem"), key=str(tmp_path / "key.pem"))
    async with Endpoint(options(tls="auto", credentials=credentials)) as endpoint:
        with pytest.raises(ConfigurationError, match="CA"):
            await endpoint.listen_web()
        access = WebAccess(users=(WebUser(token="s3cret"),))
        assert str((await endpoint.listen_web(access=access)).address).startswith("wss://")
