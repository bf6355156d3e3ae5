"""``broker check peer``: is it there, how quick is it, what does it want, and how long is its certificate valid?"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from statistics import median
from typing import TYPE_CHECKING

import trio

from broker_cli.probing import round_trips
from broker_cli.session import Session, run_session
from broker_core import DEFAULT_LIMITS, EndpointId, diagnose

from .running import conclude
from .verdicts import Metric, Status

if TYPE_CHECKING:
    from collections.abc import Callable

    from broker_core import CertificateFacts, PeerInfo

    from .ranges import Range
    from .running import Check
    from .verdicts import Problem, Verdict

__all__ = ["PeerWishes", "check_peer"]

_DAY = 86400


@dataclass(frozen=True, kw_only=True)
class PeerWishes:
    """What a peer has to be. Times are in seconds."""

    warning: Range | None = None
    """For the round trip, as the next one."""
    critical: Range | None = None
    topics: tuple[str, ...] = ()
    """What it has to be subscribed to."""
    cert_warning: Range | None = None
    """For the days that its certificate is still valid; None looks at no certificate."""
    cert_critical: Range | None = None


def check_peer(check: Check, wishes: PeerWishes) -> int:
    """Check the one peer of the settings; the exit code."""

    async def examine(report: Callable[[Verdict], None]) -> None:
        start = trio.current_time()

        async def main(session: Session) -> None:
            (info,) = await session.connect()
            connecting = trio.current_time() - start
            times = await round_trips(session, info)
            metrics = [Metric(name="connect", value=connecting, unit="s", help="Time until it was a peer.")]
            problems = _missing(session, info, wishes.topics)
            if times:
                rtt = Metric(
                    name="rtt",
                    value=median(times),
                    help="Median round trip of a few pings.",
                    unit="s",
                    warning=wishes.warning,
                    critical=wishes.critical,
                )
                metrics.insert(0, rtt)
            else:
                problems.append((Status.CRITICAL, f"{check.target} answers no pings"))
            if wishes.cert_warning is not None or wishes.cert_critical is not None:
                await _look_at_certificate(check, wishes, metrics, problems)
            report(check.verdict(_well(check.target, info, times), metrics, problems))

        await run_session(check.context, check.settings, main, patient=False)

    return conclude(check, examine)


def _well(target: str, info: PeerInfo, times: list[float]) -> str:
    spoken = {"broker": f"Broker {info.protocol_version}", "zmq": "ZeroMQ"}.get(info.transport, "WebSocket")
    version = f", version {info.version}" if info.version else ""
    time = f" after {1000 * median(times):.3f} ms" if times else ""
    return f"{target} answers{time}, {spoken}{version}, TLS: {info.tls}"


def _missing(session: Session, info: PeerInfo, topics: tuple[str, ...]) -> list[Problem]:
    if topics and info.transport in {"ws", "wss"}:
        return [(Status.UNKNOWN, "a WebSocket server does not tell what it is subscribed to")]
    current = next((peer for peer in session.endpoint.peers() if peer.id == info.id), info)
    return [
        (Status.CRITICAL, f"nobody there is subscribed to {topic}")
        for topic in topics
        if not topic.startswith(current.filter)
    ]


async def _look_at_certificate(
    check: Check, wishes: PeerWishes, metrics: list[Metric], problems: list[Problem]
) -> None:
    if check.settings.peers[0].transport == "zmq":
        problems.append((Status.UNKNOWN, "a cluster on ZeroMQ has keys, and no certificates"))
        return
    facts = await _certificate(check)
    if facts is None:
        problems.append((Status.CRITICAL, f"{check.target} shows no certificate"))
        return
    days = (facts.not_after - datetime.now(UTC)).total_seconds() / _DAY
    metric = Metric(
        name="cert_days",
        value=days,
        help="Days until the certificate of the peer expires.",
        warning=wishes.cert_warning,
        critical=wishes.cert_critical,
        signed=True,
    )
    metrics.append(metric)


async def _certificate(check: Check) -> CertificateFacts | None:
    """The certificate that the peer shows, which takes connections of its own."""
    settings = check.settings
    limits = replace(
        DEFAULT_LIMITS, connect_timeout=settings.connect_timeout, handshake_timeout=settings.connect_timeout
    )
    found = await diagnose(
        settings.peers[0],
        tls=settings.tls,
        credentials=settings.credentials,
        id=None if settings.id is None else EndpointId.parse(settings.id),
        limits=limits,
        token=settings.token,
    )
    return found.certificate
