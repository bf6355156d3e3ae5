"""From what the command line says to what each process does."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from broker_cli.wording import counted

from .payloads import describe, maker
from .running import Bench
from .work import STARTING_TIME, Work

if TYPE_CHECKING:
    from collections.abc import Iterator

    from broker_cli.config import Settings

__all__ = ["Operations", "Scale", "Traffic", "plan_pub", "plan_store", "plan_sub"]


@dataclass(frozen=True, kw_only=True)
class Scale:
    """How much, by how many, and how it is told."""

    count: int | None
    """Messages or operations in all; None when only the time says when it ends."""
    duration: float | None
    clients: int
    timeout: float
    """How long to wait for what has to come from others, in seconds."""
    csv: str | None = None
    progress: bool = True

    @property
    def busy(self) -> int:
        """How many clients have something to do when they share the work."""
        return self.clients if self.count is None else min(self.clients, self.count)

    @property
    def amount(self) -> str:
        """How much, in words."""
        return f"for {self.duration:g} s:" if self.count is None else f"{self.count:,}"


@dataclass(frozen=True, kw_only=True)
class Traffic:
    """What is published."""

    topic: str
    size: int
    """Bytes of each value."""
    shape: str
    rate: float | None
    """Messages a second, all publishers together; None is as many as go."""

    @property
    def words(self) -> str:
        """What the messages are."""
        return describe(self.shape, maker(self.shape, self.size, 0)[1])


@dataclass(frozen=True, kw_only=True)
class Operations:
    """What is done with the data store *name*."""

    name: str
    op: str
    keys: int
    size: int
    window: int
    backend: str
    """Of our own master, with the *path* of its file."""
    path: str


def _shares(count: int | None, clients: int) -> Iterator[int | None]:
    """How many of *count* each client does."""
    for at in range(clients):
        yield None if count is None else count // clients + (at < count % clients)


def _where(settings: Settings, other: str) -> str:
    if settings.peers:
        return ", ".join(str(address) for address in settings.peers)
    return f"{other} on this machine (TLS: {'off' if settings.tls == 'off' else 'on'})"


def plan_pub(settings: Settings, scale: Scale, traffic: Traffic) -> Bench:
    """Publishers, and a subscriber unless there are peers."""
    clients, rate = scale.busy, traffic.rate
    base = Work(
        role="pub",
        settings=settings,
        name=traffic.topic,
        duration=scale.duration,
        timeout=scale.timeout,
        shape=traffic.shape,
        size=traffic.size,
        rate=None if rate is None else rate / clients,
    )
    speed = "" if rate is None else f" at {rate:g} a second"
    by, where = counted(clients, "client"), _where(settings, "a subscriber")
    shares = enumerate(_shares(scale.count, clients), 1)
    return Bench(
        kind="pub",
        what=f"{scale.amount} {traffic.words},{speed} on {traffic.topic} by {by} to {where}",
        clients=tuple(replace(base, client=at, count=count) for at, count in shares),
        server=None if settings.peers else replace(base, role="sink", count=None, duration=None),
        total=scale.count,
        timeout=scale.timeout,
        csv=scale.csv,
        progress=scale.progress,
    )


def plan_sub(settings: Settings, scale: Scale, traffic: Traffic) -> Bench:
    """Subscribers that get all messages each, and a publisher unless there are peers."""
    clients = scale.clients
    base = Work(
        role="sub",
        settings=settings,
        name=traffic.topic,
        count=scale.count,
        duration=scale.duration,
        timeout=scale.timeout,
        shape=traffic.shape,
        size=traffic.size,
        rate=traffic.rate,
        subscribers=clients,
    )
    where = _where(settings, "a publisher")
    what = f"messages on {traffic.topic}" if settings.peers else f"{traffic.words}, on {traffic.topic}"
    source = replace(base, role="source", duration=None, timeout=scale.timeout + STARTING_TIME)
    return Bench(
        kind="sub",
        what=f"{scale.amount} {what} for each of {counted(clients, 'client')} from {where}",
        clients=tuple(replace(base, client=at) for at in range(1, clients + 1)),
        server=None if settings.peers else source,
        total=None if scale.count is None else scale.count * clients,
        timeout=scale.timeout,
        csv=scale.csv,
        progress=scale.progress,
    )


def plan_store(settings: Settings, scale: Scale, operations: Operations) -> Bench:
    """Clients of a store, and its master unless there are peers."""
    clients, op = scale.busy, operations.op
    base = Work(
        role="store",
        settings=settings,
        name=operations.name,
        duration=scale.duration,
        timeout=scale.timeout,
        op=op,
        keys=operations.keys,
        size=operations.size,
        window=operations.window,
        backend=operations.backend,
        path=operations.path,
    )
    values = "" if op == "incr" else f" of {operations.size} bytes"
    answer = "answered by a copy in each client" if op == "get" else f"{operations.window} at a time"
    by, where = counted(clients, "client"), _where(settings, f"a master ({operations.backend})")
    shares = enumerate(_shares(scale.count, clients), 1)
    return Bench(
        kind="store",
        what=f"{scale.amount} {op}{values}, {answer}, on store {operations.name} by {by}, at {where}",
        clients=tuple(replace(base, client=at, count=count) for at, count in shares),
        server=None if settings.peers else replace(base, role="master", count=None, duration=None),
        total=scale.count,
        timeout=scale.timeout,
        csv=scale.csv,
        progress=scale.progress,
    )
