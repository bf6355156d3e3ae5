"""The doctor and WebSocket: addresses with ws:// and wss://, and such servers where a Broker was expected."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import trio

from broker_core import (
    Cause,
    Diagnosis,
    Endpoint,
    EndpointOptions,
    Limits,
    WebAccess,
    WebUser,
    diagnose,
)
from broker_core.endpoint.diagnosis import ZEEK_PORTS
from counterparts import (
    HTTP_NOT_FOUND,
    ZMTP,
    answers,
    greets,
    hang_up,
    make_files,
    nobody,
    older_broker,
    server,
    silent,
)

QUICK = Limits(connect_timeout=0.2, handshake_timeout=0.2)
SOON = 20
VECTORS = Path(__file__).parent.parent / "vectors"


async def examine(address: str, *, limits: Limits = QUICK, **settings: Any) -> Diagnosis:
    with trio.fail_after(SOON):
        found = await diagnose(address, limits=limits, **settings)
    for text in (found.finding, found.remedy, *found.warnings, *(step.text for step in found.steps)):
        assert text.isprintable()
        assert "?" not in text  # a word is missing
    return found


# -- a server that is one ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("style", ["broker", "zeek"])
async def test_all_is_well(style):
    async with Endpoint() as endpoint:
        listener = await endpoint.listen_web(style=style, tls="off")
        address = f"ws://127.0.0.1:{listener.port}"
        found = await examine(address, limits=Limits(), topics=("/a",))
    assert found.cause is None
    assert found.finding == f"all is well: {address} is a WebSocket server and takes us as a peer"
    assert (found.tls, found.subscriptions) == ("off", None)
    assert found.version
    assert found.rtt is not None
    assert [step.name for step in found.steps] == ["resolve", "connect", "tls", "handshake", "ping"]
    assert found.warnings == (
        "a WebSocket server does not tell what it subscribes to, so topics cannot be checked",
        "the connection is not encrypted",
    )


async def test_all_is_well_under_tls():
    async with Endpoint() as endpoint:
        listener = await endpoint.listen_web(tls="anon")
        found = await examine(f"wss://127.0.0.1:{listener.port}", limits=Limits())
    assert found.cause is None
    assert found.warnings == ()


ACCESS = WebAccess(users=(WebUser(name="one", token="right", subscribe=("/open",)),))


@pytest.mark.parametrize(("token", "cause"), [(None, Cause.REJECTED), ("wrong", Cause.REJECTED), ("right", None)])
async def test_a_token(token, cause):
    async with Endpoint() as endpoint:
        listener = await endpoint.listen_web(tls="off", access=ACCESS)
        found = await examine(f"ws://127.0.0.1:{listener.port}", token=token, limits=Limits(handshake_timeout=2))
    assert found.cause is cause
    if cause is not None:
        assert "it answers 401" in found.finding
        assert "--token-file" in found.remedy
        assert "wrong" not in repr(found).replace("something wrong", "")


async def test_a_token_that_cannot_be_sent():
    found = await examine("ws://127.0.0.1:1", token="a\nb")
    assert found.cause is Cause.CONFIGURATION
    assert "no HTTP header can carry" in found.finding
    assert [step.name for step in found.steps] == ["settings"]


async def test_too_many_clients():
    async with Endpoint(EndpointOptions(limits=Limits(web_clients=1))) as endpoint, Endpoint() as client:
        listener = await endpoint.listen_web(tls="off")
        await client.peer(f"ws://127.0.0.1:{listener.port}")
        found = await examine(f"ws://127.0.0.1:{listener.port}")
    assert found.cause in {Cause.TOO_MANY, Cause.CLOSED_AT_ONCE}
    assert "as many" in found.finding + found.remedy


# -- another protocol than the address says ---------------------------------------------------------------------------


@pytest.mark.parametrize("style", ["broker", "zeek"])
async def test_a_websocket_server_instead_of_a_broker(style):
    async with Endpoint() as endpoint:
        listener = await endpoint.listen_web(style=style, tls="off")
        found = await examine(f"127.0.0.1:{listener.port}")
    assert found.cause is Cause.WEBSOCKET
    assert f"`broker doctor ws://127.0.0.1:{listener.port}`" in found.remedy


async def test_a_secure_websocket_server_instead_of_a_broker():
    async with Endpoint() as endpoint:
        listener = await endpoint.listen_web(tls="anon")
        found = await examine(f"127.0.0.1:{listener.port}")
    assert found.cause is Cause.WEBSOCKET
    assert f"`broker doctor wss://127.0.0.1:{listener.port}`" in found.remedy


async def test_a_websocket_server_with_tokens_instead_of_a_broker():
    async with Endpoint() as endpoint:
        listener = await endpoint.listen_web(tls="off", access=ACCESS)
        found = await examine(f"127.0.0.1:{listener.port}")
    assert found.cause is Cause.NOT_BROKER
    assert f"`broker doctor ws://127.0.0.1:{listener.port}` with --token-file" in found.remedy


async def test_a_zeek_with_its_websocket_server_instead_of_a_broker():
    recorded = json.loads((VECTORS / "zeek-websocket.json").read_text(encoding="utf-8"))
    good = recorded["websocket-upgrade-requests"]["steps"][0]["answer"].encode("latin-1")
    async with server(answers(good, close=False)) as port:
        found = await examine(f"127.0.0.1:{port}")
    assert found.cause is Cause.WEBSOCKET
    assert "Cluster::listen_websocket" in found.finding


@pytest.mark.parametrize("scheme", ["ws", "wss"])
@pytest.mark.parametrize("tls", ["off", "anon"])
async def test_a_broker_instead_of_a_websocket_server(tls, scheme):
    async with Endpoint() as endpoint:
        listener = await endpoint.listen(tls=tls)
        found = await examine(f"{scheme}://127.0.0.1:{listener.port}", limits=Limits(handshake_timeout=0.5))
    assert found.cause is Cause.WEBSOCKET
    assert "a Broker that speaks its own protocol" in found.finding
    assert f"`broker doctor 127.0.0.1:{listener.port}`" in found.remedy


async def test_tls_where_none_was_expected():
    async with Endpoint() as endpoint:
        listener = await endpoint.listen_web(tls="anon")
        found = await examine(f"ws://127.0.0.1:{listener.port}")
    assert found.cause is Cause.TLS_EXPECTED
    assert f"wss://127.0.0.1:{listener.port}" in found.remedy


async def test_no_tls_where_it_was_expected():
    async with Endpoint() as endpoint:
        listener = await endpoint.listen_web(tls="off")
        found = await examine(f"wss://127.0.0.1:{listener.port}")
    assert found.cause is Cause.PLAIN_EXPECTED
    assert f"ws://127.0.0.1:{listener.port}" in found.remedy


# -- certificates -----------------------------------------------------------------------------------------------------


async def test_a_certificate_is_demanded(tmp_path):
    """A WebSocket client may have none; Broker's server wants one where it has certificates itself."""
    files = make_files(tmp_path)
    async with Endpoint(EndpointOptions(credentials=files.credentials())) as endpoint:
        listener = await endpoint.listen_web(tls="verify")
        here = files.credentials(certificate=None, key=None)
        found = await examine(f"wss://127.0.0.1:{listener.port}", credentials=here, limits=Limits(handshake_timeout=2))
    assert found.cause is Cause.CERTIFICATE_REQUIRED
    assert "OU=cluster CA, O=Zeek" in found.remedy


async def test_a_ca_that_the_system_does_not_know(tmp_path):
    files = make_files(tmp_path, "manager")
    credentials = files.credentials(require_certificate=False)
    async with Endpoint(EndpointOptions(credentials=credentials)) as endpoint:
        listener = await endpoint.listen_web(tls="verify")
        address = f"wss://127.0.0.1:{listener.port}"
        found = await examine(address, limits=Limits(handshake_timeout=2))
        assert found.cause is Cause.CA_UNKNOWN
        assert "CN=manager" in found.finding
        assert "OU=cluster CA, O=Zeek" in found.remedy
        here = files.credentials(certificate=None, key=None)
        assert (await examine(address, credentials=here, limits=Limits(handshake_timeout=2))).cause is None


# -- others -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("talk", "cause", "words"),
    [
        (answers(HTTP_NOT_FOUND), Cause.NOT_BROKER, "(nginx/1.22) that has no WebSocket at /v1/messages/json"),
        (greets(b"SSH-2.0-OpenSSH_9.2p1\r\n"), Cause.NOT_BROKER, "is no WebSocket server, but SSH"),
        (greets(ZMTP), Cause.NOT_BROKER, "speaks ZeroMQ"),
        (hang_up, Cause.CLOSED_AT_ONCE, "closes each one before a word"),
        (silent, Cause.HANDSHAKE_TIMEOUT, "never says anything, whatever it is asked"),
    ],
)
async def test_somebody_else_answers(talk, cause, words):
    async with server(talk) as port:
        found = await examine(f"ws://127.0.0.1:{port}")
    assert found.cause is cause
    assert words in found.finding


async def test_an_older_broker():
    with older_broker() as port:
        if port is None:
            pytest.skip("Debian's python3-broker is not installed")
        found = await examine(f"ws://127.0.0.1:{port}", limits=Limits(handshake_timeout=0.5))
    assert found.cause is Cause.OLD_BROKER


async def test_an_upgrade_without_an_acknowledgement():
    """As C++ does with a subscription that it cannot read."""
    async with Endpoint() as endpoint:
        listener = await endpoint.listen_web(tls="off")

        async def talk(stream: Any) -> None:  # passes the upgrade on, and keeps the rest to itself
            async with await trio.open_tcp_stream("127.0.0.1", listener.port) as there:
                await there.send_all(await stream.receive_some(65536))
                await stream.send_all(await there.receive_some(65536))
                await silent(stream)

        async with server(talk) as port:
            found = await examine(f"ws://127.0.0.1:{port}")
    assert found.cause is Cause.HANDSHAKE_TIMEOUT
    assert "does not answer the subscription" in found.finding


async def test_nobody_listens(monkeypatch):
    for other in list(ZEEK_PORTS):
        monkeypatch.delitem(ZEEK_PORTS, other)
    with nobody() as port:
        found = await examine(f"ws://127.0.0.1:{port}")
    assert found.cause is Cause.REFUSED
