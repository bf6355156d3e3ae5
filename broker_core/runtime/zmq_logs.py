"""A PULL socket for the logs of a ZeroMQ cluster: nodes push batches of records at it as they do at a logger.

Whoever does not read only makes nodes keep their batches, or give them to other loggers; no cluster stands still for
that. So with the policy "block" nothing is read that has no room. What libzmq has taken over, its sender counts as
delivered: at the end it is taken in as far as there is room, and the rest is counted.

A node of Zeek 8.2 ends itself when it cannot get in here, so it is told why. Source: spec zeromq.md sections 7 to 9.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import trio
import zmq

from broker_core.errors import EC, DecodeError
from broker_core.messages.log_pushes import read_push
from broker_core.messages.notices import EndpointInfo, ErrorNotice, NetworkInfo
from broker_core.model.ids import NIL

from .hub import worth_telling
from .queues import DataQueue
from .zmq_servers import ServerContext
from .zmq_sockets import ZmqSocket, read_event

if TYPE_CHECKING:
    from .hub import Hub
    from .queues import Overflow
    from .zmq_sockets import ZmqEvent

__all__ = ["LogSource"]

_BATCH = 64
"""Messages that are read before other tasks run."""


class LogSource:
    """Reads batches into :attr:`queue` while :meth:`run` runs."""

    def __init__(
        self, hub: Hub, context: ServerContext, socket: zmq.Socket[bytes], place: NetworkInfo, queue: DataQueue
    ) -> None:
        self.place = place
        """Where it listens; the address is ``*`` for every interface."""
        self.tls = context.secured
        """``off`` or ``CURVE``."""
        self.queue = queue
        self.skipped = 0
        """Messages that were no batches of log records."""
        self.refused = 0
        """Connections that came to nothing: nodes with other keys or another mechanism, and what is no node."""
        self.ended = trio.Event()
        self._hub = hub
        self._context = context
        self._socket = ZmqSocket(socket)
        self._monitor = self._socket.monitor()
        self._scope = trio.CancelScope()
        queue.on_drop = self._dropped
        queue.on_overflow = self.close

    @classmethod
    async def open(cls, hub: Hub, host: str, port: int, capacity: int, overflow: Overflow) -> LogSource:
        """Listen on *host* ("" is every interface) and *port* (0: any), for a queue of *capacity* batches.

        Raises :class:`PeerUnavailable` when the port cannot be had, :class:`ConfigurationError` for keys that do not
        suffice, or a policy that there is not.
        """
        limits = hub.limits
        queue = DataQueue(capacity, overflow, 0, limits.subscriber_queue_bytes)
        context = ServerContext(limits, hub.curve)
        try:
            socket, port = await context.bind(zmq.PULL, host, port, {zmq.RCVHWM: limits.zmq_log_queue})
        except BaseException:
            await context.aclose()  # noqa: ASYNC102  # it is shielded, and does not take long
            raise
        return cls(hub, context, socket, NetworkInfo(host or "*", port), queue)

    # -- life -----------------------------------------------------------------------------------------------------

    async def run(self) -> None:
        """Read until :meth:`close`, or until the policy "disconnect" is met."""
        try:
            with self._scope:
                async with trio.open_nursery() as nursery:
                    nursery.start_soon(self._watch)
                    await self._read()
        finally:
            if not self.queue.overflowed:
                self._take_rest()
            self.queue.close()
            self._hub.counters.dropped += self.queue.dropped
            self._socket.close()
            self._monitor.close()
            await self._context.aclose()  # noqa: ASYNC102  # it is shielded, and does not take long
            self.ended.set()

    def close(self) -> None:
        """Read no more. Idempotent."""
        self._scope.cancel()

    # -- reading --------------------------------------------------------------------------------------------------

    async def _read(self) -> None:
        queue, socket = self.queue, self._socket
        while True:
            for _ in range(_BATCH):
                if queue.full:
                    await queue.wait_for_room()
                parts = socket.receive_nowait()
                if parts is None:
                    await socket.wait()
                else:
                    self._take(parts)
            await trio.lowlevel.checkpoint()

    def _take(self, parts: list[bytes]) -> None:
        try:
            push = read_push(parts)
        except DecodeError as error:
            self._skip(str(error))
            return
        if not self.queue.offer(push):  # at the end only: there is room, or a policy
            self.queue.count_drop()

    def _take_rest(self) -> None:
        """What libzmq has received: as much as it has of one node, since nodes may go on meanwhile."""
        for _ in range(self._hub.limits.zmq_log_queue):
            parts = self._socket.receive_nowait()
            if parts is None:
                return
            self._take(parts)

    # -- telling --------------------------------------------------------------------------------------------------

    async def _watch(self) -> None:
        """Tell of those who want to connect and cannot."""
        while True:
            if reason := _why_refused(read_event(await self._monitor.receive()), self.tls):
                self.refused += 1
                if worth_telling(self.refused):
                    self._tell(EC.PEER_INCOMPATIBLE, f"refused connection {self.refused}: {reason}")

    def _skip(self, problem: str) -> None:
        self.skipped += 1
        self._hub.counters.skipped += 1
        if worth_telling(self.skipped):
            self._tell(EC.INVALID_MESSAGE, f"skipped message {self.skipped} that is no batch of logs: {problem}")

    def _dropped(self, total: int) -> None:
        if worth_telling(total):
            batches = "batch" if total == 1 else "batches"
            self._tell(EC.UNSPECIFIED, f"dropped {total} {batches} of logs so far: full queue")

    def _tell(self, code: EC, text: str) -> None:
        self._hub.notify(ErrorNotice(code, EndpointInfo(NIL, self.place), text))


def _why_refused(event: ZmqEvent, own: str) -> str:
    """What was wrong with somebody who wanted to connect, "" when nothing was. *own* is the security of this side."""
    if event.kind == zmq.Event.HANDSHAKE_FAILED_AUTH:
        return "its own CURVE key is not that of the clients"
    if event.kind == zmq.Event.HANDSHAKE_FAILED_NO_DETAIL:
        # Whichever side first sees that only one has CURVE closes the connection, and the other is told nothing.
        return (
            f"it left in the handshake, as nodes {'with' if own == 'off' else 'without'} CURVE do, and what is no node"
        )
    if event.kind != zmq.Event.HANDSHAKE_FAILED_PROTOCOL:
        return ""
    if event.value == zmq.PROTOCOL_ERROR_ZMTP_CRYPTOGRAPHIC:
        return "it has another CURVE key for the server"
    if event.value == zmq.PROTOCOL_ERROR_ZMTP_MECHANISM_MISMATCH:
        return "it uses CURVE, and this side does not" if own == "off" else "it does not use CURVE"
    return f"the handshake failed (0x{event.value:x})"
