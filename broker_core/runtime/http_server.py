"""A small HTTP server for pages that only tell something: GET and HEAD, no request bodies, all of it bounded.

HTTP itself is h11's business; this module has the sockets, the clocks and the bounds. Whatever a client does ends
with its own connection, at the latest after limits.http_timeout: no error leaves the task that serves it.
"""

from __future__ import annotations

import ipaddress
from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import suppress
from email.utils import formatdate
from http import HTTPStatus
from typing import TYPE_CHECKING, NamedTuple

import h11
import trio

from broker_core.model.addresses import PeerAddress

from .streams import hear_out, open_listeners

if TYPE_CHECKING:
    from broker_core.limits import Limits

__all__ = ["HttpListener", "Page", "serve_http"]

Page = Callable[[str], tuple[str, bytes]]
"""Makes a page: called with the Accept header of the request ("" without one), returns content type and body."""

_READ_SIZE = 4096
_REQUESTS = 100
"""Requests that one connection may make."""
_TEXT = "text/plain; charset=utf-8"
_BODY_HEADERS = frozenset({b"content-length", b"transfer-encoding"})


class HttpListener:
    """A port that serves pages. *port* is the real one, also when any was asked for."""

    def __init__(self, address: PeerAddress, scope: trio.CancelScope) -> None:
        self.address = address
        self.answers: Counter[int] = Counter()
        """How many answers there were of each HTTP status."""
        self.clients = 0
        """How many are served now."""
        self.surplus = 0
        """How many are told now that there are too many."""
        self.ended = trio.Event()
        self._scope = scope

    @property
    def port(self) -> int:
        """The port number."""
        return self.address.port

    async def aclose(self) -> None:
        """Serve no more, and end the connections that there are."""
        self._scope.cancel()
        await self.ended.wait()


async def serve_http(
    nursery: trio.Nursery, pages: Mapping[str, Page], host: str, port: int, limits: Limits
) -> HttpListener:
    """Serve *pages*, by path, on *host* ("" is every interface) and *port* (0: any free one), as tasks of *nursery*.

    Raises :class:`PeerUnavailable` when the port cannot be had.
    """
    sockets = await open_listeners(host, port)
    names = [socket.socket.getsockname() for socket in sockets]
    scope = trio.CancelScope()
    listener = HttpListener(PeerAddress(host or str(names[0][0]), int(names[0][1])), scope)
    local_only = all(ipaddress.ip_address(name[0]).is_loopback for name in names)
    site = _Site(listener, pages, limits, local_only=local_only)

    async def run() -> None:
        try:
            with scope:
                async with trio.open_nursery() as connections:  # of its own, so that they end with the listener
                    await trio.serve_listeners(site.welcome, sockets, handler_nursery=connections)
        finally:
            listener.ended.set()

    nursery.start_soon(run)
    return listener


class _Answer(NamedTuple):
    status: HTTPStatus
    content_type: str
    body: bytes
    headers: tuple[tuple[str, str], ...] = ()
    closes: bool = False
    """Whether the connection is of no use behind it."""


def _refusal(status: HTTPStatus, why: str, *headers: tuple[str, str], closes: bool = False) -> _Answer:
    return _Answer(status, _TEXT, f"{status.value} {status.phrase}: {why}\n".encode(), headers, closes)


class _Site:
    """What all connections of a listener share."""

    def __init__(self, listener: HttpListener, pages: Mapping[str, Page], limits: Limits, *, local_only: bool) -> None:
        self.listener = listener
        self.pages = pages
        self.limits = limits
        self.local_only = local_only

    async def welcome(self, stream: trio.SocketStream) -> None:
        """Serve one client; trio closes *stream* afterwards."""
        listener, most = self.listener, self.limits.http_connections
        if listener.clients < most:
            listener.clients += 1
            try:
                await _Visit(self, stream).serve()
            finally:
                listener.clients -= 1
        elif listener.surplus < most:
            listener.surplus += 1
            why = f"{most} connections are open already (http_connections)"
            try:
                await _Visit(self, stream).turn_away(
                    _refusal(HTTPStatus.SERVICE_UNAVAILABLE, why, ("Retry-After", "1"))
                )
            finally:
                listener.surplus -= 1
        else:  # there is not even a word for them
            listener.answers[HTTPStatus.SERVICE_UNAVAILABLE] += 1

    def answer(self, request: h11.Request) -> _Answer:
        """What *request* gets."""
        headers = dict(request.headers)
        has_body = any(headers.get(name, b"0").strip() != b"0" for name in _BODY_HEADERS)
        if request.method not in {b"GET", b"HEAD"}:
            return _refusal(HTTPStatus.METHOD_NOT_ALLOWED, "only GET and HEAD", ("Allow", "GET, HEAD"), closes=has_body)
        if has_body:
            return _refusal(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "requests have no body here", closes=True)
        if self.local_only and not _is_local(headers.get(b"host", b"")):
            # A web page that someone on this machine reads could otherwise ask under a name of its own.
            return _refusal(HTTPStatus.MISDIRECTED_REQUEST, "ask by IP address, or as localhost")
        page = self.pages.get(_path(request.target))
        if page is None:
            return _refusal(HTTPStatus.NOT_FOUND, f"there are {' '.join(self.pages)}")
        accept = headers.get(b"accept", b"").decode("latin-1")
        try:
            content_type, body = page(accept)
        except Exception as error:  # noqa: BLE001  # a mistake of ours must not take the whole endpoint with it
            return _refusal(HTTPStatus.INTERNAL_SERVER_ERROR, f"{type(error).__name__}: {error}")
        return _Answer(HTTPStatus.OK, content_type, body)


def _path(target: bytes) -> str:
    """The path in a request's target, which may be a whole URL (RFC 9112 section 3.2.2)."""
    if not target.startswith(b"/"):
        _, _, rest = target.partition(b"://")
        target = b"/" + rest.partition(b"/")[2]
    return target.partition(b"?")[0].decode("latin-1")


def _is_local(host: bytes) -> bool:
    """Whether the Host header *host* is an IP address or a name of this machine; so is none at all (HTTP/1.0)."""
    text = host.decode("latin-1").lower()
    name = text[1:].partition("]")[0] if text.startswith("[") else text.partition(":")[0]
    if name in {"", "localhost"} or name.endswith(".localhost"):
        return True
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


class _Visit:
    """One connection of a client."""

    def __init__(self, site: _Site, stream: trio.abc.HalfCloseableStream) -> None:
        self._site = site
        self._stream = stream
        self._timeout = site.limits.http_timeout
        self._head_size = site.limits.web_request
        self._http = h11.Connection(h11.SERVER, max_incomplete_event_size=self._head_size - 1)
        self._is_head = False

    async def serve(self) -> None:
        """Answer requests until one side has had enough."""
        with suppress(trio.BrokenResourceError, trio.ClosedResourceError):  # the client is gone
            await self._serve()

    async def _serve(self) -> None:
        http = self._http
        for turn in range(1, _REQUESTS + 1):
            answer = await self._next_answer()
            if answer is None:
                return
            if answer.closes or turn == _REQUESTS:
                await self.turn_away(answer)
                return
            if not await self._send(answer) or http.our_state is h11.MUST_CLOSE:
                return
            http.next_event()  # the end of the request
            http.start_next_cycle()

    async def _next_answer(self) -> _Answer | None:
        """The answer to the next request; None when there is no next request."""
        try:
            with trio.move_on_after(self._timeout):
                request = await self._next_request()
                if request is None:
                    return None
                self._is_head = request.method == b"HEAD"
                return self._site.answer(request)
        except h11.RemoteProtocolError as error:
            return _refusal(HTTPStatus(error.error_status_hint), str(error), closes=True)
        if not self._http.trailing_data[0]:
            return None  # it only kept the connection
        return _refusal(HTTPStatus.REQUEST_TIMEOUT, f"the request took longer than {self._timeout:g} s", closes=True)

    async def _next_request(self) -> h11.Request | None:
        http = self._http
        while (event := http.next_event()) is h11.NEED_DATA:
            # Never more than a head may have: what h11 finds complete it takes, however long it is.
            room = self._head_size - len(http.trailing_data[0])
            http.receive_data(bytes(await self._stream.receive_some(room)))
        return event if isinstance(event, h11.Request) else None

    async def _send(self, answer: _Answer, *, closes: bool = False) -> bool:
        """Send *answer*; whether the client took it in time."""
        self._site.listener.answers[answer.status] += 1
        headers = [
            ("Date", formatdate(usegmt=True)),
            ("Content-Type", answer.content_type),
            ("Content-Length", str(len(answer.body))),
            ("Cache-Control", "no-store"),
            ("X-Content-Type-Options", "nosniff"),
            *answer.headers,
        ]
        if closes:
            headers.append(("Connection", "close"))
        status = answer.status
        events: list[h11.Event] = [h11.Response(status_code=status, headers=headers, reason=status.phrase)]
        if not self._is_head:
            events.append(h11.Data(answer.body))
        events.append(h11.EndOfMessage())
        data = b"".join([self._http.send(event) or b"" for event in events])
        with trio.move_on_after(self._timeout):
            await self._stream.send_all(data)
            return True
        return False

    async def turn_away(self, answer: _Answer) -> None:
        """Send *answer* as the last one, and hear out what the client is still saying, within bounds."""
        with suppress(trio.BrokenResourceError, trio.ClosedResourceError):
            if await self._send(answer, closes=True):
                await hear_out(self._stream)
