"""Why a ZeroMQ cluster cannot be reached: both ports of its central broker, the kinds of socket, CURVE, the path.

It leaves nothing behind: the nodes see subscriptions under ``zeek.zeromq.internal.`` come and go, which they ignore.
Source: spec zeromq.md sections 1, 4 and 9.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import trio

from broker_core.errors import Cause, PeeringError
from broker_core.messages.cluster_wire import NODEID_PREFIX
from broker_core.model.addresses import PeerAddress
from broker_core.runtime.probes import reach_all
from broker_core.runtime.zmq_look import look_at
from broker_core.runtime.zmq_support import need_pyzmq

from .cluster_verdicts import PortView, judge_attempt, judge_ports
from .diagnosis import Diagnosis, describe_nodes, describe_socket, describe_topics, describe_ways
from .endpoint import Endpoint
from .examination import ENDED, Examination
from .options import EndpointOptions
from .verdicts import Verdict

if TYPE_CHECKING:
    from broker_core.runtime.peers import PeerInfo

__all__ = ["ClusterExamination"]

_CURVE_CAUSES = frozenset({Cause.CURVE_EXPECTED, Cause.CURVE_REFUSED})
_NO_NODES = "no node of Zeek has announced itself: there are only other programs, or there is nobody"
_NO_DOT = (
    "the topics of the nodes have no dot at the end, as with Zeek 7.1: what is meant for worker-1 reaches worker-10 too"
)


class ClusterExamination(Examination):
    """Of an address with ``zmq://``."""

    _pyzmq = False

    def check_settings(self) -> None:
        """Raise :class:`ConfigurationError` without pyzmq, and for keys that a client cannot do with."""
        need_pyzmq(str(self.address))
        self._pyzmq = True
        from broker_core.runtime.zmq_dialing import check_cluster  # noqa: PLC0415  # it needs pyzmq

        check_cluster(self.patient.curve, self.address, self.patient.tls)

    def blame(self) -> str:
        """The variant of :attr:`Cause.CONFIGURATION`."""
        if not self._pyzmq:
            return "pyzmq"
        return "curve" if self.patient.curve is not None and self.patient.tls in {"auto", "off"} else ""

    async def find_way(self) -> Verdict | None:
        """Resolve, connect to both ports, and look at the sockets there; None when all that is as it has to be."""
        numbers = await self.resolve()
        if isinstance(numbers, Verdict):
            return numbers
        first, second = await self._reach(numbers)
        views = (first, second)
        for view in views:
            if view.open is not None:
                self.warn_of_closed(view.ways, view.address.port)
        if first.open is None and second.open is None:
            return await self.no_way([*first.ways, *second.ways], {one.address.port for one in views}, "zeromq-")
        await self._look_at_sockets(first, second)
        for view in views:
            if view.error is not None and view.open is not None:
                view.portrait = await self.look(view.open, view.address, "")
                break
        keys, timeout = self.patient.curve is not None, self.limits.connect_timeout
        return judge_ports(first, second, keys=keys, timeout=timeout)

    async def _reach(self, numbers: tuple[str, ...]) -> tuple[PortView, PortView]:
        start = trio.current_time()
        ports = (self.address.port, self.address.sending.port)
        found: dict[int, PortView] = {}

        async def one(port: int) -> None:
            ways = await reach_all(numbers, port, self.limits.connect_timeout)
            found[port] = PortView(address=PeerAddress(self.address.host, port, "zmq"), ways=ways)

        async with trio.open_nursery() as nursery:
            for port in ports:
                nursery.start_soon(one, port)
        first, second = (found[port] for port in ports)
        text = "; ".join(f"port {view.address.port}: {describe_ways(view.ways)}" for view in (first, second))
        self.note("connect", ok=first.open is not None and second.open is not None, text=text, since=start)
        return first, second

    async def _look_at_sockets(self, first: PortView, second: PortView) -> None:
        start = trio.current_time()
        views = [view for view in (first, second) if view.open is not None]

        async def one(view: PortView) -> None:
            assert view.open is not None  # noqa: S101  # only such are here
            try:
                view.look = await look_at(view.address._replace(host=view.open.host), self.limits)
            except PeeringError as error:
                view.error = error

        async with trio.open_nursery() as nursery:
            for view in views:
                nursery.start_soon(one, view)
        text = "; ".join(f"port {view.address.port}: {_describe(view)}" for view in views)
        keys = self.patient.curve is not None
        good = all(view.look is not None and view.encrypts is keys for view in views)
        right = first.kind in {"", "XPUB"} and second.kind in {"", "XSUB"}
        self.note("sockets", ok=good and right, text=text, since=start)

    async def attempt(self) -> Diagnosis:
        """Connect both sockets, see that the path is open, and use it."""
        patient = self.patient
        options = EndpointOptions(id=patient.id, tls=patient.tls, curve=patient.curve, limits=patient.limits)
        start = trio.current_time()
        async with Endpoint(options) as endpoint:
            try:
                info = await endpoint.peer(self.address)
            except PeeringError as failure:
                error = failure
            else:
                self.note("tls", ok=True, text="CURVE" if info.tls != "off" else "none: plain ZeroMQ")
                text = f"a subscription came back, so the path is open ({info.version}); we are {info.name}"
                self.note("handshake", ok=True, text=text, since=start)
                return await self._use(endpoint, info)
        self.note("tls" if error.cause in _CURVE_CAUSES else "handshake", ok=False, text=error.reason, since=start)
        return self.bad(judge_attempt(error, self.address))

    async def _use(self, endpoint: Endpoint, info: PeerInfo) -> Diagnosis:
        """Ask what is worth knowing."""
        start = trio.current_time()
        now, rtt = await self.ask(endpoint, info)
        last = info if now is None else now
        missing = [topic for topic in self.patient.topics if not topic.startswith(last.filter)]
        self.note("nodes", ok=True if last.nodes else None, text=describe_nodes(last.nodes))
        self.note("subscriptions", ok=not missing, text=describe_topics(last.filter))
        self.note_ping(now, rtt, start)
        if now is not None:
            self.warn_of_use(info, last.filter, rtt)
            if not last.nodes:
                self.warnings.append(_NO_NODES)
            elif not any(topic.startswith(NODEID_PREFIX) and topic.endswith(".") for topic in last.filter):
                self.warnings.append(_NO_DOT)
        facts: dict[str, object] = {
            "id": info.id,
            "tls": info.tls,
            "version": info.version,
            "subscriptions": last.filter,
            "nodes": last.nodes,
            "rtt": rtt,
        }
        if now is None:
            return self.bad(Verdict(cause=Cause.CONNECTION_LOST, words=self.words | {"reason": ENDED}), **facts)
        if missing:
            return self.bad(self.not_subscribed(missing, last.filter, "zeromq-"), **facts)
        return self.well("the central broker of a ZeroMQ cluster", **facts)


def _describe(view: PortView) -> str:
    if view.look is None:
        return view.error.reason if view.error is not None else "not open"
    what = view.kind if view.kind in {"XPUB", "XSUB"} else describe_socket(view.look)
    return f"{what} (ZMTP {view.look.version})"
