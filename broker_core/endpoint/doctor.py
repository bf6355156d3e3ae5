"""Why there is no peering with an address: the cause in one line, and in another what helps.

It goes the way that a peering goes (settings, name, TCP, TLS, handshake), and then uses it: subscriptions, ping. Where
the attempt fails it looks at who answers there. It leaves nothing behind: the other side sees a peer come and go.
ZeroMQ clusters are examined in :mod:`.cluster_examination`.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import trio

from broker_core.errors import Cause, ConfigurationError, DecodeError, PeeringError
from broker_core.limits import DEFAULT_LIMITS, Limits
from broker_core.model.addresses import PeerAddress
from broker_core.model.topics import check_topic
from broker_core.protocol.certificates import certificates_in_pem, read_certificate
from broker_core.runtime.dialing import check_dialing
from broker_core.runtime.probes import Question, look_at_tls, reach_all
from broker_core.runtime.tls import TlsMode, check_tls_mode

from .cluster_examination import ClusterExamination
from .diagnosis import Diagnosis, DiagnosisStep, describe_tls, describe_topics, describe_ways
from .endpoint import Endpoint
from .examination import ENDED, LONGEST_LOOK, Examination, Patient
from .options import EndpointOptions
from .verdicts import Means, Verdict, is_clear, judge

if TYPE_CHECKING:
    from collections.abc import Callable

    from broker_core.model.ids import EndpointId
    from broker_core.protocol.certificates import CertificateFacts
    from broker_core.runtime.curve import CurveKeys
    from broker_core.runtime.peers import PeerInfo
    from broker_core.runtime.portraits import Expected
    from broker_core.runtime.probes import Reach
    from broker_core.runtime.tls import TlsCredentials

__all__ = ["diagnose"]

_SOON = timedelta(days=30)

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
    curve: CurveKeys | None = None,
    topics: tuple[str, ...] = (),
    id: EndpointId | None = None,  # noqa: A002  # as the option of an endpoint is called
    limits: Limits = DEFAULT_LIMITS,
    token: str | None = None,
    on_step: Callable[[DiagnosisStep], None] | None = None,
) -> Diagnosis:
    """Find out whether a peering with *address* works, and if not, why.

    *tls*, *credentials*, *curve*, *token* and *id* are those of the endpoint that has the trouble; they are tried as
    they are. With *topics*, the peer has to subscribe to something that each of them starts with. *on_step* is called
    after each step. It takes at most limits.connect_timeout and limits.handshake_timeout for each of its connections.

    What is wrong with the settings of this side is a finding too (:attr:`Cause.CONFIGURATION`), and so is pyzmq when
    it is needed and not there. Raises :class:`InvalidValue` for an *address* or a topic that is none.
    """
    patient = Patient(
        address=PeerAddress.parse(address) if isinstance(address, str) else address,
        tls=check_tls_mode(tls),
        credentials=credentials,
        curve=curve,
        topics=tuple(map(check_topic, topics)),
        id=id,
        token=token,
        limits=limits,
    )
    examination = ClusterExamination if patient.address.transport == "zmq" else _PeerExamination
    return await examination(patient, on_step or (lambda _: None)).run()


def _means(patient: Patient) -> Means:
    own = patient.credentials
    files = own is not None and (own.wanted or own.check_host) and patient.tls in {"auto", "verify"}
    path = (own.certificate if own else None) or ""
    return Means(
        address=patient.address,
        tls=patient.tls,
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


class _PeerExamination(Examination):
    """Of an address of Broker's own protocol, or of WebSocket."""

    _open: Reach | None = None

    def check_settings(self) -> None:
        patient = self.patient
        check_dialing(self.address, patient.tls, patient.credentials)
        if patient.token is not None and not patient.token.isprintable():
            msg = "the token has a character that no HTTP header can carry"
            raise ConfigurationError(msg)

    def blame(self) -> str:
        return "files" if self.patient.credentials is not None or self.patient.tls == "verify" else ""

    async def find_way(self) -> Verdict | None:
        numbers = await self.resolve()
        if isinstance(numbers, Verdict):
            return numbers
        port, start = self.address.port, trio.current_time()
        ways = await reach_all(numbers, port, self.limits.connect_timeout)
        self._open = next((way for way in ways if way.way == "open"), None)
        self.note("connect", ok=self._open is not None, text=describe_ways(ways), since=start)
        if self._open is None:
            return await self.no_way(ways, {port})
        self.warn_of_closed(ways, port)
        return None

    async def attempt(self) -> Diagnosis:
        patient = self.patient
        options = EndpointOptions(
            id=patient.id,
            tls=patient.tls,
            credentials=patient.credentials,
            token=patient.token,
            limits=patient.limits,
        )
        start = trio.current_time()
        async with Endpoint(options) as endpoint:
            try:
                info = await endpoint.peer(self.address)
            except PeeringError as failure:
                error = failure
            else:
                self.note("tls", ok=True, text=describe_tls(info.tls))
                who = f"{info.name} {info.version}" if info.name else f"{info.id}, version {info.protocol_version}"
                self.note("handshake", ok=True, text=f"peered with {who}", since=start)
                return await self._use(endpoint, info)
        at = "tls" if error.cause in _TLS_CAUSES else "handshake"
        self.note(at, ok=False, text=error.reason, since=start)
        if not is_clear(error, self.address):
            assert self._open is not None  # noqa: S101  # or there would have been no attempt
            await self.look(self._open, self.address, _expected(error, self.address))
        return self.bad(judge(error, self.portrait, _means(patient)))

    async def _use(self, endpoint: Endpoint, info: PeerInfo) -> Diagnosis:
        """Ask the peer what is worth knowing."""
        start = trio.current_time()
        now, rtt = await self.ask(endpoint, info)
        native = self.address.transport == "broker"
        topics = info.filter if now is None else now.filter
        missing = [topic for topic in self.patient.topics if native and not topic.startswith(topics)]
        if native:
            self.note("subscriptions", ok=not missing, text=describe_topics(topics))
        elif self.patient.topics:
            self.warnings.append("a WebSocket server does not tell what it subscribes to, so topics cannot be checked")
        self.note_ping(now, rtt, start)
        if now is not None:
            self.warn_of_use(info, topics if native else None, rtt)
        facts: dict[str, object] = {
            "id": info.id,
            "protocol": info.protocol_version,
            "tls": info.tls,
            "version": info.version,
            "subscriptions": topics if native else None,
            "rtt": rtt,
            "certificate": await self._their_certificate(info),
        }
        if now is None:
            return self.bad(Verdict(cause=Cause.CONNECTION_LOST, words=self.words | {"reason": ENDED}), **facts)
        if missing:
            return self.bad(self.not_subscribed(missing, topics), **facts)
        return self.well("an endpoint of Broker" if native else "a WebSocket server", **facts)

    async def _their_certificate(self, info: PeerInfo) -> CertificateFacts | None:
        """The server's certificate, if it has one; warns of certificates that will expire."""
        if info.tls == "off" or "no certificates" in info.tls or self._open is None:
            return None
        timeout = min(self.limits.handshake_timeout, LONGEST_LOOK)
        look = await look_at_tls(self._open.host, self.address.port, timeout, Question(b"", 0, bool))
        own = _means(self.patient).own_certificate
        for whose, facts in (("the certificate of the other side", look.certificate), ("our certificate", own)):
            if facts is not None and facts.not_after < datetime.now(UTC) + _SOON:
                self.warnings.append(f"{whose} expires on {facts.not_after:%Y-%m-%d}: {facts.subject}")
        return look.certificate


def _expected(error: PeeringError, address: PeerAddress) -> Expected:
    """What the failed attempt shows already about who answers."""
    if error.cause in _TLS_CAUSES:
        return "tls"
    if address.transport != "broker" and error.cause in {Cause.REJECTED, Cause.NOT_BROKER}:
        return "http" if address.transport == "ws" else "tls"
    return ""
