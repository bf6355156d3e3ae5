"""What examinations of all kinds of addresses have in common: the steps they tell of, how they end, the name.

The order of the steps, and what is examined, is in :mod:`.doctor` and :mod:`.cluster_examination`.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import trio

from broker_core.errors import Cause, ConfigurationError, LocalProtocolError, PeeringError
from broker_core.runtime.portraits import portray
from broker_core.runtime.probes import resolve

from .diagnosis import Diagnosis, DiagnosisStep, describe_portrait, describe_ports, nearest_topics, one_line, quoted
from .neighbours import find_neighbours
from .remedies import advise
from .verdicts import Verdict, words_of

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

    from broker_core.limits import Limits
    from broker_core.model.addresses import PeerAddress
    from broker_core.model.ids import EndpointId
    from broker_core.runtime.curve import CurveKeys
    from broker_core.runtime.peers import PeerInfo
    from broker_core.runtime.portraits import Expected, Portrait
    from broker_core.runtime.probes import Reach
    from broker_core.runtime.tls import TlsCredentials, TlsMode

    from .endpoint import Endpoint

__all__ = ["ENDED", "LONGEST_LOOK", "Examination", "Patient", "is_here"]

_PING_TIMEOUT = 5.0
_LONGEST_PATIENCE = 1.0
_QUICK = 0.5

LONGEST_LOOK = 5.0
"""Seconds for a TLS handshake that is only to show who is there."""

ENDED = "it ended the connection right behind the handshake"


@dataclass(frozen=True, slots=True, kw_only=True)
class Patient:
    """What is examined, with the means of the endpoint that has the trouble."""

    address: PeerAddress
    tls: TlsMode
    credentials: TlsCredentials | None
    curve: CurveKeys | None
    topics: tuple[str, ...]
    id: EndpointId | None
    token: str | None
    limits: Limits


class Examination:
    """One examination. *on_step* is called after each step."""

    def __init__(self, patient: Patient, on_step: Callable[[DiagnosisStep], None]) -> None:
        self.patient = patient
        self.address = patient.address
        self.limits = patient.limits
        self.warnings: list[str] = []
        self.words = words_of(patient.address)
        self.portrait: Portrait | None = None
        self._on_step = on_step
        self._steps: list[DiagnosisStep] = []

    async def run(self) -> Diagnosis:
        """The whole examination."""
        try:
            self.check_settings()
            verdict = await self.find_way()
            if verdict is None:
                return await self.attempt()
        except ConfigurationError as error:
            self.note("settings", ok=False, text=error.problem)
            words = self.words | {"reason": error.problem}
            verdict = Verdict(cause=Cause.CONFIGURATION, variant=self.blame(), words=words)
        return self.bad(verdict)

    # -- what differs -------------------------------------------------------------------------------------------------

    def check_settings(self) -> None:
        """Raise :class:`ConfigurationError` for settings of this side that cannot be."""
        raise NotImplementedError

    def blame(self) -> str:
        """The variant of :attr:`Cause.CONFIGURATION`: which settings are to be looked at."""
        raise NotImplementedError

    async def find_way(self) -> Verdict | None:
        """Resolve and connect, and whatever else comes before an attempt; None when that works."""
        raise NotImplementedError

    async def attempt(self) -> Diagnosis:
        """Peer, and use the peering."""
        raise NotImplementedError

    # -- telling ------------------------------------------------------------------------------------------------------

    def note(self, name: str, *, ok: bool | None, text: str, since: float | None = None) -> None:
        """A step, which began at *since*."""
        seconds = 0.0 if since is None else trio.current_time() - since
        step = DiagnosisStep(name=name, ok=ok, text=one_line(text), seconds=seconds)
        self._steps.append(step)
        self._on_step(step)

    def bad(self, verdict: Verdict, **facts: object) -> Diagnosis:
        """The end of an examination that has found a cause."""
        finding, remedy = advise(verdict.cause, verdict.variant, verdict.words)
        look = self.portrait.tls if self.portrait else None
        certificate = look.certificate if look else None
        return self._told(verdict.cause, finding, remedy, **({"certificate": certificate} | facts))

    def well(self, what: str, **facts: object) -> Diagnosis:
        """The end of one that has found nothing; *what* is there, in words."""
        return self._told(None, f"all is well: {self.address} is {what} and takes us as a peer", "", **facts)

    def _told(self, cause: Cause | None, finding: str, remedy: str, **facts: object) -> Diagnosis:
        found = Diagnosis(
            address=str(self.address),
            cause=cause,
            finding=finding,
            remedy=remedy,
            steps=tuple(self._steps),
            warnings=tuple(map(one_line, self.warnings)),
        )
        return replace(found, **facts)  # type: ignore[arg-type]  # fields of the class

    # -- the way there ------------------------------------------------------------------------------------------------

    async def resolve(self) -> tuple[str, ...] | Verdict:
        """The host as numbers."""
        host, start = self.address.host, trio.current_time()
        try:
            numbers = await resolve(host, self.limits.connect_timeout)
        except PeeringError as error:
            self.note("resolve", ok=False, text=error.reason, since=start)
            problem = error.reason.partition("(")[2].removesuffix(")")
            return Verdict(cause=Cause.NAME_UNKNOWN, words=self.words | {"reason": problem})
        text = "a number, not a name" if numbers == (host,) else f"{host} is {', '.join(numbers)}"
        self.note("resolve", ok=True, text=text, since=start)
        return numbers

    def warn_of_closed(self, ways: Sequence[Reach], port: int) -> None:
        """A name whose addresses do not all answer is a trap."""
        closed = [way.host for way in ways if way.way != "open"]
        if closed:
            others = f"{self.address.host} is also {', '.join(closed)}, where nothing answers on port {port}"
            self.warnings.append(f"{others}: programs that try only one address may not get through")

    async def no_way(self, ways: Sequence[Reach], known: Collection[int], family: str = "") -> Verdict:
        """The verdict on a host where none of the ports *known* is open; *family* is what its variants start with."""
        words = self.words | {"timeout": f"{self.limits.connect_timeout:g} s", "reason": ways[0].problem}
        refused = next((way for way in ways if way.way == "refused"), None)
        if refused is None:
            cause = Cause.FILTERED if any(way.way == "filtered" for way in ways) else Cause.UNREACHABLE
            return Verdict(cause=cause, words=words)
        start, quick = trio.current_time(), min(_QUICK, self.limits.connect_timeout)
        found = await find_neighbours(refused.host, self.address, known, quick)
        text = ", ".join(f"{one.port} ({one.what})" for one in found)
        text = f"open there: {text}" if found else "none of Zeek's usual ports is open there"
        self.note("ports", ok=None, text=text, since=start)
        if found:
            words |= {
                "open": describe_ports({one.port: one.what for one in found}),
                "try": f"`broker doctor {found[0].address}`",
            }
            return Verdict(cause=Cause.REFUSED, variant=f"{family}elsewhere", words=words)
        variant = family if is_here(refused.host) else f"{family}remote"
        return Verdict(cause=Cause.REFUSED, variant=variant.removesuffix("-"), words=words)

    async def look(self, reached: Reach, address: PeerAddress, expect: Expected) -> Portrait:
        """See who it is that answers at *address*, at one of its numbers."""
        start, most = trio.current_time(), self.limits.handshake_timeout
        # Four times as long as the way there took: silence is to be told from distance.
        patience = min(most, max(_LONGEST_PATIENCE, 4 * reached.seconds))
        timeout = min(most, LONGEST_LOOK)
        self.portrait = found = await portray(reached.host, address, patience=patience, timeout=timeout, expect=expect)
        self.note("look", ok=None, text=describe_portrait(found), since=start)
        return found

    # -- using it -----------------------------------------------------------------------------------------------------

    async def ask(self, endpoint: Endpoint, info: PeerInfo) -> tuple[PeerInfo | None, float | None]:
        """A ping: the peer as it is then, None when it has gone, and the round trip in seconds.

        By then the peer has told of changes that came right behind the handshake.
        """
        rtt: float | None = None
        with suppress(trio.TooSlowError, trio.BrokenResourceError, LocalProtocolError):
            rtt = await endpoint.ping(info.id, min(_PING_TIMEOUT, self.limits.handshake_timeout))
        return next((peer for peer in endpoint.peers() if peer.id == info.id), None), rtt

    def note_ping(self, now: PeerInfo | None, rtt: float | None, since: float) -> None:
        """What came of :meth:`ask`."""
        answer = "no answer" if now is not None else ENDED
        if rtt is not None:
            answer = f"answered after {rtt * 1000:.2f} ms"
        self.note("ping", ok=rtt is not None, text=answer, since=since)

    def warn_of_use(self, info: PeerInfo, topics: Sequence[str] | None, rtt: float | None) -> None:
        """What should be known of a peering that works; *topics* are what the peer wants, None when unknown."""
        if info.tls == "off":
            self.warnings.append("the connection is not encrypted")
        if topics is not None and not topics and not self.patient.topics:
            self.warnings.append("it subscribes to nothing: what is published here goes nowhere")
        if rtt is None:
            self.warnings.append("it does not answer pings: is it overloaded?")

    def not_subscribed(self, missing: Sequence[str], topics: Sequence[str], family: str = "") -> Verdict:
        """The verdict on topics that nobody there wants, while they want *topics*; *family* as for :meth:`no_way`."""
        words = self.words | {"topics": ", ".join(map(quoted, missing))}
        if not topics:
            return Verdict(cause=Cause.NOT_SUBSCRIBED, variant=f"{family}nothing", words=words)
        words |= {"nearest": nearest_topics(topics, missing)}
        return Verdict(cause=Cause.NOT_SUBSCRIBED, variant=family.removesuffix("-"), words=words)


def is_here(host: str) -> bool:
    """Whether *host*, a number, is this machine itself."""
    return host.startswith("127.") or host == "::1"
