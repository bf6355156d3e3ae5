"""One role of a WebSocket measurement, played by our library: ``python -m benchmarks.web_peer ROLE --option value``."""

from __future__ import annotations

import argparse
import time
from typing import TYPE_CHECKING

import trio

from broker_core import Endpoint, EndpointOptions, Event

from .events import TOPIC, make_event
from .our_peer import HOST, parent_is_done, say

if TYPE_CHECKING:
    from argparse import Namespace


async def serve(_: Namespace) -> None:
    """The server: it makes nobody lose anything, so that a slow client is measured and not disconnected."""
    async with Endpoint(EndpointOptions(tls="off")) as endpoint:
        listener = await endpoint.listen_web(HOST, 0, style="zeek", overflow="block")
        say(port=listener.port)
        await parent_is_done()


async def receive(arguments: Namespace) -> None:
    """Ours: events until `count` have come behind `warm` others; every argument of each is looked at."""
    async with Endpoint() as endpoint:
        subscriber = endpoint.make_subscriber(TOPIC)
        await endpoint.peer(f"ws://{HOST}:{arguments.port}")
        say(ready=True)
        seen, started = 0, 0.0
        async for message in subscriber:
            event = Event.from_value(message.value)
            tuple(event.args)
            seen += 1
            if seen == arguments.warm:
                started = time.monotonic()
            elif seen == arguments.warm + arguments.count:
                break
        say(seconds=time.monotonic() - started)
        await parent_is_done()


async def publish(arguments: Namespace) -> None:
    """Ours: `warm` and `count` events as fast as they are taken."""
    async with Endpoint() as endpoint:
        await endpoint.peer(f"ws://{HOST}:{arguments.port}")
        say(ready=True)
        await parent_is_done()
        for number in range(arguments.warm + arguments.count):
            await endpoint.publish(TOPIC, make_event(arguments.kind, number))
        await endpoint.flush(120)
        say(done=True)
        await parent_is_done()


ROLES = {"serve": serve, "receive": receive, "publish": publish}


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.web_peer")
    parser.add_argument("role", choices=ROLES)
    parser.add_argument("--kind", default="twelve")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--count", type=int, default=0)
    parser.add_argument("--warm", type=int, default=1)
    arguments = parser.parse_args()
    trio.run(ROLES[arguments.role], arguments)


if __name__ == "__main__":
    main()
