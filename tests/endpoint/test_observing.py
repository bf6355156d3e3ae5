"""The status document, and the pages of ``serve_status``, over real sockets."""

from __future__ import annotations

import json
import urllib.request
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
import trio

from broker_core import DEFAULT_LIMITS, Endpoint, EndpointId, PeerUnavailable, Timestamp, __version__
from broker_core.codecs.text import decode
from broker_core.endpoint.observing import STATUS_PATH, document_text
from cluster_links import central, member, node
from pairs import SOON, options, pair

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from broker_core.runtime.http_server import HttpListener


def get(listener: HttpListener, path: str) -> tuple[str, bytes]:
    with urllib.request.urlopen(f"http://127.0.0.1:{listener.port}{path}", timeout=SOON) as answer:
        return answer.headers["Content-Type"], answer.read()


async def fetch(listener: HttpListener, path: str = STATUS_PATH) -> tuple[str, bytes]:
    """Content type and body of a page, fetched by an independent client in a thread."""
    with trio.fail_after(SOON):
        return await trio.to_thread.run_sync(get, listener, path)


async def document(endpoint: Endpoint, **naming: str) -> dict[str, Any]:
    listener = await endpoint.serve_status(**naming)
    kind, body = await fetch(listener)
    assert kind == "application/json"
    return json.loads(body)


async def test_the_document_of_an_endpoint_alone(monkeypatch):
    monkeypatch.delenv("CLUSTER_NODE", raising=False)
    async with Endpoint(options(forward=False)) as endpoint:
        found = await document(endpoint)
        assert isinstance(decode(found.pop("time")), Timestamp)
        assert found == {
            "id": str(endpoint.id),
            "cluster-node": "unknown",
            "software": "broker-toolkit",
            "version": __version__,
            "forwarding": False,
            "listeners": [],
            "native-connections": 0,
            "web-socket-connections": 0,
            "zeromq-connections": 0,
            "local-connections": 0,
            "local-subscriptions": [],
            "message-metrics": {
                kind: {"processed": 0, "buffered": 0}
                for kind in ("data", "command", "routing-update", "ping", "pong")
            },
            "message-counts": {
                "published": 0, "received": 0, "delivered": 0, "forwarded": 0, "ttl-expired": 0, "skipped": 0,
                "dropped": 0, "refused": 0,
            },
            "peering-counts": {"added": 0, "lost": 0, "overflow-disconnects": 0, "failed-attempts": 0},
            "peerings": {},
            "subscribers": [],
            "stores": {},
        }  # fmt: skip


async def test_the_document_of_an_endpoint_with_company():
    async with pair() as (a, b):
        b.make_subscriber(["/b", ""])
        subscriber = a.make_subscriber("/a", capacity=2, overflow="drop_newest")
        clone = await a.attach_clone("db")
        await b.attach_master("db")
        await clone.put(1, 2)
        await b.wait_for_subscribers("/a")
        for number in range(3):
            await b.publish("/a", number)
        await b.flush()
        found = await document(a, node_name="worker-1")
        assert found["cluster-node"] == "worker-1"
        assert found["local-subscriptions"] == ["/a", "db/<$>/data/clone"]
        (there,) = found["listeners"]
        assert there == {"address": b.peers()[0].address, "tls": "off"}
        assert found["message-metrics"]["data"] == {"processed": 3, "buffered": 2}
        assert found["message-counts"]["dropped"] == 1
        assert found["peering-counts"]["added"] == 1
        assert found["subscribers"] == [{"queued": 2, "capacity": 2, "overflow": "drop_newest", "dropped": 1}]
        assert subscriber.dropped == 1

        peering = found["peerings"].pop(str(b.id))
        assert found["peerings"] == {}
        assert peering.pop("bytes-sent") > 0
        assert peering.pop("bytes-received") > 0
        assert peering.pop("sent") > 0
        assert peering.pop("received") > 3
        assert peering == {
            "address": a.peers()[0].address,
            "direction": "in",
            "transport": "broker",
            "tls": "off",
            "protocol-version": 1,
            "subscriptions": [""],
            "queued": 0,
            "queued-bytes": 0,
            "unconfirmed": 0,
            "dropped": 0,
        }

        info = clone.info()
        assert found["stores"] == {
            "db": {
                "role": "clone",
                "id": str(clone.id),
                "backend": "memory",
                "entries": 1,
                "clones": 0,
                "writers": 0,
                "master": str(info.master),
                "synchronized": True,
                "stale": False,
                "sequence": 2,
                "pending": 0,
                "out-of-order": 0,
                "unacknowledged": found["stores"]["db"]["unacknowledged"],
            }
        }


async def test_peers_that_tell_more_about_themselves():
    async with Endpoint(options()) as a, Endpoint(options(application="an-app")) as b:
        listener = await a.listen_web(tls="off")
        await b.peer(f"ws://127.0.0.1:{listener.port}")
        (client,) = (await document(a))["peerings"].values()
        assert (client["transport"], client["direction"], client["name"]) == ("ws", "in", "an-app")
        (server,) = (await document(b))["peerings"].values()
        assert (server["transport"], server["direction"]) == ("ws", "out")
        assert server["version"]


async def test_the_name_comes_from_the_environment(monkeypatch):
    monkeypatch.setenv("CLUSTER_NODE", "manager")
    async with Endpoint(options()) as endpoint:
        assert (await document(endpoint))["cluster-node"] == "manager"
        assert (await document(endpoint, node_name=""))["cluster-node"] == "unknown"


@pytest.mark.parametrize(("lengths", "shown"), [((7, 3), 2), ((7, 4), 1), ((11, 1), 1), ((), 0)])
async def test_no_more_subscriptions_are_listed_than_the_bound_allows(lengths, shown):
    topics = [chr(ord("a") + at) * length for at, length in enumerate(lengths)]
    async with pair(one=options(limits=replace(DEFAULT_LIMITS, status_topics=10))) as (a, b):
        b.make_subscriber(topics)
        a.make_subscriber(topics)
        await b.ping(a.id)
        found = await document(a)
        for name, place in (("subscriptions", found["peerings"][str(b.id)]), ("local-subscriptions", found)):
            assert len(place[name]) == shown
            assert set(place[name]) <= set(topics)
            assert place.get(f"{name}-omitted", 0) == len(topics) - shown


async def test_topics_that_are_not_utf_8_do_no_harm():
    async with pair() as (a, b):
        b.make_subscriber("/\udcff\x1b")
        await b.ping(a.id)
        assert (await document(a))["peerings"][str(b.id)]["subscriptions"] == ["/\udcff\x1b"]


def test_each_member_has_a_line():
    text = document_text({"a": {"b": [1, None]}, "c": "é\n"})
    assert text == '{"a": {"b": [1, null]},\n "c": "\\u00e9\\n"}\n'
    assert json.loads(text) == {"a": {"b": [1, None]}, "c": "é\n"}


# -- where it is ------------------------------------------------------------------------------------------------------


@asynccontextmanager
async def served() -> AsyncIterator[tuple[Endpoint, HttpListener]]:
    async with Endpoint(options()) as endpoint:
        yield endpoint, await endpoint.serve_status()


async def test_the_first_page_leads_to_the_others():
    async with served() as (_, listener):
        kind, body = await fetch(listener, "/")
        assert kind == "text/html; charset=utf-8"
        assert body.count(b"\n") == 1
        assert b'href="/v1/status/json"' in body
        assert b'href="/metrics"' in body


async def test_metrics_again_and_again():
    async with served() as (_, listener):
        for _ in range(2):
            kind, body = await fetch(listener, "/metrics")
            assert kind == "text/plain; version=0.0.4; charset=utf-8"
            assert b"broker_connections" in body
        assert listener.answers == {200: 2}


async def test_it_is_for_this_machine_unless_asked():
    async with served() as (_, listener):
        assert (listener.address.host, listener.port) == ("127.0.0.1", listener.address.port)


async def test_several_endpoints_of_a_process_do_not_meet():
    same = EndpointId(bytes(15) + b"\x01")
    async with Endpoint(options(id=same)) as a, Endpoint(options(id=same)) as b:
        for endpoint in (a, b):
            listener = await endpoint.serve_status()
            assert b"broker_connections" in (await fetch(listener, "/metrics"))[1]


async def test_a_port_that_is_taken():
    async with served() as (endpoint, listener):
        with pytest.raises(PeerUnavailable, match="cannot listen"):
            await endpoint.serve_status(port=listener.port)


async def test_it_ends_with_the_endpoint():
    async with served() as (endpoint, listener):
        await endpoint.shutdown()
        with pytest.raises(OSError, match="all attempts to connect"):
            await trio.open_tcp_stream("127.0.0.1", listener.port)
        with pytest.raises(trio.ClosedResourceError):
            await endpoint.serve_status()


async def test_it_can_end_before():
    async with served() as (endpoint, listener):
        await listener.aclose()
        with pytest.raises(OSError, match="all attempts to connect"):
            await trio.open_tcp_stream("127.0.0.1", listener.port)
        assert (await document(endpoint))["id"] == str(endpoint.id)


async def test_a_zeromq_cluster():
    nodes = [f"zeromq_worker-{number}_hh_{number}_N{'x' * 100}" for number in range(3)]
    limits = replace(DEFAULT_LIMITS, status_topics=450, zmq_send_hwm=77)
    async with central() as broker, node(broker.address) as other:
        for one in nodes:
            other.subscribe(f"zeek.cluster.nodeid.{one}.".encode())
            await other.hears(f"\x01zeek.cluster.nodeid.{one}.".encode())
        async with member(broker.address, limits=limits) as endpoint:
            found = await document(endpoint)
            assert found["zeromq-connections"] == 1
            (peering,) = found["peerings"].values()
            assert (peering["transport"], peering["version"]) == ("zmq", "ZMTP 3.1")
            assert peering["name"] == f"broker_{endpoint.id}"
            assert (peering["missed"], peering["stalls"], peering["dropped"]) == (0, 0, 0)
            assert (peering["send-high-water"], peering["receive-high-water"]) == (77, limits.zmq_receive_hwm)
            assert (len(peering["nodes"]), peering.get("nodes-omitted")) == (3, None)
            assert peering["nodes"][1] == {"id": nodes[1], "name": "worker-1", "host": "hh", "pid": 1}
        small = replace(limits, status_topics=2 * len(nodes[0]))
        async with member(broker.address, limits=small) as endpoint:
            (peering,) = (await document(endpoint))["peerings"].values()
            assert (len(peering["nodes"]), peering["nodes-omitted"]) == (2, 1)
