"""An endpoint with its connections, as a command sees it: made, watched, made again after a loss, and given up."""

from __future__ import annotations

import gc
from dataclasses import replace
from typing import TYPE_CHECKING

import trio

from broker_core import (
    DEFAULT_LIMITS,
    SC,
    Endpoint,
    EndpointId,
    EndpointOptions,
    ErrorNotice,
    PeeringError,
    PeerUnavailable,
    Status,
)
from broker_core.errors import PeerTimeout

from .config import DEFAULT_CONNECT_TIMEOUT
from .exit_codes import ExitCode, Failure
from .signals import run_until_stopped

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable

    from broker_core import PeerAddress, PeerInfo

    from .config import Settings
    from .context import Context
    from .signals import Stop

__all__ = ["Session", "run_session"]

_FIRST_PAUSE = 0.5
_LONGEST_PAUSE = 30.0

_REFUSALS_SHOWN = 10
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
        self.refusals_fail = False
        """Whether the command has failed when a WebSocket server refuses a message."""
        self._refused = 0
        self._unknown_event = False
        self._web: set[EndpointId] = set()
        """Peers over WebSocket."""
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
        if address.transport != "broker":
            self._web.add(info.id)
        self._addresses.setdefault(info.id, []).append(address)
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
        """Tell what WebSocket servers say about our messages; peers of the native protocol say nothing."""
        if isinstance(notice, ErrorNotice) and notice.context is not None and notice.context.id in self._web:
            self._refused += 1
            self._unknown_event |= "failed to create Zeek event" in notice.message
            if self._refused <= _REFUSALS_SHOWN:
                self.context.warn(f"{notice.context.network}: {notice.message}")
            if self._refused == _REFUSALS_SHOWN:
                self.context.warn("further errors of that kind are only counted")

    def _on_loss(self, peer: EndpointId) -> None:
        for address in self._addresses.pop(peer, ()):
            text = f"the connection to {address} has ended"
            if self.settings.reconnect != 0 and self._nursery is not None:
                self.context.warn(f"{text}; connecting again")
                self._dialling += 1  # from now on, so that nobody gives up before the task runs
                self._nursery.start_soon(self._redial, address)
            elif self._addresses or self._dialling:
                self.context.warn(text)
            else:
                self._give_up(text)
        if not self._addresses:
            self._connected = trio.Event()

    async def _redial(self, address: PeerAddress) -> None:
        attempts = self.settings.reconnect
        try:
            await self._dial(address, None if attempts is None else attempts - 1)
        except (PeeringError, Failure) as error:
            if self._addresses or self._dialling > 1:
                self.context.warn(str(error))
            else:
                self._give_up(str(error))
        else:
            self.context.warn(f"connected to {address} again")
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

    def warn_of_everything(self, topics: Iterable[str]) -> None:
        """Say what a subscription to everything does to others (store protocol: who is taken for a master)."""
        if "" in topics:
            self.context.warn('"" is everything: while we are connected, C++ endpoints cannot attach store masters')

    def check_end(self) -> None:
        """Raise the failure when everybody is gone for good, or messages were refused."""
        for notice in self._statuses.poll():  # those that came while we said goodbye
            self._note_refusal(notice)
        if self._refused and self.refusals_fail:
            plural = "s" if self._refused > 1 else ""
            message = f"{self._refused} error{plural} with what was published"
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
    timeout = settings.connect_timeout
    limits = DEFAULT_LIMITS
    if patient:  # whoever pipes wants to wait, however long
        limits = replace(limits, block_timeout=float("inf"))
    if timeout != DEFAULT_CONNECT_TIMEOUT:
        limits = replace(limits, connect_timeout=timeout, handshake_timeout=timeout)
    options = EndpointOptions(
        id=None if settings.id is None else EndpointId.parse(settings.id),
        forward=forward,
        tls=settings.tls,
        credentials=settings.credentials,
        token=settings.token,
        web_zone=settings.web_zone,
        limits=limits,
    )

    async def body(stop: Stop) -> None:
        async with Endpoint(options) as endpoint:
            session = Session(context, settings, stop, endpoint)
            with stop.scope:
                async with trio.open_nursery() as nursery:
                    nursery.start_soon(session.watch)
                    await main(session)
                    nursery.cancel_scope.cancel()
            if tidy is not None:
                with trio.move_on_after(stop.grace or float("inf")):
                    await tidy(session)
            await endpoint.shutdown(timeout=stop.grace)
            if not stop.signum:
                session.check_end()

    if context.owns_process:
        # Messages are trees of small objects without cycles: looking for cycles more rarely saves a tenth of the time.
        gc.freeze()
        gc.set_threshold(50_000, 20, 50)
    await run_until_stopped(context, body)
