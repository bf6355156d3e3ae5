"""What a soak has shown: the numbers, and whatever must not be."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .ledger import missing

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .footprint import Footprint
    from .ledger import Received, Sent

__all__ = ["Verdict"]

_GROWTH, _GROWTH_SHARE = 12 * 1024 * 1024, 0.05
"""How much more memory than at half time is no growth: Python's allocator gives back what it wants."""
_FEW_SAMPLES = 8


class Verdict:
    """Collects; :attr:`problems` is empty after a good run."""

    def __init__(self, seed: int) -> None:
        self.problems: list[str] = []
        self.rows: list[tuple[str, str]] = [("seed", str(seed))]
        self.memory: list[int] = []
        """Bytes that this process had, at regular intervals."""

    def row(self, name: str, *figures: object) -> None:
        """A line of the table."""
        self.rows.append((name, ", ".join(map(str, figures))))

    def demand(self, holds: bool, problem: str) -> None:
        """*problem* is one unless *holds*."""
        if not holds:
            self.problems.append(problem)

    def published(self, name: str, sent: Sent, received: Received) -> None:
        """What one publisher sent to a subscriber that confirms."""
        confirmed = sum(last - first + 1 for first, last in sent.acknowledged)
        arrived = sum(last - first + 1 for first, last in received.ranges(sent.name))
        lost = list(missing(sent.acknowledged, received.ranges(sent.name)))
        self.row(name, f"{sent.last} sent", f"{confirmed} confirmed", f"{sent.last - arrived} lost unconfirmed")
        self.demand(not lost, f"{name}: confirmed and lost: {lost[:5]}")
        self.demand(confirmed > 0, f"{name}: nothing was ever confirmed")
        self.order(name, received)

    def order(self, name: str, received: Received) -> None:
        """What one subscriber got came once, and in order."""
        self.demand(received.count > 0, f"{name}: nothing arrived")
        self.demand(not received.disorder, f"{name}: {received.disorder}")

    def footprints(self, before: Footprint, after: Footprint) -> None:
        """Nothing may be left of a run."""
        for name in ("descriptors", "tasks", "threads"):
            one, other = getattr(before, name), getattr(after, name)
            self.row(name, f"{one} before", f"{other} after")
            self.demand(one == other, f"{name}: {one} before and {other} after")

    def flat_memory(self) -> None:
        """Memory may not grow in the second half."""
        memory = self.memory
        if len(memory) < _FEW_SAMPLES:
            return
        marks = [memory[int((len(memory) - 1) * share)] for share in (0, 0.25, 0.5, 0.75, 1)]
        names = ("start", "quarter", "half", "three quarters", "end")
        self.row("memory", *(f"{size / 2**20:.1f} MiB {name}" for name, size in zip(names, marks, strict=True)))
        allowed = marks[2] + max(_GROWTH, marks[2] * _GROWTH_SHARE)
        self.demand(marks[4] <= allowed, "memory grew in the second half")

    def lines(self) -> Iterator[str]:
        """The table, and the problems."""
        width = max(len(name) for name, _ in self.rows)
        yield from (f"{name:<{width}}  {figures}" for name, figures in self.rows)
        yield from (f"PROBLEM: {problem}" for problem in self.problems)
