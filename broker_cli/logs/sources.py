"""Where ``subscribe --logs`` has logs from: nodes of a ZeroMQ cluster push them to a sink here, and peers publish them.

The rest of the command takes both as one subscriber.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

import trio

from broker_cli.exit_codes import cannot_listen
from broker_cli.parsing import address_text
from broker_cli.wording import counted
from broker_core import EC, NetworkInfo, PeeringError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from broker_cli.context import Context
    from broker_core import Endpoint, ErrorNotice, LogSink, Message, Overflow, Status, Subscriber

__all__ = ["LogSources", "SinkPlan"]


@dataclass(frozen=True, slots=True, kw_only=True)
class SinkPlan:
    """Where to listen for logs, how many batches may wait, and what happens when more do."""

    host: str
    port: int
    capacity: int | None = None
    overflow: str = "block"


class LogSources:
    """A sink for logs, and the subscriber if there is one, as a subscriber."""

    def __init__(self, context: Context, endpoint: Endpoint, sink: LogSink, subscriber: Subscriber | None) -> None:
        self.place = address_text(sink.host.removeprefix("*"), sink.port)
        """Where it listens, such as ``127.0.0.1:27762``."""
        self._context = context
        self._sink = sink
        self._subscriber = subscriber
        self._network = NetworkInfo(sink.host, sink.port)
        self._notices = endpoint.make_status_subscriber()

    @classmethod
    async def open(
        cls, context: Context, endpoint: Endpoint, plan: SinkPlan, subscriber: Subscriber | None
    ) -> LogSources:
        """Listen, and say so. Raises :class:`Failure` when the port cannot be had."""
        overflow = cast("Overflow", plan.overflow)
        try:
            sink = await endpoint.listen_logs(plan.host, plan.port, capacity=plan.capacity, overflow=overflow)
        except PeeringError as error:
            raise cannot_listen(error) from error
        made = cls(context, endpoint, sink, subscriber)
        context.warn(f"listening for logs on {made.place}{' with CURVE' if sink.tls != 'off' else ''}")
        return made

    # -- as a subscriber ------------------------------------------------------------------------------------------

    async def get_batch(self, most: int | None = None) -> list[Message]:
        """What there is, at least one message; from each side at most *most*. trio.EndOfChannel when one has ended."""
        if self._subscriber is None:
            return [*await self._sink.get_batch(most)]
        found: list[Message] = []
        ended = False

        async def take(get_batch: Callable[[int | None], Awaitable[list[Message]]]) -> None:
            nonlocal ended
            try:
                found.extend(await get_batch(most))
            except trio.EndOfChannel:
                ended = True
            nursery.cancel_scope.cancel()

        async with trio.open_nursery() as nursery:
            nursery.start_soon(take, self._subscriber.get_batch)
            nursery.start_soon(take, cast("Callable[[int | None], Awaitable[list[Message]]]", self._sink.get_batch))
        if ended and not found:
            found = self.poll()
            if not found:
                raise trio.EndOfChannel
        return found

    def poll(self) -> list[Message]:
        """All that is there now."""
        return [*self._sink.poll(), *(self._subscriber.poll() if self._subscriber else ())]

    @property
    def dropped(self) -> int:
        """How much the overflow policy discarded."""
        return self._sink.dropped + (self._subscriber.dropped if self._subscriber else 0)

    @property
    def overflowed(self) -> bool:
        """Whether the policy "exit" has ended one of both."""
        return self._sink.overflowed or (self._subscriber is not None and self._subscriber.overflowed)

    # -- what else there is to a sink -----------------------------------------------------------------------------

    async def tell_problems(self) -> None:
        """Warn of nodes that cannot connect, and of what is no batch of logs, until cancelled."""
        async for notice in self._notices:
            self._tell(notice)

    def _tell(self, notice: Status | ErrorNotice) -> None:
        # What was dropped is told by whoever prints.
        if notice.code != EC.UNSPECIFIED and notice.context and notice.context.network == self._network:
            self._context.warn(f"{self.place}: {notice.message}")

    async def aclose(self) -> None:
        """Listen no more; what has come can still be had."""
        await self._sink.aclose()
        for notice in self._notices.poll():
            self._tell(notice)

    def remarks(self) -> list[str]:
        """What a summary is to say besides."""
        sink, remarks = self._sink, []
        if sink.available():
            remarks.append(f"{counted(sink.available(), 'more batch', 'more batches')} not shown")
        if sink.skipped:
            remarks.append(f"{counted(sink.skipped, 'message')} skipped")
        if sink.refused:
            remarks.append(f"{counted(sink.refused, 'connection')} refused")
        return remarks
