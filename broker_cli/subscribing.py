"""What ``subscribe`` and ``listen`` do once it is clear what is wanted."""

from __future__ import annotations

import time
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, cast

import trio

from broker_core import SC, ErrorNotice, InvalidValue, PeeringError, Status

from .exit_codes import cannot_listen
from .output.json_lines import json_line
from .parsing import address_text, refuse
from .receiving import Printer, print_messages, tell_rate, tell_ready
from .session import Session, run_session

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from broker_core import BackendKind, EndpointId, Overflow, Subscriber, TlsMode, WebAccess, WebStyle

    from .config import Settings
    from .context import Context
    from .executing import Commands, Execution
    from .logs.printing import LogPrinter
    from .logs.sources import LogSources, SinkPlan
    from .receiving import Ends
    from .selecting.selection import Selection

__all__ = [
    "Announcer",
    "Listening",
    "Subscription",
    "listening_line",
    "open_ports",
    "run_listening",
    "run_subscription",
]

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
    selection: Selection | None = None
    """What a message has to pass to be shown."""
    execution: Execution | None = None
    """What to run for each message instead of showing it."""
    rate: bool = False
    """Whether to tell each second how many messages came."""
    log_sink: SinkPlan | None = None
    """Where to take logs of a ZeroMQ cluster, too."""


@dataclass(frozen=True, kw_only=True)
class WebServing:
    """How to serve WebSocket clients."""

    host: str
    port: int
    tls: TlsMode
    style: WebStyle
    access: WebAccess
    overflow: str


@dataclass(frozen=True, kw_only=True)
class Serving:
    """What to serve besides peers."""

    web: WebServing | None = None
    http: tuple[str, int] | None = None
    zmq: tuple[str, int, int] | None = None
    """Host, and the ports of XPUB and XSUB, of the central broker of a ZeroMQ cluster."""


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
    serving: Serving = Serving()  # frozen


class _Receiving:
    """One run of a command that prints messages."""

    def __init__(self, context: Context, settings: Settings, plan: Subscription) -> None:
        self.context = context
        self.printer = _printer(context, settings, plan.selection)
        self._commands: Commands | None = None
        if plan.execution is not None:
            from .executing import Commands

            self._commands = Commands(context, settings, plan.execution, plan.selection)
        self._settings = settings
        self._plan = plan
        self._subscriber: Subscriber | LogSources | None = None
        self._sources: LogSources | None = None
        """The same, when there is a sink for logs."""
        self._started = False
        self._missed = 0
        """Messages that the endpoint had to drop before they reached the subscriber."""
        no_others = settings.template is None and plan.execution is None and not settings.logs
        self.prints_objects = settings.output == "ndjson" and no_others
        """Whether stdout takes lines of ndjson that are no messages."""

    def run(self, main: Callable[[Session], Awaitable[None]], *, forward: bool = False, patient: bool = True) -> None:
        """Run *main* in a session; then print what is left, and the summary."""

        async def program() -> None:
            tidy = self._print_rest
            await run_session(self.context, self._settings, main, forward=forward, patient=patient, tidy=tidy)

        try:
            trio.run(program)
        finally:
            self.printer.finish()
            if self._subscriber is not None and self._started:
                text = (self._commands or self.printer).summary(self._subscriber.dropped + self._missed)
                self.context.progress(", ".join([text, *(self._sources.remarks() if self._sources else ())]))

    def subscribe(self, session: Session) -> None:
        """Make the subscription; peers learn of it when they are connected."""
        try:
            self._subscriber = session.endpoint.make_subscriber(
                self._plan.topics, capacity=self._plan.capacity, overflow=cast("Overflow", self._plan.overflow)
            )
        except InvalidValue as error:
            refuse(f"TOPIC: {error}")

    async def open_sink(self, session: Session, plan: SinkPlan) -> str:
        """Take logs that nodes push, besides what is subscribed to if that is anything; returns where they come."""
        from .logs.sources import LogSources

        subscriber = cast("Subscriber", self._subscriber) if self._plan.topics else None
        self._subscriber = self._sources = await LogSources.open(self.context, session.endpoint, plan, subscriber)
        return self._sources.place

    async def print(self) -> None:
        """Print messages until there were enough."""
        assert self._subscriber is not None  # noqa: S101  # subscribe() ran
        self._started = bool(self._plan.topics) or self._sources is not None
        async with trio.open_nursery() as nursery:
            if self._sources is not None:
                nursery.start_soon(self._sources.tell_problems)
            if self._plan.rate:
                nursery.start_soon(tell_rate, self.context, self._commands or self.printer)
            sink = self._commands or self.printer
            take = partial(print_messages, self.context, sink, self._subscriber, self._plan.ends)
            await (take() if self._commands is None else self._commands.run(take))
            nursery.cancel_scope.cancel()

    async def mark_gap(self, address: str, seconds: float) -> None:
        """One line for a connection that was lost, and is there again after *seconds*."""
        now = time.time()
        await self.printer.line(json_line("gap", peer=address, lost=round(now - seconds, 6), ts=round(now, 6)))

    async def _print_rest(self, session: Session) -> None:
        """What was received when a signal came is shown, if the reader takes it."""
        self._missed = sum(peer.missed for peer in session.endpoint.peers())
        if self._sources is not None:
            await self._sources.aclose()
        if self._subscriber is None or self._commands is not None:
            return
        rest = self._subscriber.poll()
        selection, most = self._plan.selection, self._plan.ends.count
        room = None if most is None else most - self.printer.shown
        if room == 0 or (selection is not None and selection.done):
            return
        with trio.move_on_after(_LEFTOVERS):
            await self.printer.show(rest if selection or self._settings.logs else rest[:room], room)


def _printer(context: Context, settings: Settings, selection: Selection | None) -> Printer | LogPrinter:
    if not settings.logs:
        return Printer(context, settings, selection)
    from .logs.printing import LogPrinter

    return LogPrinter(context, settings, selection)


def run_subscription(context: Context, settings: Settings, plan: Subscription) -> None:
    """Connect, subscribe, print."""
    receiving = _Receiving(context, settings, plan)

    async def main(session: Session) -> None:
        receiving.subscribe(session)
        if receiving.prints_objects:
            session.on_gap = receiving.mark_gap
        session.warn_of_everything(plan.topics)
        await session.connect()
        ready = "subscribed"
        if plan.topics:
            names = ", ".join(topic or '""' for topic in plan.topics)
            where = ", ".join(str(address) for address in settings.peers)
            context.progress(f"subscribed to {names} at {where}")
        if plan.log_sink is not None:
            ready = await receiving.open_sink(session, plan.log_sink)
        tell_ready(plan.ready_file, ready)
        await receiving.print()

    receiving.run(main)


def run_listening(context: Context, settings: Settings, plan: Listening) -> None:
    """Accept peers, tell who comes and goes, print messages."""
    receiving = _Receiving(context, settings, plan)

    async def main(session: Session) -> None:
        left = trio.Event()
        session.on_notice = Announcer(session, left).tell
        receiving.subscribe(session)
        if plan.forward:
            session.endpoint.forward(plan.topics or ("",))
        session.warn_of_everything(session.endpoint.filter)
        await _host_stores(session, plan)
        where, others = await open_ports(session, plan)
        if receiving.prints_objects:
            await receiving.printer.line(listening_line(session, plan, where, others))
        tell_ready(plan.ready_file, where)
        async with trio.open_nursery() as nursery:
            if plan.once:
                nursery.start_soon(_stop_after, left, nursery.cancel_scope)
            await receiving.print()
            nursery.cancel_scope.cancel()

    # One clone that stands still must not stop a store for everybody else.
    receiving.run(main, forward=plan.forward, patient=not plan.masters)


async def open_ports(session: Session, plan: Listening) -> tuple[str, dict[str, str]]:
    """Listen for peers, and for what else is to be served; the address, and those of the others by name."""
    endpoint, context, tls = session.endpoint, session.context, session.settings.tls
    others: dict[str, str] = {}
    try:
        listener = await endpoint.listen(plan.host, plan.port, tls=tls)
        where = address_text(plan.host, listener.port)
        if web := plan.serving.web:
            overflow = cast("Overflow", web.overflow)
            listener = await endpoint.listen_web(
                web.host, web.port, tls=web.tls, style=web.style, access=web.access, overflow=overflow
            )
            others["ws"] = f"{listener.address.transport}://{address_text(web.host, listener.port)}"
        if plan.serving.http:
            host, port = plan.serving.http
            others["http"] = f"http://{address_text(host, (await endpoint.serve_status(host, port)).port)}"
        if plan.serving.zmq:
            others["zmq"] = await _open_cluster(session, *plan.serving.zmq)
    except PeeringError as error:
        raise cannot_listen(error) from error
    context.warn(f"listening on {', '.join([where, *others.values()])}")
    return where, others


async def _open_cluster(session: Session, host: str, port: int, send_port: int) -> str:
    """Run a central broker, and be a node of its cluster; where others find it."""
    broker = await session.endpoint.listen_zmq(host, port, send_port)
    here = broker.address if host else broker.address._replace(host="127.0.0.1")
    await session.endpoint.peer(here, tls="off")  # what this side listens with is another matter
    return str(broker.address)


def listening_line(session: Session, plan: Listening, where: str, others: dict[str, str]) -> str:
    """What :func:`open_ports` returned, as ndjson."""
    port = int(where.rpartition(":")[2])
    return json_line("listening", address=plan.host or "*", port=port, id=str(session.endpoint.id), **others)


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


class Announcer:
    """Tells on stderr who comes and goes."""

    def __init__(self, session: Session, left: trio.Event) -> None:
        self._context = session.context
        self._endpoint = session.endpoint
        self._left = left
        self._clients: dict[EndpointId, str] = {}
        """WebSocket clients by what they call themselves."""

    def tell(self, notice: Status | ErrorNotice) -> None:
        """One line for *notice*, if it is worth one."""
        info = notice.context
        where = "" if info is None or info.network is None else f"{info.network} "
        if isinstance(notice, ErrorNotice):
            self._context.warn(f"{where}{notice.message}")
        elif info is not None and notice.code == SC.PEER_ADDED:
            for peer in self._endpoint.peers():
                if peer.id == info.id and peer.transport in {"ws", "wss"}:
                    self._clients[peer.id] = peer.name
                elif peer.id == info.id and peer.transport == "zmq":
                    return  # the cluster that is run here
            self._context.warn(f"{self._who(info.id)} {where}joined ({info.id})")
        elif info is not None and notice.code in {SC.PEER_LOST, SC.PEER_REMOVED}:
            why = f": {notice.message}" if notice.code == SC.PEER_REMOVED and "(" in notice.message else ""
            self._context.warn(f"{self._who(info.id)} {where}left ({info.id}){why}")
            self._clients.pop(info.id, None)
            self._left.set()

    def _who(self, peer: EndpointId) -> str:
        name = self._clients.get(peer)
        return "peer" if name is None else f"WebSocket client {name}"
