"""Asking a data store now and taking the answer later (manual section 2.4.2, *Proxy Retrieval*)."""

from __future__ import annotations

import threading
import weakref
from math import inf
from typing import TYPE_CHECKING, Any, NamedTuple, overload

import trio

from broker_core import LocalProtocolError, StoreError

from .conversion import to_broker, to_python
from .inbox import Inbox
from .status import Error, error_from
from .store_line import to_expiry

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from .portal import Portal
    from .store_line import StoreLine

__all__ = ["ExpectedData", "Mailbox", "Proxy", "Response"]


class ExpectedData:
    """A value, or the error that there is instead; true when it is a value, whatever value."""

    __slots__ = ("_error", "_value")

    def __init__(self, value: Any = None, error: Error | None = None) -> None:
        self._value = value
        self._error = error

    def is_valid(self) -> bool:
        """Whether there is a value."""
        return self._error is None

    __bool__ = is_valid

    def get(self) -> Any:
        """The value; ValueError when there is an error instead."""
        if self._error is not None:
            raise ValueError(self._error.message())
        return self._value

    def error(self) -> Error:
        """The error, ``Error()`` when there is a value: ``answer.error() == EC.NoSuchKey``."""
        return Error() if self._error is None else self._error

    def __repr__(self) -> str:
        return repr(self._value) if self._error is None else repr(self._error)


class Response(NamedTuple):
    """The answer to the request *id*."""

    id: int
    answer: ExpectedData


class Mailbox:
    """Where the responses to the requests of *proxy* come in."""

    def __init__(self, proxy: Proxy) -> None:
        self._proxy = proxy

    def descriptor(self) -> int:
        """A file descriptor that is readable exactly while a response is there; do not read from it."""
        return self._proxy.inbox.descriptor()

    def empty(self) -> bool:
        """Whether no response is there."""
        return not len(self._proxy.inbox)

    def count(self, max: int = -1) -> int:  # noqa: A002  # as in C++
        """How many responses are there, but not more than *max*, unless that is negative."""
        number = len(self._proxy.inbox)
        return number if max < 0 else min(number, max)


class _Answered(NamedTuple):
    """What comes back for the request *id*: a strict value, or an error."""

    id: int
    value: Any
    error: StoreError | None

    def response(self) -> Response:
        """The same for a program."""
        if self.error is not None:
            return Response(self.id, ExpectedData(error=error_from(self.error)))
        return Response(self.id, ExpectedData(to_python(self.value)))


class _Request(NamedTuple):
    id: int
    query: Callable[..., Awaitable[Any]]
    arguments: tuple[Any, ...]


class Proxy:
    """Requests to a store, each with an id (1, 2, ...), and a mailbox for the responses, which come in that order.

    For any thread. An answer has in it what was written before it was asked for, and may have what was written after.
    At most ``limits.store_queue`` requests are open and responses not received; one more request
    raises :class:`StoreError`.
    """

    def __init__(self, line: StoreLine) -> None:
        self._line = line
        self._lock = threading.Lock()
        self._last = 0
        self._open = 0
        self.inbox: Inbox[_Answered] = Inbox(line.limits.store_queue)
        self._requests, requests = trio.open_memory_channel[_Request](inf)
        line.check()
        line.portal.post(line.portal.start, _answer, requests, self.inbox)
        weakref.finalize(self, _discard, line.portal, self._requests, self.inbox).atexit = False

    # -- asking -----------------------------------------------------------------------------------------------------

    def get(self, key: object) -> int:
        """Ask for the value at *key*; returns the id of the request."""
        return self._ask(self._line.read, self._line.store.get, to_broker(key))

    def exists(self, key: object) -> int:
        """Ask whether there is something at *key*."""
        return self._ask(self._line.read, self._line.store.exists, to_broker(key))

    def get_index_from_value(self, key: object, index: object) -> int:
        """Ask for a part of the value at *key*."""
        return self._ask(self._line.read, self._line.store.get_index_from_value, to_broker(key), to_broker(index))

    def keys(self) -> int:
        """Ask for all keys."""
        return self._ask(self._line.read, self._line.store.keys)

    def put_unique(self, key: object, value: object, expiry: float | None = None) -> int:
        """Ask to store *value* if nothing is at *key*; the answer is whether that was so."""
        put_unique = self._line.store.put_unique
        return self._ask(self._line.write, put_unique, to_broker(key), to_broker(value), to_expiry(expiry))

    def _ask(self, query: Callable[..., Awaitable[Any]], *arguments: Any) -> int:
        line = self._line
        line.check()
        with self._lock:
            if self._open >= line.limits.store_queue:
                msg = f"{self._open} requests of this proxy wait to be received (store_queue)"
                raise StoreError(msg, line.store.name)
            self._open += 1
            self._last += 1
            line.portal.post(self._requests.send_nowait, _Request(self._last, query, arguments))
            return self._last

    # -- receiving --------------------------------------------------------------------------------------------------

    def mailbox(self) -> Mailbox:
        """Where the responses come in."""
        return Mailbox(self)

    @overload
    def receive(self) -> Response: ...
    @overload
    def receive(self, n: int) -> list[Response]: ...
    def receive(self, n: int | None = None) -> Response | list[Response]:
        """The next response, or a list of the next *n*; waits for them.

        Raises :class:`LocalProtocolError` when the portal is over.
        """
        return self._receive() if n is None else [self._receive() for _ in range(n)]

    def _receive(self) -> Response:
        while True:
            try:
                answered = self.inbox.pop()
            except IndexError:
                self._line.portal.refuse_own_thread()
                self._line.portal.check()
                if not self.inbox.wait(None):
                    msg = "the endpoint of this proxy is gone"
                    raise LocalProtocolError(msg) from None
            else:
                with self._lock:
                    self._open -= 1
                return answered.response()


async def _answer(requests: trio.MemoryReceiveChannel[_Request], inbox: Inbox[_Answered]) -> None:
    """Answer *requests*, one after the other, as long as the proxy lives."""
    try:
        async for number, query, arguments in requests:
            try:
                answered = _Answered(number, await query(*arguments), None)
            except StoreError as error:
                answered = _Answered(number, None, error)
            inbox.put([answered])
    finally:
        inbox.close()


def _discard(portal: Portal, requests: trio.MemorySendChannel[_Request], inbox: Inbox[_Answered]) -> None:
    if not portal.unusable:  # else perhaps in a forked child, and a thread that did not come along has the lock
        portal.post(requests.close)
        inbox.discard()
