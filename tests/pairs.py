"""Endpoints over real sockets on loopback, for the tests of the runtime and of the endpoint."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import trio

from broker_core import Endpoint, EndpointOptions
from broker_core.stores.channel import TICK

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

SOON = 10
"""Seconds that nothing here takes; with real sockets the clock is real too."""


def options(**changes: Any) -> EndpointOptions:
    return EndpointOptions(**{"tls": "off", **changes})


@asynccontextmanager
async def pair(
    *, one: EndpointOptions | None = None, two: EndpointOptions | None = None
) -> AsyncIterator[tuple[Endpoint, Endpoint]]:
    """Two endpoints, the second peered with the first over TCP."""
    with trio.fail_after(SOON * 3):
        async with Endpoint(one or options()) as a, Endpoint(two or options()) as b:
            listener = await a.listen("127.0.0.1", 0)
            await b.peer("127.0.0.1", listener.port)
            await a.await_peer(b.id)
            yield a, b


async def until(condition: Callable[[], Awaitable[bool]]) -> None:
    """Wait until *condition* holds, asking again after every tick of a store's channels; works with both clocks."""
    with trio.fail_after(SOON * 10):
        while not await condition():
            with trio.move_on_after(TICK / 2):
                await trio.sleep_forever()
