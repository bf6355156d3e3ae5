"""An endpoint with its connections, as a command sees it: made, watched, made again after a loss, and given up."""

from __future__ import annotations

import gc
from contextlib import AsyncExitStack
from dataclasses import replace
from itertools import chain
from typing import TYPE_CHECKING

import trio

from broker_core import (
    DEFAULT_LIMITS,
    EC,
    SC,
    Endpoint,
    EndpointId,
    EndpointOptions,
    ErrorNotice,
    PeeringError,
    PeerUnavailable,
    Status,
    UndeliveredError,
)
from broker_core.errors import PeerTimeout

from .complaints import Complaints
from .config import DEFAULT_CONNECT_TIMEOUT
from .dialects import other_names, subscription_warnings
from .exit_codes import ExitCode, Failure
from .remembering import learnt, remember
from .signals import run_until_stopped
from .wording import counted

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Collection, Iterable, Sequence

    from broker_core import PeerAddress, PeerInfo

    from .config import Settings
    from .context import Context
    from .signals import Stop

__all__ = ["Session", "run_session", "run_sessions"]

_FIRST_PAUSE = 0.5
_LONGEST_PAUSE = 30.0

_LOSSES = frozenset({SC.PEER_LOST, SC.PEER_REMOVED})


class Session:
    """The connections of one command."""

    def __init__(self, context: Context, settings: Settings, stop: Stop, endpoint: Endpoint) -> None:
        self.context = context
        self.settings = settings
        self.endpoint = endpoint
        self.lost: str = ""
        """Why there is nobody left to talk to; "" as long as there is somebody, or hope."""
        self.on_notice: Callable[[Status | ErrorNotice], None] | None = None
        """Called for everything that happens to peers, besides what this class does about it."""
        self.on_refusal: Callable[[ErrorNotice], None] | None = None
        """Called when a WebSocket server says that it did not take a message."""
        self.on_gap: Callable[[str, float], Awaitable[None]] | None = None
        """Called with the address of a peer that is connected again, and how many seconds it was not."""
        self.used_topics: list[str] = []
        """What the command publishes to, for completion to offer the next time; a few are enough."""
        self._met: dict[str, Iterable[str]] = {}
        """To whom we connected, and to what they were subscribed then."""
        self.refusals_fail = False
        """Whether the command has failed when a WebSocket server refuses a message."""
        self._refusals = Complaints(context, "errors of that kind")
        self._unknown_event = False
        self._web: set[EndpointId] = set()
        """Peers over WebSocket."""
        self._clusters: set[EndpointId] = set()
        """Clusters on ZeroMQ."""
        self._stop = stop
        self._statuses = endpoint.make_status_subscriber(receive_statuses=True)
        self._addresses: dict[EndpointId, list[PeerAddress]] = {}
        self._dialling = 0
        self._connected = trio.Event()
        self._nursery: trio.Nursery | None = None

    # -- connecting ---------------------------------------------------------------------------------------------

    async def connect(self) -> list[PeerInfo]:
        """Connect to all peers side by side. Raises the first error that trying again did not help against."""
        peers: list[PeerInfo] = []
        errors: list[Exception] = []

        async def one(address: PeerAddress, nursery: trio.Nursery) -> None:
            try:
                peers.append(await self._dial(address, self.settings.retry))
            except (PeeringError, Failure) as error:
                errors.append(error)
                nursery.cancel_scope.cancel()

        async with trio.open_nursery() as nursery:
            for address in self.settings.peers:
                nursery.start_soon(one, address, nursery)
        if errors:
            raise errors[0]
        return peers

    async def _dial(self, address: PeerAddress, again: int | None) -> PeerInfo:
        """Connect to one peer, trying *again* this many times (None: without end)."""
        pause = _FIRST_PAUSE
        self._dialling += 1
        try:
            while True:
                try:
                    info = await self.endpoint.peer(address)
                    break
                except (PeerUnavailable, PeerTimeout) as error:
                    if again == 0:
                        raise
                    self.context.detail(f"broker: {error}; trying again in {pause:g} s")
                again = None if again is None else again - 1
                await trio.sleep(pause)
                pause = min(2 * pause, _LONGEST_PAUSE)
        finally:
            self._dialling -= 1
        if address.transport in {"ws", "wss"}:
            self._web.add(info.id)
        elif address.transport == "zmq":
            self._clusters.add(info.id)
        self._addresses.setdefault(info.id, []).append(address)
        self._met[str(address)] = info.filter
        self._connected.set()
        self.context.detail(f"connected to {address} ({info.id}, TLS: {info.tls})")
        if self.settings.tls == "auto" and info.tls == "off" and address.transport == "broker":
            self.context.progress(f"{address} speaks no TLS: the connection is not encrypted")
        if all(peer.id != info.id for peer in self.endpoint.peers()):  # gone before it was noted here
            self._on_loss(info.id)
        return info

    # -- watching -----------------------------------------------------------------------------------------------

    async def watch(self) -> None:
        """Act on what happens to peers, until cancelled. Ends the command when everybody is gone for good."""
        async with trio.open_nursery() as self._nursery:
            async for notice in self._statuses:
                self._note_refusal(notice)
                if self.on_notice is not None:
                    self.on_notice(notice)
                if notice.context is not None and notice.code in _LOSSES and isinstance(notice, Status):
                    self._on_loss(notice.context.id)

    def _note_refusal(self, notice: Status | ErrorNotice) -> None:
        """Tell what WebSocket servers say about our messages, and what is wrong with messages of clusters on ZeroMQ.

        Peers of the native protocol say nothing.
        """
        if not isinstance(notice, ErrorNotice) or notice.context is None:
            return
        text = f"{notice.context.network}: {notice.message}"
        if notice.context.id in self._web:
            self._unknown_event |= "failed to create Zeek event" in notice.message
            self._refusals.tell(text)
            # What a Zeek says about messages of others is no answer to ours (spec websocket-json.md 8.4).
            if self.on_refusal is not None and not notice.message.startswith("broker_error"):
                self.on_refusal(notice)
        elif notice.context.id in self._clusters:  # there nobody says anything, but this side does
            if notice.code == EC.SERIALIZATION_FAILED:
                self._refusals.tell(text)
            elif self.on_notice is None:  # who looks at notices tells this, too
                self.context.warn(text)

    def _on_loss(self, peer: EndpointId) -> None:
        for address in self._addresses.pop(peer, ()):
            text = f"the connection to {address} has ended"
            if self.settings.reconnect != 0 and self._nursery is not None:
                self.context.warn(f"{text}; connecting again")
                self._dialling += 1  # from now on, so that nobody gives up before the task runs
                self._nursery.start_soon(self._redial, address, trio.current_time())
            elif self._addresses or self._dialling:
                self.context.warn(text)
            else:
                self._give_up(text)
        if not self._addresses:
            self._connected = trio.Event()

    async def _redial(self, address: PeerAddress, since: float) -> None:
        attempts = self.settings.reconnect
        try:
            await self._dial(address, None if attempts is None else attempts - 1)
        except (PeeringError, Failure) as error:
            if self._addresses or self._dialling > 1:
                self.context.warn(str(error))
            else:
                self._give_up(str(error))
        else:
            missing = trio.current_time() - since
            self.context.warn(f"connected to {address} again after {missing:.1f} s")
            if self.on_gap is not None:
                await self.on_gap(str(address), missing)
        finally:
            self._dialling -= 1

    def _give_up(self, text: str) -> None:
        self.lost = self.lost or text
        self._stop.scope.cancel()

    async def wait_connected(self) -> None:
        """Wait until there is a connection; at once while there is one."""
        if not self._addresses:
            await self._connected.wait()

    def receivers(self, topic: str) -> int:
        """How many peers are subscribed to *topic* now."""
        return sum(topic.startswith(peer.filter) for peer in self.endpoint.peers())

    def instead_of(self, topic: str) -> str:
        """What Zeek may call *topic* here, and has subscribers when *topic* has none; "" if there is no such name."""
        names = () if self.receivers(topic) else other_names(topic)
        return next((name for name in names if self.receivers(name)), "")

    def warn_of_everything(self, topics: Collection[str]) -> None:
        """Say what a subscription to everything, or to topics of nodes, does to others."""
        for text in subscription_warnings(topics, self.settings.peers):
            self.context.warn(text)

    def remember(self) -> None:
        """Keep for completion who was there, and which topics and stores they have."""
        filters = [*self._met.values(), *(peer.filter for peer in self.endpoint.peers())]
        if filters:
            topics = [*self.used_topics, *self.endpoint.filter]
            remember(self.context, learnt(topics, chain.from_iterable(filters), self._met))

    def check_end(self) -> None:
        """Raise the failure when everybody is gone for good, or messages were refused."""
        for notice in self._statuses.poll():  # those that came while we said goodbye
            self._note_refusal(notice)
        if self._refusals.total and self.refusals_fail:
            message = f"{counted(self._refusals.total, 'error')} with what was published"
            hint = "Zeek takes only events that it knows, with exactly their types" if self._unknown_event else ""
            raise Failure(message, ExitCode.REFUSED, hint)
        if self.lost:
            raise Failure(self.lost, ExitCode.LOST, "--reconnect would connect again")


async def run_session(
    context: Context,
    settings: Settings,
    main: Callable[[Session], Awaitable[None]],
    *,
    forward: bool = False,
    patient: bool = True,
    tidy: Callable[[Session], Awaitable[None]] | None = None,
) -> None:
    """Run *main* with a started endpoint and its peers watched, then say goodbye to all peers.

    *main* is cancelled by signals, by a closed stdout, and when all peers are gone for good. *tidy* runs behind
    it in each of these cases, with what time is left; not after an error. A *patient* one waits without end for
    whoever takes messages slowly; others give up a peer that takes nothing for limits.block_timeout.
    """

    async def main_of_one(sessions: Sequence[Session]) -> None:
        await main(sessions[0])

    async def tidy_one(sessions: Sequence[Session]) -> None:
        if tidy is not None:
            await tidy(sessions[0])

    await run_sessions(context, [settings], main_of_one, forward=forward, patient=patient, tidy=tidy_one)


async def run_sessions(
    context: Context,
    settings: Sequence[Settings],
    main: Callable[[Sequence[Session]], Awaitable[None]],
    *,
    forward: bool = False,
    patient: bool = True,
    tidy: Callable[[Sequence[Session]], Awaitable[None]] | None = None,
) -> None:
    """As :func:`run_session`, with an endpoint of its own for each of *settings*."""

    async def body(stop: Stop) -> None:
        async with AsyncExitStack() as endpoints:
            sessions = []
            for one in settings:
                options = _endpoint_options(one, forward=forward, patient=patient)
                endpoint = await endpoints.enter_async_context(Endpoint(options))
                sessions.append(Session(context, one, stop, endpoint))
            try:
                with stop.scope:
                    async with trio.open_nursery() as nursery:
                        for session in sessions:
                            nursery.start_soon(session.watch)
                        await main(sessions)
                        nursery.cancel_scope.cancel()
            finally:
                for session in sessions:
                    session.remember()
            if tidy is not None:
                with trio.move_on_after(stop.grace or float("inf")):
                    await tidy(sessions)
            await _shut_down(sessions, stop.grace)
            if not stop.signum:
                for session in sessions:
                    session.check_end()

    if context.owns_process:
        # Messages are trees of small objects without cycles: looking for cycles more rarely saves a tenth of the time.
        gc.freeze()
        gc.set_threshold(50_000, 20, 50)
    await run_until_stopped(context, body)


def _endpoint_options(settings: Settings, *, forward: bool, patient: bool) -> EndpointOptions:
    timeout = settings.connect_timeout
    limits = DEFAULT_LIMITS
    if patient:  # whoever pipes wants to wait, however long
        limits = replace(limits, block_timeout=float("inf"))
    if timeout != DEFAULT_CONNECT_TIMEOUT:
        limits = replace(limits, connect_timeout=timeout, handshake_timeout=timeout)
    return EndpointOptions(
        id=None if settings.id is None else EndpointId.parse(settings.id),
        forward=forward,
        tls=settings.tls,
        credentials=settings.credentials,
        curve=settings.curve,
        token=settings.token,
        web_zone=settings.web_zone,
        limits=limits,
    )


async def _shut_down(sessions: Sequence[Session], timeout: float | None) -> None:
    """Say goodbye on all sides at once. Raises :class:`UndeliveredError` when all is over."""
    lost: dict[str, int] = {}

    async def one(session: Session) -> None:
        try:
            await session.endpoint.shutdown(timeout=timeout)
        except UndeliveredError as error:
            lost.update(error.counts)

    async with trio.open_nursery() as nursery:
        for session in sessions:
            nursery.start_soon(one, session)
    if lost:
        raise UndeliveredError(lost)
