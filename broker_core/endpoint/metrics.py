"""The metrics of one endpoint for Prometheus. They are read off the endpoint whenever somebody asks for them.

What means the same as in C++ Broker or Zeek has their name, everything else a name of its own that starts with
``broker_``. Every endpoint has a registry of its own, so several in a process do not get into each other's way.
"""

from __future__ import annotations

from platform import python_version
from typing import TYPE_CHECKING

from prometheus_client import CollectorRegistry, ProcessCollector
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, InfoMetricFamily
from prometheus_client.exposition import generate_latest as generate_text
from prometheus_client.openmetrics import exposition as openmetrics
from prometheus_client.registry import Collector

from broker_core._version import __version__
from broker_core.runtime.queues import FrameQueue

from .measuring import buffered, connections, dropped, processed

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from prometheus_client.core import Metric

    from broker_core.limits import Limits
    from broker_core.runtime.http_server import HttpListener
    from broker_core.runtime.hub import Hub
    from broker_core.runtime.peers import Peer, PeerInfo
    from broker_core.runtime.store_base import StoreInfo
    from broker_core.runtime.stores import Stores

__all__ = ["Metrics"]

_TEXT = "text/plain; version=0.0.4; charset=utf-8"

Row = tuple[tuple[str, ...], float]
"""The values of the labels, and that of the metric."""


class Metrics(Collector):
    """Collects the metrics of one endpoint. *listener* is the one that serves them."""

    def __init__(self, hub: Hub, stores: Stores, listener: HttpListener, *, node_name: str = "") -> None:
        self._hub = hub
        self._stores = stores
        self._listener = listener
        self._node_name = node_name
        self._registry = CollectorRegistry()
        self._registry.register(self)
        ProcessCollector(registry=self._registry)

    def page(self, accept: str) -> tuple[str, bytes]:
        """Content type and body for a client whose Accept header is *accept*."""
        kinds = [kind.split(";")[0].strip().lower() for kind in accept.split(",")]
        if "application/openmetrics-text" in kinds:
            return openmetrics.CONTENT_TYPE_LATEST, openmetrics.generate_latest(self._registry)  # type: ignore[no-untyped-call]
        return _TEXT, generate_text(self._registry)

    def collect(self) -> Iterator[Metric]:
        """All metrics as of now."""
        yield from self._about()
        yield from self._messages()
        yield from self._peers()
        yield from self._subscribers()
        yield from _about_stores([store.info() for store in self._stores.open.values()])
        answers = [((str(status),), count) for status, count in self._listener.answers.items()]
        yield _counter("broker_http_responses", "Answers of this HTTP server.", answers, "code")

    # -- the endpoint ---------------------------------------------------------------------------------------------

    def _about(self) -> Iterator[Metric]:
        build = InfoMetricFamily("broker_build", "The software of this endpoint.")
        build.add_metric((), {"version": __version__, "implementation": "broker-toolkit", "python": python_version()})
        yield build
        endpoint = InfoMetricFamily("broker_endpoint", "The endpoint: its id, and its name among the nodes.")
        endpoint.add_metric((), {"id": str(self._hub.own_id), "node": _text(self._node_name)})
        yield endpoint

    def _messages(self) -> Iterator[Metric]:
        hub, counters = self._hub, self._hub.counters
        yield _gauge("broker_connections", "Peers by kind of connection.", _rows(connections(hub)), "type")
        yield _counter(
            "broker_processed_messages", "Messages from peers that were dealt with.", _rows(processed(hub)), "type"
        )
        yield _gauge(
            "broker_buffered_messages", "Messages in the queues of peers and subscribers.", _rows(buffered(hub)), "type"
        )
        for name, text, count in (
            ("published", "Data messages published here, whether anybody subscribed or not.", counters.published),
            ("received", "Messages that arrived from peers.", counters.received),
            ("delivered", "Data messages put into queues of subscribers.", counters.delivered),
            ("forwarded", "Messages passed on from peer to peer.", counters.forwarded),
            ("ttl_expired", "Messages not passed on, because they had taken their last hop.", counters.ttl_expired),
            ("skipped", "Messages from peers that could not be read.", counters.skipped),
            ("dropped", "Messages discarded by full queues.", dropped(hub)),
            ("refused", "Messages that WebSocket servers answered with an error.", counters.refused),
        ):
            yield _counter(f"broker_{name}_messages", text, [((), count)])
        for name, text, count in (
            ("broker_peerings", "Peerings that came about.", counters.peers_added),
            ("broker_lost_peerings", "Peerings that ended although this side did not want it.", counters.peers_lost),
            ("broker_failed_peering_attempts", "Connections that did not become peerings.", counters.failed_attempts),
            (
                "zeek_broker_backpressure_disconnects",
                "Peerings that ended because the peer was too slow for its queue.",
                counters.overflow_disconnects,
            ),
        ):
            yield _counter(name, text, [((), count)])

    # -- peers ----------------------------------------------------------------------------------------------------

    def _peers(self) -> Iterator[Metric]:
        peers = [(peer, peer.info()) for peer in self._hub.router.peers.values()]
        about = InfoMetricFamily("broker_peer", "Where and what a peer is; the other metrics have only its id.")
        for _, info in peers:
            about.add_metric((), _peer_labels(info))
        yield about
        limit = self._hub.limits.peer_queue_messages
        yield _gauge("broker_peer_buffer_limit_messages", "Messages that fit into a peer's queue.", [((), limit)])
        yield _of_peers(
            GaugeMetricFamily,
            "zeek_broker_peer_buffer_messages",
            "Messages that wait in the queue of a peer.",
            ((info, info.queued) for _, info in peers),
        )
        yield _of_peers(
            GaugeMetricFamily,
            "broker_peer_buffer_bytes",
            "Bytes that wait in the queue of a peer.",
            ((info, _queued_bytes(peer)) for peer, info in peers),
        )
        yield _of_peers(
            GaugeMetricFamily,
            "broker_peer_unconfirmed_messages",
            "Messages published here that a peer is not known to have got.",
            ((info, peer.undelivered) for peer, info in peers),
        )
        for name, text, field in (
            ("zeek_broker_peer_buffer_overflows", "Messages that met a full queue and were discarded.", "dropped"),
            ("broker_peer_sent_messages", "Messages sent to a peer.", "sent"),
            ("broker_peer_received_messages", "Messages that came from a peer.", "received"),
            ("broker_peer_sent_bytes", "Bytes sent to a peer, without what TLS adds.", "bytes_sent"),
            ("broker_peer_received_bytes", "Bytes that came from a peer, without what TLS adds.", "bytes_received"),
        ):
            yield _of_peers(CounterMetricFamily, name, text, ((info, getattr(info, field)) for _, info in peers))
        yield from _clusters([info for _, info in peers if info.transport == "zmq"], self._hub.limits)

    # -- subscribers ----------------------------------------------------------------------------------------------

    def _subscribers(self) -> Iterator[Metric]:
        lengths = [len(queue.items) for queue in self._hub.router.subscribers()]
        for name, text, number in (
            ("subscribers", "Subscribers of this program.", len(lengths)),
            ("subscriber_buffer_messages", "Messages that wait for subscribers.", sum(lengths)),
            ("subscriber_buffer_max_messages", "The most that wait for one subscriber.", max(lengths, default=0)),
        ):
            yield _gauge(f"broker_{name}", text, [((), number)])


def _clusters(infos: list[PeerInfo], limits: Limits) -> Iterator[Metric]:
    """What only ZeroMQ clusters have; nothing without one."""
    if not infos:
        return
    for kind, name, text, number in (
        (
            CounterMetricFamily,
            "missed_messages",
            "Messages of a ZeroMQ cluster that came and were dropped: subscribers were too slow.",
            lambda info: info.missed,
        ),
        (
            CounterMetricFamily,
            "stalls",
            "How often messages for a ZeroMQ cluster waited at the high-water mark.",
            lambda info: info.stalls,
        ),
        (
            GaugeMetricFamily,
            "nodes",
            "Nodes of a ZeroMQ cluster that have announced themselves.",
            lambda info: len(info.nodes),
        ),
    ):
        yield _of_peers(kind, f"broker_cluster_{name}", text, ((info, number(info)) for info in infos))
    marks = [(("send",), limits.zmq_send_hwm), (("receive",), limits.zmq_receive_hwm)]
    text = "High-water marks of the sockets of a ZeroMQ cluster."
    yield _gauge("broker_cluster_high_water_messages", text, marks, "direction")


def _about_stores(stores: list[StoreInfo]) -> Iterator[Metric]:
    about = InfoMetricFamily("broker_store", "What a data store is here; the other metrics have only its name.")
    for store in stores:
        about.add_metric((), {"name": _text(store.name), "role": store.role, "backend": store.backend})
    yield about
    for name, text, number in (
        ("entries", "Keys in a store.", lambda store: store.size),
        ("input_channels", "Channels that changes arrive on.", _input_channels),
        ("output_channels", "Channels that changes are sent on.", _output_channels),
        ("out_of_order_updates", "Changes that came before others which are missing.", lambda store: store.early),
        ("unacknowledged", "Changes that the other side has not confirmed.", lambda store: store.unacknowledged),
        ("pending_operations", "Operations that wait for the backend or for the master.", lambda store: store.pending),
        ("synchronized", "Whether a clone ever had a snapshot; 1 for a master.", lambda store: store.synchronized),
        ("stale", "Whether a clone is without its master for too long.", lambda store: store.stale),
    ):
        rows = [((_text(store.name),), float(number(store))) for store in stores]
        yield _gauge(f"broker_store_{name}", text, rows, "name")


def _input_channels(store: StoreInfo) -> int:
    return store.writers if store.role == "master" else int(store.master is not None)


def _output_channels(store: StoreInfo) -> int:
    return store.clones if store.role == "master" else int(store.master is not None)


# -- families -----------------------------------------------------------------------------------------------------


def _rows(counts: dict[str, int]) -> list[Row]:
    return [((name,), count) for name, count in counts.items()]


def _gauge(name: str, text: str, rows: Iterable[Row], *labels: str) -> GaugeMetricFamily:
    family = GaugeMetricFamily(name, text, labels=labels)
    for values, number in rows:
        family.add_metric(values, number)
    return family


def _counter(name: str, text: str, rows: Iterable[Row], *labels: str) -> CounterMetricFamily:
    family = CounterMetricFamily(name, text, labels=labels)
    for values, number in rows:
        family.add_metric(values, number)
    return family


def _of_peers(
    kind: type[GaugeMetricFamily | CounterMetricFamily],
    name: str,
    text: str,
    numbers: Iterable[tuple[PeerInfo, float]],
) -> Metric:
    family = kind(name, text, labels=("peer",))
    for info, number in numbers:
        family.add_metric((str(info.id),), number)
    return family


def _peer_labels(info: PeerInfo) -> dict[str, str]:
    labels = {
        "peer": str(info.id),
        "address": info.address,
        "direction": info.direction,
        "transport": info.transport,
        "tls": info.tls,
        "name": info.name,
        "version": info.version,
    }
    return {name: _text(value) for name, value in labels.items()}


def _queued_bytes(peer: Peer) -> int:
    return peer.queue.bytes if isinstance(peer.queue, FrameQueue) else 0


def _text(value: str) -> str:
    """*value* as a label: names of stores and peers may hold bytes that are not UTF-8, which no exposition can."""
    return value.encode("utf-8", "backslashreplace").decode()
