"""``python -m tests.soak.child ROLE ...``: one endpoint in a process of its own, which reports in JSON lines.

``steady`` listens, subscribes and publishes; it ends when its standard input does. Lines that come in: ``stop``
(publish no more; the answer is what was confirmed) and ``report`` (the answer is what was received).
``mortal`` dials the hub, publishes, subscribes and writes to the store until it is killed; it says which writes were
confirmed, and what came twice or out of order.
"""

from __future__ import annotations

import json
import sys
from contextlib import suppress
from functools import partial
from typing import Any

import trio

from broker_core import Endpoint, UndeliveredError

from .footprint import Footprint
from .ledger import Received
from .roles import STORE, Publisher, StoreWriter, options, subscribe, until

__all__ = ["BACK", "CHAIN", "DIRECT"]

CHAIN, DIRECT, BACK = "/soak/chain", "/soak/direct", "/soak/back"
_LONG = 3600.0


def _say(thing: Any) -> None:
    sys.stdout.write(json.dumps(thing) + "\n")
    sys.stdout.flush()


async def _steady() -> None:
    received, stop = Received(), trio.Event()
    with suppress(UndeliveredError):
        async with Endpoint(options("anon")) as endpoint, trio.open_nursery() as nursery:
            listener = await endpoint.listen()
            nursery.start_soon(subscribe, endpoint, DIRECT, received)
            publisher = Publisher(endpoint, BACK, "steady")
            nursery.start_soon(publisher.run, stop)
            _say({"port": listener.port})
            async for line in _lines():
                if line == "stop":
                    stop.set()
                    _say({"acknowledged": publisher.sent.acknowledged, "last": publisher.sent.last})
                else:
                    statistics = endpoint.statistics()
                    _say(
                        {
                            "received": received.report(),
                            "skipped": statistics.skipped,
                            "footprint": Footprint.now()._asdict(),
                        }
                    )
            nursery.cancel_scope.cancel()


async def _mortal(port: int, number: int) -> None:
    received, never = Received(), trio.Event()
    async with Endpoint(options("anon")) as endpoint, trio.open_nursery() as nursery:
        endpoint.peer_nowait("127.0.0.1", port, retry=0.1)
        nursery.start_soon(subscribe, endpoint, CHAIN, received)
        nursery.start_soon(Publisher(endpoint, CHAIN, f"mortal {number}").run, never)
        store = await endpoint.attach_clone(STORE)
        writer = StoreWriter(store, "mortal", lambda key, value: _say([key, value]), first=number * 1_000_000)
        nursery.start_soon(writer.run, never)
        await until(partial(_is_true, received.disorder), _LONG)
        _say({"disorder": received.disorder})


async def _is_true(thing: object) -> bool:
    return bool(thing)


async def _lines() -> Any:
    stream = trio.lowlevel.FdStream(sys.stdin.fileno())
    held = b""
    while data := await stream.receive_some():
        *lines, held = (held + data).split(b"\n")
        for line in lines:
            yield line.decode()


def main() -> None:
    """Play the role that is named."""
    role, *arguments = sys.argv[1:]
    if role == "steady":
        trio.run(_steady)
    else:
        trio.run(_mortal, *map(int, arguments))


if __name__ == "__main__":
    main()
