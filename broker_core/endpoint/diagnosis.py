"""What a diagnosis is made of: steps, findings, and the words for what was seen on the way."""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from broker_core.protocol.sniff import HTTP, ZEROMQ, server_of
from broker_core.runtime.portraits import BROKER
from broker_core.runtime.zmq_look import CURVE

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from broker_core.errors import Cause
    from broker_core.messages.cluster_wire import ClusterNode
    from broker_core.model.ids import EndpointId
    from broker_core.protocol.certificates import CertificateFacts
    from broker_core.runtime.portraits import Portrait
    from broker_core.runtime.probes import Reach
    from broker_core.runtime.zmq_look import SocketLook

__all__ = [
    "WEB_PORTS",
    "ZEEK_PORTS",
    "ZMQ_PORTS",
    "Advice",
    "Diagnosis",
    "DiagnosisStep",
    "describe_nodes",
    "describe_portrait",
    "describe_ports",
    "describe_socket",
    "describe_tls",
    "describe_topics",
    "describe_ways",
    "nearest_topics",
    "one_line",
    "quoted",
]

ZEEK_PORTS = {
    9999: "Broker's default port",
    9997: "the WebSocket port of older Brokers",
    27759: "the WebSocket port of zeekctl's managers",
    27760: "the first port of zeekctl's nodes, Broker or ZeroMQ",
    27761: "the second port of zeekctl's nodes, Broker or ZeroMQ",
    5555: "ZeroMQ of a Zeek cluster",
    5556: "ZeroMQ of a Zeek cluster",
}
"""Where a Zeek can usually be found, and what is there."""

WEB_PORTS = frozenset({9997, 27759})
"""Those of them that are for WebSocket."""

ZMQ_PORTS = frozenset({5555, 5556, 27760, 27761})
"""Those of them where a ZeroMQ socket may be."""

_SHOWN = 3
"""Topics, or nodes, that are shown of many."""

_COMPARED = 1000
"""Topics among which similar ones are looked for: comparing takes time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DiagnosisStep:
    """One step of the way."""

    name: str
    """``settings``, ``resolve``, ``connect``, ``tls``, ``handshake``, ``subscriptions``, ``ping``; ``ports`` and
    ``look`` only when something failed; ``sockets`` and ``nodes`` of a ZeroMQ cluster only."""
    ok: bool | None
    """None for what is only worth knowing."""
    text: str
    """What came of it, on one line."""
    seconds: float = 0.0
    """How long it took, 0 when it is part of another step."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Diagnosis:
    """What was found. All that is optional is unknown where the way did not lead so far."""

    address: str
    cause: Cause | None
    """None when all is well."""
    finding: str
    """What is wrong, or that all is well, on one line."""
    remedy: str
    """What helps, on one line; "" when all is well."""
    steps: tuple[DiagnosisStep, ...]
    warnings: tuple[str, ...] = ()
    """What should be known although it works, one line each."""
    id: EndpointId | None = None
    protocol: int | None = None
    """The version of Broker's protocol."""
    tls: str | None = None
    """"off", or version and cipher."""
    version: str = ""
    """The version that a WebSocket server tells, Broker's or Zeek's; of ZMTP in a ZeroMQ cluster."""
    subscriptions: tuple[str, ...] | None = None
    """What the peer subscribes to; None also for a WebSocket server, which does not tell."""
    nodes: tuple[ClusterNode, ...] | None = None
    """The nodes of a ZeroMQ cluster that have announced themselves; None where it is none."""
    rtt: float | None = None
    """The round trip of a ping, in seconds."""
    certificate: CertificateFacts | None = None
    """The other side's, if it showed one."""


class Advice(NamedTuple):
    """What is wrong, and what helps: two lines for people, with names in braces for what is not always the same."""

    finding: str
    remedy: str


def one_line(text: str) -> str:
    """*text*, which may come from a stranger, on one line and without what a terminal would act on."""
    line = " ".join(text.split())
    if line.isprintable():
        return line
    return "".join(char if char.isprintable() else char.encode("unicode_escape").decode() for char in line)


def quoted(topic: str) -> str:
    """*topic*, visible also when it is empty."""
    return topic or '""'


def nearest_topics(topics: Sequence[str], wanted: Sequence[str]) -> str:
    """Those of *topics* that are most like one of the *wanted* ones."""

    def likeness(one: str) -> float:
        return max(difflib.SequenceMatcher(None, one, other, autojunk=False).ratio() for other in wanted)

    return describe_topics(sorted(topics[:_COMPARED], key=likeness, reverse=True), len(topics))


def describe_topics(topics: Sequence[str], total: int | None = None) -> str:
    """The first few of *topics*, and how many more there are of *total*."""
    total = len(topics) if total is None else total
    shown = ", ".join(map(quoted, topics[:_SHOWN])) or "none"
    return shown + (f" and {total - _SHOWN} more" if total > _SHOWN else "")


def describe_ways(ways: Sequence[Reach]) -> str:
    """Which addresses answer, and which do not."""
    words = {"open": " answers", "refused": " refuses"}
    return ", ".join(way.host + (words.get(way.way) or f": {way.problem}") for way in ways)


def describe_ports(ports: Mapping[int, str]) -> str:
    """What is open elsewhere on a host: numbers, and what answers there."""
    names = [f"{port} ({what})" for port, what in ports.items()]
    return f"{', '.join(names)} {'is' if len(names) == 1 else 'are'} open there"


_SOCKETS = {
    "XPUB": "the XPUB of a central broker, where nodes of a ZeroMQ cluster receive",
    "XSUB": "the XSUB of a central broker, where nodes of a ZeroMQ cluster send",
    "PULL": "a sink for logs of a ZeroMQ cluster (PULL)",
}


def describe_socket(look: SocketLook) -> str:
    """Which ZeroMQ socket it is."""
    if look.mechanism == CURVE:
        return "a ZeroMQ socket with CURVE, which hides its kind"
    return _SOCKETS.get(look.socket_type) or f"a ZeroMQ socket of the kind {look.socket_type or 'unknown'}"


def describe_nodes(nodes: Sequence[ClusterNode]) -> str:
    """The first few of *nodes*, and how many more there are."""
    names = [f"{node.name or 'one without a name'} on {node.host}" if node.host else node.id for node in nodes]
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return (", ".join(names[:_SHOWN]) or "none has announced itself") + more


def describe_tls(tls: str) -> str:
    """What a connection uses."""
    return "none: plain TCP" if tls == "off" else tls


def describe_portrait(portrait: Portrait) -> str:
    """Who answers at the port."""
    server = server_of(portrait.said)
    names = {BROKER: "a Broker of version 2.3 or later", HTTP: f"HTTP ({server})" if server else "HTTP"}
    if portrait.socket is not None:
        names[ZEROMQ] = describe_socket(portrait.socket)
    speaks = names.get(portrait.speaks, portrait.speaks)
    tls = portrait.tls
    if tls is None:
        if portrait.speaks:
            return f"plain TCP: {speaks}"
        return "it hangs up on everybody" if portrait.closed else "it says nothing, whatever it is asked"
    kind = "TLS"
    if tls.anonymous:
        kind = "TLS without certificates"
    elif tls.certificate is not None:
        kind = f"TLS with the certificate {tls.certificate}"
    wish = ", and asks for one of us" if tls.wants_certificate else ""
    if tls.demands_certificate:
        wish = ", and demands one of us"
    return f"{kind}{wish}" + (f": {speaks}" if speaks else "")
