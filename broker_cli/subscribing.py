"""What ``subscribe`` and ``listen`` do once it is clear what is wanted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

import trio

from broker_core import SC, ErrorNotice, InvalidValue, PeeringError, Status

from .exit_codes import ExitCode, Failure
from .output.json_lines import json_line
from .parsing import address_text, refuse
from .receiving import Printer, print_messages, tell_ready
from .session import Session, run_session

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from broker_core import BackendKind, Overflow, Subscriber

    from .config import Settings
    from .context import Context
    from .receiving import Ends

__all__ = ["Listening", "Subscription", "run_listening", "run_subscription"]

_LEFTOVERS = 0.5
"""Seconds for what was received when a signal came."""


@dataclass(frozen=True, kw_only=True)
class Subscription:
    """What to receive, and until when."""

    topics: tuple[str, ...]
    ends: Ends
    capacity: int | None = None
    overflow: str = "block"
    ready_file: str | None = None


@dataclass(frozen=True, kw_only=True)
class Listening(Subscription):
    """Where to listen besides."""

    host: str
    port: int
    forward: bool = False
    once: bool = False
    masters: tuple[tuple[str, str, dict[str, str]], ...] = ()
    """Name, backend and options of each data store to host."""
    clones: tuple[str, ...] = ()


class _Receiving:
    """One run of a command that prints messages."""

    def __init__(self, context: Context, settings: Settings, plan: Subscription) -> None:
        self.context = context
        self.printer = Printer(context, settings)
        self._settings = settings
        self._plan = plan
        self._subscriber: Subscriber | None = None
        self._started = False

    def run(self, main: Callable[[Session], Awaitable[None]], *, forward: bool = False, patient: bool = True) -> None:
        """Run *main* in a session; then print what is left, and the summary."""

        async def program() -> None:
            tidy = self._print_rest
            await run_session(self.context, self._settings, main, forward=forward, patient=patient, tidy=tidy)

        try:
            trio.run(program)
        finally:
            if self._subscriber is not None and self._started:
                self.context.progress(self.printer.summary(self._subscriber.dropped))

    def subscribe(self, session: Session) -> None:
        """Make the subscription; peers learn of it when they are connected."""
        try:
            self._subscriber = session.endpoint.make_subscriber(
                self._plan.topics, capacity=self._plan.capacity, overflow=cast("Overflow", self._plan.overflow)
            )
        except InvalidValue as error:
            refuse(f"TOPIC: {error}")

    async def print(self) -> None:
        """Print messages until there were enough."""
        assert self._subscriber is not None  # noqa: S101  # subscribe() ran
        self._started = bool(self._plan.topics)
        await print_messages(self.context, self.printer, self._subscriber, self._plan.ends)

    async def _print_rest(self, _: Session) -> None:
        """What was received when a signal came is shown, if the reader takes it."""
        if self._subscriber is None:
            return
        rest = self._subscriber.poll()
        if self._plan.ends.count is not None:
            rest = rest[: max(0, self._plan.ends.count - self.printer.shown)]
        with trio.move_on_after(_LEFTOVERS):
            await self.printer.show(rest)


def run_subscription(context: Context, settings: Settings, plan: Subscription) -> None:
    """Connect, subscribe, print."""
    receiving = _Receiving(context, settings, plan)

    async def main(session: Session) -> None:
        receiving.subscribe(session)
        session.warn_of_everything(plan.topics)
        await session.connect()
        names = ", ".join(topic or '""' for topic in plan.topics)
        where = ", ".join(str(address) for address in settings.peers)
        context.progress(f"subscribed to {names} at {where}")
        tell_ready(plan.ready_file, "subscribed")
        await receiving.print()

    receiving.run(main)


def run_listening(context: Context, settings: Settings, plan: Listening) -> None:
    """Accept peers, tell who comes and goes, print messages."""
    receiving = _Receiving(context, settings, plan)

    async def main(session: Session) -> None:
        left = trio.Event()
        session.on_notice = _Announcer(context, left).tell
        receiving.subscribe(session)
        if plan.forward:
            session.endpoint.forward(plan.topics or ("",))
        session.warn_of_everything(session.endpoint.filter)
        await _host_stores(session, plan)
        try:
            listener = await session.endpoint.listen(plan.host, plan.port, tls=settings.tls)
        except PeeringError as error:
            message = f"cannot listen on {error.address}: {error.reason.removeprefix('cannot listen: ')}"
            raise Failure(message, ExitCode.CONNECT, "port 0 takes any free one") from error
        where = address_text(plan.host, listener.port)
        context.warn(f"listening on {where}")
        if settings.output == "ndjson":
            facts = {"address": plan.host or "*", "port": listener.port, "id": str(session.endpoint.id)}
            await receiving.printer.line(json_line("listening", **facts))
        tell_ready(plan.ready_file, where)
        async with trio.open_nursery() as nursery:
            if plan.once:
                nursery.start_soon(_stop_after, left, nursery.cancel_scope)
            await receiving.print()
            nursery.cancel_scope.cancel()

    # One clone that stands still must not stop a store for everybody else.
    receiving.run(main, forward=plan.forward, patient=not plan.masters)


async def _host_stores(session: Session, plan: Listening) -> None:
    for name, backend, options in plan.masters:
        await session.endpoint.attach_master(name, cast("BackendKind", backend), options)
        session.context.warn(f"serving store {name} ({':'.join([backend, *options.values()])})")
    for name in plan.clones:
        await session.endpoint.attach_clone(name)
        session.context.warn(f"following store {name}")


async def _stop_after(event: trio.Event, scope: trio.CancelScope) -> None:
    await event.wait()
    scope.cancel()


class _Announcer:
    """Tells on stderr who comes and goes."""

    def __init__(self, context: Context, left: trio.Event) -> None:
        self._context = context
        self._left = left

    def tell(self, notice: Status | ErrorNotice) -> None:
        """One line for *notice*, if it is worth one."""
        info = notice.context
        where = "" if info is None or info.network is None else f"{info.network} "
        if isinstance(notice, ErrorNotice):
            self._context.warn(f"{where}{notice.message}")
        elif info is not None and notice.code == SC.PEER_ADDED:
            self._context.warn(f"peer {where}joined ({info.id})")
        elif info is not None and notice.code in {SC.PEER_LOST, SC.PEER_REMOVED}:
            self._context.warn(f"peer {where}left ({info.id})")
            self._left.set()
