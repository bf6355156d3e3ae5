"""The central broker of a small ZeroMQ cluster: libzmq's proxy between an XPUB and an XSUB, in a thread of its own.

As in Zeek's manager, the XPUB passes on every subscription and every end of one, and slows senders down instead of
discarding anything. Source: spec zeromq.md sections 1 and 4.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from broker_core.errors import PeerUnavailable
from broker_core.model.addresses import PeerAddress

if TYPE_CHECKING:
    import zmq

    from broker_core.limits import Limits

    from .curve import CurveKeys
    from .zmq_servers import ServerContext

__all__ = ["CentralBroker"]


class CentralBroker:
    """A central broker that runs."""

    def __init__(self, address: PeerAddress, context: ServerContext) -> None:
        self.address = address
        """Where nodes find it: with the real ports, also when any were asked for."""
        self.tls = context.secured
        """``off`` or ``CURVE``."""
        self._context: ServerContext | None = context

    @classmethod
    async def open(
        cls, host: str, port: int, send_port: int, *, limits: Limits, keys: CurveKeys | None
    ) -> CentralBroker:
        """Listen on *host* ("" is every interface) at *port* with the XPUB, and at *send_port* with the XSUB.

        A *port* of 0 is any free one; a *send_port* of 0 is the one behind *port*, or any free one. Raises
        :class:`PeerUnavailable` when a port cannot be had, :class:`ConfigurationError` for keys that do not suffice.
        """
        import zmq  # noqa: PLC0415  # this class has a public name, also for those who have no pyzmq

        from .zmq_servers import ServerContext  # noqa: PLC0415  # the same

        context = ServerContext(limits, keys)
        opened: list[zmq.Socket[bytes]] = []
        try:
            options: dict[int, int] = {zmq.XPUB_VERBOSER: 1, zmq.XPUB_NODROP: 1}
            xpub, first = await context.bind(zmq.XPUB, host, port, options)
            opened.append(xpub)
            # For a node that is slow to take them, an XSUB discards subscriptions: by default those beyond 1000.
            options = {zmq.SNDHWM: limits.max_filter_entries}
            xsub, second = await _bind_second(context, host, first, send_port, options, free=port == 0)
            opened.append(xsub)
        except BaseException:
            for raw in opened:
                raw.close(linger=0)
            await context.aclose()  # noqa: ASYNC102  # it is shielded, and does not take long
            raise
        name = PeerAddress(host or "*", first, "zmq", 0 if second == first + 1 else second)
        threading.Thread(target=_run, args=(xsub, xpub), name=f"central broker {name}", daemon=True).start()
        return cls(name, context)

    @property
    def port(self) -> int:
        """The port of the XPUB, where nodes receive."""
        return self.address.port

    @property
    def send_port(self) -> int:
        """The port of the XSUB, where nodes send."""
        return self.address.sending.port

    @property
    def refused(self) -> int:
        """How many clients were not let in, because they had another CURVE key."""
        return 0 if self._context is None else self._context.refused

    async def aclose(self) -> None:
        """End it; nodes lose their connections. Idempotent."""
        context, self._context = self._context, None
        if context is not None:
            await context.aclose()


async def _bind_second(
    context: ServerContext, host: str, first: int, wanted: int, options: dict[int, int], *, free: bool
) -> tuple[zmq.Socket[bytes], int]:
    """The XSUB at *wanted*, or (0) behind the port *first*; if that one may be any, so may this be."""
    import zmq  # noqa: PLC0415  # as above

    try:
        return await context.bind(zmq.XSUB, host, wanted or first + 1, options)
    except PeerUnavailable:
        if wanted or not free:
            raise
    return await context.bind(zmq.XSUB, host, 0, options)


def _run(xsub: zmq.Socket[bytes], xpub: zmq.Socket[bytes]) -> None:
    import zmq  # noqa: PLC0415  # as above

    try:
        zmq.proxy(xsub, xpub)
    except zmq.ContextTerminated:
        pass
    finally:
        xsub.close(linger=0)
        xpub.close(linger=0)
