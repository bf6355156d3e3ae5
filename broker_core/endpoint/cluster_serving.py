"""What an endpoint can be for ZeroMQ clusters besides a node: their central broker, and a sink for their logs."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING

from broker_core.errors import ConfigurationError
from broker_core.runtime.zmq_support import need_pyzmq

if TYPE_CHECKING:
    from broker_core.runtime.peerings import Peerings
    from broker_core.runtime.queues import Overflow
    from broker_core.runtime.zmq_proxy import CentralBroker

    from .log_sink import LogSink

__all__ = ["ClusterServing"]


class ClusterServing(ABC):
    """The part of an endpoint that serves ZeroMQ clusters."""

    @abstractmethod
    def _running(self) -> Peerings:
        """The peerings of an endpoint that runs. Raises what tells that it does not."""

    async def listen_zmq(self, host: str = "127.0.0.1", port: int = 0, send_port: int = 0) -> CentralBroker:
        """Be the central broker of a ZeroMQ cluster, until shutdown: the XPUB is at *port*, the XSUB at *send_port*.

        *host* is as for :meth:`listen`. A *send_port* of 0 is the one behind *port*; ports of 0 are any free ones. The
        endpoint is no node of that cluster: it becomes one by ``peer(broker.address)``. With the option *curve* only
        nodes with the client key get in. Raises :class:`PeerUnavailable` when a port cannot be had,
        :class:`ConfigurationError` without pyzmq, or for keys that do not suffice.
        """
        peerings = self._running()
        need_pyzmq("a central broker")
        from broker_core.runtime.zmq_proxy import CentralBroker  # noqa: PLC0415  # most programs have no ZeroMQ

        hub = peerings.hub
        broker = await CentralBroker.open(host, port, send_port, limits=hub.limits, keys=hub.curve)
        peerings.cluster_servers.append(broker)
        return broker

    async def listen_logs(
        self, host: str = "127.0.0.1", port: int = 0, *, capacity: int | None = None, overflow: Overflow = "block"
    ) -> LogSink:
        """Take the logs of a ZeroMQ cluster, until shutdown, as far as its nodes push them here.

        They do when they have the sink's ``.address`` in ``Cluster::Backend::ZeroMQ::connect_log_endpoints``. Each
        batch of records goes to one of the loggers there: another sink gets its share, and no copy. *host* and *port*
        are as for :meth:`listen`. At most *capacity* batches wait (default limits.zmq_log_queue); *overflow* says what
        happens then: "block" leaves further ones to the nodes, the others discard and count, or end the sink.

        With the option *curve* only nodes with the client key get in. Zeek 8.2 ends itself when it cannot: the keys
        have to be those of the cluster, or none if it has none. Raises as :meth:`listen_zmq` does.
        """
        peerings = self._running()
        need_pyzmq("a sink for logs")
        from broker_core.runtime.zmq_logs import LogSource  # noqa: PLC0415  # as above

        from .log_sink import LogSink  # noqa: PLC0415  # as above

        size = peerings.hub.limits.zmq_log_queue if capacity is None else capacity
        if size < 1:
            msg = f"a sink's capacity is at least 1, not {size}"
            raise ConfigurationError(msg)
        source = await LogSource.open(peerings.hub, host, port, size, overflow)
        peerings.nursery.start_soon(source.run)
        sink = LogSink(source)
        peerings.cluster_servers.append(sink)
        return sink
