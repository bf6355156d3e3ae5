"""Status documents from servers that are Brokers, and from others."""

from __future__ import annotations

import json
import socket
import struct
from contextlib import ExitStack, asynccontextmanager, suppress
from typing import TYPE_CHECKING

import pytest
import trio

from broker_cli import fetching
from broker_cli.fetching import MAX_DOCUMENT, FetchError, fetch_status, plain
from broker_cli.status_urls import StatusUrl
from broker_core import DecodeError, Endpoint

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

SOON = 20
OK = b"HTTP/1.1 200 OK\r\n\r\n"
END = b"\r\n0\r\n\r\n"


@asynccontextmanager
async def answering(*parts: bytes, wait: bool = False) -> AsyncIterator[str]:
    """The URL of a server that says *parts* to whoever asked, and then closes; with *wait* it stays, and is silent."""

    async def serve(stream: trio.SocketStream) -> None:
        assert await stream.receive_some()
        for part in parts:
            await stream.send_all(part)
        if wait:
            await trio.sleep_forever()

    with trio.fail_after(SOON):
        async with trio.open_nursery() as nursery:
            (listener,) = await trio.open_tcp_listeners(0, host="127.0.0.1")
            port = listener.socket.getsockname()[1]
            await nursery.start(trio.serve_listeners, serve, [listener])
            yield f"http://127.0.0.1:{port}"
            nursery.cancel_scope.cancel()


async def fetch(url: str, timeout: float = SOON) -> dict[str, object]:
    return await fetch_status(StatusUrl.parse(url), timeout)


async def failure(*parts: bytes, path: str = "", wait: bool = False, timeout: float = SOON) -> FetchError:
    async with answering(*parts, wait=wait) as url:
        with pytest.raises(FetchError) as caught:
            await fetch(url + path, timeout)
    return caught.value


# -- what is read -----------------------------------------------------------------------------------------------------

DOCUMENT = {"id": "x", "peerings": {"a": {"n": 1}}}
TYPED = (
    b'{"@data-type":"table","data":[{"key":{"@data-type":"string","data":"id"},"value":{"@data-type":"string",'
    b'"data":"x"}},{"key":{"@data-type":"string","data":"peerings"},"value":{"@data-type":"table","data":[{"key":'
    b'{"@data-type":"string","data":"a"},"value":{"@data-type":"table","data":[{"key":{"@data-type":"string","data":'
    b'"n"},"value":{"@data-type":"count","data":1}}]}}]}}]}'
)


@pytest.mark.parametrize(
    "answer",
    [
        [OK + json.dumps(DOCUMENT).encode()],
        [OK, json.dumps(DOCUMENT, indent=2).encode()],
        [b"HTTP/1.0 200 OK\r\n\r\n" + TYPED],
        [b"HTTP/1.1 100 Continue\r\n\r\n" + OK + TYPED],
        [b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(TYPED), TYPED + b"garbage behind it"],
        [
            OK[:-2] + b"Transfer-Encoding: chunked\r\n\r\n5\r\n" + TYPED[:5],
            b"\r\n%x\r\n" % len(TYPED[5:]) + TYPED[5:] + END,
        ],
    ],
)
async def test_documents_of_all_forms(answer):
    async with answering(*answer) as url:
        assert await fetch(url) == DOCUMENT


async def test_a_document_in_many_pieces():
    async with answering(*[bytes((byte,)) for byte in OK + TYPED]) as url:
        assert await fetch(url) == DOCUMENT


async def test_what_cpp_writes_in_place_of_json():
    async with answering(OK, b'{"a":inf,"b":-nan,"c":"\\v\x01\xff","d":{"@data-type":"none","data":{}}}') as url:
        assert await fetch(url) == {"a": "inf", "b": "nan", "c": "\v\x01\udcff", "d": None}


@pytest.mark.parametrize(
    ("thing", "found"),
    [
        ({"@data-type": "count", "data": 5}, 5),
        ({"@data-type": "none", "data": {}}, None),
        ({"@data-type": "none"}, None),
        ({"@data-type": "vector", "data": [{"@data-type": "address", "data": "::1"}, 2]}, ["::1", 2]),
        ({"@data-type": "set", "data": []}, []),
        ({"@data-type": "table", "data": [{"key": {"@data-type": "count", "data": 1}, "value": 2}, 3]}, {"1": 2}),
        ({"@data-type": "table", "data": 1}, 1),
        ({"@data-type": ["odd"], "data": {"a": 1.5}}, {"a": 1.5}),
        ([1, "a", True, None, {}], [1, "a", True, None, {}]),
        ([float("inf"), float("-inf")], ["inf", "-inf"]),
    ],
)
def test_types_are_left_out(thing, found):
    assert plain(thing) == found


def test_the_bound_of_nesting():
    deep: object = 1
    for _ in range(fetching._MAX_DEPTH - 1):
        deep = [deep]
    assert plain(deep) == deep
    with pytest.raises(DecodeError, match="deeper than 100 levels"):
        plain([deep])


async def test_an_endpoint_of_ours():
    async with Endpoint() as endpoint:
        listener = await endpoint.serve_status()
        assert (await fetch(f"http://localhost:{listener.port}"))["id"] == str(endpoint.id)


# -- what is not ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answer", "reason", "code"),
    [
        (
            b"HTTP/1.1 404 Not Found\r\n\r\n",
            "no Broker status there: HTTP 404 Not Found for /v1/status/json",
            "no_status",
        ),
        (b"HTTP/1.1 503\r\n\r\n", "it answers with HTTP 503", "no_status"),
        (b"HTTP/1.1 301 Moved\r\nLocation: /x\r\n\r\n", "it answers with HTTP 301 Moved", "no_status"),
        (OK + b"metric 5\n", "no Broker status there: no JSON: Expecting value", "no_status"),
        (OK, "no Broker status there: no JSON: Expecting value", "no_status"),
        (OK + b"[1]", "no Broker status there: the JSON is no object", "no_status"),
        (OK + b"[" * 200 + b"]" * 200, "no Broker status there: JSON nested deeper than 100 levels", "no_status"),
        (OK + b"[" * 100_000, "no Broker status there: JSON nested too deeply", "no_status"),
        (b"SSH-2.0-x\r\n", "it does not speak HTTP", "not_http"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n{", "its answer is no good HTTP: ", "not_http"),
        (b"HTTP/1.1 200 OK\r\nX: " + bytes(70_000), "its answer is no good HTTP: ", "not_http"),
        (b"", "it closed the connection at once", "not_http"),
    ],
)
async def test_what_is_no_status(answer, reason, code):
    error = await failure(answer)
    assert error.reason.startswith(reason)
    assert error.code == code
    assert "\n" not in error.reason


async def test_what_speaks_something_else_is_named():
    async with Endpoint() as endpoint:
        for tls, reason, hint in (
            ("off", "it speaks Broker's own protocol, not HTTP", "leave http:// out"),
            ("anon", "it speaks TLS, not HTTP", "a Broker peer? leave http:// out; or use https://"),
        ):
            listener = await endpoint.listen(tls=tls)
            with pytest.raises(FetchError) as caught:
                await fetch(f"http://127.0.0.1:{listener.port}")
            assert (caught.value.reason, caught.value.hint) == (reason, hint)


async def test_the_path_is_asked_for_as_it_is():
    error = await failure(b"HTTP/1.1 404 Not Found\r\n\r\n", path="/other/path")
    assert error.reason == "no Broker status there: HTTP 404 Not Found for /other/path"


async def test_nobody_there():
    with pytest.raises(FetchError, match="connection refused") as caught:
        await fetch("http://127.0.0.1:1")
    assert caught.value.code == "unavailable"
    with pytest.raises(FetchError, match="the name cannot be resolved"):
        await fetch("http://no-such-host.invalid")


async def test_nobody_who_takes_the_connection():
    with socket.create_server(("127.0.0.1", 0), backlog=0) as server, ExitStack() as stack:
        address = server.getsockname()
        with suppress(TimeoutError):
            for _ in range(10):  # as many as the system keeps, in spite of the 0
                stack.enter_context(socket.create_connection(address, timeout=0.1))
        with pytest.raises(FetchError, match=r"no answer within 0\.1 s"):
            await fetch(f"http://127.0.0.1:{address[1]}", 0.1)


async def test_an_answer_that_breaks_off():
    async def serve(stream: trio.SocketStream) -> None:
        assert await stream.receive_some()
        stream.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    with trio.fail_after(SOON):
        async with trio.open_nursery() as nursery:
            (listener,) = await trio.open_tcp_listeners(0, host="127.0.0.1")
            await nursery.start(trio.serve_listeners, serve, [listener])
            with pytest.raises(FetchError, match="the connection broke: connection reset by peer"):
                await fetch(f"http://127.0.0.1:{listener.socket.getsockname()[1]}")
            nursery.cancel_scope.cancel()


async def test_an_answer_that_does_not_come():
    error = await failure(wait=True, timeout=0.1)
    assert (error.reason, error.code) == ("it takes the connection, but does not answer within 0.1 s", "timeout")


async def test_an_answer_that_does_not_end():
    assert (await failure(OK + b"{", wait=True, timeout=0.1)).code == "timeout"


@pytest.mark.parametrize("excess", [0, 1])
async def test_the_bound_of_a_document(excess, monkeypatch):
    assert MAX_DOCUMENT == 16 * 1024 * 1024
    monkeypatch.setattr(fetching, "MAX_DOCUMENT", 1000)
    body = b'{"a":"' + b"x" * (1000 + excess - 8) + b'"}'
    async with answering(OK + body) as url:
        if excess:
            with pytest.raises(FetchError, match="longer than 1000 bytes"):
                await fetch(url)
        else:
            assert len((await fetch(url))["a"]) == 992


async def test_https_with_a_certificate_that_nobody_vouches_for(tmp_path, monkeypatch):
    import ssl

    import trustme

    ca = trustme.CA()
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    ca.issue_cert("127.0.0.1").configure_cert(context)

    async def serve(stream: trio.SSLStream) -> None:
        try:
            if await stream.receive_some():
                await stream.send_all(OK + TYPED)
                await stream.aclose()
        except trio.BrokenResourceError:
            pass

    with trio.fail_after(SOON):
        async with trio.open_nursery() as nursery:
            (listener,) = await trio.open_ssl_over_tcp_listeners(0, context, host="127.0.0.1", https_compatible=True)
            port = listener.transport_listener.socket.getsockname()[1]
            nursery.start_soon(trio.serve_listeners, serve, [listener])
            with pytest.raises(FetchError, match="its certificate is refused") as caught:
                await fetch(f"https://127.0.0.1:{port}")
            assert caught.value.code == "tls"
            ca.cert_pem.write_to_path(tmp_path / "ca.pem")
            monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
            assert await fetch(f"https://127.0.0.1:{port}") == DOCUMENT
            nursery.cancel_scope.cancel()
    async with answering(b"SSH-2.0-x\r\n") as url:
        with pytest.raises(FetchError, match="no TLS: "):
            await fetch(url.replace("http", "https"))
