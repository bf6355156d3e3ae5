"""From the address of a ZeroMQ cluster to a peer: both ports looked at, both sockets connected, the path proved.

Whoever publishes right after connecting loses it, since subscriptions have not come yet. So this side subscribes to a
topic that nobody else has, and waits until that comes back; what it hears after a second time came after everything
that was there before. Source: spec zeromq.md section 4.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import trio
import zmq

from broker_core.errors import (
    Cause,
    ConfigurationError,
    PeerIncompatible,
    PeeringError,
    PeerRefused,
    PeerTimeout,
    PeerUnavailable,
)
from broker_core.protocol.cluster_view import ClusterView

from .zmq_lines import ClusterLine, why_lost
from .zmq_look import CURVE, SocketLook, look_at
from .zmq_peers import ZmqPeer
from .zmq_sockets import ZmqSocket, client_options, read_event

if TYPE_CHECKING:
    from collections.abc import Sequence

    from broker_core.model.addresses import PeerAddress

    from .curve import CurveKeys
    from .hub import Hub
    from .tls import TlsMode
    from .zmq_sockets import ZmqEvent

__all__ = ["check_cluster", "dial_cluster"]

_KEYS_HINT = "the keys are in zeekctl's directory spool/zeromq/curve on the manager"


def check_cluster(curve: CurveKeys | None, address: PeerAddress, tls: TlsMode) -> None:
    """Raise the :class:`ConfigurationError` that :func:`dial_cluster` would raise."""
    if tls in {"anon", "verify"}:
        msg = f"{address}: TLS mode {tls} does not go with zmq://, which encrypts with CURVE keys"
        raise ConfigurationError(msg)
    if curve is not None:
        curve.check_client()


async def dial_cluster(hub: Hub, address: PeerAddress, tls: TlsMode) -> ZmqPeer:
    """Connect, and subscribe to what this endpoint wants. Raises :class:`PeeringError`, :class:`ConfigurationError`."""
    check_cluster(hub.curve, address, tls)
    source, sink = await _look_at_both(hub, address)
    node = f"broker_{hub.own_id}"
    context: zmq.Context[zmq.Socket[bytes]] = zmq.Context()
    options = client_options(hub.limits, hub.curve)
    limits = hub.limits
    # Subscriptions are never to be discarded, and XPUB is to say when it is full instead of discarding messages.
    receiving = options | {zmq.RCVHWM: limits.zmq_receive_hwm, zmq.SNDHWM: 0}
    sending = options | {zmq.SNDHWM: limits.zmq_send_hwm, zmq.RCVHWM: 0, zmq.XPUB_VERBOSE: 1, zmq.XPUB_NODROP: 1}
    xsub = ZmqSocket.open(context, zmq.XSUB, receiving)
    xpub = ZmqSocket.open(context, zmq.XPUB, sending)
    other = ZmqSocket.open(context, zmq.XSUB, options | {zmq.RCVHWM: 1})
    line = ClusterLine(context, xsub, xpub, node)
    try:
        for one in (xsub, other):
            one.raw.connect(_endpoint(source, address.port))
        xpub.raw.connect(_endpoint(sink, address.sending.port))
        view = ClusterView(limits.max_filter_entries)
        barrier = await _Greeting(hub, address, line, other, view).run()
    except BaseException:
        other.close()
        line.close()
        raise
    other.close()
    secured = "CURVE" if hub.curve is not None else "off"
    version = f"ZMTP {source.version}"
    return ZmqPeer(hub, address, line, view, barrier=barrier, tls=secured, version=version)


def _endpoint(look: SocketLook, port: int) -> str:
    host = f"[{look.host}]" if ":" in look.host else look.host
    return f"tcp://{host}:{port}"


async def _look_at_both(hub: Hub, address: PeerAddress) -> tuple[SocketLook, SocketLook]:
    """Who answers at the two ports. Raises :class:`PeeringError` when it is not what is to be there."""
    errors: list[PeeringError] = []
    looks: dict[bool, SocketLook] = {}

    async with trio.open_nursery() as nursery:

        async def look(where: PeerAddress, *, sending: bool) -> None:
            try:
                looks[sending] = await look_at(where, hub.limits)
            except PeeringError as error:
                errors.append(_about_port(error, address, where.port))
                nursery.cancel_scope.cancel()

        nursery.start_soon(partial(look, address, sending=False))
        nursery.start_soon(partial(look, address.sending, sending=True))
    if errors:
        raise errors[0]
    source, sink = looks[False], looks[True]
    _check_mechanism(hub, address, source)
    _check_mechanism(hub, address, sink)
    _check_kinds(address, source, sink)
    return source, sink


def _about_port(error: PeeringError, address: PeerAddress, port: int) -> PeeringError:
    """*error* as one with the whole *address*, saying which port it is about."""
    reason = error.reason if error.cause is Cause.NAME_UNKNOWN else f"port {port}: {error.reason}"
    told = type(error)(str(address), reason, error.hint, error.code, error.cause)
    told.__cause__ = error.__cause__
    return told


def _check_mechanism(hub: Hub, address: PeerAddress, look: SocketLook) -> None:
    wanted = look.mechanism == CURVE
    if wanted and hub.curve is None:
        reason = "the cluster encrypts with CURVE, and there are no keys here"
        raise PeerIncompatible(str(address), reason, _KEYS_HINT, cause=Cause.CURVE_EXPECTED)
    if not wanted and hub.curve is not None:
        reason = "the cluster does not encrypt, and this side is to use CURVE keys"
        raise PeerIncompatible(str(address), reason, "leave the keys out", cause=Cause.CURVE_EXPECTED)


def _check_kinds(address: PeerAddress, source: SocketLook, sink: SocketLook) -> None:
    """See that it is XPUB and XSUB, as far as CURVE does not hide it."""
    kinds = (source.socket_type, sink.socket_type)
    if kinds in {("XPUB", "XSUB"), ("", "")}:
        return
    where, port, other = str(address), address.port, address.sending.port
    if kinds == ("XSUB", "XPUB"):
        reason = f"port {port} is the XSUB of the central broker, and {other} its XPUB"
        hint = f"the other way round: zmq://{address._replace(port=other, send_port=port).host_and_port}:{port}"
        raise PeerIncompatible(where, reason, hint, cause=Cause.WRONG_SOCKET)
    for number, kind, wanted in ((port, kinds[0], "XPUB"), (other, kinds[1], "XSUB")):
        if kind != wanted:
            what = _WHAT.get(kind, f"a ZeroMQ socket of the kind {kind or 'unknown'}")
            reason = f"port {number} is {what}, and not the {wanted} of a central broker"
            raise PeerIncompatible(where, reason, _PORTS_HINT, cause=Cause.WRONG_SOCKET)


_WHAT = {
    "PULL": "a sink for logs (PULL)",
    "XPUB": "the XPUB of a central broker",
    "XSUB": "the XSUB of a central broker",
}
_PORTS_HINT = "zmq://HOST:XPUB:XSUB names both ports; XSUB is usually the one behind XPUB"


class _Greeting:
    """Waits until the path is open, and what there is to know about subscriptions is known."""

    def __init__(self, hub: Hub, address: PeerAddress, line: ClusterLine, other: ZmqSocket, view: ClusterView) -> None:
        self._hub = hub
        self._address = address
        self._line = line
        self._other = other
        self._view = view
        self._heard: dict[str, int] = {}
        self._connected = 0
        self._end: ZmqEvent | None = None

    async def run(self) -> str:
        """The topic for barriers, which is subscribed to. Raises :class:`PeeringError`."""
        timeout = self._hub.limits.handshake_timeout
        with trio.move_on_after(timeout) as scope:
            async with trio.open_nursery() as nursery:
                for monitor in self._line.monitors:
                    nursery.start_soon(self._watch, monitor, nursery.cancel_scope)
                barrier = await self._open_path()
                nursery.cancel_scope.cancel()
        if scope.cancelled_caught:
            raise self._too_slow(timeout)
        if self._end is not None:
            raise self._failure(self._end)
        return barrier

    async def _open_path(self) -> str:
        view, line = self._view, self._line
        barrier, second, third = line.next_probe(), line.next_probe(), line.next_probe()
        await self._subscribe(line.xsub, view.want([barrier]), barrier)
        # The path is open, and all subscriptions that there were come before this one, which another connection makes:
        # one alone could not take it back as often as it made it. Where the first topic does not come once more, the
        # central broker passes on only what nobody had before.
        await self._subscribe(self._other, [view.expect(barrier), view.expect(second)], second)
        view.repeats = self._heard[barrier] > 1
        # Only now, so that it can be told who else had these already; the third shows that they have arrived.
        await self._subscribe(line.xsub, view.want([barrier, *self._hub.wanted, third]), third)
        for part in view.want([barrier, *self._hub.wanted]):
            line.xsub.send_nowait(part)
        return barrier

    async def _subscribe(self, xsub: ZmqSocket, parts: Sequence[bytes], last: str) -> None:
        """Send *parts*, and listen until the subscription to *last* comes back."""
        for part in parts:
            xsub.send_nowait(part)
        while last not in self._heard:
            prefix = self._view.heard((await self._line.xpub.receive())[0])
            if prefix is not None:
                self._heard[prefix] = self._heard.get(prefix, 0) + 1

    async def _watch(self, monitor: ZmqSocket, scope: trio.CancelScope) -> None:
        while True:
            event = read_event(await monitor.receive())
            self._connected += event.kind == zmq.Event.HANDSHAKE_SUCCEEDED
            if why_lost(event):
                self._end = self._end or event
                scope.cancel()
                return

    def _failure(self, event: ZmqEvent) -> PeeringError:
        where, reason = str(self._address), why_lost(event)
        if self._hub.curve is not None:
            if event.kind == zmq.Event.HANDSHAKE_FAILED_AUTH:
                reason = "the central broker does not know the CURVE key of this client"
            else:
                reason = f"{reason}: the CURVE key of the server is probably another one"
            return PeerRefused(where, reason, _KEYS_HINT, cause=Cause.CURVE_REFUSED)
        return PeerUnavailable(where, reason, cause=Cause.CONNECTION_LOST)

    def _too_slow(self, timeout: float) -> PeeringError:
        where = str(self._address)
        if self._connected == len(self._line.monitors):
            reason = f"the two ports do not belong to one central broker that works: nothing came back in {timeout:g} s"
            return PeerTimeout(where, reason, _PORTS_HINT, cause=Cause.HANDSHAKE_TIMEOUT)
        reason = f"the handshake of ZeroMQ was not finished within {timeout:g} s"
        return PeerTimeout(where, reason, cause=Cause.HANDSHAKE_TIMEOUT)
