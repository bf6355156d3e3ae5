"""Status documents over HTTP: ask for one, and read what this toolkit and C++ Broker serve.

C++ may write the document as typed JSON (``{"@data-type":"table",...}``), and JSON that is none; both become plain
dicts and lists here. No proxies, no redirects, no cookies: one request to the address that was given.
"""

from __future__ import annotations

import math
import os
import socket
import ssl
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

import h11
import trio

from broker_core import DecodeError, __version__
from broker_core.codecs.json import loads

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .status_urls import StatusUrl

__all__ = ["MAX_DOCUMENT", "FetchError", "fetch_status", "plain"]

MAX_DOCUMENT = 16 * 1024 * 1024
"""Longest document that is read, in bytes."""

_READ_SIZE = 64 * 1024
_MAX_HEAD = 64 * 1024
_MAX_DEPTH = 100
_BROKER_HELLO = b"\x00\x00\x00\x05\x07ZEEK"
_TLS_ALERT = 0x15


class FetchError(Exception):
    """There is no document: *reason* is one line, *code* says it to programs, *hint* is the next step or ""."""

    def __init__(self, reason: str, code: str, hint: str = "") -> None:
        super().__init__(reason, code, hint)
        self.reason = reason
        self.code = code
        self.hint = hint


async def fetch_status(url: StatusUrl, timeout: float) -> dict[str, Any]:
    """The document at *url*, of JSON's types only. *timeout* is for connecting, and again for the answer, in seconds.

    Raises :class:`FetchError`.
    """
    tcp = await _connect(url, timeout)
    try:
        with trio.fail_after(timeout):
            stream = tcp if url.scheme == "http" else await _secured(tcp, url)
            return _read_document(await _get(stream, url))
    except trio.TooSlowError:
        reason = f"it takes the connection, but does not answer within {timeout:g} s"
        raise FetchError(reason, "timeout") from None
    except trio.BrokenResourceError as error:
        reason = f"the connection broke: {_os_reason(error)}"
        raise FetchError(reason, "lost") from error
    finally:
        with trio.CancelScope(shield=True):
            await trio.aclose_forcefully(tcp)


async def _connect(url: StatusUrl, timeout: float) -> trio.SocketStream:
    try:
        with trio.fail_after(timeout):
            return await trio.open_tcp_stream(url.host, url.port)
    except trio.TooSlowError:
        reason = f"no answer within {timeout:g} s"
        raise FetchError(reason, "timeout", "a firewall may drop the packets, or the host is down") from None
    except socket.gaierror as error:
        reason = f"the name cannot be resolved ({error.strerror})"
        raise FetchError(reason, "unavailable", "check the spelling of the host") from error
    except (OSError, UnicodeError) as error:
        raise FetchError(_os_reason(error), "unavailable") from error


async def _secured(tcp: trio.SocketStream, url: StatusUrl) -> trio.abc.Stream:
    stream = trio.SSLStream(tcp, ssl.create_default_context(), server_hostname=url.host, https_compatible=True)
    try:
        await stream.do_handshake()
    except trio.BrokenResourceError as error:
        reason = f"no TLS: {_os_reason(error)}"
        raise FetchError(reason, "tls") from error
    return stream


def _os_reason(error: BaseException) -> str:
    """What the system says: for several addresses of one name, what it says of the first."""
    cause = error.__cause__ or error
    if isinstance(cause, BaseExceptionGroup):
        cause = cause.exceptions[0]
    if isinstance(cause, ssl.SSLCertVerificationError):
        return f"its certificate is refused ({cause.verify_message})"
    if isinstance(cause, ssl.SSLError):
        return (cause.reason or str(cause)).lower().replace("_", " ")
    if isinstance(cause, OSError) and cause.errno:
        return os.strerror(cause.errno).lower()
    return str(cause) or "closed by the other side"


async def _get(stream: trio.abc.Stream, url: StatusUrl) -> bytes:
    """The body of the answer to one GET. Raises :class:`FetchError`."""
    http = h11.Connection(h11.CLIENT, max_incomplete_event_size=_MAX_HEAD)
    headers = [
        ("Host", url.authority),
        ("Accept", "application/json"),
        ("User-Agent", f"broker-toolkit/{__version__}"),
        ("Connection", "close"),
    ]
    await stream.send_all(
        (http.send(h11.Request(method="GET", target=url.target, headers=headers)) or b"")
        + (http.send(h11.EndOfMessage()) or b"")
    )
    answer = _Answer(stream, http)
    body, size = [], 0
    while not isinstance(event := await answer.next_event(), h11.EndOfMessage):
        if isinstance(event, h11.Response) and event.status_code != HTTPStatus.OK:
            raise _refused(event, url)
        if isinstance(event, h11.Data):
            body.append(bytes(event.data))
            size += len(event.data)
            if size > MAX_DOCUMENT:
                reason = f"the document is longer than {MAX_DOCUMENT} bytes"
                raise FetchError(reason, "too_large")
    return b"".join(body)


class _Answer:
    """What the server says, event by event; and how it began, to tell what else it is when it is no HTTP."""

    def __init__(self, stream: trio.abc.Stream, http: h11.Connection) -> None:
        self._stream = stream
        self._http = http
        self._first = b""

    async def next_event(self) -> h11.Event:
        try:
            while True:
                event = self._http.next_event()
                if isinstance(event, h11.Event):
                    return event
                data = bytes(await self._stream.receive_some(_READ_SIZE))
                self._first = self._first or data
                self._http.receive_data(data)
        except h11.RemoteProtocolError as error:
            raise _no_http(self._first, error) from error


def _no_http(first: bytes, error: h11.RemoteProtocolError) -> FetchError:
    if first.startswith(_BROKER_HELLO):
        return FetchError("it speaks Broker's own protocol, not HTTP", "not_http", "leave http:// out")
    if first[:1] == bytes((_TLS_ALERT,)):
        return FetchError("it speaks TLS, not HTTP", "not_http", "a Broker peer? leave http:// out; or use https://")
    if first.startswith(b"HTTP/"):
        return FetchError(f"its answer is no good HTTP: {error}", "not_http")
    return FetchError("it does not speak HTTP" if first else "it closed the connection at once", "not_http")


def _refused(response: h11.Response, url: StatusUrl) -> FetchError:
    status = f"HTTP {response.status_code} {response.reason.decode('latin-1')}".rstrip()
    if response.status_code == HTTPStatus.NOT_FOUND:
        return FetchError(f"no Broker status there: {status} for {url.target}", "no_status")
    return FetchError(f"it answers with {status}", "no_status")


# -- reading ----------------------------------------------------------------------------------------------------------


def _read_document(body: bytes) -> dict[str, Any]:
    try:
        document = plain(loads(body))
    except DecodeError as error:
        reason = f"no Broker status there: {error}"
        raise FetchError(reason, "no_status") from error
    if not isinstance(document, dict):
        reason = "no Broker status there: the JSON is no object"
        raise FetchError(reason, "no_status")
    return document


def plain(thing: Any, room: int = _MAX_DEPTH) -> Any:
    """*thing*, plain or typed JSON, without the types, and without numbers that JSON does not have.

    Raises :class:`DecodeError` for what is nested too deeply.
    """
    if room == 0:
        message = f"JSON nested deeper than {_MAX_DEPTH} levels"
        raise DecodeError(message)
    room -= 1
    if isinstance(thing, dict):
        if "@data-type" not in thing:
            return {name: plain(member, room) for name, member in thing.items()}
        kind, data = thing["@data-type"], thing.get("data")
        if kind == "none":
            return None
        if kind == "table" and isinstance(data, list):
            return dict(_pairs(data, room))
        return plain(data, room)
    if isinstance(thing, list):
        return [plain(item, room) for item in thing]
    if isinstance(thing, float) and not math.isfinite(thing):
        return repr(thing)
    return thing


def _pairs(items: list[Any], room: int) -> Iterator[tuple[str, Any]]:
    for item in items:
        if isinstance(item, dict):
            key = plain(item.get("key"), room)
            yield key if isinstance(key, str) else repr(key), plain(item.get("value"), room)
