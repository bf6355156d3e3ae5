"""Causes from failures and portraits: decisions that need no socket. What really happens is in test_doctor."""

from __future__ import annotations

import ssl
from datetime import UTC, datetime, timedelta

import pytest

from broker_core import EC, Cause, CertificateFacts, PeerAddress, PeeringError
from broker_core.endpoint.remedies import ADVICE
from broker_core.endpoint.verdicts import Means, is_clear, judge, words_of
from broker_core.protocol.sniff import BROKER_WEB, HTTP, METRICS, OLD_BROKER, SSH, WEB, ZEEK_WEB, ZEROMQ
from broker_core.runtime.portraits import BROKER, Portrait
from broker_core.runtime.probes import TlsLook
from broker_core.runtime.zmq_look import SocketLook

C = Cause
NOW = datetime(2026, 6, 1, tzinfo=UTC)
NATIVE, WS, WSS = (PeerAddress("zeek.example", 9999, transport) for transport in ("broker", "ws", "wss"))


def certificate(begins: int = -10, ends: int = 10, issuer: str = "CN=CA") -> CertificateFacts:
    begin, end = (NOW + timedelta(days=days) for days in (begins, ends))
    return CertificateFacts(subject="CN=m", issuer=issuer, not_before=begin, not_after=end, hosts=("m.example",))


ANONYMOUS = TlsLook(speaks=True, completed=True, cipher="AECDH-AES256-SHA")
CERTIFIED = TlsLook(speaks=True, completed=True, certificate=certificate())
DEMANDING = TlsLook(speaks=True, certificate=certificate(), wants_certificate=True, demands_certificate=True)
STUCK = TlsLook(speaks=True)


def socket(kind: str, mechanism: str = "NULL") -> SocketLook:
    return SocketLook(host="192.0.2.1", mechanism=mechanism, socket_type=kind, version="3.1")


def verdict(cause, portrait, *, address=NATIVE, tls="auto", certificates=False, reason="why", own=None, code=None):
    error = PeeringError(str(address), reason, cause=cause, code=code)
    means = Means(
        address=address, tls=tls, certificates=certificates, own_certificate=own, own_file="c.pem" if own else ""
    )
    return judge(error, portrait, means, NOW)


def kind(*args, **kwargs):
    found = verdict(*args, **kwargs)
    assert found.variant in ADVICE[found.cause]
    return found.cause, found.variant


@pytest.mark.parametrize(
    ("cause", "portrait", "changes", "expected"),
    [
        # somebody else
        (C.HANDSHAKE_TIMEOUT, Portrait(speaks=ZEEK_WEB), {}, (C.WEBSOCKET, "zeek")),
        (C.NOT_BROKER, Portrait(speaks=WEB), {}, (C.WEBSOCKET, "")),
        (C.CLOSED_AT_ONCE, Portrait(speaks=BROKER_WEB, tls=ANONYMOUS), {}, (C.WEBSOCKET, "")),
        (C.NOT_BROKER, Portrait(speaks=HTTP, said=b"HTTP/1.1 404 No\r\n"), {}, (C.NOT_BROKER, "http")),
        (C.NOT_BROKER, Portrait(speaks=HTTP, said=b"HTTP/1.1 401 No\r\n"), {}, (C.NOT_BROKER, "http-token")),
        (C.CERTIFICATE_EXPECTED, Portrait(speaks=HTTP, tls=CERTIFIED), {}, (C.NOT_BROKER, "http")),
        (C.NOT_BROKER, Portrait(speaks=METRICS), {}, (C.NOT_BROKER, "metrics")),
        (C.NOT_BROKER, Portrait(speaks=ZEROMQ), {}, (C.NOT_BROKER, "zeromq")),
        (C.NOT_BROKER, Portrait(speaks=ZEROMQ, socket=socket("")), {}, (C.NOT_BROKER, "zeromq")),
        (C.NOT_BROKER, Portrait(speaks=ZEROMQ, socket=socket("XPUB")), {}, (C.NOT_BROKER, "zeromq-xpub")),
        (C.CLOSED_AT_ONCE, Portrait(speaks=ZEROMQ, socket=socket("XSUB")), {}, (C.NOT_BROKER, "zeromq-xsub")),
        (C.NOT_BROKER, Portrait(speaks=ZEROMQ, socket=socket("PULL")), {}, (C.NOT_BROKER, "zeromq-pull")),
        (C.NOT_BROKER, Portrait(speaks=ZEROMQ, socket=socket("ROUTER")), {}, (C.NOT_BROKER, "zeromq-other")),
        (C.NOT_BROKER, Portrait(speaks=ZEROMQ, socket=socket("", "CURVE")), {}, (C.NOT_BROKER, "zeromq-curve")),
        (C.NOT_BROKER, Portrait(speaks=SSH), {}, (C.NOT_BROKER, "")),
        (C.PLAIN_EXPECTED, Portrait(speaks=OLD_BROKER), {"tls": "anon"}, (C.OLD_BROKER, "")),
        # TLS and none
        (C.CLOSED_AT_ONCE, Portrait(speaks=BROKER, tls=ANONYMOUS), {"tls": "off"}, (C.TLS_EXPECTED, "")),
        (C.CLOSED_AT_ONCE, Portrait(tls=DEMANDING), {"tls": "off"}, (C.TLS_EXPECTED, "certificates")),
        (C.CLOSED_AT_ONCE, Portrait(speaks=BROKER), {"tls": "anon"}, (C.PLAIN_EXPECTED, "")),
        (C.TLS_FAILED, Portrait(speaks=BROKER), {"certificates": True}, (C.PLAIN_EXPECTED, "certificates")),
        # certificates and none
        (C.TLS_FAILED, Portrait(tls=DEMANDING), {}, (C.CERTIFICATE_EXPECTED, "theirs")),
        (C.TLS_FAILED, Portrait(speaks=BROKER, tls=CERTIFIED), {"tls": "anon"}, (C.CERTIFICATE_EXPECTED, "theirs")),
        (C.TLS_FAILED, Portrait(tls=ANONYMOUS), {"certificates": True}, (C.CERTIFICATE_EXPECTED, "ours")),
        # what the attempt said stands
        (C.CERTIFICATE_REQUIRED, Portrait(tls=DEMANDING), {"certificates": True}, (C.CERTIFICATE_REQUIRED, "")),
        (C.HOST_MISMATCH, Portrait(tls=CERTIFIED), {"certificates": True}, (C.HOST_MISMATCH, "")),
        (C.CERTIFICATE_INVALID, Portrait(tls=CERTIFIED), {"certificates": True}, (C.CERTIFICATE_INVALID, "")),
        (C.TLS_FAILED, Portrait(tls=STUCK), {}, (C.TLS_FAILED, "")),
        (None, Portrait(tls=STUCK), {}, (C.BAD_HANDSHAKE, "")),
        (C.BAD_HANDSHAKE, Portrait(speaks=BROKER), {}, (C.BAD_HANDSHAKE, "")),
        (C.CONNECTION_LOST, Portrait(speaks=BROKER), {}, (C.CONNECTION_LOST, "")),
        (C.CONNECTION_LOST, Portrait(tls=DEMANDING), {"certificates": True}, (C.CONNECTION_LOST, "")),
        (C.CONNECTION_LOST, Portrait(tls=ANONYMOUS), {}, (C.NOT_BROKER, "tls")),
        (C.CONNECTION_LOST, Portrait(closed=True), {}, (C.CLOSED_AT_ONCE, "")),
        (C.CLOSED_AT_ONCE, Portrait(), {}, (C.CLOSED_AT_ONCE, "")),
        # where it hangs
        (C.HANDSHAKE_TIMEOUT, Portrait(), {}, (C.HANDSHAKE_TIMEOUT, "silent")),
        (C.HANDSHAKE_TIMEOUT, Portrait(speaks=BROKER), {}, (C.HANDSHAKE_TIMEOUT, "hello")),
        (C.HANDSHAKE_TIMEOUT, Portrait(speaks=BROKER, tls=ANONYMOUS), {}, (C.HANDSHAKE_TIMEOUT, "hello")),
        (C.HANDSHAKE_TIMEOUT, Portrait(tls=ANONYMOUS), {}, (C.HANDSHAKE_TIMEOUT, "")),
        (C.HANDSHAKE_TIMEOUT, Portrait(tls=STUCK), {}, (C.HANDSHAKE_TIMEOUT, "tls")),
        # WebSocket
        (C.NOT_BROKER, Portrait(speaks=BROKER), {"address": WS}, (C.WEBSOCKET, "native")),
        (C.TLS_FAILED, Portrait(speaks=BROKER, tls=ANONYMOUS), {"address": WSS}, (C.WEBSOCKET, "native")),
        (C.NOT_BROKER, Portrait(speaks=OLD_BROKER), {"address": WS}, (C.OLD_BROKER, "")),
        (C.CLOSED_AT_ONCE, Portrait(speaks=WEB, tls=ANONYMOUS), {"address": WS}, (C.TLS_EXPECTED, "web")),
        (C.PLAIN_EXPECTED, Portrait(speaks=WEB), {"address": WSS}, (C.PLAIN_EXPECTED, "web")),
        (C.NOT_BROKER, Portrait(speaks=SSH), {"address": WS}, (C.NOT_BROKER, "not-web")),
        (C.NOT_BROKER, Portrait(speaks=ZEROMQ), {"address": WS}, (C.NOT_BROKER, "zeromq")),
        (C.NOT_BROKER, Portrait(speaks=ZEROMQ, socket=socket("XSUB")), {"address": WS}, (C.NOT_BROKER, "zeromq-xsub")),
        (C.NOT_BROKER, Portrait(speaks=METRICS), {"address": WS}, (C.NOT_BROKER, "metrics")),
        (C.NOT_BROKER, Portrait(speaks=HTTP), {"address": WS}, (C.NOT_BROKER, "path")),
        (C.HANDSHAKE_TIMEOUT, Portrait(), {"address": WS}, (C.HANDSHAKE_TIMEOUT, "silent")),
        (C.HANDSHAKE_TIMEOUT, Portrait(speaks=WEB), {"address": WS}, (C.HANDSHAKE_TIMEOUT, "web")),
        (C.CONNECTION_LOST, Portrait(closed=True), {"address": WS}, (C.CLOSED_AT_ONCE, "")),
        (C.CONNECTION_LOST, Portrait(speaks=WEB), {"address": WS}, (C.CONNECTION_LOST, "")),
        (None, Portrait(speaks=WEB), {"address": WS}, (C.BAD_HANDSHAKE, "")),
        (
            C.TLS_FAILED,
            Portrait(tls=ANONYMOUS),
            {"address": WSS, "certificates": True},
            (C.CERTIFICATE_EXPECTED, "ours"),
        ),
    ],
)
def test_a_verdict(cause, portrait, changes, expected):
    assert kind(cause, portrait, **changes) == expected


@pytest.mark.parametrize(
    ("reason", "expected"),
    [
        ("the server wants a token, or another one (401 Unauthorized)", (C.REJECTED, "token")),
        ("the server refuses this client (1008 access_denied)", (C.REJECTED, "")),  # the token was right
        ("the server forbids the connection (403 Forbidden)", (C.REJECTED, "")),
    ],
)
def test_a_token_is_wrong_only_if_the_attempt_was_refused_for_it(reason, expected):
    portrait = Portrait(speaks=HTTP, said=b"HTTP/1.1 401 Unauthorized\r\n")
    assert kind(C.REJECTED, portrait, address=WS, reason=reason) == expected


@pytest.mark.parametrize("address", [NATIVE, WSS])
def test_who_does_not_trust_whom(address):
    for chained, variant in ((ssl.SSLCertVerificationError(), "theirs"), (None, "ours")):
        error = PeeringError("a", "why", cause=C.CA_UNKNOWN)
        error.__cause__ = chained
        own = certificate(issuer="CN=other")
        means = Means(address=address, tls="auto", certificates=True, own_certificate=own)
        found = judge(error, Portrait(tls=DEMANDING), means, NOW)
        assert (found.cause, found.variant) == (C.CA_UNKNOWN, variant)
        assert (found.words["issuer"], found.words["own_issuer"]) == ("CN=CA", "CN=other")


@pytest.mark.parametrize(
    ("theirs", "own", "expected"),
    [
        ((-10, -1), (-10, 10), ("theirs", "2026-05-31")),
        ((1, 10), (-10, 10), ("theirs-early", "2026-06-02")),
        ((-10, 10), (-10, -2), ("ours", "2026-05-30")),
        ((-10, 10), (3, 10), ("ours-early", "2026-06-04")),
        ((-10, 10), (-10, 10), ("", "")),  # a certificate in between
    ],
)
def test_whose_certificate_is_out_of_its_time(theirs, own, expected):
    look = TlsLook(speaks=True, certificate=certificate(*theirs))
    for cause in (C.CERTIFICATE_EXPIRED, C.CERTIFICATE_INVALID):  # the second is what OpenSSL tells the other side
        found = verdict(cause, Portrait(tls=look), certificates=True, own=certificate(*own))
        assert (found.variant, found.words["when"]) == expected
        assert found.cause is (C.CERTIFICATE_EXPIRED if found.variant else cause)


def test_what_needs_no_second_look():
    portrait = Portrait(speaks=SSH)
    for cause in (C.REFUSED, C.FILTERED, C.NAME_UNKNOWN, C.VERSION, C.DUPLICATE, C.SHUTTING_DOWN, C.TOO_MANY):
        assert kind(cause, portrait) == (cause, "")
        assert is_clear(PeeringError("a", "b", cause=cause), NATIVE)
    assert is_clear(PeeringError("a", "b", cause=C.REJECTED), NATIVE)
    assert not is_clear(PeeringError("a", "b", cause=C.REJECTED), WS)
    assert not is_clear(PeeringError("a", "b"), NATIVE)
    assert kind(C.CERTIFICATE_EXPIRED, None) == (C.CERTIFICATE_EXPIRED, "")


def test_what_the_attempt_says_by_its_words():
    redundant = "the peer refused: detected redundant connection at the responder (logic_error)"
    assert kind(C.REJECTED, None, reason=redundant, code=EC.LOGIC_ERROR) == (C.DUPLICATE, "")
    itself = "connected to itself: the peer has the id of this endpoint"
    assert kind(C.BAD_HANDSHAKE, None, reason=itself) == (C.BAD_HANDSHAKE, "self")


def test_words():
    assert words_of(WSS) == {
        "address": "wss://zeek.example:9999",
        "host": "zeek.example",
        "port": "9999",
        "place": "zeek.example:9999",
        "send_port": "10000",
    }
    said = b"HTTP/1.1 404 Not Found\r\nServer: nginx\r\n\r\n"
    words = verdict(C.NOT_BROKER, Portrait(speaks=HTTP, said=said), address=WS).words
    assert (words["server"], words["status"], words["try"]) == (
        " (nginx)",
        "404 Not Found",
        "`broker doctor ws://zeek.example:9999`",
    )
    words = verdict(C.NOT_BROKER, Portrait(speaks=BROKER, tls=ANONYMOUS), address=WS).words
    assert words["try"] == "`broker doctor zeek.example:9999`"
    for which, port in (("XPUB", 9999), ("XSUB", 9998), ("DEALER", 9999)):
        words = verdict(C.NOT_BROKER, Portrait(speaks=ZEROMQ, socket=socket(which))).words
        assert (words["socket"], words["try"]) == (which, f"`broker doctor zmq://zeek.example:{port}`")
    words = verdict(C.TLS_FAILED, Portrait(tls=DEMANDING)).words
    assert words["certificate"] == "CN=m (signed by CN=CA, valid until 2026-06-11)"
    assert words["hosts"] == "m.example"
    assert words["status"] == "nothing"
