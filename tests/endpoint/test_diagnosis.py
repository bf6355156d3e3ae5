"""The words for what was seen on the way."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from broker_core import CertificateFacts
from broker_core.endpoint.diagnosis import (
    WEB_PORTS,
    ZEEK_PORTS,
    ZMQ_PORTS,
    describe_nodes,
    describe_portrait,
    describe_ports,
    describe_socket,
    describe_tls,
    describe_topics,
    describe_ways,
    nearest_topics,
    one_line,
)
from broker_core.messages.cluster_wire import ClusterNode
from broker_core.protocol.sniff import HTTP, SSH, ZEROMQ
from broker_core.runtime.portraits import BROKER, Portrait
from broker_core.runtime.probes import Reach, TlsLook
from broker_core.runtime.zmq_look import SocketLook

FACTS = CertificateFacts(
    subject="CN=m",
    issuer="CN=CA",
    not_before=datetime(2024, 1, 1, tzinfo=UTC),
    not_after=datetime(2034, 1, 1, tzinfo=UTC),
)
SHOWN = "TLS with the certificate CN=m (signed by CN=CA, valid until 2034-01-01)"


@pytest.mark.parametrize(
    ("portrait", "text"),
    [
        (Portrait(), "it says nothing, whatever it is asked"),
        (Portrait(closed=True), "it hangs up on everybody"),
        (Portrait(speaks=BROKER), "plain TCP: a Broker of version 2.3 or later"),
        (Portrait(speaks=SSH), "plain TCP: SSH"),
        (Portrait(speaks=HTTP, said=b"HTTP/1.1 404 No\r\nServer: x/1\r\n\r\n"), "plain TCP: HTTP (x/1)"),
        (Portrait(speaks=HTTP, said=b"HTTP/1.1 404 No\r\n\r\n"), "plain TCP: HTTP"),
        (Portrait(tls=TlsLook(speaks=True)), "TLS"),
        (
            Portrait(speaks=BROKER, tls=TlsLook(speaks=True, cipher="AECDH-AES256-SHA")),
            "TLS without certificates: a Broker of version 2.3 or later",
        ),
        (Portrait(tls=TlsLook(speaks=True, certificate=FACTS)), SHOWN),
        (
            Portrait(tls=TlsLook(speaks=True, certificate=FACTS, wants_certificate=True), speaks=SSH),
            f"{SHOWN}, and asks for one of us: SSH",
        ),
        (
            Portrait(tls=TlsLook(speaks=True, certificate=FACTS, wants_certificate=True, demands_certificate=True)),
            f"{SHOWN}, and demands one of us",
        ),
    ],
)
def test_who_answers(portrait, text):
    assert describe_portrait(portrait) == text


def test_which_addresses_answer():
    ways = [
        Reach(host="::1", way="refused", problem="connection refused"),
        Reach(host="127.0.0.1", way="open"),
        Reach(host="192.0.2.1", way="filtered", problem="no answer within 5 s"),
        Reach(host="192.0.2.2", way="unreachable", problem="no route to host"),
    ]
    assert describe_ways(ways) == (
        "::1 refuses, 127.0.0.1 answers, 192.0.2.1: no answer within 5 s, 192.0.2.2: no route to host"
    )


def test_which_ports_are_open():
    assert describe_ports({9999: "a"}) == "9999 (a) is open there"
    assert describe_ports({9999: "a", 5555: "b"}) == "9999 (a), 5555 (b) are open there"
    assert {9999, 9997, 27759, 27760, 27761, 5555, 5556} <= set(ZEEK_PORTS)
    assert set(ZEEK_PORTS) > WEB_PORTS | ZMQ_PORTS


def look(kind: str, mechanism: str = "NULL") -> SocketLook:
    return SocketLook(host="192.0.2.1", mechanism=mechanism, socket_type=kind, version="3.1")


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("XPUB", "the XPUB of a central broker, where nodes of a ZeroMQ cluster receive"),
        ("XSUB", "the XSUB of a central broker, where nodes of a ZeroMQ cluster send"),
        ("PULL", "a sink for logs of a ZeroMQ cluster (PULL)"),
        ("ROUTER", "a ZeroMQ socket of the kind ROUTER"),
        ("", "a ZeroMQ socket of the kind unknown"),
    ],
)
def test_which_socket_it_is(kind, words):
    assert describe_socket(look(kind)) == words
    assert describe_socket(look("", "CURVE")) == "a ZeroMQ socket with CURVE, which hides its kind"
    assert describe_portrait(Portrait(speaks=ZEROMQ, socket=look(kind))) == f"plain TCP: {words}"


def test_nodes():
    nodes = [ClusterNode.parse(f"zeromq_worker-{number}_host_12_Nx") for number in range(5)]
    assert describe_nodes(()) == "none has announced itself"
    assert describe_nodes(nodes[:1]) == "worker-0 on host"
    assert describe_nodes(nodes) == "worker-0 on host, worker-1 on host, worker-2 on host and 2 more"
    others = [ClusterNode.parse("zeromq__host_12_Nx"), ClusterNode.parse("my-node-id")]
    assert describe_nodes(others) == "one without a name on host, my-node-id"


def test_what_tls_is():
    assert describe_tls("off") == "none: plain TCP"
    assert describe_tls("TLSv1.3 X") == "TLSv1.3 X"


def test_topics():
    assert describe_topics(()) == "none"
    assert describe_topics(("", "/a")) == '"", /a'
    assert describe_topics(("/a", "/b", "/c")) == "/a, /b, /c"
    assert describe_topics(("/a", "/b", "/c", "/d", "/e")) == "/a, /b, /c and 2 more"


def test_similar_topics_come_first():
    topics = ("/other", "zeek/cluster/node/worker-1/", "zeek/control", "zeek/logs/conn", "zeek/logs/dns")
    assert nearest_topics(topics, ["zeek/log/dns"]) == "zeek/logs/dns, zeek/logs/conn, zeek/control and 2 more"


def test_very_many_topics_take_no_time():
    topics = tuple(f"/topic/{number}/{'x' * 50}" for number in range(20_000))
    assert nearest_topics(topics, ["/topic/17"]).endswith(" and 19997 more")


def test_one_line():
    assert one_line(" a\n\tb\r\n") == "a b"
    assert one_line("a\x1b[2J\u202e\udc80é") == r"a\x1b[2J\u202e\udc80é"
