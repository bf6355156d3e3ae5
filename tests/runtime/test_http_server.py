"""The HTTP server against clients that behave, and against others."""

from __future__ import annotations

import http.client
import socket
import struct
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

import h11
import pytest
import trio
from hypothesis import given, settings
from hypothesis import strategies as st
from trio.testing import lockstep_stream_pair, memory_stream_pair, wait_all_tasks_blocked

from broker_core.errors import PeerUnavailable
from broker_core.limits import DEFAULT_LIMITS
from broker_core.model.addresses import PeerAddress
from broker_core.runtime import streams
from broker_core.runtime.http_server import HttpListener, _is_local, _path, _Site, _Visit, serve_http

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

SOON = 10
GET = b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"
LAST = b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
BIG = b"x" * 5_000_000


def broken(_: str) -> tuple[str, bytes]:
    msg = "no such thing"
    raise LookupError(msg)


PAGES = {
    "/": lambda _: ("text/plain", b"hello\n"),
    "/accept": lambda accept: ("text/plain", accept.encode()),
    "/big": lambda _: ("text/plain", BIG),
    "/broken": broken,
}


@asynccontextmanager
async def site(**limits: float) -> AsyncIterator[HttpListener]:
    """A listener with PAGES; it is still well at the end, and nobody is connected any more."""
    with trio.fail_after(SOON):
        async with trio.open_nursery() as nursery:
            listener = await serve_http(nursery, PAGES, "127.0.0.1", 0, replace(DEFAULT_LIMITS, **limits))
            yield listener
            await until(lambda: not listener.clients + listener.surplus)
            assert status(await talk(listener, LAST)) == 200
            await listener.aclose()


async def until(condition: Callable[[], bool]) -> None:
    while not condition():
        await trio.lowlevel.checkpoint()


async def talk(listener: HttpListener, *parts: bytes) -> bytes:
    """What the server says to *parts*, each in a packet of its own, until it closes."""
    stream = await trio.open_tcp_stream("127.0.0.1", listener.port)
    async with stream:
        for part in parts:
            await stream.send_all(part)
        return await rest(stream)


async def rest(stream: trio.abc.ReceiveStream) -> bytes:
    said = b""
    async for data in stream:
        said += data
    return said


def status(said: bytes) -> int:
    return int(said.split(b" ", 2)[1])


def answers(said: bytes, count: int = 1) -> list[tuple[int, dict[bytes, bytes], bytes]]:
    """All answers in *said*, as an independent reader of HTTP sees them."""
    client = h11.Connection(h11.CLIENT)
    client.receive_data(said)
    client.receive_data(b"")
    found = []
    for turn in range(count):
        if turn:
            client.start_next_cycle()
        client.send(h11.Request(method="GET", target="/", headers=[("Host", "x")]))
        client.send(h11.EndOfMessage())
        response, body = client.next_event(), b""
        while isinstance(event := client.next_event(), h11.Data):
            body += event.data
        found.append((response.status_code, dict(response.headers), body))
    assert isinstance(client.next_event(), h11.ConnectionClosed)
    return found


# -- clients that behave ----------------------------------------------------------------------------------------------


async def test_a_page_for_a_usual_client():
    def fetch(port: int) -> list[tuple[int, dict[str, str], bytes]]:
        client = http.client.HTTPConnection("127.0.0.1", port, timeout=SOON)
        found = []
        for method, path in (("GET", "/"), ("HEAD", "/"), ("GET", "/accept?x=1"), ("GET", "/nothing")):
            client.request(method, path, headers={"Accept": "a/b"})
            answer = client.getresponse()
            found.append((answer.status, dict(answer.headers), answer.read()))
        client.close()
        return found

    async with site() as listener:
        get, head, accept, nothing = await trio.to_thread.run_sync(fetch, listener.port)
        assert (get[0], get[2]) == (200, b"hello\n")
        date = get[1].pop("Date")
        assert date.endswith(" GMT")
        assert get[1] == {
            "Content-Type": "text/plain",
            "Content-Length": "6",
            "Cache-Control": "no-store",
            "X-Content-Type-Options": "nosniff",
        }
        assert (head[0], head[1]["Content-Length"], head[2]) == (200, "6", b"")
        assert (accept[0], accept[2]) == (200, b"a/b")
        assert (nothing[0], nothing[2]) == (404, b"404 Not Found: there are / /accept /big /broken\n")
        assert listener.answers == {200: 3, 404: 1}


async def test_a_large_page_arrives_whole():
    async with site() as listener:
        ((code, headers, body),) = answers(await talk(listener, LAST.replace(b"/ ", b"/big ")))
        assert (code, headers[b"content-length"], body) == (200, b"5000000", BIG)


async def test_an_old_client_needs_no_host_and_gets_one_answer():
    async with site() as listener:
        ((code, headers, body),) = answers(await talk(listener, b"GET / HTTP/1.0\r\n\r\n"))
        assert (code, headers[b"connection"], body) == (200, b"close", b"hello\n")


async def test_requests_may_come_all_at_once():
    async with site() as listener:
        said = await talk(listener, GET + GET.replace(b"/ ", b"/no ") + LAST)
        assert [code for code, _, _ in answers(said, 3)] == [200, 404, 200]


async def test_a_client_that_has_said_all_gets_its_answer():
    async with site() as listener, await trio.open_tcp_stream("127.0.0.1", listener.port) as stream:
        await stream.send_all(GET)
        await stream.send_eof()
        assert answers(await rest(stream))[0][0] == 200


@pytest.mark.parametrize(
    ("target", "path"),
    [
        (b"/", "/"),
        (b"/metrics?a=/b", "/metrics"),
        (b"http://host:1/metrics", "/metrics"),
        (b"http://host", "/"),
        (b"*", "/"),
        (b"//metrics", "//metrics"),
        (b"/\xff", "/\xff"),
    ],
)
def test_the_path_of_a_target(target, path):
    assert _path(target) == path


# -- clients that are told no -----------------------------------------------------------------------------------------

HEAD = b" / HTTP/1.1\r\nHost: localhost\r\n"


@pytest.mark.parametrize(
    ("request_", "code", "text"),
    [
        (b"POST" + HEAD + b"Connection: close\r\n\r\n", 405, "only GET and HEAD"),
        (b"POST" + HEAD + b"Content-Length: 3\r\n\r\nabc", 405, "only GET and HEAD"),
        (b"GET" + HEAD + b"Content-Length: 3\r\n\r\nabc", 413, "requests have no body here"),
        (b"GET" + HEAD + b"Expect: 100-continue\r\nContent-Length: 3\r\n\r\n", 413, "requests have no body here"),
        (b"GET" + HEAD + b"Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n", 413, "requests have no body here"),
        (b"GET" + HEAD + b"Transfer-Encoding: gzip\r\n\r\n", 501, "Only Transfer-Encoding: chunked is supported"),
        (b"GET" + HEAD + b"Content-Length: 1\r\nContent-Length: 2\r\n\r\n", 400, "conflicting Content-Length headers"),
        (b"GET / HTTP/1.1\r\n\r\n", 400, "Missing mandatory Host: header"),
        (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 400, "illegal request line"),
        (b"\x01ZEEK\r\n\r\n", 400, "illegal request line: bytearray(b'\\x01ZEEK')"),
        (b"GET /broken HTTP/1.0\r\n\r\n", 500, "LookupError: no such thing"),
        (
            b"GET / HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n",
            421,
            "ask by IP address, or as localhost",
        ),
    ],
)
async def test_what_is_refused(request_, code, text):
    async with site() as listener:
        ((found, headers, body),) = answers(await talk(listener, request_))
        assert (found, headers[b"connection"]) == (code, b"close")
        assert body.decode() == f"{code} {http.HTTPStatus(code).phrase}: {text}\n"
        assert (b"allow" in headers) is (code == 405)
        assert listener.answers == {code: 1}


@pytest.mark.parametrize(("extra", "code"), [(0, 200), (1, 431)])
@pytest.mark.parametrize("pieces", [1, 7])
async def test_the_bound_of_a_request(extra, code, pieces):
    size = DEFAULT_LIMITS.web_request + extra
    head = LAST[:-4] + b"\r\nX: "
    head += b"x" * (size - len(head) - 4) + b"\r\n\r\n"
    assert len(head) == size
    async with site() as listener:
        assert (
            status(
                await talk(listener, *[head[at::1][: size // pieces + 1] for at in range(0, size, size // pieces + 1)])
            )
            == code
        )


@pytest.mark.parametrize(
    ("host", "local"),
    [
        ("", True), ("localhost", True), ("LocalHost:80", True), ("a.localhost:80", True), ("127.0.0.1:80", True),
        ("10.0.0.1", True), ("[::1]:80", True), ("[::1", True), ("evil.example", False), ("localhost.evil", False),
        ("127.0.0.1.evil:80", False), ("[x]", False), ("\xff", False),
    ],
)  # fmt: skip
def test_names_that_a_page_elsewhere_cannot_take(host, local):
    assert _is_local(host.encode("latin-1")) is local


def test_any_name_will_do_where_others_may_come_in():
    listener = HttpListener(PeerAddress("", 1), trio.CancelScope())
    request = h11.Request(method="GET", target="/", headers=[("Host", "zeek.example")])
    assert _Site(listener, PAGES, DEFAULT_LIMITS, local_only=False).answer(request).status == 200
    assert _Site(listener, PAGES, DEFAULT_LIMITS, local_only=True).answer(request).status == 421


async def test_a_port_that_is_taken():
    async with site() as listener, trio.open_nursery() as nursery:
        with pytest.raises(PeerUnavailable, match="cannot listen"):
            await serve_http(nursery, PAGES, "127.0.0.1", listener.port, DEFAULT_LIMITS)


# -- clients that take their time: the clock jumps --------------------------------------------------------------------


@asynccontextmanager
async def visit(pair=memory_stream_pair, **limits: float):
    """One connection, in memory: the client's end, the listener, and when it ended."""
    ours, theirs = pair()
    listener = HttpListener(PeerAddress("127.0.0.1", 1), trio.CancelScope())
    served = _Visit(_Site(listener, PAGES, replace(DEFAULT_LIMITS, **limits), local_only=True), theirs)

    ended: list[float] = []

    async def serve(task_status: trio.TaskStatus[None]) -> None:
        task_status.started()
        async with theirs:
            await served.serve()
        ended.append(trio.current_time())

    async with trio.open_nursery() as nursery:
        await nursery.start(serve)
        yield ours, listener, ended


async def test_a_client_that_says_nothing_is_dropped_without_a_word(autojump_clock):
    async with visit(http_timeout=5) as (stream, listener, _):
        assert await rest(stream) == b""
        assert (trio.current_time(), listener.answers) == (5, {})


async def test_a_kept_connection_is_dropped_in_the_same_way(autojump_clock):
    async with visit(http_timeout=5) as (stream, _, _):
        await trio.sleep_until(trio.current_time() + 4.5)
        await stream.send_all(GET)
        assert answers(await rest(stream))[0][0] == 200
        assert trio.current_time() == 9.5


async def test_a_request_that_drips_in_is_answered(autojump_clock):
    async with visit() as (stream, _, _):
        for byte in LAST:
            await stream.send_all(bytes((byte,)))
            await wait_all_tasks_blocked()
        assert answers(await rest(stream))[0][0] == 200


async def test_a_request_that_takes_too_long_is_ended(autojump_clock):
    async with visit(http_timeout=5) as (stream, listener, _):
        with pytest.raises(trio.BrokenResourceError):
            for at in range(100):  # each byte in time, but not all of them
                await stream.send_all(LAST[at % 5 : at % 5 + 1])
                await trio.sleep_until(at + 1)
        assert 5 <= trio.current_time() < 5 + 3
        ((code, _, body),) = answers(await rest(stream))
        assert (code, body) == (408, b"408 Request Timeout: the request took longer than 5 s\n")
        assert listener.answers == {408: 1}


async def test_a_client_that_does_not_take_its_answer_is_dropped(autojump_clock):
    async with visit(lockstep_stream_pair, http_timeout=5) as (stream, _, ended):
        await stream.send_all(LAST)
        await trio.sleep_until(4.5)
        assert await stream.receive_some(10) == b"HTTP/1.1 2"
    assert ended == [5]


async def test_a_connection_has_so_many_requests(autojump_clock):
    async with visit() as (stream, listener, _):
        await stream.send_all(GET * 200)
        said = await rest(stream)
        found = answers(said, 100)
        assert all(code == 200 for code, _, _ in found)
        assert [b"connection" in headers for _, headers, _ in found] == [False] * 99 + [True]
        assert listener.answers == {200: 100}


async def test_who_is_told_no_may_finish_the_sentence_but_no_novel(autojump_clock):
    head = b"GET / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9999999\r\n\r\n"
    for size, patience in ((60_000, 1), (80_000, 0)):
        start = trio.current_time()
        async with visit() as (stream, _, ended):
            await stream.send_all(head + bytes(size))
            assert status(await rest(stream)) == 413
        assert ended == [start + patience]


# -- clients that do harm ---------------------------------------------------------------------------------------------


async def test_a_slow_reader_cannot_stay():
    async with site(http_timeout=0.2) as listener:
        stream = await trio.open_tcp_stream("127.0.0.1", listener.port)
        async with stream:
            stream.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            await stream.send_all(LAST.replace(b"/ ", b"/big "))
            await until(lambda: listener.clients == 1)
            await until(lambda: listener.clients == 0)
            assert len(await rest(stream)) < len(BIG)


async def test_a_reset_in_the_middle_is_nothing():
    async with site() as listener:
        for said in (b"", b"GET", GET, GET.replace(b"/ ", b"/big ")):
            stream = await trio.open_tcp_stream("127.0.0.1", listener.port)
            await stream.send_all(said)
            stream.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            await stream.aclose()


async def test_a_flood_of_connections_is_turned_away_and_passes(monkeypatch):
    monkeypatch.setattr(streams, "LINGER", SOON)
    async with site(http_connections=2) as listener:
        held = [await trio.open_tcp_stream("127.0.0.1", listener.port) for _ in range(2)]
        for stream in held:
            await stream.send_all(GET)
            assert status(await stream.receive_some()) == 200
        ((code, headers, body),) = answers(await talk(listener))
        assert (code, headers[b"retry-after"], headers[b"connection"]) == (503, b"1", b"close")
        assert body == b"503 Service Unavailable: 2 connections are open already (http_connections)\n"
        flood = [await trio.open_tcp_stream("127.0.0.1", listener.port) for _ in range(30)]
        said = [await rest(stream) for stream in flood]
        assert all(one == b"" or status(one) == 503 for one in said)
        assert said.count(b"") == 28
        assert listener.answers == {200: 2, 503: 31}
        assert listener.surplus == 2
        await held[0].aclose()  # those that are turned away and still there take no place of a client
        await until(lambda: listener.clients == 1)
        assert status(await talk(listener, LAST)) == 200
        for stream in [*held, *flood]:
            await stream.aclose()


@settings(max_examples=60, deadline=None)
@given(st.lists(st.one_of(st.binary(max_size=50), st.sampled_from([GET, LAST, HEAD, b"\r\n\r\n", b"GET"])), max_size=6))
async def test_whatever_is_said_ends(parts):
    with trio.fail_after(SOON):
        async with visit(http_timeout=0.05) as (stream, listener, _):
            try:
                for part in parts:
                    await stream.send_all(part)
                await stream.send_eof()
            except (trio.BrokenResourceError, trio.ClosedResourceError):
                pass
            said = await rest(stream)
            assert said == b"" or said.startswith(b"HTTP/1.1 ")
            assert sum(listener.answers.values()) == said.count(b"HTTP/1.1 ")


async def test_closing_ends_it_for_everybody():
    with trio.fail_after(SOON):
        async with trio.open_nursery() as nursery:
            listener = await serve_http(nursery, PAGES, "127.0.0.1", 0, DEFAULT_LIMITS)
            async with await trio.open_tcp_stream("127.0.0.1", listener.port) as stream:
                await stream.send_all(GET)
                assert status(await stream.receive_some()) == 200
                await listener.aclose()
                assert await rest(stream) == b""
        with pytest.raises(OSError, match="all attempts to connect"):
            await trio.open_tcp_stream("127.0.0.1", listener.port)
