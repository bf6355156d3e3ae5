"""What does the synchronous API cost? One program for libbroker's Python bindings, run with them and with ours.

Publish to receive as in throughput.py, a round trip as in latency.py, and single calls: publishing to an endpoint of
the same process, getting a message that is there, and a question to a data store, whose answer comes from the thread
of the endpoints.
"""

from __future__ import annotations

from typing import Any

from .events import KINDS
from .harness import CPP_MISSING, Child, cpp_version, median, number, percentile, print_table, spread

__all__ = ["main"]

RUNS = 5
COUNTS = {
    ("blocking", "twelve"): 50_000,
    ("blocking", "one"): 100_000,
    ("cpp", "twelve"): 4_000,
    ("cpp", "one"): 10_000,
}
WARM = {"blocking": 10_000, "cpp": 1_000}
TRIPS = {"blocking": 1_000, "cpp": 100}
PUBLISHED = 1_000


def rate(implementation: str, kind: str) -> float:
    """Events a second from a process to another."""
    count, warm = COUNTS[implementation, kind], WARM[implementation]
    with (
        Child.of(implementation, "receive", kind=kind, count=count, warm=warm) as receiver,
        Child.of(implementation, "publish", kind=kind, port=receiver.read()["port"]),
    ):
        receiver.read()
        return count / float(receiver.read()["seconds"])


def trip(implementation: str) -> float:
    """Median seconds of an event there and another one back."""
    options = {"warm": 50, "count": TRIPS[implementation]}
    with (
        Child.of(implementation, "pong", **options) as pong,
        Child.of(implementation, "ping", **options, port=pong.read()["port"]) as ping,
    ):
        return percentile(ping.read()["times"], 50)


def calls(implementation: str) -> dict[str, Any]:
    """Seconds of single calls."""
    with Child.of(implementation, "calls", count=PUBLISHED, single=1_000) as child:
        return child.read()


def main() -> None:
    names = ["blocking", "cpp"] if cpp_version() else ["blocking"]
    notes = [] if cpp_version() else [CPP_MISSING]
    rates: dict[tuple[str, str], list[float]] = {(name, kind): [] for kind in KINDS for name in names}
    trips: dict[str, list[float]] = {name: [] for name in names}
    costs: dict[str, list[dict[str, Any]]] = {name: [] for name in names}
    for _ in range(RUNS):
        for kind in KINDS:
            for name in names:
                rates[name, kind].append(rate(name, kind))
        for name in names:
            trips[name].append(trip(name))
            costs[name].append(calls(name))
    rows = []
    for kind, label in KINDS.items():
        ours, theirs = rates["blocking", kind], rates.get(("cpp", kind))
        row = [label, number(median(ours)), spread(ours)]
        row += [number(median(theirs)), spread(theirs), f"{median(ours) / median(theirs):.1f}"] if theirs else ["-"] * 3
        rows.append(row)
    header = ["event", "broker_core.blocking", "spread", "python3-broker", "spread", "ratio"]
    print_table("One program, two libraries: events a second", header, rows, *notes)

    questions = {
        "publish": {name: [float(run["publish"]) for run in costs[name]] for name in names},
        "get, message there": {name: [float(run["get"]) for run in costs[name]] for name in names},
        "store.get, median": {name: [percentile(run["answers"], 50) for run in costs[name]] for name in names},
        "round trip, median": trips,
    }
    rows = []
    for label, seconds in questions.items():
        micro = [median(seconds[name]) * 1e6 for name in names]
        row = [label, *map(number, micro)]
        rows.append([*row, f"{micro[1] / micro[0]:.1f}"] if micro[1:] else [*row, "-", "-"])
    print_table("Single calls, microseconds", ["call", "broker_core.blocking", "python3-broker", "ratio"], rows, *notes)
