"""Each cause with a real counterpart on loopback."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import pytest
import trio

from broker_core import (
    Cause,
    Diagnosis,
    DiagnosisStep,
    Endpoint,
    EndpointId,
    EndpointOptions,
    InvalidValue,
    Limits,
    PeerAddress,
    TlsCredentials,
    diagnose,
)
from broker_core.endpoint.diagnosis import ZEEK_PORTS
from broker_core.protocol.events import PeerIdentified
from broker_core.protocol.peering import PeerConnection, Phase
from broker_core.protocol.sniff import PROBE
from counterparts import (
    HTTP_NOT_FOUND,
    ZMTP,
    anonymous_context,
    answers,
    greets,
    hang_up,
    lock_key,
    make_files,
    nobody,
    older_broker,
    overrun,
    server,
    silent,
)

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

QUICK = Limits(connect_timeout=0.2, handshake_timeout=0.2)
"""For those who never answer."""
SOON = 20


async def examine(port: int | str, *, limits: Limits = QUICK, **settings: Any) -> Diagnosis:
    where = port if isinstance(port, str) else f"127.0.0.1:{port}"
    with trio.fail_after(SOON):
        found = await diagnose(where, limits=limits, **settings)
    for text in (found.finding, found.remedy, *found.warnings, *(step.text for step in found.steps)):
        assert text.isprintable()
        assert "?" not in text.replace("is it overloaded?", "")  # a word is missing
    assert (found.cause is None) is (found.remedy == "")
    return found


@asynccontextmanager
async def listening(tls: Any = "anon", **options: Any) -> AsyncIterator[tuple[Endpoint, int]]:
    async with Endpoint(EndpointOptions(**options)) as endpoint:
        listener = await endpoint.listen(tls=tls)
        yield endpoint, listener.port


@pytest.fixture
def make_credentials(tmp_path):
    """Credentials with a certificate of their own; what the files are like, and then other changes."""

    def make(name: str, locked: str = "", **changes: Any) -> TlsCredentials:
        of_files = {key: changes.pop(key) for key in ("signer", "begins", "ends", "hosts") if key in changes}
        trusts = changes.pop("trusts", "cluster CA")
        files = make_files(tmp_path, name, trusts=trusts, **of_files)
        if locked:
            lock_key(files.key, locked)
            changes = {"passphrase": locked, **changes}
        return files.credentials(**changes)

    return make


def names(found: Diagnosis) -> list[tuple[str, bool | None]]:
    return [(step.name, step.ok) for step in found.steps]


# -- all is well ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("tls", "used"), [("anon", "TLSv1.2 AECDH-AES256-SHA (no certificates)"), ("off", "off")])
async def test_all_is_well(tls, used):
    seen: list[DiagnosisStep] = []
    async with listening(tls) as (endpoint, port):
        endpoint.make_subscriber(["/a", "/b"])
        found = await examine(port, topics=("/a/x", "/b"), on_step=seen.append, limits=Limits())
    assert (found.cause, found.finding) == (
        None,
        f"all is well: 127.0.0.1:{port} is an endpoint of Broker and takes us as a peer",
    )
    assert (found.address, found.id, found.protocol, found.tls) == (f"127.0.0.1:{port}", endpoint.id, 1, used)
    assert found.subscriptions == ("/a", "/b")
    assert found.rtt is not None
    assert 0 < found.rtt < SOON
    assert names(found) == [
        (name, True) for name in ("resolve", "connect", "tls", "handshake", "subscriptions", "ping")
    ]
    assert tuple(seen) == found.steps
    assert found.warnings == (() if tls == "anon" else ("the connection is not encrypted",))


async def test_all_is_well_with_certificates(make_credentials):
    async with listening("verify", credentials=make_credentials("manager")) as (_, port):
        found = await examine(port, credentials=make_credentials("worker"), limits=Limits())
    assert found.cause is None
    assert found.tls is not None
    assert "certificate verified" in found.tls
    assert found.certificate is not None
    assert found.certificate.subject.startswith("CN=manager")
    assert found.warnings == ("it subscribes to nothing: what is published here goes nowhere",)


async def test_certificates_that_end_soon(make_credentials):
    async with listening("verify", credentials=make_credentials("manager", ends=29)) as (endpoint, port):
        endpoint.make_subscriber("/a")
        found = await examine(port, credentials=make_credentials("worker", ends=3), limits=Limits())
    assert found.cause is None
    theirs, own = found.warnings
    assert theirs.startswith("the certificate of the other side expires on 20")
    assert "CN=manager" in theirs
    assert own.startswith("our certificate expires on 20")
    assert "CN=worker" in own


async def test_it_leaves_nothing_behind():
    async with listening() as (endpoint, port):
        notices = endpoint.make_status_subscriber(receive_statuses=True)
        assert (await examine(port, limits=Limits())).cause is None
        with trio.fail_after(SOON):
            while endpoint.peers():
                await notices.get()


async def test_a_peer_that_answers_no_pings(monkeypatch):
    monkeypatch.setattr("broker_core.endpoint.examination._PING_TIMEOUT", 0)
    async with listening() as (endpoint, port):
        endpoint.make_subscriber("/a")
        found = await examine(port, limits=Limits())
    assert (found.cause, found.rtt, found.warnings) == (None, None, ("it does not answer pings: is it overloaded?",))
    assert names(found)[-1] == ("ping", False)


async def test_a_peer_that_leaves_at_once():
    async def talk(stream: Any) -> None:
        protocol = PeerConnection(EndpointId(b"\1" * 16), server=True, own_filter=(), now=0)
        while protocol.phase is Phase.HANDSHAKE:
            for frame in protocol.data_to_send():
                await stream.send_all(frame)
            protocol.receive_data(await stream.receive_some(65536), 0)
            if any(isinstance(event, PeerIdentified) for event in protocol.events()):
                protocol.proceed()
        for frame in protocol.data_to_send():
            await stream.send_all(frame)

    async with server(talk) as port:
        found = await examine(port, tls="off", limits=Limits())
    assert found.cause is Cause.CONNECTION_LOST
    assert found.id == EndpointId(b"\1" * 16)
    assert names(found)[-1] == ("ping", False)


# -- subscriptions ----------------------------------------------------------------------------------------------------


async def test_no_such_subscription():
    async with listening() as (endpoint, port):
        endpoint.make_subscriber(["zeek/logs/", "zeek/cluster/manager", "/other", "/more"])
        found = await examine(port, topics=("zeek/cluster/node/m", "zeek/logs/conn"), limits=Limits())
    assert found.cause is Cause.NOT_SUBSCRIBED
    assert found.finding.endswith("would get nothing that is published on zeek/cluster/node/m")
    assert "what it has: zeek/cluster/manager, " in found.remedy
    assert found.remedy.endswith(" and 1 more")
    assert ("subscriptions", False) in names(found)
    assert found.rtt is not None


async def test_no_subscription_at_all():
    async with listening() as (_, port):
        found = await examine(port, topics=("/a",), limits=Limits())
    assert found.cause is Cause.NOT_SUBSCRIBED
    assert "subscribes to nothing, so not to /a either" in found.finding
    assert found.subscriptions == ()


# -- the way there ----------------------------------------------------------------------------------------------------


async def test_a_name_that_is_none():
    found = await examine("no-such-host.invalid:9999", limits=Limits())
    assert found.cause is Cause.NAME_UNKNOWN
    assert names(found) == [("resolve", False)]
    assert "getent hosts no-such-host.invalid" in found.remedy


@pytest.fixture
def only_port(monkeypatch):
    """Lets the doctor know one port of Zeek, and none that this machine may really have."""

    def only(port: int) -> None:
        for other in list(ZEEK_PORTS):
            monkeypatch.delitem(ZEEK_PORTS, other)
        monkeypatch.setitem(ZEEK_PORTS, port, "where a test listens")

    return only


async def test_nobody_listens(only_port):
    with nobody() as port:
        only_port(port)
        found = await examine(port)
    assert found.cause is Cause.REFUSED
    assert found.finding == f"nothing listens on port {port} of 127.0.0.1"
    assert "Broker::listen" in found.remedy
    assert names(found) == [("resolve", True), ("connect", False), ("ports", None)]


async def test_another_port_is_open(only_port):
    with nobody() as port:
        async with server(silent) as other:
            only_port(other)
            found = await examine(port)
    assert found.cause is Cause.REFUSED
    assert found.finding.endswith(f"but {other} (where a test listens) is open there")
    assert f"`broker doctor 127.0.0.1:{other}`" in found.remedy


async def test_nothing_comes_back():
    with overrun() as port:
        found = await examine(port)
    assert found.cause is Cause.FILTERED
    assert "within 0.2 s" in found.finding


async def test_no_way():
    found = await examine("255.255.255.255:9999")
    assert found.cause is Cause.UNREACHABLE


class BothFamilies:
    """A name with an address of IPv6 and one of IPv4, as `localhost` has it on most machines."""

    async def getaddrinfo(self, host: Any, port: Any, *_: Any) -> Any:
        stream, tcp = trio.socket.SOCK_STREAM, trio.socket.IPPROTO_TCP
        return [
            (trio.socket.AF_INET6, stream, tcp, "", ("::1", port or 0, 0, 0)),
            (trio.socket.AF_INET, stream, tcp, "", ("127.0.0.1", port or 0)),
        ]

    async def getnameinfo(self, *_: Any) -> Any:
        raise NotImplementedError


async def test_one_of_two_addresses_answers():
    trio.socket.set_custom_hostname_resolver(BothFamilies())
    async with listening() as (endpoint, port):
        endpoint.make_subscriber("/a")
        found = await examine(f"both.example:{port}", limits=Limits())
    assert found.cause is None
    assert "127.0.0.1 answers" in found.steps[1].text
    (warning,) = found.warnings
    assert warning.startswith(f"both.example is also ::1, where nothing answers on port {port}")


# -- TLS or none, certificates or none --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("there", "here", "cause", "words"),
    [
        ("anon", {"tls": "off"}, Cause.TLS_EXPECTED, "redef Broker::disable_ssl = T"),
        ("verify", {"tls": "off"}, Cause.TLS_EXPECTED, "--cert"),
        ("off", {"tls": "anon"}, Cause.PLAIN_EXPECTED, "redef Broker::disable_ssl = F"),
        ("off", {"credentials": "node"}, Cause.PLAIN_EXPECTED, "Broker::ssl_cafile"),
        ("verify", {}, Cause.CERTIFICATE_EXPECTED, "`broker tls init`"),
        ("verify", {"tls": "anon"}, Cause.CERTIFICATE_EXPECTED, "`broker tls init`"),
        ("anon", {"credentials": "node"}, Cause.CERTIFICATE_EXPECTED, "--tls anon"),
    ],
)
async def test_one_side_has_it_and_the_other_has_not(there, here, cause, words, make_credentials):
    if "credentials" in here:
        here = {**here, "credentials": make_credentials(here["credentials"])}
    async with listening(there, credentials=make_credentials("there")) as (_, port):
        found = await examine(port, **here, limits=Limits(handshake_timeout=2))
    assert found.cause is cause
    assert words in found.remedy
    assert ("tls", False) in names(found)
    if there == "verify":
        assert found.certificate is not None
        assert "CN=there" in found.finding


CERTIFICATES = {
    # what is wrong with: the listener's, ours, and with our settings; the cause; what is in the finding, and the remedy
    "their CA": ({"signer": "other CA"}, {}, {}, Cause.CA_UNKNOWN, "CN=there", "has OU=other CA, O=Zeek"),
    "our CA": ({}, {"signer": "other CA"}, {}, Cause.CA_UNKNOWN, "not trust OU=other CA, O=Zeek", "OU=cluster CA"),
    "theirs expired": ({"begins": -9, "ends": -1}, {}, {}, Cause.CERTIFICATE_EXPIRED, "CN=there", "Broker::ssl_cert"),
    "ours expired": ({}, {"begins": -9, "ends": -1}, {}, Cause.CERTIFICATE_EXPIRED, "here-cert.pem", "tls init"),
    "theirs to come": ({"begins": 2}, {}, {}, Cause.CERTIFICATE_EXPIRED, "is not valid before", "clock"),
    "ours to come": ({}, {"begins": 2}, {}, Cause.CERTIFICATE_EXPIRED, "here-cert.pem", "clocks"),
    "another host": (
        {"hosts": ("zeek.example", "192.0.2.1")},
        {},
        {"check_host": True},
        Cause.HOST_MISMATCH,
        "not for 127.0.0.1, but for zeek.example, 192.0.2.1",
        "--tls-check-host",
    ),
}


@pytest.mark.parametrize("case", CERTIFICATES)
async def test_certificates_that_are_refused(case, make_credentials):
    theirs, own, settings, cause, finding, remedy = CERTIFICATES[case]
    here = make_credentials("here", **own, **settings)
    async with listening("verify", credentials=make_credentials("there", **theirs)) as (_, port):
        found = await examine(port, credentials=here, limits=Limits(handshake_timeout=2))
    assert found.cause is cause
    assert finding in found.finding
    assert remedy in found.remedy
    assert names(found)[-2:] == [("tls", False), ("look", None)]


# -- settings of this side --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"passphrase": "wrong"}, "the passphrase is wrong"),
        ({"passphrase": None}, "no passphrase is given"),
        ({"certificate": "no-such-file.pem"}, "no-such-file.pem"),
        ({"ca_file": None}, "CA"),
    ],
)
async def test_own_files_that_cannot_be_used(changes, words, make_credentials):
    credentials = make_credentials("node", locked="secret", **changes)
    with nobody() as port:
        found = await examine(port, credentials=credentials)
    assert found.cause is Cause.CONFIGURATION
    assert words in found.finding
    assert "--key-pass-file" in found.remedy
    assert names(found) == [("settings", False)]


async def test_a_key_of_another_certificate(make_credentials):
    other = make_credentials("other")
    found = await examine("127.0.0.1:1", credentials=make_credentials("node", key=other.key))
    assert found.cause is Cause.CONFIGURATION
    assert "does not belong to the certificate" in found.finding


async def test_settings_that_do_not_go_together():
    found = await examine("ws://127.0.0.1:1", tls="anon")
    assert found.cause is Cause.CONFIGURATION
    assert "wss://" in found.finding


async def test_what_is_no_address():
    with pytest.raises(InvalidValue):
        await diagnose("a:b:c")
    with pytest.raises(InvalidValue):
        await diagnose("127.0.0.1:1", topics=("",))


# -- somebody else ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("talk", "context", "cause", "words"),
    [
        (greets(b"SSH-2.0-OpenSSH_9.2p1\r\n"), None, Cause.NOT_BROKER, "is no Broker, but SSH"),
        (greets(b"220 mail.example ESMTP\r\n"), None, Cause.NOT_BROKER, "mail or FTP"),
        (greets(ZMTP), None, Cause.NOT_BROKER, "speaks ZeroMQ"),
        (answers(HTTP_NOT_FOUND), None, Cause.NOT_BROKER, "is an HTTP server (nginx/1.22)"),
        (answers(HTTP_NOT_FOUND), anonymous_context(), Cause.NOT_BROKER, "is an HTTP server (nginx/1.22)"),
        (hang_up, None, Cause.CLOSED_AT_ONCE, "closes each one before a word"),
        (hang_up, anonymous_context(), Cause.NOT_BROKER, "speaks TLS, but no Broker answers"),
    ],
)
async def test_somebody_else_answers(talk, context, cause, words):
    async with server(talk, context) as port:
        found = await examine(port)
    assert found.cause is cause
    assert words in found.finding


@pytest.mark.parametrize("tls", [False, True])
async def test_an_older_broker(tls):
    with older_broker(tls=tls) as port:
        if port is None:
            pytest.skip("Debian's python3-broker is not installed")
        found = await examine(port, limits=Limits(handshake_timeout=0.5))
    assert found.cause is Cause.OLD_BROKER
    assert "5.0 or later" in found.remedy


# -- the handshake ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("talk", "context", "tls", "words"),
    [
        (silent, None, "auto", "never says anything, whatever it is asked"),
        (silent, None, "off", "never says anything, whatever it is asked"),
        (greets(PROBE), None, "auto", "greets and then does not answer our hello"),
        (silent, anonymous_context(), "auto", "does not finish the handshake"),
        (greets(PROBE), anonymous_context(), "auto", "greets and then does not answer our hello"),
        (
            answers(b"\x16\x03\x03\0\x7a\2\0\0\x76", end=b"\x16\x03", close=False),
            None,
            "auto",
            "begins a TLS handshake",
        ),
    ],
)
async def test_a_handshake_that_never_ends(talk, context, tls, words):
    async with server(talk, context) as port:
        found = await examine(port, tls=tls)
    assert found.cause is Cause.HANDSHAKE_TIMEOUT
    assert words in found.finding


@pytest.mark.parametrize(
    ("code", "text", "cause", "words"),
    [
        (2, b"unsupported versions offered", Cause.VERSION, "unsupported versions offered"),
        (28, b"shutting down", Cause.SHUTTING_DOWN, "is shutting down"),
        (39, b"redundant connection", Cause.DUPLICATE, "of our id already"),
        (40, b"detected redundant connection at the responder", Cause.DUPLICATE, "of our id already"),
        (1, b"no\x1b[2J\nway", Cause.REJECTED, r"no\x1b[2J way"),
    ],
)
async def test_the_peer_gives_a_reason(code, text, cause, words):
    body = b"\x09ZEEK" + b"\1" * 16 + bytes((code, len(text))) + text

    async def talk(stream: Any) -> None:
        await stream.send_all(PROBE)
        await stream.receive_some(65536)
        await stream.send_all(len(body).to_bytes(4, "big") + body)

    async with server(talk) as port:
        found = await examine(port, tls="off")
    assert found.cause is cause
    assert words in found.finding
    assert names(found)[-1] == ("handshake", False)  # no look at who it is: it said so


@pytest.mark.parametrize("number", [1, 255])  # a smaller id decides itself, a larger one is told
async def test_a_connection_of_the_same_id(number):
    same = EndpointId(bytes((number,)) * 16)
    middle = EndpointId(b"\x80" * 16)
    async with listening(id=middle) as (_, port), Endpoint(EndpointOptions(id=same)) as first:
        await first.peer("127.0.0.1", port)
        found = await examine(port, id=same, limits=Limits())
    assert found.cause is Cause.DUPLICATE


async def test_the_endpoint_itself():
    async with listening() as (endpoint, port):
        found = await examine(port, id=endpoint.id, limits=Limits())
    assert found.cause is Cause.BAD_HANDSHAKE
    assert "has the id of this endpoint" in found.finding


async def test_too_many_connections():
    limits = Limits(max_handshakes=1, handshake_timeout=SOON)
    async with listening(limits=limits) as (_, port), await trio.open_tcp_stream("127.0.0.1", port):
        found = await examine(port)
    assert found.cause is Cause.CLOSED_AT_ONCE
    assert "serve as many as it may" in found.remedy


async def test_broken_rules():
    async with server(greets(PROBE + b"\0\0\0\1\x0c")) as port:  # an acknowledgement of nothing
        found = await examine(port, tls="off")
    assert found.cause is Cause.BAD_HANDSHAKE
    assert "OriginatorAck" in found.finding


async def test_it_can_be_cancelled():
    async with server(silent) as port:
        with trio.fail_after(SOON), trio.move_on_after(0.1) as scope:
            await diagnose(PeerAddress("127.0.0.1", port))
    assert scope.cancelled_caught
