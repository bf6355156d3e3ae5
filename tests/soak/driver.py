"""The course of a soak: who talks to whom, what breaks when, and what must hold at the end.

::

    alpha ──chain──► hub ──► gamma (subscriber, clone)       steady and mortal are processes of their own,
      │               ▲ └──► mortal (subscriber)              the others are in this one.
      │               └───── mortal (publisher, clone)        All arrows are links that break.
      └──direct──► steady ──back──► alpha           delta ◄──web──► hub, over WebSocket

The hub has the master of the store. Who publishes directly to a subscriber has the subscriber's confirmation, so
nothing confirmed may be missing there; a forwarding hub confirms only that it has taken a message, so beyond it a loss
is no fault, but disorder and repetition are.
"""

from __future__ import annotations

import threading
import time
from collections import Counter
from contextlib import suppress
from random import Random
from typing import TYPE_CHECKING, Any, NamedTuple

import trio

from broker_core import Count, Endpoint, LocalProtocolError, NoSuchKey, StoreError, UndeliveredError

from .child import BACK, CHAIN, DIRECT
from .children import Child, child
from .footprint import Footprint, resident
from .ledger import Received, Sent, missing
from .links import FAULTS, Link
from .roles import STORE, Publisher, StoreWriter, options, subscribe, until
from .verdict import Verdict

if TYPE_CHECKING:
    from collections.abc import Callable

    from broker_core import Store

__all__ = ["Goal", "soak"]

HERE = "127.0.0.1"
_WEB, _WEB_BACK = "/soak/web/up", "/soak/web/down"
_RETRY = 0.1  # seconds between two attempts to peer
_SOON = 30.0
_TALK = 5.0  # seconds between two lines of progress
_LONGEST_PAUSE = 3  # times the average one


class Goal(NamedTuple):
    """When there was enough: *messages* and *disconnects*, or *seconds*, whichever comes first."""

    messages: int
    disconnects: int
    seconds: float
    pace: float
    """Seconds between two faults, on average."""


class _Cast(NamedTuple):
    """Who is in this process, and the one beside it that lives."""

    alpha: Endpoint
    hub: Endpoint
    gamma: Endpoint
    delta: Endpoint
    steady: Child
    master: Store


class Soak:
    """One run."""

    def __init__(self, goal: Goal, seed: int, say: Callable[[str], None]) -> None:
        self.goal = goal
        self.say = say
        self.verdict = Verdict(seed)
        self.random = Random(seed)
        self.links: dict[str, Link] = {}
        self.faults: Counter[str] = Counter()
        self.disconnects = 0
        self.chain, self.back, self.web, self.web_back = Received(), Received(), Received(), Received()
        self.confirmed: dict[str, dict[int, int]] = {"gamma": {}, "mortal": {}}
        self.mortal: Child | None = None
        self.deaths = 0
        self.stop = trio.Event()
        self._start = time.monotonic()
        self._publishers: list[Publisher] = []

    async def run(self) -> Verdict:
        """Build it up, break it again and again, and judge."""
        async with child("steady") as steady, trio.open_nursery() as nursery:
            nursery.start_soon(steady.listen, lambda _: False)
            port = (await steady.answer())["port"]
            with suppress(UndeliveredError):  # of what was lost unconfirmed, which is judged here
                async with (
                    Endpoint(options()) as alpha,
                    Endpoint(options()) as hub,
                    Endpoint(options("anon")) as gamma,
                    Endpoint(options()) as delta,
                ):
                    cast = _Cast(alpha, hub, gamma, delta, steady, await hub.attach_master(STORE))
                    await self._connect(cast, port, nursery)
                    await self._play(cast, nursery)
            nursery.cancel_scope.cancel()
        return self.verdict

    async def _connect(self, cast: _Cast, steady_port: int, nursery: trio.Nursery) -> None:
        plain, secret = await cast.hub.listen(tls="off"), await cast.hub.listen(tls="anon")
        web = await cast.hub.listen_web(tls="off", overflow="block")
        targets = {"alpha": plain.port, "gamma": secret.port, "mortal": secret.port, "steady": steady_port}
        targets["delta"] = web.port
        for name, port in targets.items():
            self.links[name] = Link(port, nursery)
            await self.links[name].open()
        cast.hub.forward(CHAIN)
        for name in ("alpha", "steady"):
            self._dial(cast.alpha, name)
        self._dial(cast.gamma, "gamma")
        cast.delta.peer_nowait(f"ws://{HERE}:{self.links['delta'].port}", retry=_RETRY)

    def _dial(self, endpoint: Endpoint, link: str) -> None:
        endpoint.peer_nowait(HERE, self.links[link].port, retry=_RETRY, tls="off" if link == "alpha" else "anon")

    async def _play(self, cast: _Cast, nursery: trio.Nursery) -> None:
        nursery.start_soon(subscribe, cast.gamma, CHAIN, self.chain)
        nursery.start_soon(subscribe, cast.alpha, BACK, self.back)
        nursery.start_soon(subscribe, cast.hub, _WEB, self.web)
        nursery.start_soon(subscribe, cast.delta, _WEB_BACK, self.web_back)
        chain, direct = (Publisher(cast.alpha, topic, "alpha") for topic in (CHAIN, DIRECT))
        web, web_back = Publisher(cast.delta, _WEB, "delta"), Publisher(cast.hub, _WEB_BACK, "hub")
        self._publishers = [chain, direct, web, web_back]
        writer = StoreWriter(await cast.gamma.attach_clone(STORE), "gamma", self.confirmed["gamma"].__setitem__)
        async with trio.open_nursery() as work:
            for role in (*self._publishers, writer):
                work.start_soon(role.run, self.stop)
            work.start_soon(self._keep_mortal)
            work.start_soon(self._tell)
            await self._break(cast)
            self.stop.set()
            if self.mortal is not None:
                self.mortal.kill()
        await self._judge(cast, chain.sent, direct.sent)
        await self._judge_web(web.sent, web_back.sent)
        await self._judge_store(cast, writer)

    # -- breaking -------------------------------------------------------------------------------------------------

    @property
    def _messages(self) -> int:
        return sum(publisher.sent.last for publisher in self._publishers) + self.back.count

    def _enough(self) -> bool:
        goal = self.goal
        done = self._messages >= goal.messages and self.disconnects >= goal.disconnects
        return done or time.monotonic() - self._start >= goal.seconds

    async def _break(self, cast: _Cast) -> None:
        dice, pace = self.random, self.goal.pace
        while not self._enough():
            await trio.sleep(min(dice.expovariate(1 / pace), _LONGEST_PAUSE * pace))
            what = dice.choices(("link", "unpeer", "kill"), (8, 1, 1))[0]
            if what == "kill":
                await self._kill()
            elif what == "unpeer":
                await self._unpeer(cast)
            else:
                name, fault = dice.choice(list(self.links)), dice.choice(FAULTS)
                self.faults[fault] += 1
                self.disconnects += self.links[name].fail(fault, dice)

    async def _kill(self) -> None:
        mortal, self.mortal = self.mortal, None
        if mortal is not None:
            self.faults["kill"] += 1
            self.disconnects += 1
            mortal.kill()

    async def _unpeer(self, cast: _Cast) -> None:
        name, endpoint = self.random.choice((("alpha", cast.alpha), ("steady", cast.alpha), ("gamma", cast.gamma)))
        self.faults["unpeer"] += 1
        self.disconnects += 1
        with suppress(UndeliveredError, LocalProtocolError):  # it may just be gone for another reason
            await endpoint.unpeer(HERE, self.links[name].port)
        self._dial(endpoint, name)

    async def _keep_mortal(self) -> None:
        """Start the process that dies again and again; what it says is confirmed writes, and then its disorder."""
        while not self.stop.is_set():
            self.deaths += 1
            async with child("mortal", self.links["mortal"].port, self.deaths) as mortal:
                self.mortal = mortal
                await mortal.listen(self._heard)

    def _heard(self, thing: Any) -> bool:
        if isinstance(thing, list):
            key, number = thing
            self.confirmed["mortal"][key] = number
        else:
            self.verdict.demand("disorder" not in thing, f"mortal: {thing}")
        return True

    async def _tell(self) -> None:
        """Take a sample of the memory every second, and say every few how far it is."""
        next_line = _TALK
        while not self.stop.is_set():
            with trio.move_on_after(1):
                await self.stop.wait()
            self.verdict.memory.append(resident())
            seconds = time.monotonic() - self._start
            if seconds >= next_line:
                next_line += _TALK
                rate = self._messages / seconds
                written = sum(map(len, self.confirmed.values()))
                self.say(
                    f"{seconds:.0f} s: {self._messages} messages ({rate:.0f} a second), "
                    f"{self.disconnects} disconnects, {self.chain.count} through the chain, {written} keys, "
                    f"{resident() / 2**20:.1f} MiB"
                )

    # -- judging --------------------------------------------------------------------------------------------------

    async def _judge(self, cast: _Cast, chain: Sent, direct: Sent) -> None:
        verdict, steady = self.verdict, cast.steady
        seconds = time.monotonic() - self._start
        verdict.row("time", f"{seconds:.0f} s")
        verdict.row("messages", self._messages, f"{self._messages / seconds:.0f} a second")
        verdict.row("disconnects", self.disconnects, *(f"{fault} {count}" for fault, count in self.faults.items()))
        back = Sent("steady", **await steady.ask("stop"))
        report = await steady.ask("report")

        async def all_is_there() -> bool:
            nonlocal report
            report = await steady.ask("report")
            arrived = Received.from_report(report["received"]).ranges("alpha")
            late = (missing(direct.acknowledged, arrived), missing(back.acknowledged, self.back.ranges("steady")))
            return not any(map(any, late))

        await until(all_is_there, _SOON)
        verdict.published("direct", direct, Received.from_report(report["received"]))
        verdict.published("back", back, self.back)
        verdict.order("chain", self.chain)
        confirmed = sum(last - first + 1 for first, last in chain.acknowledged)
        verdict.row("chain", f"{chain.last} sent", f"{confirmed} taken by the hub", f"{self.chain.count} arrived")
        skipped = [endpoint.statistics().skipped for endpoint in cast[:4]] + [report["skipped"]]
        verdict.demand(not any(skipped), f"unreadable messages: {skipped}")
        verdict.row("the other process", *(f"{name} {count}" for name, count in report["footprint"].items()))

    async def _judge_web(self, web: Sent, web_back: Sent) -> None:
        async def all_is_there() -> bool:
            pairs = ((web, self.web), (web_back, self.web_back))
            return not any(any(missing(sent.acknowledged, got.ranges(sent.name))) for sent, got in pairs)

        await until(all_is_there, _SOON)
        self.verdict.published("web", web, self.web)
        self.verdict.published("web back", web_back, self.web_back)

    async def _judge_store(self, cast: _Cast, writer: StoreWriter) -> None:
        verdict, master = self.verdict, cast.master
        clone = await cast.gamma.attach_clone(STORE)

        async def are_equal() -> bool:
            try:
                return bool(await clone.snapshot() == await master.snapshot())
            except StoreError:
                return False

        verdict.demand(await until(are_equal, _SOON), "the clone did not become equal to its master")
        lost = []
        for name, confirmed in self.confirmed.items():
            for key, number in confirmed.items():
                stored = await master.get((name, Count(key)), Count(0))
                if stored < number:
                    lost.append(f"{name} {key}: {number} was confirmed, {stored} is there")
        verdict.demand(not lost, f"store: {lost[:5]}")
        try:
            counter = int(await master.get((writer.name, "counter")))
        except NoSuchKey:
            counter = 0
        right = writer.increments <= counter <= writer.attempts
        verdict.demand(right, f"counter {counter}: {writer.increments} confirmed of {writer.attempts}")
        written = sum(map(len, self.confirmed.values()))
        verdict.row("store", f"{written} keys confirmed", f"{writer.failed} writes refused or timed out")


async def soak(goal: Goal, seed: int, say: Callable[[str], None]) -> Verdict:
    """Run until *goal* is reached; *say* gets lines of progress."""
    before = Footprint.now()
    verdict = await Soak(goal, seed, say).run()

    async def idle_threads_are_gone() -> bool:
        return threading.active_count() <= before.threads

    await until(idle_threads_are_gone, _SOON)  # trio keeps them for a while, for the next job
    verdict.flat_memory()
    verdict.footprints(before, Footprint.now())
    return verdict
