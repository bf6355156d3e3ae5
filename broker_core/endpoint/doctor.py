"""Why there is no peering with an address: the cause in one line, and in another what helps.

It goes the way that a peering goes (settings, name, TCP, TLS, handshake), and then uses it: subscriptions, ping. Where
the attempt fails it looks at who answers there. It leaves nothing behind: the other side sees a peer come and go.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import trio

from broker_core.errors import Cause, ConfigurationError, DecodeError, LocalProtocolError, PeeringError
from broker_core.limits import DEFAULT_LIMITS, Limits
from broker_core.model.addresses import PeerAddress
from broker_core.model.topics import check_topic
from broker_core.protocol.certificates import certificates_in_pem, read_certificate
from broker_core.runtime.dialing import check_dialing
from broker_core.runtime.portraits import portray
from broker_core.runtime.probes import Question, look_at_tls, reach, reach_all, resolve
from broker_core.runtime.tls import TlsMode, check_tls_mode

from .diagnosis import (
    WEB_PORTS,
    ZEEK_PORTS,
    Diagnosis,
    DiagnosisStep,
    describe_portrait,
    describe_ports,
    describe_tls,
    describe_topics,
    describe_ways,
    nearest_topics,
    one_line,
    quoted,
)
from .endpoint import Endpoint
from .options import EndpointOptions
from .remedies import advise
from .verdicts import Means, Verdict, is_clear, judge, words_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from broker_core.model.ids import EndpointId
    from broker_core.protocol.certificates import CertificateFacts
    from broker_core.runtime.peers import PeerInfo
    from broker_core.runtime.portraits import Expected, Portrait
    from broker_core.runtime.probes import Reach
    from broker_core.runtime.tls import TlsCredentials

__all__ = ["diagnose"]

_SOON = timedelta(days=30)
_PING_TIMEOUT = 5.0
_LONGEST_PATIENCE = 1.0
_LONGEST_LOOK = 5.0
_QUICK = 0.5
_ENDED = "it ended the connection right behind the handshake"

_TLS_CAUSES = frozenset(
    {
        Cause.TLS_EXPECTED,
        Cause.PLAIN_EXPECTED,
        Cause.CERTIFICATE_EXPECTED,
        Cause.CERTIFICATE_REQUIRED,
        Cause.CA_UNKNOWN,
        Cause.CERTIFICATE_EXPIRED,
        Cause.CERTIFICATE_INVALID,
        Cause.HOST_MISMATCH,
        Cause.TLS_FAILED,
    }
)


async def diagnose(
    address: PeerAddress | str,
    *,
    tls: TlsMode = "auto",
    credentials: TlsCredentials | None = None,
    topics: tuple[str, ...] = (),
    id: EndpointId | None = None,  # noqa: A002  # as the option of an endpoint is called
    limits: Limits = DEFAULT_LIMITS,
    token: str | None = None,
    on_step: Callable[[DiagnosisStep], None] | None = None,
) -> Diagnosis:
    """Find out whether a peering with *address* works, and if not, why.

    *tls*, *credentials*, *token* and *id* are those of the endpoint that has the trouble; they are tried as they are.
    With *topics*, the peer has to subscribe to something that each of them starts with. *on_step* is called after
    each step. It takes at most limits.connect_timeout and limits.handshake_timeout for each of its connections.

    What is wrong with the settings of this side is a finding too (:attr:`Cause.CONFIGURATION`). Raises
    :class:`InvalidValue` for an *address* or a topic that is none.
    """
    where = PeerAddress.parse(address) if isinstance(address, str) else address
    patient = _Patient(where, check_tls_mode(tls), credentials, tuple(map(check_topic, topics)), limits)
    return await _Examination(patient, id, token, on_step or (lambda _: None)).run()


@dataclass(frozen=True, slots=True)
class _Patient:
    """What is examined."""

    address: PeerAddress
    tls: TlsMode
    credentials: TlsCredentials | None
    topics: tuple[str, ...]
    limits: Limits

    def means(self) -> Means:
        own = self.credentials
        files = own is not None and (own.wanted or own.check_host) and self.tls in {"auto", "verify"}
        path = (own.certificate if own else None) or ""
        return Means(
            address=self.address,
            tls=self.tls,
            certificates=files,
            own_certificate=_certificate_in(path) if files else None,
            own_file=path,
        )


def _certificate_in(path: str) -> CertificateFacts | None:
    """The first certificate of a file; None when there is none to be read."""
    with suppress(OSError, ValueError, DecodeError):
        found = certificates_in_pem(Path(path).read_bytes()) if path else []
        return read_certificate(found[0]) if found else None
    return None


class _Examination:
    def __init__(
        self, patient: _Patient, own_id: EndpointId | None, token: str | None, on_step: Callable[[DiagnosisStep], None]
    ) -> None:
        self._patient = patient
        self._address = patient.address
        self._limits = patient.limits
        self._own_id = own_id
        self._token = token
        self._on_step = on_step
        self._steps: list[DiagnosisStep] = []
        self._warnings: list[str] = []
        self._words = words_of(patient.address)
        self._open: Reach | None = None
        self._portrait: Portrait | None = None

    async def run(self) -> Diagnosis:
        """The whole examination."""
        try:
            check_dialing(self._address, self._patient.tls, self._patient.credentials)
            if self._token is not None and not self._token.isprintable():
                msg = "the token has a character that no HTTP header can carry"
                raise ConfigurationError(msg)
            verdict = await self._find_way()
            if verdict is None:
                return await self._peer()
        except ConfigurationError as error:
            self._note("settings", ok=False, text=error.problem)
            files = "files" if self._patient.credentials is not None or self._patient.tls == "verify" else ""
            verdict = Verdict(cause=Cause.CONFIGURATION, variant=files, words=self._words | {"reason": error.problem})
        return self._bad(verdict)

    def _note(self, name: str, *, ok: bool | None, text: str, since: float | None = None) -> None:
        seconds = 0.0 if since is None else trio.current_time() - since
        step = DiagnosisStep(name=name, ok=ok, text=one_line(text), seconds=seconds)
        self._steps.append(step)
        self._on_step(step)

    def _bad(self, verdict: Verdict, **facts: object) -> Diagnosis:
        advice = advise(verdict.cause, verdict.variant, verdict.words)
        look = self._portrait.tls if self._portrait else None
        found = Diagnosis(
            address=str(self._address),
            cause=verdict.cause,
            finding=advice.finding,
            remedy=advice.remedy,
            steps=tuple(self._steps),
            warnings=tuple(map(one_line, self._warnings)),
            certificate=look.certificate if look else None,
        )
        return replace(found, **facts)  # type: ignore[arg-type]  # fields of the class

    # -- the way there ------------------------------------------------------------------------------------------------

    async def _find_way(self) -> Verdict | None:
        """Resolve and connect; None when that works."""
        host, start = self._address.host, trio.current_time()
        timeout = self._limits.connect_timeout
        try:
            numbers = await resolve(host, timeout)
        except PeeringError as error:
            self._note("resolve", ok=False, text=error.reason, since=start)
            problem = error.reason.partition("(")[2].removesuffix(")")
            return Verdict(cause=Cause.NAME_UNKNOWN, words=self._words | {"reason": problem})
        text = "a number, not a name" if numbers == (host,) else f"{host} is {', '.join(numbers)}"
        self._note("resolve", ok=True, text=text, since=start)
        start = trio.current_time()
        ways = await reach_all(numbers, self._address.port, timeout)
        self._open = next((way for way in ways if way.way == "open"), None)
        self._note("connect", ok=self._open is not None, text=describe_ways(ways), since=start)
        if self._open is None:
            return await self._no_way(ways)
        closed = [way.host for way in ways if way.way != "open"]
        if closed:
            others = f"{host} is also {', '.join(closed)}, where nothing answers on port {self._address.port}"
            self._warnings.append(f"{others}: programs that try only one address may not get through")
        return None

    async def _no_way(self, ways: Sequence[Reach]) -> Verdict:
        words = self._words | {"timeout": f"{self._limits.connect_timeout:g} s", "reason": ways[0].problem}
        refused = next((way for way in ways if way.way == "refused"), None)
        if refused is not None:
            found = await self._other_ports(refused.host)
            if found:
                words |= {"open": describe_ports(found), "try": f"`broker doctor {self._try_port(found[0])}`"}
                return Verdict(cause=Cause.REFUSED, variant="elsewhere", words=words)
            return Verdict(cause=Cause.REFUSED, variant="" if _is_here(refused.host) else "remote", words=words)
        cause = Cause.FILTERED if any(way.way == "filtered" for way in ways) else Cause.UNREACHABLE
        return Verdict(cause=cause, words=words)

    async def _other_ports(self, host: str) -> list[int]:
        """Ports of Zeek that are open on the same host."""
        start, quick = trio.current_time(), min(_QUICK, self._limits.connect_timeout)
        others = [port for port in ZEEK_PORTS if port != self._address.port]
        found = [port for port in others if (await reach(host, port, quick)).way == "open"]
        text = f"open there: {', '.join(map(str, found))}" if found else "none of Zeek's usual ports is open there"
        self._note("ports", ok=None, text=text, since=start)
        return found

    def _try_port(self, port: int) -> PeerAddress:
        return PeerAddress(self._address.host, port, "ws" if port in WEB_PORTS else "broker")

    # -- the attempt --------------------------------------------------------------------------------------------------

    async def _peer(self) -> Diagnosis:
        patient = self._patient
        options = EndpointOptions(
            id=self._own_id,
            tls=patient.tls,
            credentials=patient.credentials,
            token=self._token,
            limits=patient.limits,
        )
        start = trio.current_time()
        async with Endpoint(options) as endpoint:
            try:
                info = await endpoint.peer(self._address)
            except PeeringError as failure:
                error = failure
            else:
                self._note("tls", ok=True, text=describe_tls(info.tls))
                who = f"{info.name} {info.version}" if info.name else f"{info.id}, version {info.protocol_version}"
                self._note("handshake", ok=True, text=f"peered with {who}", since=start)
                return await self._use(endpoint, info)
        at = "tls" if error.cause in _TLS_CAUSES else "handshake"
        self._note(at, ok=False, text=error.reason, since=start)
        if not is_clear(error, self._address):
            await self._look(_expected(error, self._address))
        return self._bad(judge(error, self._portrait, patient.means()))

    async def _look(self, expect: Expected) -> None:
        """See who it is that answers there."""
        assert self._open is not None  # noqa: S101  # or there would have been no attempt
        start, most = trio.current_time(), self._limits.handshake_timeout
        # Four times as long as the way there took: silence is to be told from distance.
        patience = min(most, max(_LONGEST_PATIENCE, 4 * self._open.seconds))
        timeout = min(most, _LONGEST_LOOK)
        self._portrait = found = await portray(
            self._open.host, self._address, patience=patience, timeout=timeout, expect=expect
        )
        self._note("look", ok=None, text=describe_portrait(found), since=start)

    async def _use(self, endpoint: Endpoint, info: PeerInfo) -> Diagnosis:
        """Ask the peer what is worth knowing."""
        start = trio.current_time()
        rtt: float | None = None
        with suppress(trio.TooSlowError, trio.BrokenResourceError, LocalProtocolError):
            rtt = await endpoint.ping(info.id, min(_PING_TIMEOUT, self._limits.handshake_timeout))
        native = self._address.transport == "broker"
        now = next((peer for peer in endpoint.peers() if peer.id == info.id), None)
        # By now the peer has told of changes that came right behind the handshake.
        topics = info.filter if now is None else now.filter
        missing = [topic for topic in self._patient.topics if native and not topic.startswith(topics)]
        if native:
            self._note("subscriptions", ok=not missing, text=describe_topics(topics))
        elif self._patient.topics:
            self._warnings.append("a WebSocket server does not tell what it subscribes to, so topics cannot be checked")
        answer = "no answer" if now is not None else _ENDED
        if rtt is not None:
            answer = f"answered after {rtt * 1000:.2f} ms"
        self._note("ping", ok=rtt is not None, text=answer, since=start)
        if now is not None:
            self._warn(info, topics if native else None, rtt)
        certificate = await self._their_certificate(info)
        facts: dict[str, object] = {
            "id": info.id,
            "protocol": info.protocol_version,
            "tls": info.tls,
            "version": info.version,
            "subscriptions": topics if native else None,
            "rtt": rtt,
            "certificate": certificate,
        }
        if now is None:
            words = self._words | {"reason": _ENDED}
            return self._bad(Verdict(cause=Cause.CONNECTION_LOST, words=words), **facts)
        if missing:
            return self._bad(self._not_subscribed(missing, topics), **facts)
        kind = "an endpoint of Broker" if native else "a WebSocket server"
        well = Diagnosis(
            address=str(self._address),
            cause=None,
            finding=f"all is well: {self._address} is {kind} and takes us as a peer",
            remedy="",
            steps=tuple(self._steps),
            warnings=tuple(map(one_line, self._warnings)),
        )
        return replace(well, **facts)  # type: ignore[arg-type]  # fields of the class

    def _warn(self, info: PeerInfo, topics: Sequence[str] | None, rtt: float | None) -> None:
        if info.tls == "off":
            self._warnings.append("the connection is not encrypted")
        if topics is not None and not topics and not self._patient.topics:
            self._warnings.append("it subscribes to nothing: what is published here goes nowhere")
        if rtt is None:
            self._warnings.append("it does not answer pings: is it overloaded?")

    async def _their_certificate(self, info: PeerInfo) -> CertificateFacts | None:
        """The server's certificate, if it has one; warns of certificates that will expire."""
        if info.tls == "off" or "no certificates" in info.tls or self._open is None:
            return None
        timeout = min(self._limits.handshake_timeout, _LONGEST_LOOK)
        look = await look_at_tls(self._open.host, self._address.port, timeout, Question(b"", 0, bool))
        own = self._patient.means().own_certificate
        for whose, facts in (("the certificate of the other side", look.certificate), ("our certificate", own)):
            if facts is not None and facts.not_after < datetime.now(UTC) + _SOON:
                self._warnings.append(f"{whose} expires on {facts.not_after:%Y-%m-%d}: {facts.subject}")
        return look.certificate

    def _not_subscribed(self, missing: Sequence[str], topics: Sequence[str]) -> Verdict:
        quoted_ones = ", ".join(map(quoted, missing))
        if not topics:
            return Verdict(cause=Cause.NOT_SUBSCRIBED, variant="nothing", words=self._words | {"topics": quoted_ones})
        words = {"topics": quoted_ones, "nearest": nearest_topics(topics, missing)}
        return Verdict(cause=Cause.NOT_SUBSCRIBED, words=self._words | words)


def _expected(error: PeeringError, address: PeerAddress) -> Expected:
    """What the failed attempt shows already about who answers."""
    if error.cause in _TLS_CAUSES:
        return "tls"
    if address.transport != "broker" and error.cause in {Cause.REJECTED, Cause.NOT_BROKER}:
        return "http" if address.transport == "ws" else "tls"
    return ""


def _is_here(host: str) -> bool:
    return host.startswith("127.") or host == "::1"
