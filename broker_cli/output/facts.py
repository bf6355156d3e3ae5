"""What is known about peers: a block of lines, a table, or ndjson."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from broker_cli.context import escape
from broker_cli.wording import counted
from broker_core.model.topics import store_of

from .json_lines import json_line

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["facts_block", "facts_json", "facts_table"]

Facts = dict[str, Any]
"""address, and either error, code and hint, or id, transport, protocol, direction, tls, subscriptions, stores, rtt
(the median) and rtt_min in seconds, and name and version where the peer tells them. Of a cluster on ZeroMQ also node
(the own id there), nodes, final_dot (of the topics of its nodes), send_high_water, receive_high_water, stalls, missed
and dropped."""

_USUAL = 80
"""Columns from which on addresses are not folded unless they are very long."""
_WIDE = 120
"""Columns from which on a table has room for ids."""
_ID_SIZE = 36

_PROTOCOLS = {
    "broker": "Broker, version {protocol}",
    "ws": "JSON over WebSocket",
    "wss": "JSON over WebSocket",
    "zmq": "ZeroMQ, as a node of a Zeek cluster",
}
_DOTS = {
    True: "with a dot at the end, as Zeek 7.2 and later have them",
    False: "without a dot at the end, as Zeek 7.1 has them",
    None: "none is there to be seen",
}


def facts_json(kind: str, facts: Facts) -> str:
    """One line of ndjson."""
    return json_line(kind, **facts)


def _milliseconds(seconds: float | None) -> str:
    return "-" if seconds is None else f"{seconds * 1000:.2f} ms"


def _round_trip(facts: Facts) -> str:
    if facts["rtt"] is None:
        return "-"
    return f"{_milliseconds(facts['rtt'])} (at best {_milliseconds(facts['rtt_min'])})"


def _stores(facts: Facts) -> list[str]:
    return [f"{store['name']} ({store['role']})" for store in facts["stores"]]


def _topics(facts: Facts) -> list[str]:
    return [topic or '"" (all)' for topic in facts["subscriptions"]]


def facts_block(facts: Facts) -> list[str]:
    """Lines for one peer: a name, and a value or several."""
    rows: list[tuple[str, list[str]]] = [
        ("address", [facts["address"]]),
        ("id", [facts["id"]]),
        *((key, [facts[key]]) for key in ("name", "version") if key in facts),
        ("protocol", [_PROTOCOLS[facts["transport"]].format_map(facts)]),
        ("direction", [{"out": "out (we connected)", "in": "in (it connected)"}.get(facts["direction"], "local")]),
        ("tls", [facts["tls"]]),
        ("round trip", [_round_trip(facts)]),
        *(_cluster(facts) if "nodes" in facts else []),
        ("subscriptions", _topics(facts) or ["none"]),
        *([] if "nodes" in facts else [("stores", _stores(facts) or ["none"])]),
    ]
    lines = []
    for name, values in rows:
        for at, value in enumerate(values):
            lines.append(f"{'' if at else name:<14}{escape(value)}")
    return lines


def _cluster(facts: Facts) -> list[tuple[str, list[str]]]:
    """What only a cluster on ZeroMQ has; of stores it knows nothing."""
    missed, dropped = (counted(facts[key], "message") for key in ("missed", "dropped"))
    return [
        ("own node", [facts["node"]]),
        ("nodes", [_node(node) for node in facts["nodes"]] or ["none has announced itself"]),
        ("node topics", [_DOTS[facts["final_dot"]]]),
        ("high water", [f"{counted(facts['send_high_water'], 'message')} out, {facts['receive_high_water']} in"]),
        ("stalled", [counted(facts["stalls"], "time") if facts["stalls"] else "never"]),
        ("missed", [f"{missed}, because subscribers here were too slow"] if facts["missed"] else ["nothing"]),
        ("dropped", [f"{dropped} on the way out"] if facts["dropped"] else ["nothing"]),
    ]


def _node(node: dict[str, Any]) -> str:
    if not node["host"]:
        return str(node["id"])
    return f"{node['name'] or '(no name)'} on {node['host']}, pid {node['pid']}"


def facts_table(rows: Sequence[Facts], width: int, *, colour: bool) -> str:
    """A table for a terminal of *width* columns, and why peers are missing; long cells are folded, never cut."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False)
    widths = {
        title: min(len(title), width // 8) for title in ("peer", "state", "rtt", "tls", "subscriptions", "stores")
    }
    if width >= _USUAL:
        widths["peer"] = min(max(len(facts["address"]) for facts in rows), width // 3)
    if width >= _WIDE:
        widths["id"] = _ID_SIZE
    for title, least in widths.items():
        table.add_column(title, overflow="fold", min_width=least)
    for facts in rows:
        if "error" in facts:
            cells = ["failed", *[""] * (len(widths) - 2)]
        else:
            others = dict(facts, subscriptions=[topic for topic in facts["subscriptions"] if not store_of(topic)])
            tls = facts["tls"].split()[0]
            cells = ["ok", _milliseconds(facts["rtt"]), tls, *map("\n".join, (_topics(others), _stores(facts)))]
            if width >= _WIDE:
                cells.append(facts["id"])
        state, *rest = map(_safe_cell, cells)
        table.add_row(escape(facts["address"]), Text(state, "red" if "error" in facts else "green"), *map(Text, rest))
    console = Console(
        width=width, color_system="standard" if colour else None, force_terminal=colour, markup=False, highlight=False
    )
    with console.capture() as capture:
        console.print(table)
    lines = [line.rstrip() for line in capture.get().rstrip("\n").split("\n")]
    reasons = [escape(f"{facts['address']}: {facts['error']}") for facts in rows if "error" in facts]
    return "\n".join([*lines, "", *reasons] if reasons else lines)


def _safe_cell(cell: str) -> str:
    return "\n".join(map(escape, cell.split("\n")))
