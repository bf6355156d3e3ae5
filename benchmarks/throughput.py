"""How many Zeek events a second go from a publisher to a subscriber, compared with python3-broker?

Two processes over loopback TCP without TLS. The publisher publishes without a pause, before, while and after the
receiver counts, so both sides work all the time and share the machine; the receiver looks at every argument of every
event. "Cost" is processor time of both processes for one event, all threads; "coding" is encoding plus decoding the
event's value with nothing else, in this process.
"""

from __future__ import annotations

from dataclasses import dataclass

from .events import KINDS, coding_cost
from .harness import CPP_MISSING, Child, cpp_version, median, number, print_table, spread

__all__ = ["main"]

RUNS = 5
COUNTS = {("ours", "twelve"): 100_000, ("ours", "one"): 200_000, ("cpp", "twelve"): 4_000, ("cpp", "one"): 10_000}
WARM = {"ours": 20_000, "cpp": 1_000}


@dataclass(frozen=True)
class Run:
    rate: float
    """Events a second."""
    sender: float
    """Processor seconds of the publisher for one event."""
    receiver: float
    """Processor seconds of the receiver for one event."""


def measure(implementation: str, kind: str) -> Run:
    count, warm = COUNTS[implementation, kind], WARM[implementation]
    with (
        Child.of(implementation, "receive", kind=kind, count=count, warm=warm) as receiver,
        Child.of(implementation, "publish", kind=kind, port=receiver.read()["port"]) as publisher,
    ):
        receiver.read()
        before = publisher.cpu(), receiver.cpu()
        seconds = receiver.read()["seconds"]
        after = publisher.cpu(), receiver.cpu()
    return Run(count / seconds, (after[0] - before[0]) / count, (after[1] - before[1]) / count)


def main() -> None:
    implementations = ["ours", "cpp"] if cpp_version() else ["ours"]
    rates, costs = [], []
    for kind, label in KINDS.items():
        runs: dict[str, list[Run]] = {name: [] for name in implementations}
        coding = []
        for _ in range(RUNS):
            coding.append(coding_cost(kind))
            for name in implementations:
                runs[name].append(measure(name, kind))
        ours = median([run.rate for run in runs["ours"]])
        cpp = median([run.rate for run in runs["cpp"]]) if "cpp" in runs else 0.0
        rates.append(
            [
                label,
                number(ours),
                spread([run.rate for run in runs["ours"]]),
                number(cpp) if cpp else "-",
                spread([run.rate for run in runs["cpp"]]) if cpp else "-",
                f"{ours / cpp:.1f}" if cpp else "-",
            ]
        )
        sender = median([run.sender for run in runs["ours"]])
        receiver = median([run.receiver for run in runs["ours"]])
        alone = median(coding)
        micro = [f"{value * 1e6:.1f}" for value in (alone, 1 / ours, sender, receiver)]
        costs.append([label, *micro, f"{1 / ours / alone:.2f}", f"{(sender + receiver) / alone:.2f}"])
    print_table(
        "Publish to receive, events a second",
        ["event", "ours", "spread", "python3-broker", "spread", "ratio"],
        rates,
        *([] if cpp_version() else [CPP_MISSING]),
    )
    print_table(
        "Publish to receive, microseconds for one event",
        ["event", "coding", "path", "CPU publisher", "CPU receiver", "path / coding", "CPU both / coding"],
        costs,
    )
