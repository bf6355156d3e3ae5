"""Peerings that are made, kept, found redundant and ended."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

import pytest
import trio
import trio.testing
import trustme

from broker_core import (
    EC,
    SC,
    ConfigurationError,
    Endpoint,
    EndpointId,
    ErrorNotice,
    Limits,
    LocalProtocolError,
    PeerRefused,
    PeerUnavailable,
    TlsCredentials,
)
from broker_core.protocol.events import PeerIdentified
from pairs import SOON, options, pair
from raw_peer import RawPeer

if TYPE_CHECKING:
    from pathlib import Path


async def test_retry_until_somebody_listens_and_again_after_a_loss() -> None:
    limits = Limits(retry_max=0.05)
    async with Endpoint(options()) as probe:
        port = (await probe.listen()).port
    async with Endpoint(options(limits=limits)) as b:
        errors, loud = b.make_status_subscriber(), b.make_status_subscriber(True)
        peering = b.peer_nowait("127.0.0.1", port, retry=0.01)
        await errors.get(SOON)
        assert (peering.tried.is_set(), peering.settled.is_set()) == (True, False)
        for _ in range(2):
            async with Endpoint(options()) as a:
                await a.listen("127.0.0.1", port)
                with trio.fail_after(SOON):
                    await b.await_peer(a.id)
            with trio.fail_after(SOON):
                async for notice in loud:
                    if notice.code is SC.PEER_LOST:
                        break
        peering.cancel()
        assert peering.settled.is_set()


async def test_peer_with_retry_can_be_cancelled_and_timed_out() -> None:
    async with Endpoint(options()) as a:
        with pytest.raises(trio.TooSlowError):
            await a.peer("127.0.0.1", 1, retry=10, timeout=0.05)
        with trio.move_on_after(0.05) as scope:
            await a.peer("127.0.0.1", 1, retry=10)
        assert scope.cancelled_caught
        await trio.testing.wait_all_tasks_blocked()
        assert a._peerings is not None
        assert a._peerings.outgoing == []


async def test_two_connections_between_the_same_endpoints_are_one_peering() -> None:
    async with pair() as (a, b):
        listener = await b.listen()
        other = await a.listen()
        first = await a.peer("127.0.0.1", listener.port)
        second = await b.peer("127.0.0.1", other.port)
        assert (first.id, second.id) == (b.id, a.id)
        assert len(a.peers()) == len(b.peers()) == 1
        sub = a.make_subscriber("/t")
        await b.wait_for_subscribers("/t")
        await b.publish("/t", "once")
        await b.flush()
        assert [message.value for message in sub.poll()] == ["once"]


async def test_both_dial_each_other_at_once() -> None:
    for _ in range(5):
        async with Endpoint(options()) as a, Endpoint(options()) as b:
            one, two = await a.listen(), await b.listen()
            async with trio.open_nursery() as nursery:
                nursery.start_soon(a.peer, "127.0.0.1", two.port)
                nursery.start_soon(b.peer, "127.0.0.1", one.port)
            assert len(a.peers()) == len(b.peers()) == 1


async def test_an_endpoint_cannot_peer_with_itself() -> None:
    async with Endpoint(options()) as a:
        listener = await a.listen()
        with pytest.raises(Exception, match="itself") as caught:
            await a.peer("127.0.0.1", listener.port)
        assert caught.type.__name__ == "PeerIncompatible"
        with pytest.raises(ConfigurationError):
            await a.peer(a)


async def test_ending_a_listener_keeps_its_peerings() -> None:
    async with Endpoint(options()) as a, Endpoint(options()) as b, Endpoint(options()) as c:
        listener = await a.listen()
        await b.peer("127.0.0.1", listener.port)
        await listener.aclose()
        with pytest.raises(PeerUnavailable):
            await c.peer("127.0.0.1", listener.port)
        assert len(b.peers()) == 1


async def test_a_port_in_use_is_told() -> None:
    async with Endpoint(options()) as a, Endpoint(options()) as b:
        listener = await a.listen()
        with pytest.raises(PeerUnavailable, match="cannot listen: address already in use"):
            await b.listen("127.0.0.1", listener.port)
        with pytest.raises(PeerUnavailable, match="cannot listen"):
            await b.listen("203.0.113.1", 0)


async def test_a_failed_attempt_raises_and_is_told() -> None:
    async with Endpoint(options()) as a:
        errors = a.make_status_subscriber()
        async with Endpoint(options()) as gone:
            listener = await gone.listen()
        with pytest.raises(PeerUnavailable, match="connection refused") as caught:
            await a.peer("127.0.0.1", listener.port)
        assert caught.value.code is EC.PEER_UNAVAILABLE
        [notice] = errors.poll()
        assert isinstance(notice, ErrorNotice)
        assert notice.code is EC.PEER_UNAVAILABLE
        assert notice.context is not None
        assert notice.context.network is not None
        assert notice.context.network.port == listener.port


async def test_ipv6_and_all_interfaces() -> None:
    async with Endpoint(options()) as a, Endpoint(options()) as b, Endpoint(options()) as c:
        six = await a.listen("::1", 0)
        assert str(six.address) == f"[::1]:{six.port}"
        assert (await b.peer(f"[::1]:{six.port}")).address == f"[::1]:{six.port}"
        everywhere = await a.listen("", 0)
        await c.peer(f"broker://127.0.0.1:{everywhere.port}")
        await a.await_peer(c.id)
        assert len(a.peers()) == 2


async def test_auto_finds_a_plain_listener() -> None:
    async with Endpoint(options(tls="off")) as a, Endpoint(options(tls="auto")) as b:
        listener = await a.listen()
        info = await b.peer("127.0.0.1", listener.port)
        assert info.tls == "off"


async def test_a_listener_for_both_takes_both() -> None:
    async with Endpoint() as a, Endpoint() as b, Endpoint() as c:
        listener = await a.listen(tls="auto")
        assert (await b.peer("127.0.0.1", listener.port, tls="off")).tls == "off"
        assert (await c.peer("127.0.0.1", listener.port, tls="anon")).tls.startswith("TLSv1.2")


async def test_unpeer_ends_attempts_that_have_not_succeeded() -> None:
    async with Endpoint(options()) as a:
        peering = a.peer_nowait("127.0.0.1", 1, retry=10)
        await trio.testing.wait_all_tasks_blocked()
        await a.unpeer("127.0.0.1", 1)
        assert peering.settled.is_set()
        await trio.testing.wait_all_tasks_blocked()
        with pytest.raises(LocalProtocolError):
            await a.unpeer("127.0.0.1", 1)


async def test_a_handshake_that_ends_during_shutdown_leaves_no_peering_behind() -> None:
    for _ in range(20):  # which of two tasks runs first is up to trio's dice
        async with Endpoint(options(limits=Limits(bye_timeout=0.02))) as a:
            listener = await a.listen()
            async with await trio.open_tcp_stream("127.0.0.1", listener.port) as stream:
                raw = RawPeer(stream, EndpointId(bytes(15) + b"\1"), ())
                acknowledgement = b"\0\0\0\1\x0c"
                while not raw.protocol.peer_filter and acknowledgement not in (out := raw.protocol.data_to_send()):
                    for frame in out:
                        await stream.send_all(frame)
                    raw.protocol.receive_data(await stream.receive_some(), 0)
                    if any(isinstance(event, PeerIdentified) for event in raw.protocol.events()):
                        raw.protocol.proceed()
                await listener.aclose()
                await trio.testing.wait_all_tasks_blocked()
                await stream.send_all(acknowledgement)
                await a.shutdown()
                with trio.fail_after(SOON):
                    while await stream.receive_some():
                        pass
                assert a.peers() == []


async def test_a_peering_that_comes_about_during_shutdown_is_not_kept() -> None:
    async with Endpoint(options()) as a:
        port = (await a.listen()).port
        b = Endpoint(options())

        async def dial() -> None:
            with suppress(trio.ClosedResourceError, PeerRefused):  # or it was done just before
                await b.peer("127.0.0.1", port)

        async with trio.open_nursery() as nursery, b:
            nursery.start_soon(dial)
            while not a.peers():  # the handshake is over there, and nearly so here
                await trio.lowlevel.checkpoint()
            await b.shutdown()
        assert b.peers() == []
        with trio.fail_after(SOON):
            while a.peers():
                await trio.lowlevel.checkpoint()


async def test_files_for_tls_that_cannot_be_used_are_told_at_once() -> None:
    """And not by the death of a task in the background."""
    credentials = TlsCredentials(certificate="/nowhere/cert.pem", key="/nowhere/key.pem", ca_file="/nowhere/ca.pem")
    async with Endpoint(options(tls="verify", credentials=credentials)) as endpoint:
        with pytest.raises(ConfigurationError, match="nowhere"):
            endpoint.peer_nowait("127.0.0.1", 1)
        with pytest.raises(ConfigurationError, match="nowhere"):
            await endpoint.peer("127.0.0.1", 1, retry=1.0)


async def test_files_that_break_while_a_peering_is_kept_are_told_and_tried_again(tmp_path: Path) -> None:
    authority = trustme.CA()
    mine = authority.issue_cert("127.0.0.1")
    key, certificate, ca = tmp_path / "key.pem", tmp_path / "cert.pem", tmp_path / "ca.pem"
    mine.private_key_pem.write_to_path(str(key))
    mine.cert_chain_pems[0].write_to_path(str(certificate))
    authority.cert_pem.write_to_path(str(ca))
    credentials = TlsCredentials(certificate=str(certificate), key=str(key), ca_file=str(ca))
    secure = options(tls="verify", credentials=credentials, limits=Limits(retry_max=0.02))
    async with Endpoint(secure) as a, Endpoint(secure) as b:
        port = (await a.listen()).port
        errors, all_of_them = b.make_status_subscriber(), b.make_status_subscriber(receive_statuses=True)
        b.peer_nowait("127.0.0.1", port, retry=0.01)
        with trio.fail_after(SOON):
            await b.await_peer(a.id)
        good = certificate.read_bytes()
        certificate.write_bytes(b"no certificate any more")
        with suppress(LocalProtocolError):
            await a.unpeer(b.id)
        notice = await errors.get(SOON)
        assert isinstance(notice, ErrorNotice)
        assert "cannot use TLS any more" in str(notice.message)
        assert str(certificate) in str(notice.message)
        certificate.write_bytes(good)
        with trio.fail_after(SOON):
            while (await all_of_them.get()).code is not SC.PEER_LOST:
                pass
            await b.await_peer(a.id)
