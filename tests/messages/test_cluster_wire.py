"""What nodes of a ZeroMQ cluster say to each other."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broker_core.messages.cluster_wire import (
    INTERNAL_PREFIX,
    LOG_FORMAT,
    LOG_WRITE,
    NODE_PREFIX,
    NODEID_PREFIX,
    PARTS,
    SERIALIZER,
    ClusterNode,
    Subscription,
    name_in_topic,
    node_in_topic,
    probe_topic,
    read_subscription,
    subscription,
)
from cluster_links import recording

MANAGER = "zeromq_manager_hh_2303_NWWp934b4gaP9kIe89"
WORKER = "zeromq_worker-1_hh_2367_NeDuhx4Nppqdbdij7e"
ALONE = "zeromq__hh_2288_Nm9Vws3smAkptjfL5h"

WORDS = st.text(alphabet=st.characters(exclude_characters="_", exclude_categories=["Cs"]), min_size=1)
PIDS = st.integers(0, 9_999_999_999)
UNIQUE = WORDS.map(lambda word: f"N{word}")


def parts_of(name, direction):
    return [frame["parts"] for frame in recording(name)["frames"] if direction in frame["from"]]


# -- subscriptions ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name", ["zeromq-one-node-own-central-broker", "zeromq-manager-and-worker", "zeromq-client-at-zeeks-proxy-thread"]
)
def test_recorded_subscriptions(name):
    found = parts_of(name, "(subscription)")
    assert found
    for parts in found:
        (part,) = parts
        said = read_subscription(part)
        assert said == Subscription(part[1:].decode(), part[:1] == b"\x01")
        assert subscription(said.prefix, begins=said.begins) == part


def test_the_bytes():
    assert subscription("/rec/out", begins=True) == b"\x01/rec/out"
    assert subscription("/rec/out", begins=False) == b"\x00/rec/out"
    assert subscription("", begins=True) == b"\x01"
    assert read_subscription(b"\x01") == Subscription("", begins=True)


@pytest.mark.parametrize("part", [b"", b"\x02/x", b"/rec/in", b"\xff"])
def test_what_is_no_subscription(part):
    assert read_subscription(part) is None


@given(st.binary(), st.booleans())
def test_any_prefix_survives(raw, begins):
    said = read_subscription((b"\x01" if begins else b"\x00") + raw)
    assert said is not None
    assert said.begins is begins
    assert subscription(said.prefix, begins=begins)[1:] == raw


# -- messages -----------------------------------------------------------------------------------------------------


def test_recorded_messages_have_four_parts():
    events = parts_of("zeromq-manager-and-worker", "(publication)")
    assert events
    for topic, sender, serializer, payload in events:
        assert node_in_topic(topic.decode()) in {MANAGER, WORKER}
        assert sender.decode() in {MANAGER, WORKER}
        assert serializer == SERIALIZER
        assert payload[:1] == b"\x0e"
    assert {len(parts) for parts in events} == {PARTS}


def test_recorded_logs():
    for parts in parts_of("zeromq-log-writes", "PUSH") + parts_of("zeromq-manager-and-worker-logs", "PUSH"):
        assert len(parts) == PARTS
        assert (parts[0], parts[2]) == (LOG_WRITE, LOG_FORMAT)


# -- nodes --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("node", "name", "host", "pid"),
    [
        (MANAGER, "manager", "hh", 2303),
        (WORKER, "worker-1", "hh", 2367),
        (ALONE, "", "hh", 2288),
        ("zeromq_my_worker_10_sensor.example_1_N", "my_worker_10", "sensor.example", 1),
        ("zeromq__my_host_7_Nx", "", "my_host", 7),
        ("zeromq_a__7_Nx", "a", "", 7),
        ("zeromq___7_Nx", "", "", 7),
        ("zeromq_a_b_4294967295_Nx", "a", "b", 4_294_967_295),
        ("zeromq_a_b_9999999999_Nx", "a", "b", 9_999_999_999),
    ],
)
def test_ids_of_zeeks(node, name, host, pid):
    assert ClusterNode.parse(node) == ClusterNode(node, name, host, pid)


@pytest.mark.parametrize(
    "node",
    [
        "",
        "my-node-id",
        "broker_0a955f8d-cb02-47ad-b06c-90a5c7e6b714",
        f"{MANAGER}-websocket-1".replace("_N", "_M"),
        "zeromq_manager_1_Nx",
        "zeromq_manager_host_x_Nx",
        "zeromq_manager_host_-1_Nx",
        "zeromq_manager_host_\u0661_Nx",
        "zeromq_manager_host__Nx",
        "zeromq_manager_host_1_x",
        "zeromq_manager_host_12345678901_Nx",
        "Zeromq_manager_host_1_Nx",
        "kafka_manager_host_1_Nx",
    ],
)
def test_other_ids_tell_nothing(node):
    assert ClusterNode.parse(node) == ClusterNode(node, "", "", None)


def test_a_client_of_a_zeeks_websocket_server_is_at_its_node():
    assert ClusterNode.parse(f"{WORKER}-websocket-1").name == "worker-1"


@given(WORDS, WORDS, PIDS, UNIQUE)
def test_without_further_underlines_nothing_is_in_doubt(name, host, pid, unique):
    node = f"zeromq_{name}_{host}_{pid}_{unique}"
    assert ClusterNode.parse(node) == ClusterNode.parse(node, {"x", name}) == ClusterNode(node, name, host, pid)


@given(st.lists(WORDS, min_size=1), st.lists(WORDS, min_size=1), PIDS, UNIQUE)
def test_names_that_are_known_tell_where_the_name_ends(names, hosts, pid, unique):
    name, host = "_".join(names), "_".join(hosts)
    node = f"zeromq_{name}_{host}_{pid}_{unique}"
    assert ClusterNode.parse(node, {name}) == ClusterNode(node, name, host, pid)
    unknown = ClusterNode.parse(node)
    assert f"{unknown.name}_{unknown.host}" == f"{name}_{host}"
    assert unknown.host == hosts[-1]


def test_of_several_names_the_longest_fits():
    assert ClusterNode.parse("zeromq_worker_1_host_5_Nx", {"worker", "worker_1"}).name == "worker_1"
    assert ClusterNode.parse("zeromq_worker_1_host_5_Nx", {"worker"})[1:] == ("worker", "1_host", 5)


@given(st.text())
def test_any_text_is_an_id(node):
    for text in (node, f"zeromq_{node}", f"zeromq_{node}_1_N"):
        assert ClusterNode.parse(text).id == text


# -- topics -------------------------------------------------------------------------------------------------------


def test_topics_of_one_node():
    topics = [parts[0][1:].decode() for parts in parts_of("zeromq-manager-and-worker", "(subscription)")]
    assert {node_in_topic(topic) for topic in topics} == {None, MANAGER, WORKER}
    assert {name_in_topic(topic) for topic in topics} == {None, "manager", "worker-1"}


def test_before_zeek_7_2_there_is_no_final_dot():
    assert node_in_topic(f"{NODEID_PREFIX}{WORKER}") == node_in_topic(f"{NODEID_PREFIX}{WORKER}.") == WORKER
    assert name_in_topic(f"{NODE_PREFIX}worker-1") == name_in_topic(f"{NODE_PREFIX}worker-1.") == "worker-1"
    assert node_in_topic(f"{NODE_PREFIX}worker-1.") is None
    assert name_in_topic(f"{NODEID_PREFIX}{WORKER}.") is None


def test_a_topic_that_nobody_else_has():
    assert probe_topic("broker_x", 3) == "zeek.zeromq.internal.broker_x.3."
    assert probe_topic("broker_x", 1).startswith(INTERNAL_PREFIX)
    assert not probe_topic("broker_x", 10).startswith(probe_topic("broker_x", 1))
