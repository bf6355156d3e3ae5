"""Who answers at a port, with a real counterpart for each."""

from __future__ import annotations

import http.server
import json
import ssl
import threading
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import prometheus_client
import pytest
import trio
import zmq

from broker_core import CurveKeys, Endpoint, PeerAddress
from broker_core.protocol.sniff import BROKER_WEB, HTTP, METRICS, OLD_BROKER, PROBE, SSH, WEB, ZEEK_WEB, ZEROMQ
from broker_core.runtime.portraits import BROKER, Portrait, portray, portray_socket
from cluster_links import central
from counterparts import (
    HTTP_NOT_FOUND,
    ZMTP,
    anonymous_context,
    answers,
    greets,
    hang_up,
    make_files,
    nobody,
    older_broker,
    server,
    silent,
)

VECTORS = Path(__file__).parent.parent / "vectors"


async def portrait(port: int, *, patience: float = 0.2, timeout: float = 5, expect: Any = "") -> Portrait:
    with trio.fail_after(10):
        address = PeerAddress("127.0.0.1", port)
        return await portray("127.0.0.1", address, patience=patience, timeout=timeout, expect=expect)


@pytest.mark.parametrize("expect", ["", "tls", "http"])
async def test_a_broker_without_tls(expect):
    async with Endpoint() as endpoint:
        listener = await endpoint.listen(tls="off")
        found = await portrait(listener.port, expect=expect)
    assert (found.speaks, found.tls, found.said[:9], found.closed) == (BROKER, None, PROBE, False)


@pytest.mark.parametrize("expect", ["", "tls", "http"])
async def test_a_broker_with_tls(expect):
    async with Endpoint() as endpoint:
        listener = await endpoint.listen(tls="anon")
        found = await portrait(listener.port, expect=expect)
    assert found.speaks == BROKER
    assert found.tls is not None
    assert found.tls.anonymous


async def test_a_broker_with_certificates(tmp_path):
    files = make_files(tmp_path, "manager")
    async with Endpoint() as endpoint:
        endpoint._hub.credentials = files.credentials()
        listener = await endpoint.listen(tls="verify")
        found = await portrait(listener.port)
    assert found.speaks == ""  # it tells nobody who has no certificate
    assert found.tls is not None
    assert found.tls.demands_certificate
    assert found.tls.certificate is not None
    assert found.tls.certificate.subject.startswith("CN=manager")


@pytest.mark.parametrize("tls", [False, True])
async def test_an_older_broker(tls):
    with older_broker(tls=tls) as port:
        if port is None:
            pytest.skip("Debian's python3-broker is not installed")
        found = await portrait(port, patience=0.5)
    assert found.speaks == OLD_BROKER
    assert (found.tls is not None) is tls


@pytest.mark.parametrize("style", ["broker", "zeek"])
async def test_a_websocket_server_of_ours(style):
    async with Endpoint() as endpoint:
        listener = await endpoint.listen_web(style=style, tls="off")
        found = await portrait(listener.port, timeout=0.2)
    assert found.speaks == WEB
    assert found.tls is None


async def test_a_websocket_server_under_tls():
    async with Endpoint() as endpoint:
        listener = await endpoint.listen_web(tls="anon")
        found = await portrait(listener.port)
    assert found.speaks == WEB
    assert found.tls is not None


def recorded(what: str) -> bytes:
    vectors = json.loads((VECTORS / "zeek-websocket.json").read_text(encoding="utf-8"))
    steps = vectors["websocket-upgrade-requests"]["steps"]
    return next(step["answer"] for step in steps if step["what"] == what).encode("latin-1")


async def test_the_websocket_server_of_a_zeek():
    async with server(answers(recorded("good"), close=False)) as port:
        assert (await portrait(port, timeout=0.2)).speaks == ZEEK_WEB


async def test_the_websocket_server_of_a_broker_that_refuses():
    refusal = b"HTTP/1.1 400 Bad Request\r\n\r\nMandatory field Sec-WebSocket-Key missing or invalid.\r\n\r\n"
    async with server(answers(refusal)) as port:
        assert (await portrait(port, timeout=0.2)).speaks == BROKER_WEB


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def web_server():
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Quiet) as running:
        thread = threading.Thread(target=running.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield running.server_address[1]
        finally:
            running.shutdown()
            thread.join()


async def test_some_web_server():
    with web_server() as port:
        found = await portrait(port)
    assert found.speaks == HTTP
    assert b"SimpleHTTP" in found.said


async def test_metrics_for_prometheus():
    running, thread = prometheus_client.start_http_server(0, "127.0.0.1", prometheus_client.CollectorRegistry())
    try:
        found = await portrait(running.server_port)
    finally:
        running.shutdown()
        running.server_close()
        thread.join()
    assert found.speaks == METRICS


async def test_metrics_that_have_a_path_of_their_own():
    page = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain; version=0.0.4\r\n\r\n# HELP a b\n"
    async with server(answers({b"GET /metrics ": page, b"": HTTP_NOT_FOUND})) as port:
        assert (await portrait(port, timeout=0.2)).speaks == METRICS


async def test_a_web_server_with_tls(tmp_path):
    context = make_files(tmp_path).context(ssl.CERT_NONE)
    async with server(answers(HTTP_NOT_FOUND), context) as port:
        found = await portrait(port)
    assert found.speaks == HTTP
    assert found.tls is not None


async def test_a_web_server_that_answers_a_tls_handshake_in_plain_text():
    async def talk(stream):
        first = await stream.receive_some(65536)
        said = b"HTTP/1.1 400 Bad Request\r\n\r\n" if first[:1] == b"\x16" else recorded("good")
        await stream.send_all(said)

    async with server(talk) as port:
        assert (await portrait(port)).speaks == ZEEK_WEB


@pytest.mark.parametrize(
    ("talk", "speaks"),
    [
        (greets(b"SSH-2.0-OpenSSH_9.2p1\r\n"), SSH),
        (greets(ZMTP), ZEROMQ),
        (answers(ZMTP, end=ZMTP), ZEROMQ),  # one that waits for the other side's greeting
        (greets(b"220 mail.example ESMTP\r\n"), r"mail or FTP that starts with b'220 mail.example ESMTP\r\n'"),
        (greets(b"ok"), "an unknown protocol that starts with b'ok'"),
    ],
)
async def test_others(talk, speaks):
    async with server(talk) as port:
        assert (await portrait(port, timeout=0.2)).speaks == speaks


@pytest.mark.parametrize("expect", ["", "tls", "http"])
@pytest.mark.parametrize("curve", [False, True])
async def test_a_central_broker(curve, expect):
    public, secret = (key.decode() for key in zmq.curve_keypair())
    keys = CurveKeys(server_secret=secret, client_public=public) if curve else None
    async with central(keys) as broker:
        xpub, xsub = [await portrait(port, expect=expect) for port in (broker.port, broker.send_port)]
    assert xpub.speaks == xsub.speaks == ZEROMQ
    shown = [(found.socket.mechanism, found.socket.socket_type) for found in (xpub, xsub) if found.socket]
    assert shown == ([("NULL", "XPUB"), ("NULL", "XSUB")] if keys is None else [("CURVE", "")] * 2)


async def test_a_zeromq_socket_that_does_not_go_on():
    async with server(greets(ZMTP)) as port:
        found = await portrait(port, timeout=0.2)
    assert (found.speaks, found.socket) == (ZEROMQ, None)
    with nobody() as port:
        assert await portray_socket("127.0.0.1", port, 0.2) is None


@pytest.mark.parametrize(("talk", "closed"), [(silent, False), (hang_up, True)])
async def test_who_says_nothing(talk, closed):
    async with server(talk) as port:
        assert await portrait(port, timeout=0.2) == Portrait(closed=closed)


async def test_who_says_nothing_under_tls():
    async with server(silent, anonymous_context()) as port:
        found = await portrait(port)
    assert found.speaks == ""
    assert found.tls is not None


async def test_a_server_that_serves_one_client_at_a_time():
    with trio.fail_after(10):
        [listener] = await trio.open_tcp_listeners(0, host="127.0.0.1")

        async def serve() -> None:
            while True:
                stream = await listener.accept()
                async with stream:
                    await answers(recorded("good"))(stream)

        async with listener, trio.open_nursery() as nursery:
            nursery.start_soon(serve)
            found = await portrait(listener.socket.getsockname()[1], timeout=0.2)
            nursery.cancel_scope.cancel()
    assert found.speaks == ZEEK_WEB
