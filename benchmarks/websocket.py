"""Is our WebSocket client at least five times as fast as zeekpy? Events a second from publish to receive.

Three processes over loopback: our server, a publisher and a receiver, both of the same kind. The server does the same
for both, which is to read each event, check it, and write it anew; on two cores it is part of what is measured.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass

from .events import KINDS
from .harness import Child, median, number, print_table, spread

__all__ = ["main"]

RUNS = 3
COUNTS = {"ours": 60_000, "zeekpy": 30_000}
MODULES = {"ours": "web_peer", "zeekpy": "zeekpy_peer"}
WARM = 2_000
TARGET = 5.0


@dataclass(frozen=True)
class Run:
    rate: float
    """Events a second."""
    server: float
    """Processor seconds for one event."""
    publisher: float
    receiver: float


def _child(module: str, role: str, **options: object) -> Child:
    flags = [word for name, value in options.items() for word in (f"--{name}", str(value))]
    return Child(sys.executable, "-m", f"benchmarks.{module}", role, *flags)


def measure(who: str, kind: str) -> Run:
    module, count = MODULES[who], COUNTS[who]
    with _child("web_peer", "serve") as server:
        options = {"port": server.read()["port"], "kind": kind, "count": count, "warm": WARM}
        with _child(module, "receive", **options) as receiver:
            receiver.read()
            with _child(module, "publish", **options) as publisher:
                publisher.read()
                before = server.cpu(), publisher.cpu(), receiver.cpu()
                publisher.go_on()
                publisher.read()
                seconds = receiver.read()["seconds"]
                after = server.cpu(), publisher.cpu(), receiver.cpu()
    costs = [(end - start) / (count + WARM) for start, end in zip(before, after, strict=True)]
    return Run(count / seconds, *costs)


def main() -> None:
    rows, worst = [], float("inf")
    for kind, label in KINDS.items():
        rounds = [{who: measure(who, kind) for who in COUNTS} for _ in range(RUNS)]
        ratio = median([one["ours"].rate / one["zeekpy"].rate for one in rounds])
        worst = min(worst, ratio)
        for who in COUNTS:
            runs = [one[who] for one in rounds]
            costs = [
                median(side) for side in zip(*((run.publisher, run.server, run.receiver) for run in runs), strict=True)
            ]
            rates = [run.rate for run in runs]
            rows.append(
                [
                    label,
                    who,
                    number(median(rates)),
                    spread(rates),
                    *[f"{cost * 1e6:.1f}" for cost in costs],
                    f"{ratio:.2f}" if who == "ours" else "1.00",
                ]
            )
    print_table(
        "Publish to receive over WebSocket, events a second",
        ["event", "client", "events/s", "spread", "CPU µs publisher", "server", "receiver", "ratio"],
        rows,
        f"The least is {worst:.2f} times zeekpy; the target is {TARGET:.0f}.",
    )
