"""Does everything arrive through a middle endpoint when it is published as fast as possible, and at what cost?

Publisher, relay (`forward`, no subscription of its own) and subscriber are three processes; 200,000 short strings.
The subscriber checks that none is missing, doubled or out of order. In the second case it pauses on purpose, so that
relay and publisher have to wait for it instead of collecting memory or giving up.
"""

from __future__ import annotations

from .harness import Child, median, number, print_table

__all__ = ["main"]

RUNS = 3
COUNT = 200_000
SLOW_PAUSE = 0.02
"""Seconds that the slow subscriber rests after 1,000 messages."""


def measure(pause: float) -> tuple[int, float, list[float], int]:
    """How many arrived, seconds, processor seconds of publisher, relay and subscriber, and the relay's memory."""
    with Child.ours("relay") as relay:
        port = relay.read()["port"]
        with Child.ours("collect", port=port, count=COUNT, pause=pause) as subscriber:
            subscriber.read()
            with Child.ours("lines", port=port, count=COUNT) as publisher:
                started = publisher.read()["started"]
                children = publisher, relay, subscriber
                before = [child.cpu() for child in children]
                result = subscriber.read()
                cpu = [child.cpu() - earlier for child, earlier in zip(children, before, strict=True)]
                return result["seen"], result["ended"] - started, cpu, relay.resident()


def main() -> None:
    rows = []
    for label, pause in (("fast subscriber", 0.0), ("slow subscriber", SLOW_PAUSE)):
        runs = [measure(pause) for _ in range(RUNS)]
        cpu = [median([run[2][at] for run in runs]) for at in range(3)]
        rows.append(
            [
                label,
                f"{min(run[0] for run in runs):,} of {COUNT:,}",
                number(COUNT / median([run[1] for run in runs])),
                *[number(COUNT / seconds) for seconds in cpu],
                number(COUNT / sum(cpu)),
                f"{max(run[3] for run in runs) / 2**20:.0f}",
            ]
        )
    header = ["case", "arrived", "messages/s", "per CPU s: publisher", "relay", "subscriber", "all three", "relay MiB"]
    print_table("Through a relay", header, rows)
