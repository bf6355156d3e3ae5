"""What ``peer`` and ``status`` do: connect, ask, tell."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import trio

from broker_core import EC, ErrorNotice, LocalProtocolError, PeerInfo, PeeringError
from broker_core.model.topics import store_of

from .exit_codes import ExitCode, Failure
from .output import encode_lines
from .output.facts import facts_block, facts_json, facts_table
from .output.json_lines import json_line
from .pipes import Output
from .session import Session, run_session

if TYPE_CHECKING:
    from broker_core import PeerAddress, Status

    from .config import Settings
    from .context import Context

__all__ = ["run_peer", "run_status"]

_PING_TIMEOUT = 5.0


async def _facts(session: Session, info: PeerInfo, address: str) -> dict[str, Any]:
    rtt: float | None = None
    with suppress(trio.TooSlowError, trio.BrokenResourceError, LocalProtocolError):  # it is there, if not for pings
        rtt = await session.endpoint.ping(info.id, timeout=_PING_TIMEOUT)
    # While this side subscribes to nothing, the filter is what the peer told in the handshake, or later.
    current = next((peer for peer in session.endpoint.peers() if peer.id == info.id), info)
    stores = [store for topic in current.filter if (store := store_of(topic)) is not None]
    return {
        "address": address,
        "id": str(info.id),
        "protocol": info.protocol_version,
        "direction": info.direction,
        "tls": info.tls,
        "rtt": rtt if rtt is None else round(rtt, 6),
        "subscriptions": list(current.filter),
        "stores": [{"name": name, "role": role} for name, role in stores],
    }


def run_peer(context: Context, settings: Settings, *, watch: bool, keep: bool) -> None:
    """Show one peer; then stay if wanted."""
    output = Output(context.stdout)
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
    from .context import escape

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


def run_status(context: Context, settings: Settings) -> None:
    """Probe all peers side by side, each with an endpoint of its own, so that none can stand for another."""
    output = Output(context.stdout)
    found: dict[PeerAddress, dict[str, Any]] = {}

    async def probe(address: PeerAddress) -> None:
        async def main(session: Session) -> None:
            (info,) = await session.connect()
            found[address] = await _facts(session, info, str(address))

        name = str(address)
        try:
            await run_session(context, replace(settings, peers=(address,)), main)
        except PeeringError as error:
            code = error.code.label if error.code != EC.UNSPECIFIED else "unspecified"
            found[address] = {"address": name, "error": error.reason, "code": code}
        except Failure as error:
            found[address] = {"address": name, "error": str(error), "code": "lost"}

    async def program() -> None:
        async with trio.open_nursery() as nursery:
            for address in settings.peers:
                nursery.start_soon(probe, address)
        rows = [found[address] for address in settings.peers]
        if settings.output == "ndjson":
            lines = [facts_json("peer", facts) for facts in rows]
        elif context.stdout_is_terminal:
            lines = facts_table(rows, context.width, colour=settings.colour).split("\n")
        else:
            lines = [_plain_row(facts) for facts in rows]
        await output.write(encode_lines(lines))

    trio.run(program)
    missing = sum("error" in facts for facts in found.values())
    if missing:
        message = f"{missing} of {len(settings.peers)} endpoints cannot be reached"
        raise Failure(message, ExitCode.CONNECT)


def _plain_row(facts: dict[str, Any]) -> str:
    if "error" in facts:
        return f"{facts['address']} unreachable: {facts['error']}"
    return f"{facts['address']} ok {facts['id']} {facts['tls'].split()[0]} {len(facts['subscriptions'])} subscriptions"
