"""Data stores for blocking programs: writes that return at once, reads that wait for their answer.

Sources: manual sections 2.4.2 and 2.5.6, and the C++ bindings 1.4.0.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final, Self

from broker_core import (
    MISSING,
    InvalidValue,
    NoSuchKey,
    NoSuchMaster,
    StaleData,
    StoreError,
    StoreTimeout,
    TypeClash,
)

from .conversion import to_broker, to_python
from .proxy import Proxy as StoreProxy
from .store_line import to_expiry

if TYPE_CHECKING:
    from .store_line import StoreLine

__all__ = ["Store"]

_NO_ANSWER: Final = (NoSuchKey, NoSuchMaster, StaleData, StoreTimeout, TypeClash)
"""What a read answers with None, as the bindings do. A proxy tells which one it was."""


class Store:
    """A master or a clone, made by ``endpoint.attach_master`` or ``attach_clone``; for any thread.

    Keys and values are Python values, wrappers or ``Data``. An *expiry* is how many seconds from now on the entry
    lives; one that is not above 0 is over at once.

    Operations that change the store return at once and are done in the order of the calls; they wait only when
    ``limits.store_queue`` of them do, for at most ``limits.block_timeout`` seconds (:class:`StoreTimeout`). What the
    master refuses is told to status subscribers, and raised by :meth:`flush`.

    Reads see what the same thread has written before; at a clone, once its master has confirmed it. They return None
    when there is nothing to return: the key or index does not exist, the clone has never been synchronized or not for
    too long, the master does not answer. (With ``api_version`` 2, the clone waits ``limits.store_get_delay`` seconds
    for its first snapshot.) Anything else, such as a broken database or a closed store, is raised as
    :class:`StoreError`.
    """

    def __init__(self, line: StoreLine) -> None:
        self._line = line
        self._store = line.store
        self._nowait = line.store.nowait

    def __repr__(self) -> str:
        return f"<broker_core.blocking.Store {self._store.name!r}, {self._store.role}>"

    def name(self) -> str:
        """The name that master and clones share."""
        return self._store.name

    def is_master(self) -> bool:
        """Whether this is the master, and no clone."""
        return self._store.role == "master"

    # -- changing -------------------------------------------------------------------------------------------------

    def put(self, key: object, value: object, expiry: float | None = None) -> None:
        """Store *value* at *key*, whatever was there."""
        self._line.do(self._nowait.put, to_broker(key), to_broker(value), to_expiry(expiry))

    def erase(self, key: object) -> None:
        """Remove *key*, if it exists."""
        self._line.do(self._nowait.erase, to_broker(key))

    def clear(self) -> None:
        """Remove all keys."""
        self._line.do(self._nowait.clear)

    def increment(self, key: object, amount: object, expiry: float | None = None) -> None:
        """Add *amount* to the number or time at *key*; an absent one starts from zero."""
        self._line.do(self._nowait.increment, to_broker(key), to_broker(amount), to_expiry(expiry))

    def decrement(self, key: object, amount: object, expiry: float | None = None) -> None:
        """Subtract *amount* from the number or time at *key*."""
        self._line.do(self._nowait.decrement, to_broker(key), to_broker(amount), to_expiry(expiry))

    def append(self, key: object, s: object, expiry: float | None = None) -> None:
        """Append the string *s* to the one at *key*; an absent one starts empty."""
        self._line.do(self._nowait.append, to_broker(key), to_broker(s), to_expiry(expiry))

    def insert_into(self, key: object, index: object, value: object = None, expiry: float | None = None) -> None:
        """Add *index* to the set at *key*, or with a *value* an entry to the table there.

        None is no value; ``Data()`` is the value none.
        """
        entry = MISSING if value is None else to_broker(value)
        self._line.do(self._nowait.insert_into, to_broker(key), to_broker(index), entry, to_expiry(expiry))

    def remove_from(self, key: object, index: object, expiry: float | None = None) -> None:
        """Take *index* out of the set or table at *key*; a vector loses its last element, whatever *index* is."""
        self._line.do(self._nowait.remove_from, to_broker(key), to_broker(index), to_expiry(expiry))

    def push(self, key: object, value: object, expiry: float | None = None) -> None:
        """Append *value* to the vector at *key*; an absent one starts empty."""
        self._line.do(self._nowait.push, to_broker(key), to_broker(value), to_expiry(expiry))

    def pop(self, key: object, expiry: float | None = None) -> None:
        """Remove the last element of the vector at *key*."""
        self._line.do(self._nowait.pop, to_broker(key), to_expiry(expiry))

    def put_unique(self, key: object, value: object, expiry: float | None = None) -> bool | None:
        """Store *value* at *key* if nothing is there, and tell whether that was so. Waits for the master's answer."""
        line, put_unique = self._line, self._store.put_unique
        with suppress(*_NO_ANSWER):
            return bool(line.call(line.write, put_unique, to_broker(key), to_broker(value), to_expiry(expiry)))
        return None

    # -- reading --------------------------------------------------------------------------------------------------

    def get(self, key: object) -> Any:
        """The value at *key*, or None."""
        with suppress(*_NO_ANSWER):
            return to_python(self._line.call(self._line.read, self._store.get, to_broker(key)))
        return None

    def exists(self, key: object) -> bool:
        """Whether there is something at *key*; raises :class:`StaleData` when a clone cannot know."""
        return bool(self._line.call(self._line.read, self._store.exists, to_broker(key)))

    def get_index_from_value(self, key: object, index: object) -> Any:
        """The element *index* of the vector or table at *key*, or None; of a set, whether *index* is in it."""
        line, part = self._line, self._store.get_index_from_value
        with suppress(*_NO_ANSWER):
            return to_python(line.call(line.read, part, to_broker(key), to_broker(index)))
        return None

    def keys(self) -> Any:
        """All keys as a set, or None. Expensive for a large store."""
        with suppress(*_NO_ANSWER):
            return to_python(self._line.call(self._line.read, self._store.keys))
        return None

    def proxy(self) -> Store.Proxy:
        """A way to ask without waiting for the answer: the same as ``Store.Proxy(store)``."""
        return Store.Proxy(self)

    # -- beyond the bindings 1.4 ----------------------------------------------------------------------------------

    def flush(self, timeout: float | None = None) -> None:
        """Wait until the master has done everything written so far, and raise the first error that came of it.

        :class:`StoreTimeout` after *timeout* seconds (default ``limits.store_request_timeout``).
        """
        line = self._line
        line.check()
        limit = line.limits.store_request_timeout if timeout is None else timeout
        try:
            line.portal.call(line.flush, limit, timeout=limit)
        except TimeoutError:
            msg = f"not everything was done within {limit:g} s"
            raise StoreTimeout(msg, self._store.name) from None
        error, line.failed = line.failed, None
        if error is not None:
            raise error

    def await_idle(self, timeout: float | None = None) -> bool:
        """As in the bindings of Broker 2: whether everything was done within *timeout* seconds, well or not."""
        try:
            self.flush(timeout)
        except (StoreTimeout, NoSuchMaster):
            return False
        except (StoreError, InvalidValue) as error:
            self._line.failed = error
        return True

    def wait_synchronized(self, timeout: float | None = None) -> bool:
        """Wait at most *timeout* seconds (default ``limits.store_request_timeout``) for a clone's first snapshot."""
        with suppress(NoSuchMaster, StoreTimeout):
            self._line.call(self._store.wait_synchronized, timeout)
            return True
        return False

    def close(self) -> None:
        """Detach it: what was asked for is done, and the endpoint goes on. Idempotent."""
        if not self._store.closed:
            self._line.portal.call(self._close)

    async def _close(self) -> None:
        await self._line.settle()
        await self._store.aclose()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    class Proxy(StoreProxy):
        """``Store.Proxy(store)``, as in C++."""

        def __init__(self, store: Store) -> None:
            super().__init__(store._line)
