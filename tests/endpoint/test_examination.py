"""What all examinations share, with one that does nothing else; what they are made for is in test_doctor."""

from __future__ import annotations

from typing import Any

import pytest
import trio

from broker_core import Cause, ConfigurationError, DiagnosisStep, Limits, PeerAddress
from broker_core.endpoint.diagnosis import ZEEK_PORTS
from broker_core.endpoint.examination import Examination, Patient, is_here
from broker_core.endpoint.verdicts import Verdict
from broker_core.runtime.probes import Reach
from cluster_links import LIMIT
from counterparts import nobody, server, silent

QUICK = Limits(connect_timeout=0.2, handshake_timeout=0.2)


class Bare(Examination):
    """Takes what the test says for each part."""

    def __init__(self, address: PeerAddress, **parts: Any) -> None:
        self.told: list[DiagnosisStep] = []
        patient = Patient(
            address=address, tls="auto", credentials=None, curve=None, topics=(), id=None, token=None, limits=QUICK
        )
        super().__init__(patient, self.told.append)
        self.parts = parts

    def check_settings(self) -> None:
        if "problem" in self.parts:
            raise ConfigurationError(self.parts["problem"])

    def blame(self) -> str:
        return "files"

    async def find_way(self) -> Verdict | None:
        return self.parts.get("verdict")

    async def attempt(self) -> Any:
        return self.well("a test", rtt=1.5)


ADDRESS = PeerAddress("127.0.0.1", 9999)


async def test_the_parts_come_in_order():
    found = await Bare(ADDRESS).run()
    assert (found.cause, found.rtt, found.remedy) == (None, 1.5, "")
    assert found.finding == "all is well: 127.0.0.1:9999 is a test and takes us as a peer"
    found = await Bare(ADDRESS, verdict=Verdict(cause=Cause.SHUTTING_DOWN, words={"address": "a"})).run()
    assert (found.cause, found.finding) == (Cause.SHUTTING_DOWN, "a is shutting down")
    bare = Bare(ADDRESS, problem="no\nway", verdict=Verdict(cause=Cause.SHUTTING_DOWN))
    found = await bare.run()
    assert (found.cause, found.finding) == (Cause.CONFIGURATION, "no way")
    assert [(step.name, step.ok, step.text) for step in bare.told] == [("settings", False, "no way")]


def test_steps_and_warnings_stay_on_their_line():
    bare = Bare(ADDRESS)
    bare.note("look", ok=None, text="a\x1b\nb")
    bare.warnings.append("c\nd")
    found = bare.bad(Verdict(cause=Cause.DUPLICATE))
    assert [step.text for step in found.steps] == [r"a\x1b b"]
    assert found.warnings == ("c d",)


async def test_a_name():
    bare = Bare(PeerAddress("no-such-host.invalid", 1))
    verdict = await bare.resolve()
    assert isinstance(verdict, Verdict)
    assert verdict.cause is Cause.NAME_UNKNOWN
    assert await Bare(ADDRESS).resolve() == ("127.0.0.1",)


def test_a_name_with_an_address_where_nothing_answers():
    bare = Bare(PeerAddress("zeek.example", 9999))
    bare.warn_of_closed([Reach(host="192.0.2.1", way="open"), Reach(host="192.0.2.2", way="refused")], 9999)
    (warning,) = bare.warnings
    assert warning.startswith("zeek.example is also 192.0.2.2, where nothing answers on port 9999: programs that try")
    bare.warn_of_closed([Reach(host="192.0.2.1", way="open")], 9999)
    assert len(bare.warnings) == 1


@pytest.mark.parametrize(("way", "cause"), [("filtered", Cause.FILTERED), ("unreachable", Cause.UNREACHABLE)])
async def test_no_way_and_nobody_who_refuses(way, cause):
    verdict = await Bare(ADDRESS).no_way([Reach(host="192.0.2.1", way=way, problem="why")], {9999})
    assert (verdict.cause, verdict.variant) == (cause, "")
    assert (verdict.words["reason"], verdict.words["timeout"]) == ("why", "0.2 s")


@pytest.mark.parametrize("family", ["", "zeromq-"])
async def test_refused(family, monkeypatch):
    for other in list(ZEEK_PORTS):
        monkeypatch.delitem(ZEEK_PORTS, other)
    with trio.fail_after(LIMIT):
        here, there = Reach(host="127.0.0.1", way="refused"), Reach(host="192.0.2.1", way="refused")
        assert (await Bare(ADDRESS).no_way([here], set(), family)).variant == family.removesuffix("-")
        assert (await Bare(ADDRESS).no_way([there], set(), family)).variant == f"{family}remote"
        async with server(silent) as port:
            monkeypatch.setitem(ZEEK_PORTS, port, "a")
            verdict = await Bare(ADDRESS).no_way([here], set(), family)
            assert verdict.variant == f"{family}elsewhere"
            assert verdict.words["open"] == f"{port} (a) is open there"
            assert verdict.words["try"] == f"`broker doctor 127.0.0.1:{port}`"


async def test_a_look():
    with trio.fail_after(LIMIT):
        bare = Bare(ADDRESS)
        with nobody() as port:
            reached = Reach(host="127.0.0.1", way="open")
            found = await bare.look(reached, PeerAddress("127.0.0.1", port), "")
    assert bare.portrait is found
    assert [(step.name, step.ok) for step in bare.told] == [("look", None)]


def test_topics_that_nobody_wants():
    bare = Bare(ADDRESS)
    verdict = bare.not_subscribed(["/a", ""], [])
    assert (verdict.cause, verdict.variant, verdict.words["topics"]) == (Cause.NOT_SUBSCRIBED, "nothing", '/a, ""')
    assert bare.not_subscribed(["/a"], ["/ab", "/c"], "zeromq-").variant == "zeromq"
    assert bare.not_subscribed(["/a"], ["/c", "/ab"]).words["nearest"] == "/ab, /c"


def test_this_machine():
    assert is_here("127.1.2.3")
    assert is_here("::1")
    assert not is_here("192.0.2.1")
