"""Asking a store without waiting for the answer (manual section 2.4.2, *Proxy Retrieval*)."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol, Self

import trio

from broker_core.errors import StoreError
from broker_core.model.native import to_value
from broker_core.runtime.flare import Flare

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from broker_core.stores.operations import Expiry

__all__ = ["Proxy", "Response"]


class Asked(Protocol):
    """What a proxy asks: :class:`Store`."""

    async def get(self, key: object) -> Any:
        """The value at *key*."""

    async def exists(self, key: object) -> bool:
        """Whether there is something at *key*."""

    async def get_index_from_value(self, key: object, index: object) -> Any:
        """A part of the value at *key*."""

    async def keys(self) -> Any:
        """All keys."""

    async def size(self) -> int:
        """How many keys there are."""

    async def put_unique(self, key: object, value: object, expiry: Expiry = None) -> bool:
        """Store *value* if nothing is at *key*."""


class Response(NamedTuple):
    """The answer to the request *id*: *answer*, or *error* when there is none."""

    id: int
    answer: Any
    error: StoreError | None

    def get(self) -> Any:
        """The answer, or its error raised."""
        if self.error is not None:
            raise self.error
        return self.answer


class Proxy:
    """Requests with ids (1, 2, ... below 2**64), and a mailbox for the responses, which come in the same order.

    A proxy holds at most limits.store_queue requests and responses that nobody has received; another one raises
    trio.WouldBlock. Close it, or use it as a context manager.
    """

    def __init__(self, nursery: trio.Nursery, store: Asked, capacity: int) -> None:
        self._store = store
        self._capacity = capacity
        self._last = 0
        self._requests: deque[tuple[int, Callable[..., Awaitable[Any]], tuple[Any, ...]]] = deque()
        self._request = trio.Event()
        self._mailbox: deque[Response] = deque()
        self._arrival = trio.Event()
        self._flare = Flare()
        self._scope = trio.CancelScope()
        nursery.start_soon(self._answer)

    # -- asking -----------------------------------------------------------------------------------------------------

    def get(self, key: object) -> int:
        """Ask for the value at *key*; returns the id of the request. Raises :class:`InvalidValue`."""
        return self._ask(self._store.get, to_value(key, "key"))

    def exists(self, key: object) -> int:
        """Ask whether there is something at *key*."""
        return self._ask(self._store.exists, to_value(key, "key"))

    def get_index_from_value(self, key: object, index: object) -> int:
        """Ask for a part of the value at *key*."""
        return self._ask(self._store.get_index_from_value, to_value(key, "key"), to_value(index, "index"))

    def keys(self) -> int:
        """Ask for all keys, as a set."""
        return self._ask(self._store.keys)

    def size(self) -> int:
        """Ask for the number of keys."""
        return self._ask(self._store.size)

    def put_unique(self, key: object, value: object, expiry: Expiry = None) -> int:
        """Ask to store *value* if nothing is at *key*; the answer is whether that was so."""
        return self._ask(self._store.put_unique, to_value(key, "key"), to_value(value, "value"), expiry)

    def _ask(self, method: Callable[..., Awaitable[Any]], *arguments: Any) -> int:
        if self._scope.cancel_called:
            raise trio.ClosedResourceError
        if len(self._requests) + len(self._mailbox) >= self._capacity:
            raise trio.WouldBlock
        self._last += 1
        self._requests.append((self._last, method, arguments))
        self._request.set()
        return self._last

    async def _answer(self) -> None:
        with self._scope:
            while True:
                while self._requests:
                    number, method, arguments = self._requests[0]
                    try:
                        response = Response(number, await method(*arguments), None)
                    except StoreError as error:
                        response = Response(number, None, error)
                    self._requests.popleft()
                    self._mailbox.append(response)
                    self._flare.light(True)
                    self._arrival.set()
                self._request = trio.Event()
                await self._request.wait()

    # -- receiving --------------------------------------------------------------------------------------------------

    async def receive(self, timeout: float | None = None) -> Response:
        """The next response, waiting at most *timeout* seconds for it (trio.TooSlowError)."""
        await trio.lowlevel.checkpoint()
        with trio.fail_after(float("inf") if timeout is None else timeout):
            while not self._mailbox:
                if self._scope.cancel_called:
                    raise trio.ClosedResourceError
                self._arrival = trio.Event()
                await self._arrival.wait()
        return self._take()

    def receive_nowait(self) -> Response:
        """The next response; trio.WouldBlock when there is none."""
        if not self._mailbox:
            raise trio.WouldBlock
        return self._take()

    def _take(self) -> Response:
        response = self._mailbox.popleft()
        self._flare.light(bool(self._mailbox))
        return response

    def available(self) -> int:
        """How many responses are there."""
        return len(self._mailbox)

    def descriptor(self) -> int:
        """A file descriptor that is readable exactly while a response is there; do not read from it."""
        return self._flare.descriptor()

    def close(self) -> None:
        """Forget requests and responses. Idempotent."""
        self._scope.cancel()
        self._requests.clear()
        self._mailbox.clear()
        self._flare.close()
        self._arrival.set()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
