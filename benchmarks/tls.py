"""What does TLS cost? The events a second of `throughput`, over plain TCP and over both kinds of TLS.

Two processes over loopback. "anonymous" is Broker's default, TLS 1.2 without certificates; "verified" is TLS 1.3 with
certificates on both sides, made by `broker tls init`. The kinds are measured in turn, so that they share the machine's
moods, and the ratio is the median of the ratios within each round.
"""

from __future__ import annotations

import subprocess
import tempfile
from dataclasses import dataclass

from .events import KINDS
from .harness import Child, broker_command, median, number, print_table, spread

__all__ = ["main"]

RUNS = 5
COUNT = 150_000
WARM = 20_000
MODES = {"off": "plain", "anon": "anonymous", "verify": "verified"}
TARGET = 0.6


@dataclass(frozen=True)
class Run:
    rate: float
    """Events a second."""
    sender: float
    """Processor seconds of the publisher for one event."""
    receiver: float
    """Processor seconds of the receiver for one event."""
    tls: str
    """What the connection said that it uses."""


def measure(mode: str, kind: str, folder: str) -> Run:
    options = {"tls": mode, "certificates": folder if mode == "verify" else ""}
    with (
        Child.ours("receive", kind=kind, count=COUNT, warm=WARM, **options) as receiver,
        Child.ours("publish", kind=kind, port=receiver.read()["port"], **options) as publisher,
    ):
        tls = publisher.read()["tls"]
        receiver.read()
        before = publisher.cpu(), receiver.cpu()
        seconds = receiver.read()["seconds"]
        after = publisher.cpu(), receiver.cpu()
    return Run(COUNT / seconds, (after[0] - before[0]) / COUNT, (after[1] - before[1]) / COUNT, tls)


def main() -> None:
    rows = []
    worst = 1.0
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([broker_command(), "tls", "init", folder, "node"], check=True, stdout=subprocess.DEVNULL)
        for kind, label in KINDS.items():
            rounds = [{mode: measure(mode, kind, folder) for mode in MODES} for _ in range(RUNS)]
            for mode, name in MODES.items():
                runs = [one[mode] for one in rounds]
                ratio = median([one[mode].rate / one["off"].rate for one in rounds])
                worst = min(worst, ratio)
                sides = [run.sender for run in runs], [run.receiver for run in runs]
                costs = [f"{median(side) * 1e6:.1f}" for side in sides]
                rate = number(median([run.rate for run in runs]))
                rows.append(
                    [label, name, runs[0].tls, rate, spread([run.rate for run in runs]), *costs, f"{ratio:.2f}"]
                )
    print_table(
        "Publish to receive with TLS, events a second",
        ["event", "TLS", "which", "events/s", "spread", "CPU µs publisher", "CPU µs receiver", "of plain"],
        rows,
        f"The least is {worst:.2f} of the plain rate; the target is {TARGET}.",
    )
