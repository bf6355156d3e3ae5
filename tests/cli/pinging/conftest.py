"""Somebody who answers pings as the test wants it."""

from __future__ import annotations

from contextlib import asynccontextmanager, suppress

import pytest
import trio

from broker_core import Count


@asynccontextmanager
async def answer_pings(endpoint, topic="/t", answers=lambda number: [number]):
    """*answers* says which pongs a ping gets; the ids of the pings that came are in the list that this yields."""
    seen = []

    async def serve(*, task_status) -> None:
        task_status.started()
        with suppress(trio.ClosedResourceError):  # the test ends before it has answered all
            async for message in messages:
                word, number, _ = message.value
                if word == "ping":
                    seen.append(int(number))
                    for each in answers(int(number)):
                        await endpoint.publish(message.topic, ("pong", Count(each)))

    with endpoint.make_subscriber(topic) as messages:
        async with trio.open_nursery() as nursery:
            await nursery.start(serve)
            yield seen
            nursery.cancel_scope.cancel()


@pytest.fixture
def answering():
    """``async with answering(endpoint) as seen``."""
    return answer_pings
