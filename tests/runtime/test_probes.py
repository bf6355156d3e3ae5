"""Short visits to ports of every kind, on loopback."""

from __future__ import annotations

import ssl
from typing import Any

import pytest
import trio

from broker_core.errors import Cause, PeerUnavailable
from broker_core.protocol.sniff import PROBE
from broker_core.runtime.probes import Answer, Question, ask, look_at_tls, reach, reach_all, resolve
from counterparts import (
    anonymous_context,
    answers,
    greets,
    hang_up,
    make_files,
    nobody,
    overrun,
    server,
    silent,
)

HERE = "127.0.0.1"
PATIENCE = 0.2
LISTEN = Question(b"", PATIENCE, lambda data: len(data) >= 4)


def asking(words: bytes, patience: float = PATIENCE) -> Question:
    return Question(words, patience, lambda data: len(data) >= 4)


class Names:
    """Answers for the resolver."""

    def __init__(self, *numbers: str) -> None:
        self.numbers = numbers

    async def getaddrinfo(self, host: Any, port: Any, *_: Any) -> Any:
        return [await self._one(number, port) for number in self.numbers]

    async def _one(self, number: str, port: Any) -> Any:
        family = trio.socket.AF_INET6 if ":" in number else trio.socket.AF_INET
        return (family, trio.socket.SOCK_STREAM, 6, "", (number, port or 0))

    async def getnameinfo(self, *_: Any) -> Any:
        raise NotImplementedError


# -- names and ways ---------------------------------------------------------------------------------------------------


async def test_a_name_has_its_addresses_in_order_and_once():
    trio.socket.set_custom_hostname_resolver(Names("::1", HERE, "::1"))
    assert await resolve("both.example", 5) == ("::1", HERE)


async def test_a_number_is_its_own_address():
    assert await resolve(HERE, 5) == (HERE,)


@pytest.mark.parametrize("name", ["no-such-host.invalid", "x" * 70, "a..b"])
async def test_a_name_that_cannot_be_resolved(name):
    with pytest.raises(PeerUnavailable, match="cannot be resolved") as caught:
        await resolve(name, 5)
    assert caught.value.cause is Cause.NAME_UNKNOWN


async def test_a_resolver_that_does_not_answer(autojump_clock):
    class Nobody(Names):
        async def getaddrinfo(self, *_: Any) -> Any:
            await trio.sleep_forever()

    trio.socket.set_custom_hostname_resolver(Nobody())
    with pytest.raises(PeerUnavailable, match=r"no answer within 3 s"):
        await resolve("slow.example", 3)


async def test_an_endless_list_of_addresses_is_cut():
    trio.socket.set_custom_hostname_resolver(Names(*(f"127.0.0.{n}" for n in range(1, 100))))
    assert len(await resolve("many.example", 5)) == 16


async def test_ways_to_a_port():
    with nobody() as closed, overrun() as full:
        async with server(silent) as open_:
            found = [await reach(HERE, port, PATIENCE) for port in (open_, closed, full)]
    assert [one.way for one in found] == ["open", "refused", "filtered"]
    assert [one.problem for one in found] == ["", "connection refused", "no answer within 0.2 s"]
    assert found[2].seconds >= PATIENCE > found[0].seconds


async def test_no_way_at_all():
    found = await reach("255.255.255.255", 1, PATIENCE)  # nobody can connect to everybody
    assert (found.way, found.problem) == ("unreachable", "network is unreachable")


async def test_ways_side_by_side():
    async with server(silent) as port:
        found = await reach_all((HERE, "127.0.0.2"), port, 5)
    assert [(one.host, one.way) for one in found] == [(HERE, "open"), ("127.0.0.2", "refused")]


# -- questions --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("talk", "question", "expected"),
    [
        (greets(PROBE), LISTEN, Answer(data=PROBE)),
        (silent, LISTEN, Answer()),
        (silent, asking(b"hello?"), Answer()),
        (hang_up, LISTEN, Answer(closed=True)),
        (answers(b"yes", end=b"?"), asking(b"hello?"), Answer(data=b"yes", closed=True)),
        (answers(b"yes", end=b"?", close=False), asking(b"hello?"), Answer(data=b"yes")),
        (answers(b"long enough", end=b"?", close=False), asking(b"hello?", 30), Answer(data=b"long enough")),
    ],
)
async def test_what_is_said(talk, question, expected):
    with trio.fail_after(10):
        async with server(talk) as port:
            assert await ask(HERE, port, question) == expected


async def test_a_port_that_went_away():
    with nobody() as port:
        assert await ask(HERE, port, LISTEN) == Answer(closed=True)
        assert not (await look_at_tls(HERE, port, PATIENCE, LISTEN)).speaks


async def flood(stream: Any) -> None:
    while True:
        await stream.send_all(b"x" * 4096)


@pytest.mark.parametrize("secure", [False, True])
async def test_a_flood_is_taken_up_to_a_bound(secure, tmp_path):
    context = make_files(tmp_path).context(ssl.CERT_NONE) if secure else None
    never = Question(b"", 30, lambda _: False)
    with trio.fail_after(20):
        async with server(flood, context) as port:
            if secure:
                data = (await look_at_tls(HERE, port, 5, never)).inside.data
            else:
                data = (await ask(HERE, port, never)).data
    assert 16384 <= len(data) < 50_000


async def drip(stream: Any) -> None:
    while True:
        await stream.send_all(b"x")
        await trio.lowlevel.checkpoint()
        with trio.move_on_after(PATIENCE / 10):
            await trio.sleep_forever()


async def test_a_drip_does_not_hold_us():
    with trio.fail_after(5):
        async with server(drip) as port:
            assert await ask(HERE, port, Question(b"", PATIENCE, lambda _: False))


# -- TLS --------------------------------------------------------------------------------------------------------------


async def test_a_server_without_certificates():
    async with server(greets(PROBE), anonymous_context()) as port:
        look = await look_at_tls(HERE, port, 5, LISTEN)
    assert (look.speaks, look.completed, look.anonymous, look.certificate) == (True, True, True, None)
    assert (look.version, look.cipher) == ("TLSv1.2", "AECDH-AES256-SHA")
    assert look.inside == Answer(data=PROBE)


VERSIONS = ["TLSv1.2", "TLSv1.3"]


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("asks", [ssl.CERT_NONE, ssl.CERT_OPTIONAL, ssl.CERT_REQUIRED])
async def test_a_server_with_a_certificate(asks, version, tmp_path):
    only = ssl.TLSVersion[version.replace(".", "_")]
    context = make_files(tmp_path, "manager").context(asks, newest=only, oldest=only)
    async with server(greets(PROBE), context) as port:
        look = await look_at_tls(HERE, port, 5, LISTEN)
    assert look.certificate is not None
    assert look.certificate.subject.startswith("CN=manager")
    assert look.certificate.issuer == "OU=cluster CA, O=Zeek"
    assert look.certificate.hosts == ("127.0.0.1", "localhost")
    assert look.demands_certificate is (asks is ssl.CERT_REQUIRED)
    assert not look.anonymous
    assert look.inside.data == (b"" if asks is ssl.CERT_REQUIRED else PROBE)
    if version == "TLSv1.2":
        assert look.wants_certificate is (asks is not ssl.CERT_NONE)
        assert look.completed is (asks is not ssl.CERT_REQUIRED)


async def test_a_question_is_asked_when_nothing_is_said_first(tmp_path):
    context = make_files(tmp_path).context(ssl.CERT_NONE)
    async with server(answers(b"HTTP/1.1 200 OK\r\n\r\n"), context) as port:
        look = await look_at_tls(HERE, port, 5, asking(b"GET / HTTP/1.1\r\n\r\n"))
    assert look.inside.data.startswith(b"HTTP/1.1 200")


@pytest.mark.parametrize(
    ("talk", "said"), [(silent, b""), (hang_up, b""), (greets(b"SSH-2.0-x\r\n"), b"SSH-2.0-x\r\n")]
)
async def test_who_speaks_no_tls(talk, said):
    async with server(talk) as port:
        look = await look_at_tls(HERE, port, PATIENCE, LISTEN)
    assert not look.speaks
    assert not look.completed
    assert look.said == said


async def test_a_handshake_that_stops_in_the_middle():
    begun = b"\x16\x03\x03\x00\x7a\x02\x00\x00\x76\x03\x03"
    async with server(answers(begun, end=b"\x16\x03", close=False)) as port:
        look = await look_at_tls(HERE, port, PATIENCE, LISTEN)
    assert look.speaks
    assert not look.completed
    assert look.said == begun


async def test_a_handshake_that_is_refused():
    async with server(answers(b"\x15\x03\x03\x00\x02\x02\x28", end=b"\x16\x03")) as port:
        look = await look_at_tls(HERE, port, PATIENCE, LISTEN)
    assert (look.speaks, look.completed, look.alert) == (True, False, "handshake failure")
    assert not look.demands_certificate
