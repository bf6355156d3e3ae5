"""Does the memory of a subscriber that keeps up stay flat over a million messages?"""

from __future__ import annotations

from .harness import Child, print_table

__all__ = ["main"]

STEP = 100_000
COUNT = 1_000_000
SHOWN = (100_000, 500_000, 1_000_000)


def main() -> None:
    resident: dict[int, int] = {}
    with (
        Child.ours("soak", step=STEP, count=COUNT) as subscriber,
        Child.ours("publish", port=subscriber.read()["port"], kind="twelve") as publisher,
    ):
        sender: dict[int, int] = {}
        for _ in range(COUNT // STEP):
            seen = subscriber.read()["seen"]
            resident[seen], sender[seen] = subscriber.resident(), publisher.resident()
            subscriber.go_on()
    rows = [
        [
            f"{seen:,}",
            f"{resident[seen] / 2**20:.1f}",
            f"{resident[seen] / resident[STEP]:.3f}",
            f"{sender[seen] / 2**20:.1f}",
        ]
        for seen in SHOWN
    ]
    print_table(
        "Memory over a million 12-argument events", ["messages", "subscriber MiB", "ratio", "publisher MiB"], rows
    )
