"""The metrics, read back with the parsers of prometheus_client."""

from __future__ import annotations

import re
import urllib.request
from typing import TYPE_CHECKING

import pytest
import trio
from prometheus_client.openmetrics.parser import text_string_to_metric_families as parse_openmetrics
from prometheus_client.parser import text_string_to_metric_families as parse_text

from broker_core import Endpoint, __version__
from broker_core.endpoint.metrics import Metrics, _text
from broker_core.model.addresses import PeerAddress
from broker_core.runtime.http_server import HttpListener
from cluster_links import central, member, node
from pairs import SOON, options, pair

if TYPE_CHECKING:
    from prometheus_client import Metric

Samples = dict[tuple[str, frozenset[tuple[str, str]]], float]


def metrics_of(endpoint: Endpoint, name: str = "") -> Metrics:
    return Metrics(
        endpoint._hub, endpoint._stores, HttpListener(PeerAddress("", 1), trio.CancelScope()), node_name=name
    )


def families(endpoint: Endpoint, accept: str = "") -> dict[str, Metric]:
    kind, body = metrics_of(endpoint).page(accept)
    parse = parse_openmetrics if "openmetrics" in kind else parse_text
    return {family.name: family for family in parse(body.decode())}


def samples(endpoint: Endpoint) -> Samples:
    return {
        (sample.name, frozenset(sample.labels.items())): sample.value
        for family in families(endpoint).values()
        for sample in family.samples
    }


def value(found: Samples, name: str, /, **labels: str) -> float:
    return found[name, frozenset(labels.items())]


def ours(found: dict[str, Metric]) -> set[str]:
    return {name for name in found if not name.startswith("process_")}


async def test_names_that_dashboards_for_broker_and_zeek_know():
    async with pair() as (a, b):
        await a.attach_master("db")
        await b.attach_clone("db")
        names = {name for name, _ in samples(a)}
        assert names >= {
            "broker_connections",
            "broker_processed_messages_total",
            "broker_buffered_messages",
            "broker_store_input_channels",
            "broker_store_out_of_order_updates",
            "broker_store_output_channels",
            "broker_store_entries",
            "broker_store_unacknowledged",
            "zeek_broker_peer_buffer_messages",
            "zeek_broker_peer_buffer_overflows_total",
            "zeek_broker_backpressure_disconnects_total",
        }


async def test_every_metric_says_what_it_is():
    async with pair() as (a, _):
        await a.attach_master("db")
        for family in families(a).values():
            assert family.documentation.endswith("."), family.name
            assert family.type in {"counter", "gauge"}
            assert re.fullmatch(r"(zeek_)?broker_[a-z_]+|process_[a-z_]+", family.name)
            for sample in family.samples:
                assert sample.name.endswith("_total") is (family.type == "counter")


async def test_both_formats_say_the_same():
    async with pair() as (a, _):
        await a.attach_master("db")
        text, opened = families(a), families(a, "application/openmetrics-text; version=1.0.0; q=0.5, */*")
        assert {name.removesuffix("_info") for name in ours(text)} == ours(opened)
        for name in ours(opened):
            family = text.get(name) or text[f"{name}_info"]
            assert [(one.name, one.labels, one.value) for one in family.samples] == [
                (one.name, one.labels, one.value) for one in opened[name].samples
            ]
            assert family.documentation == opened[name].documentation


@pytest.mark.parametrize(
    ("accept", "kind"),
    [
        ("", "text/plain; version=0.0.4; charset=utf-8"),
        ("*/*", "text/plain; version=0.0.4; charset=utf-8"),
        ("text/plain;version=1.0.0", "text/plain; version=0.0.4; charset=utf-8"),
        ("application/openmetrics-text", "application/openmetrics-text; version=1.0.0; charset=utf-8"),
        ("Application/OpenMetrics-Text;version=x", "application/openmetrics-text; version=1.0.0; charset=utf-8"),
        ("application/openmetrics-text\u00ff", "text/plain; version=0.0.4; charset=utf-8"),
        (";,;=,", "text/plain; version=0.0.4; charset=utf-8"),
    ],
)
async def test_the_format_is_what_the_client_takes(accept, kind):
    async with Endpoint(options()) as endpoint:
        assert metrics_of(endpoint).page(accept)[0] == kind


async def test_who_this_is():
    async with Endpoint(options()) as endpoint:
        _, body = metrics_of(endpoint, 'na"me\n').page("")
        found = {family.name: family for family in parse_text(body.decode())}
        assert found["broker_endpoint_info"].samples[0].labels == {"id": str(endpoint.id), "node": 'na"me\n'}
        labels = found["broker_build_info"].samples[0].labels
        assert (labels["version"], labels["implementation"]) == (__version__, "broker-toolkit")


async def test_the_numbers_of_messages():
    async with pair() as (a, b):
        a.make_subscriber("/x", capacity=2, overflow="drop_newest")
        await b.wait_for_subscribers("/x")
        for number in range(5):
            await b.publish("/x", number)
        await b.flush()
        there, here = samples(b), samples(a)
        assert value(there, "broker_published_messages_total") == 5
        assert value(there, "broker_peer_sent_messages_total", peer=str(a.id)) == 5
        assert value(there, "broker_processed_messages_total", type="routing-update") == 1
        assert value(here, "broker_received_messages_total") == 5
        assert value(here, "broker_processed_messages_total", type="data") == 5
        assert value(here, "broker_peer_received_messages_total", peer=str(b.id)) == 5
        assert value(here, "broker_delivered_messages_total") == 5
        assert value(here, "broker_dropped_messages_total") == 3
        assert value(here, "broker_buffered_messages", type="data") == 2
        assert value(here, "broker_subscribers") == 1
        assert value(here, "broker_subscriber_buffer_messages") == 2
        assert value(here, "broker_subscriber_buffer_max_messages") == 2
        assert value(here, "broker_peer_received_bytes_total", peer=str(b.id)) > 100


async def test_peers_that_do_not_take_what_is_for_them():
    overflowing = options(peer_overflow="disconnect")
    async with pair(one=overflowing) as (a, b):
        assert value(samples(a), "zeek_broker_peer_buffer_messages", peer=str(b.id)) == 0
        (peer,) = a._hub.router.peers.values()
        frame = a._hub.frames.data_frame("/x", b"\x00", 1)
        for _ in range(3):
            peer.queue.offer(frame)  # nobody runs in between
        found = samples(a)
        assert value(found, "zeek_broker_peer_buffer_messages", peer=str(b.id)) == 3
        assert value(found, "broker_peer_buffer_bytes", peer=str(b.id)) == 3 * len(frame)
        assert value(found, "broker_peer_buffer_limit_messages") == 8192
        while not peer.queue.overflowed:
            peer.queue.offer(frame)
        assert value(samples(a), "zeek_broker_peer_buffer_overflows_total", peer=str(b.id)) == 1
        with trio.fail_after(SOON):
            await peer.ended.wait()
            while a.peers():
                await trio.lowlevel.checkpoint()
        found = samples(a)
        assert value(found, "zeek_broker_backpressure_disconnects_total") == 1
        assert not any(dict(labels).get("peer") == str(b.id) for _, labels in found)
        assert value(found, "broker_peerings_total") == 1


async def test_peers_are_described_once():
    async with pair() as (a, b):
        found = families(a)["broker_peer_info"]
        (sample,) = found.samples
        assert sample.labels == {
            "peer": str(b.id),
            "address": a.peers()[0].address,
            "direction": "in",
            "transport": "broker",
            "tls": "off",
            "name": "",
            "version": "",
        }


async def test_failed_attempts_and_lost_peers():
    async with Endpoint(options()) as a:
        with pytest.raises(Exception, match="cannot peer"):
            await a.peer("127.0.0.1", 1)
        assert value(samples(a), "broker_failed_peering_attempts_total") == 1
        listener = await a.listen()
        async with Endpoint(options()) as b:
            await b.peer("127.0.0.1", listener.port)
            await a.await_peer(b.id)
        with trio.fail_after(SOON):
            while a.peers():
                await trio.lowlevel.checkpoint()
        assert value(samples(a), "broker_lost_peerings_total") == 1


async def test_stores():
    async with pair() as (a, b):
        master = await a.attach_master("db")
        clone = await b.attach_clone("db")
        assert value(samples(b), "broker_store_synchronized", name="db") == 0
        await clone.put(1, 2)
        await clone.put(2, 2)
        found = samples(a)
        for name, number in (
            ("entries", 2), ("input_channels", 1), ("output_channels", 1), ("out_of_order_updates", 0),
            ("pending_operations", 0), ("synchronized", 1), ("stale", 0),
        ):  # fmt: skip
            assert value(found, f"broker_store_{name}", name="db") == number
        assert master.info().clones == 1
        assert value(found, "broker_store_info", name="db", role="master", backend="memory") == 1
        found = samples(b)
        assert value(found, "broker_store_input_channels", name="db") == 1
        assert value(found, "broker_store_output_channels", name="db") == 1
        assert value(found, "broker_store_info", name="db", role="clone", backend="memory") == 1
        assert value(found, "broker_store_unacknowledged", name="db") >= 0


async def test_names_that_are_not_utf_8_do_no_harm():
    assert _text("a\udcffé") == "a\\udcffé"
    async with Endpoint(options()) as endpoint:
        await endpoint.attach_master("a\udcff")
        found = samples(endpoint)
        assert value(found, "broker_store_entries", name="a\\udcff") == 0


async def test_the_server_counts_its_answers():
    async with Endpoint(options()) as endpoint:
        listener = await endpoint.serve_status()
        url = f"http://127.0.0.1:{listener.port}"

        def fetch() -> str:
            with pytest.raises(Exception, match="404"):
                urllib.request.urlopen(f"{url}/nothing", timeout=SOON)
            with urllib.request.urlopen(f"{url}/metrics", timeout=SOON) as answer:
                return answer.read().decode()

        body = await trio.to_thread.run_sync(fetch)
        assert 'broker_http_responses_total{code="404"} 1.0' in body
        assert 'broker_http_responses_total{code="200"}' not in body


async def test_a_zeromq_cluster():
    async with central() as broker, node(broker.address) as other:
        other.subscribe(b"zeek.cluster.nodeid.zeromq_manager_hh_7_Nx.")
        await other.hears(b"\x01zeek.cluster.nodeid.zeromq_manager_hh_7_Nx.")
        async with member(broker.address) as endpoint:
            (info,) = endpoint.peers()
            found, peer, limits = samples(endpoint), str(info.id), endpoint.options.limits
    assert value(found, "broker_connections", type="zeromq") == 1
    assert value(found, "broker_cluster_nodes", peer=peer) == 1
    assert value(found, "broker_cluster_missed_messages_total", peer=peer) == 0
    assert value(found, "broker_cluster_stalls_total", peer=peer) == 0
    assert value(found, "broker_cluster_high_water_messages", direction="send") == limits.zmq_send_hwm
    assert value(found, "broker_cluster_high_water_messages", direction="receive") == limits.zmq_receive_hwm


async def test_nothing_about_clusters_without_one():
    async with pair() as (a, _):
        assert not any(name.startswith("broker_cluster_") for name, _ in samples(a))
