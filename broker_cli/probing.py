"""What ``peer`` and ``status`` do: connect, ask, tell."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from statistics import median
from typing import TYPE_CHECKING, Any

import trio

from broker_core import EC, ErrorNotice, LocalProtocolError, PeeringError
from broker_core.model.topics import store_of

from .context import escape
from .dialects import NODE_TOPICS
from .exit_codes import ExitCode, Failure
from .output import encode_lines
from .output.documents import document_lines
from .output.facts import facts_block, facts_json, facts_table
from .output.json_lines import json_line
from .status_urls import StatusUrl

if TYPE_CHECKING:
    from collections.abc import Sequence

    from broker_core import PeerAddress, PeerInfo, Status

    from .config import Settings
    from .context import Context
    from .session import Session

__all__ = ["probe_peer", "round_trips", "run_peer", "run_status"]

_PINGS = 5
_PING_TIMEOUT = 5.0


async def round_trips(session: Session, info: PeerInfo) -> list[float]:
    """The round-trip times of a few pings in seconds; none when it is there, but not for pings."""
    times: list[float] = []
    with (
        suppress(trio.TooSlowError, trio.BrokenResourceError, LocalProtocolError),
        trio.move_on_after(_PING_TIMEOUT),
    ):
        while len(times) < _PINGS:
            times.append(await session.endpoint.ping(info.id, timeout=_PING_TIMEOUT))
    return times


async def _facts(session: Session, info: PeerInfo, address: str) -> dict[str, Any]:
    times = await round_trips(session, info)
    # While this side subscribes to nothing, the filter is what the peer told in the handshake, or later.
    current = next((peer for peer in session.endpoint.peers() if peer.id == info.id), info)
    stores = [store for topic in current.filter if (store := store_of(topic)) is not None]
    return {
        "address": address,
        "id": str(info.id),
        **({"name": info.name} if info.name and info.transport != "zmq" else {}),
        **({"version": info.version} if info.version else {}),
        "transport": info.transport,
        "protocol": info.protocol_version,
        "direction": info.direction,
        "tls": info.tls,
        "rtt": round(median(times), 6) if times else None,
        "rtt_min": round(min(times), 6) if times else None,
        "subscriptions": list(current.filter),
        "stores": [{"name": name, "role": role} for name, role in stores],
        **(_cluster_facts(session, current) if info.transport == "zmq" else {}),
    }


def _cluster_facts(session: Session, info: PeerInfo) -> dict[str, Any]:
    """What only a cluster on ZeroMQ has."""
    limits = session.endpoint.options.limits
    announced = [topic for topic in info.filter if topic.startswith(NODE_TOPICS)]
    return {
        "node": info.name,
        "nodes": [{"id": node.id, "name": node.name, "host": node.host, "pid": node.pid} for node in info.nodes],
        "final_dot": all(topic.endswith(".") for topic in announced) if announced else None,
        "send_high_water": limits.zmq_send_hwm,
        "receive_high_water": limits.zmq_receive_hwm,
        "stalls": info.stalls,
        "missed": info.missed,
        "dropped": info.dropped,
    }


def run_peer(context: Context, settings: Settings, *, watch: bool, keep: bool) -> None:
    """Show one peer; then stay if wanted."""
    from .session import run_session  # a document over HTTP needs no endpoint

    output = context.output()
    human = settings.output == "human"

    async def main(session: Session) -> None:
        send, receive = trio.open_memory_channel["Status | ErrorNotice"](1024)
        if watch:
            session.on_notice = send.send_nowait
        (info,) = await session.connect()
        facts = await _facts(session, info, str(settings.peers[0]))
        lines = facts_block(facts) if human else [facts_json("peer", facts)]
        await output.write(encode_lines(lines))
        if watch:
            async for notice in receive:
                await output.write(encode_lines([_notice_line(notice, human=human)]))
        elif keep:
            await trio.sleep_forever()

    async def program() -> None:
        await run_session(context, settings, main)

    trio.run(program)


def _notice_line(notice: Status | ErrorNotice, *, human: bool) -> str:
    if human:
        return escape(str(notice))
    info = notice.context
    kind = "error" if isinstance(notice, ErrorNotice) else "status"
    return json_line(
        kind,
        code=notice.code.label,
        id=None if info is None else str(info.id),
        address=None if info is None or info.network is None else str(info.network),
        message=notice.message,
    )


def run_status(context: Context, settings: Settings, targets: Sequence[PeerAddress | StatusUrl]) -> None:
    """Probe all *targets* side by side, each peer with an endpoint of its own, so that none can stand for another."""
    output = context.output()
    found: dict[PeerAddress | StatusUrl, dict[str, Any]] = {}

    async def probe(target: PeerAddress | StatusUrl) -> None:
        if isinstance(target, StatusUrl):
            found[target] = await _document(target, settings.connect_timeout)
        else:
            found[target] = await probe_peer(context, settings, target)

    async def program() -> None:
        async with trio.open_nursery() as nursery:
            for target in targets:
                nursery.start_soon(probe, target)
        await output.write(encode_lines(_status_lines(context, settings, [found[target] for target in targets])))

    trio.run(program)
    missing = [facts for facts in found.values() if "error" in facts]
    if missing:
        message = f"{len(missing)} of {len(targets)} endpoints cannot be reached"
        raise Failure(message, ExitCode.CONNECT, missing[0]["hint"] if len(missing) == 1 else "")


async def _document(url: StatusUrl, timeout: float) -> dict[str, Any]:
    from .fetching import FetchError, fetch_status

    start = trio.current_time()
    try:
        document = await fetch_status(url, timeout)
    except FetchError as error:
        return {"address": str(url), "error": error.reason, "code": error.code, "hint": error.hint}
    return {"address": str(url), "rtt": round(trio.current_time() - start, 6), "document": document}


async def probe_peer(context: Context, settings: Settings, address: PeerAddress) -> dict[str, Any]:
    """What is found out about one peer with an endpoint of its own; with ``error`` if it cannot be reached."""
    from .session import run_session  # a document over HTTP needs no endpoint

    facts: dict[str, Any] = {}

    async def main(session: Session) -> None:
        (info,) = await session.connect()
        facts.update(await _facts(session, info, str(address)))

    try:
        await run_session(context, replace(settings, peers=(address,)), main)
    except PeeringError as error:
        code = error.code.label if error.code != EC.UNSPECIFIED else "unspecified"
        return {"address": str(address), "error": error.reason, "code": code, "hint": error.hint}
    except Failure as error:
        return {"address": str(address), "error": str(error), "code": "lost", "hint": error.hint}
    return facts


def _status_lines(context: Context, settings: Settings, rows: Sequence[dict[str, Any]]) -> list[str]:
    """What *rows* say, in the format that is wanted."""
    if settings.output == "ndjson":
        return [facts_json("endpoint" if "document" in facts else "peer", facts) for facts in rows]
    peers = [facts for facts in rows if "document" not in facts]
    if len(rows) == len(peers) == 1 and "error" not in peers[0]:
        lines = facts_block(peers[0])
    elif peers and context.stdout_is_terminal:
        lines = facts_table(peers, context.width, colour=settings.colour).split("\n")
    else:
        lines = [_plain_row(facts) for facts in peers]
    for facts in rows:
        if "document" in facts:
            lines += ["", facts["address"]] if lines else [facts["address"]]
            lines += document_lines(facts["document"], context.width, everything=context.verbosity > 0)
    return lines


def _plain_row(facts: dict[str, Any]) -> str:
    if "error" in facts:
        return escape(f"{facts['address']} unreachable: {facts['error']}")
    return f"{facts['address']} ok {facts['id']} {facts['tls'].split()[0]} {len(facts['subscriptions'])} subscriptions"
