"""What an endpoint tells over HTTP: its status as one JSON document, metrics for Prometheus, and where these are.

C++ Broker serves such a document at the same path from version 2.6 on.
"""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any

from broker_core._version import __version__
from broker_core.codecs.text import encode
from broker_core.runtime.clock import now
from broker_core.runtime.http_server import serve_http
from broker_core.runtime.queues import FrameQueue

from .measuring import buffered, connections, dropped, processed

if TYPE_CHECKING:
    from collections.abc import Iterable

    from broker_core.limits import Limits
    from broker_core.runtime.http_server import HttpListener, Page
    from broker_core.runtime.hub import Hub
    from broker_core.runtime.peerings import Peerings
    from broker_core.runtime.peers import Peer, PeerInfo
    from broker_core.runtime.store_base import StoreInfo
    from broker_core.runtime.stores import Stores

__all__ = ["METRICS_PATH", "STATUS_PATH", "document_text", "serve_status", "status_document"]

STATUS_PATH = "/v1/status/json"
METRICS_PATH = "/metrics"

_INDEX = f'<a href="{STATUS_PATH}">Status of this Broker endpoint</a>, <a href="{METRICS_PATH}">metrics</a>\n'
_UNNAMED = "unknown"


async def serve_status(
    hub: Hub, peerings: Peerings, stores: Stores, host: str, port: int, *, node_name: str | None = None
) -> HttpListener:
    """Serve the status document and the metrics of an endpoint, as a task of its nursery.

    *host*: "" is every interface. *port*: 0 is any free one. *node_name* is what the document calls the endpoint, by
    default the environment's CLUSTER_NODE. Raises :class:`PeerUnavailable` when the port cannot be had.
    """
    name = os.environ.get("CLUSTER_NODE", "") if node_name is None else node_name

    def document(_: str) -> tuple[str, bytes]:
        text = document_text(status_document(hub, peerings, stores, node_name=name))
        return "application/json", text.encode()

    pages: dict[str, Page] = {"/": lambda _: ("text/html; charset=utf-8", _INDEX.encode()), STATUS_PATH: document}
    listener = await serve_http(peerings.nursery, pages, host, port, hub.limits)

    def metrics(accept: str) -> tuple[str, bytes]:
        from .metrics import Metrics  # noqa: PLC0415  # it takes long to load, and many never ask for it

        pages[METRICS_PATH] = Metrics(hub, stores, listener, node_name=name).page
        return pages[METRICS_PATH](accept)

    pages[METRICS_PATH] = metrics
    return listener


def document_text(document: dict[str, Any]) -> str:
    """*document* as JSON, one line for each of its members."""
    members = [f"{json.dumps(name)}: {json.dumps(member)}" for name, member in document.items()]
    return "{" + ",\n ".join(members) + "}\n"


def status_document(hub: Hub, peerings: Peerings, stores: Stores, *, node_name: str = "") -> dict[str, Any]:
    """The state of an endpoint, of JSON's types only.

    ========================  ====================================================================================
    ``id``                    of the endpoint, a UUID
    ``cluster-node``          its name, ``unknown`` without one
    ``time``                  when this was so, ISO
    ``software``              ``broker-toolkit``
    ``version``               of the software
    ``forwarding``            whether messages are passed on from peer to peer
    ``listeners``             the ports that accept peers: a list of ``address`` and ``tls``
    ``native-connections``    how many peers there are that speak Broker's own protocol
    ``web-socket-connections``  how many speak JSON over WebSocket
    ``zeromq-connections``    how many are ZeroMQ clusters, by their central brokers
    ``local-connections``     how many are endpoints of the same process
    ``local-subscriptions``   the prefixes that peers are told
    ``message-metrics``       for ``data``, ``command``, ``routing-update``, ``ping`` and ``pong``: how many came from
                              peers and were ``processed``, and how many wait in queues (``buffered``)
    ``message-counts``        of this endpoint's whole life: ``published``, ``received``, ``delivered``
                              (to subscribers), ``forwarded``, ``ttl-expired``, ``skipped`` (unreadable), ``dropped``
                              (by full queues), ``refused`` (by WebSocket servers)
    ``peering-counts``        likewise: ``added``, ``lost``, ``overflow-disconnects``, ``failed-attempts``
    ``peerings``              by the peer's id: see below
    ``subscribers``           a list of ``queued``, ``capacity``, ``overflow`` (the policy) and ``dropped``
    ``stores``                by name: see below
    ========================  ====================================================================================

    A peering has ``address`` ("" in the same process), ``direction`` (``out``: this side connected; ``in``,
    ``local``), ``transport`` (``broker``, ``ws``, ``wss``, ``zmq``, ``local``), ``tls``, where the peer tells them
    ``name`` and ``version``, ``protocol-version``, ``subscriptions``, and of this peering's life ``sent``,
    ``received``, ``dropped``, ``bytes-sent`` and ``bytes-received``. ``queued`` and ``queued-bytes`` wait to be sent,
    and ``unconfirmed`` were published here and are not known to have arrived. Lists of subscriptions hold
    at most limits.status_topics characters; ``subscriptions-omitted`` then says how many are missing.

    A peering with a ZeroMQ cluster has ``name`` (the node id of this side), and besides ``nodes`` (those that have
    announced themselves: a list of ``id``, ``name``, ``host``, ``pid``, with the same bound and ``nodes-omitted``),
    ``missed`` (came, and were dropped because subscribers were too slow), ``stalls`` (how often messages waited for
    the high-water mark), and the two marks, in messages: ``send-high-water`` and ``receive-high-water``.

    A store has ``role``, ``id``, ``backend``, ``entries``, ``clones`` and ``writers`` (that a master serves),
    ``master`` (that a clone follows), ``synchronized``, ``stale``, ``sequence`` (number of the last change),
    ``pending`` (operations), ``out-of-order`` and ``unacknowledged`` (changes).
    """
    counters, most = hub.counters, hub.limits.status_topics
    waiting = buffered(hub)
    return {
        "id": str(hub.own_id),
        "cluster-node": node_name or _UNNAMED,
        "time": encode(now()),
        "software": "broker-toolkit",
        "version": __version__,
        "forwarding": hub.forward,
        "listeners": [{"address": str(one.address), "tls": one.tls} for one in peerings.listeners],
        **{f"{name}-connections": count for name, count in connections(hub).items()},
        **_subscriptions(hub.own_filter.announced, most, "local-subscriptions"),
        "message-metrics": {
            kind: {"processed": count, "buffered": waiting[kind]} for kind, count in processed(hub).items()
        },
        "message-counts": {
            "published": counters.published,
            "received": counters.received,
            "delivered": counters.delivered,
            "forwarded": counters.forwarded,
            "ttl-expired": counters.ttl_expired,
            "skipped": counters.skipped,
            "dropped": dropped(hub),
            "refused": counters.refused,
        },
        "peering-counts": {
            "added": counters.peers_added,
            "lost": counters.peers_lost,
            "overflow-disconnects": counters.overflow_disconnects,
            "failed-attempts": counters.failed_attempts,
        },
        "peerings": {str(peer.peer_id): _peering(peer, hub.limits) for peer in hub.router.peers.values()},
        "subscribers": [
            {
                "queued": len(queue.items),
                "capacity": queue.capacity,
                "overflow": queue.policy,
                "dropped": queue.dropped,
            }
            for queue in hub.router.subscribers()
        ],
        "stores": {store.name: _store(store.info()) for store in stores.open.values()},
    }


def _subscriptions(prefixes: Iterable[str], room: int, name: str = "subscriptions") -> dict[str, Any]:
    """Those of *prefixes* for which there is room: a peer may announce any number, of any length."""
    shown: list[str] = []
    omitted = 0
    for prefix in prefixes:
        if len(prefix) <= room:
            room -= len(prefix)
            shown.append(prefix)
        else:
            omitted += 1
    return {name: shown, f"{name}-omitted": omitted} if omitted else {name: shown}


def _peering(peer: Peer, limits: Limits) -> dict[str, Any]:
    info, queue = peer.info(), peer.queue
    return {
        "address": info.address,
        "direction": info.direction,
        "transport": info.transport,
        "tls": info.tls,
        **({"name": info.name} if info.name else {}),
        **({"version": info.version} if info.version else {}),
        "protocol-version": info.protocol_version,
        **_subscriptions(info.filter, limits.status_topics),
        "queued": info.queued,
        "queued-bytes": queue.bytes if isinstance(queue, FrameQueue) else 0,
        "unconfirmed": peer.undelivered,
        "sent": info.sent,
        "received": info.received,
        "dropped": info.dropped,
        "bytes-sent": info.bytes_sent,
        "bytes-received": info.bytes_received,
        **(_cluster(info, limits) if info.transport == "zmq" else {}),
    }


def _cluster(info: PeerInfo, limits: Limits) -> dict[str, Any]:
    room, nodes = limits.status_topics, []
    for node in info.nodes:
        room -= len(node.id)
        if room < 0:
            break
        nodes.append({"id": node.id, "name": node.name, "host": node.host, "pid": node.pid})
    omitted = len(info.nodes) - len(nodes)
    return {
        "nodes": nodes,
        **({"nodes-omitted": omitted} if omitted else {}),
        "missed": info.missed,
        "stalls": info.stalls,
        "send-high-water": limits.zmq_send_hwm,
        "receive-high-water": limits.zmq_receive_hwm,
    }


def _store(info: StoreInfo) -> dict[str, Any]:
    return {
        "role": info.role,
        "id": str(info.id),
        "backend": info.backend,
        "entries": info.size,
        "clones": info.clones,
        "writers": info.writers,
        "master": None if info.master is None else str(info.master),
        "synchronized": info.synchronized,
        "stale": info.stale,
        "sequence": info.seq,
        "pending": info.pending,
        "out-of-order": info.early,
        "unacknowledged": info.unacknowledged,
    }
