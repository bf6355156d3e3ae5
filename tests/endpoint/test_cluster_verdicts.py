"""Causes from what two ports show: decisions without a socket. What really happens is in test_cluster_examination."""

from __future__ import annotations

from typing import Any

import pytest

from broker_core import Cause, PeerAddress, PeeringError
from broker_core.endpoint.cluster_verdicts import PortView, judge_attempt, judge_ports
from broker_core.endpoint.remedies import ADVICE
from broker_core.protocol.sniff import BROKER_WEB, HTTP, METRICS, OLD_BROKER, SSH, WEB, ZEEK_WEB, ZEROMQ
from broker_core.runtime.portraits import BROKER, Portrait
from broker_core.runtime.probes import Reach, TlsLook
from broker_core.runtime.zmq_look import SocketLook

C = Cause
HOST = "zeek.example"
ANONYMOUS = TlsLook(speaks=True, completed=True, cipher="AECDH-AES256-SHA")


def view(port: int, way: Any = "open", **shows: Any) -> PortView:
    problem = {"open": "", "filtered": "no answer within 5 s"}.get(way, "connection refused")
    ways = [Reach(host="192.0.2.1", way=way, problem=problem)]
    return PortView(address=PeerAddress(HOST, port, "zmq"), ways=ways, **shows)


def socket(port: int, kind: str, mechanism: str = "NULL") -> PortView:
    return view(port, look=SocketLook(host="192.0.2.1", mechanism=mechanism, socket_type=kind, version="3.1"))


def stranger(port: int, cause: Cause, portrait: Portrait | None) -> PortView:
    return view(port, error=PeeringError("zmq://x", "why", cause=cause), portrait=portrait)


XPUB, XSUB = socket(5555, "XPUB"), socket(5556, "XSUB")
SECRET_XPUB, SECRET_XSUB = socket(5555, "", "CURVE"), socket(5556, "", "CURVE")
REFUSED, NO_XSUB = view(5555, "refused"), view(5556, "refused")


def verdict(first, second, *, keys=False):
    found = judge_ports(first, second, keys=keys, timeout=5)
    if found is not None:
        assert found.variant in ADVICE[found.cause]
    return found


@pytest.mark.parametrize(
    ("first", "second", "keys"),
    [(XPUB, XSUB, False), (SECRET_XPUB, SECRET_XSUB, True), (socket(5555, ""), socket(5556, ""), False)],
)
def test_two_ports_that_are_well(first, second, keys):
    assert verdict(first, second, keys=keys) is None


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        # the wrong socket
        (socket(5555, "XSUB"), socket(5556, "XPUB"), (C.WRONG_SOCKET, "reversed")),
        (socket(5555, "XSUB"), NO_XSUB, (C.WRONG_SOCKET, "sending")),
        (socket(5555, "XSUB"), socket(5556, "PULL"), (C.WRONG_SOCKET, "sending")),
        (socket(5555, "PULL"), XSUB, (C.WRONG_SOCKET, "pull")),
        (XPUB, socket(5556, "PULL"), (C.WRONG_SOCKET, "pull")),
        (NO_XSUB, socket(5556, "PULL"), (C.WRONG_SOCKET, "pull")),
        (XPUB, socket(5556, "XPUB"), (C.WRONG_SOCKET, "xpub")),
        (socket(5555, "ROUTER"), XSUB, (C.WRONG_SOCKET, "")),
        (XPUB, socket(5556, "PUB"), (C.WRONG_SOCKET, "")),
        # one port only
        (XPUB, NO_XSUB, (C.REFUSED, "zeromq-no-xsub")),
        (SECRET_XPUB, NO_XSUB, (C.REFUSED, "zeromq-no-xsub")),
        (REFUSED, XSUB, (C.REFUSED, "zeromq-no-xpub")),
        (REFUSED, SECRET_XSUB, (C.REFUSED, "zeromq-no-xpub")),
        (REFUSED, socket(5556, "XPUB"), (C.REFUSED, "zeromq-behind")),
        (XPUB, view(5556, "filtered"), (C.FILTERED, "")),
        (view(5555, "filtered"), XSUB, (C.FILTERED, "")),
        (XPUB, view(5556, "unreachable"), (C.UNREACHABLE, "")),
        # CURVE
        (SECRET_XPUB, SECRET_XSUB, (C.CURVE_EXPECTED, "theirs")),
        (SECRET_XPUB, XSUB, (C.CURVE_EXPECTED, "mixed")),
        (XPUB, SECRET_XSUB, (C.CURVE_EXPECTED, "mixed")),
    ],
)
def test_what_two_ports_show(first, second, expected):
    found = verdict(first, second)
    assert (found.cause, found.variant) == expected


def test_keys_that_nobody_wants():
    found = verdict(XPUB, XSUB, keys=True)
    assert (found.cause, found.variant) == (C.CURVE_EXPECTED, "ours")


@pytest.mark.parametrize(
    ("cause", "portrait", "expected"),
    [
        (C.NOT_BROKER, Portrait(speaks=BROKER), (C.NOT_BROKER, "zeromq-native")),
        (C.NOT_BROKER, Portrait(speaks=BROKER, tls=ANONYMOUS), (C.NOT_BROKER, "zeromq-native")),
        (C.NOT_BROKER, Portrait(speaks=OLD_BROKER), (C.OLD_BROKER, "")),
        (C.HANDSHAKE_TIMEOUT, Portrait(speaks=ZEEK_WEB), (C.WEBSOCKET, "zeromq")),
        (C.HANDSHAKE_TIMEOUT, Portrait(speaks=BROKER_WEB, tls=ANONYMOUS), (C.WEBSOCKET, "zeromq")),
        (C.NOT_BROKER, Portrait(speaks=HTTP), (C.NOT_BROKER, "zeromq-none")),
        (C.NOT_BROKER, Portrait(speaks=METRICS), (C.NOT_BROKER, "zeromq-none")),
        (C.NOT_BROKER, Portrait(speaks=SSH), (C.NOT_BROKER, "zeromq-none")),
        (C.CLOSED_AT_ONCE, Portrait(tls=ANONYMOUS), (C.NOT_BROKER, "zeromq-none")),
        (C.NOT_BROKER, Portrait(speaks=ZEROMQ), (C.NOT_BROKER, "zeromq-strange")),
        (C.HANDSHAKE_TIMEOUT, Portrait(speaks=ZEROMQ), (C.HANDSHAKE_TIMEOUT, "zeromq-greeting")),
        (C.HANDSHAKE_TIMEOUT, Portrait(), (C.HANDSHAKE_TIMEOUT, "silent")),
        (C.CLOSED_AT_ONCE, Portrait(closed=True), (C.CLOSED_AT_ONCE, "")),
        (C.CLOSED_AT_ONCE, Portrait(speaks=ZEROMQ), (C.CLOSED_AT_ONCE, "")),
        (C.REFUSED, None, (C.REFUSED, "")),  # it has just gone
        (None, None, (C.BAD_HANDSHAKE, "")),
    ],
)
def test_somebody_else(cause, portrait, expected):
    for first, second in (
        (stranger(5555, cause, portrait), XSUB),
        (XPUB, stranger(5556, cause, portrait)),
        (REFUSED, stranger(5556, cause, portrait)),
    ):
        found = verdict(first, second)
        assert (found.cause, found.variant) == expected
        port = (first if first.error else second).address.port
        assert (found.words["port"], found.words["place"]) == (str(port), f"{HOST}:{port}")


@pytest.mark.parametrize(
    ("first", "second", "tried"),
    [
        (socket(5556, "XSUB"), socket(5555, "XPUB"), "zmq://zeek.example:5555"),
        (socket(7, "XSUB"), socket(9, "XPUB"), "zmq://zeek.example:9:7"),
        (socket(5556, "XSUB"), view(5557, "refused"), "zmq://zeek.example:5555"),
        (view(5554, "refused"), socket(5555, "XPUB"), "zmq://zeek.example:5555"),
        (stranger(5, C.NOT_BROKER, Portrait(speaks=BROKER)), XSUB, "zeek.example:5"),
        (stranger(5, C.NOT_BROKER, Portrait(speaks=WEB)), XSUB, "ws://zeek.example:5"),
        (stranger(5, C.NOT_BROKER, Portrait(speaks=WEB, tls=ANONYMOUS)), XSUB, "wss://zeek.example:5"),
    ],
)
def test_what_is_worth_trying(first, second, tried):
    assert verdict(first, second).words["try"] == f"`broker doctor {tried}`"


def test_words():
    found = verdict(XPUB, NO_XSUB)
    assert (found.words["port"], found.words["send_port"], found.words["socket"]) == ("5555", "5556", "an XPUB")
    assert verdict(SECRET_XPUB, NO_XSUB).words["socket"] == "a socket with CURVE"
    assert verdict(socket(5555, ""), NO_XSUB).words["socket"] == "a ZeroMQ socket"
    found = verdict(XPUB, view(9, "filtered"))
    assert (found.words["port"], found.words["place"], found.words["timeout"]) == ("9", "zeek.example:9", "5 s")


@pytest.mark.parametrize(
    ("cause", "reason", "expected"),
    [
        (C.CURVE_REFUSED, "the central broker does not know the CURVE key of this client", (C.CURVE_REFUSED, "client")),
        (C.CURVE_REFUSED, "the handshake failed", (C.CURVE_REFUSED, "server")),
        (
            C.HANDSHAKE_TIMEOUT,
            "the two ports do not belong to one central broker that works: nothing came back in 10 s",
            (C.HANDSHAKE_TIMEOUT, "two-brokers"),
        ),
        (C.HANDSHAKE_TIMEOUT, "not finished", (C.HANDSHAKE_TIMEOUT, "zeromq")),
        (C.CONNECTION_LOST, "closed", (C.CONNECTION_LOST, "zeromq")),
        (C.WRONG_SOCKET, "it has changed meanwhile", (C.WRONG_SOCKET, "")),
        (None, "why", (C.BAD_HANDSHAKE, "")),
    ],
)
def test_a_failed_attempt(cause, reason, expected):
    found = judge_attempt(PeeringError("zmq://x", reason, cause=cause), PeerAddress(HOST, 5555, "zmq"))
    assert (found.cause, found.variant) == expected
    assert found.variant in ADVICE[found.cause]
    assert (found.words["reason"], found.words["send_port"]) == (reason, "5556")
