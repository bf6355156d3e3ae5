"""From what the command line says to what each process does."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from .payloads import describe, maker
from .running import Bench
from .work import STARTING_TIME, Work

if TYPE_CHECKING:
    from collections.abc import Iterator

    from broker_cli.config import Settings

__all__ = ["plan_pub", "plan_store", "plan_sub"]


def _shares(count: int | None, clients: int) -> Iterator[int | None]:
    """How many of *count* each client does."""
    for at in range(clients):
        yield None if count is None else count // clients + (at < count % clients)


def _where(settings: Settings, other: str) -> str:
    if settings.peers:
        return ", ".join(str(address) for address in settings.peers)
    return f"{other} on this machine (TLS: {'off' if settings.tls == 'off' else 'on'})"


def _by(clients: int) -> str:
    return f"{clients} client{'' if clients == 1 else 's'}"


def _amount(count: int | None, duration: float | None) -> str:
    if count is None:
        return f"for {duration:g} s:"
    return f"{count:,}"


def plan_pub(
    settings: Settings,
    topic: str,
    *,
    messages: int | None,
    duration: float | None,
    clients: int,
    size: int,
    shape: str,
    rate: float | None,
    timeout: float,
    csv: str | None,
    progress: bool,
) -> Bench:
    """Publishers, and a subscriber unless there are peers."""
    clients = clients if messages is None else min(clients, messages)
    base = Work(
        role="pub",
        settings=settings,
        name=topic,
        duration=duration,
        timeout=timeout,
        shape=shape,
        size=size,
        rate=None if rate is None else rate / clients,
    )
    speed = "" if rate is None else f" at {rate:g} a second"
    amount, what = _amount(messages, duration), describe(shape, maker(shape, size, 0)[1])
    where = _where(settings, "a subscriber")
    return Bench(
        kind="pub",
        what=f"{amount} {what},{speed} on {topic} by {_by(clients)} to {where}",
        clients=tuple(replace(base, client=at, count=count) for at, count in enumerate(_shares(messages, clients), 1)),
        server=None if settings.peers else replace(base, role="sink", count=None, duration=None),
        total=messages,
        timeout=timeout,
        csv=csv,
        progress=progress,
    )


def plan_sub(
    settings: Settings,
    topic: str,
    *,
    messages: int | None,
    duration: float | None,
    clients: int,
    size: int,
    shape: str,
    rate: float | None,
    timeout: float,
    csv: str | None,
    progress: bool,
) -> Bench:
    """Subscribers that get *messages* each, and a publisher unless there are peers."""
    base = Work(
        role="sub",
        settings=settings,
        name=topic,
        count=messages,
        duration=duration,
        timeout=timeout,
        shape=shape,
        size=size,
        rate=rate,
        subscribers=clients,
    )
    amount = _amount(messages, duration)
    where = _where(settings, "a publisher")
    what = f"messages on {topic}" if settings.peers else f"{describe(shape, maker(shape, size, 0)[1])}, on {topic}"
    return Bench(
        kind="sub",
        what=f"{amount} {what} for each of {_by(clients)} from {where}",
        clients=tuple(replace(base, client=at) for at in range(1, clients + 1)),
        server=None if settings.peers else replace(base, role="source", duration=None, timeout=timeout + STARTING_TIME),
        total=None if messages is None else messages * clients,
        timeout=timeout,
        csv=csv,
        progress=progress,
    )


def plan_store(
    settings: Settings,
    name: str,
    *,
    operations: int | None,
    duration: float | None,
    clients: int,
    op: str,
    keys: int,
    size: int,
    window: int,
    backend: str,
    path: str,
    timeout: float,
    csv: str | None,
    progress: bool,
) -> Bench:
    """Clients of a store, and its master unless there are peers."""
    clients = clients if operations is None else min(clients, operations)
    base = Work(
        role="store",
        settings=settings,
        name=name,
        duration=duration,
        timeout=timeout,
        op=op,
        keys=keys,
        size=size,
        window=window,
        backend=backend,
        path=path,
    )
    amount = _amount(operations, duration)
    where = _where(settings, f"a master ({backend})")
    values = "" if op == "incr" else f" of {size} bytes"
    answer = "answered by a copy in each client" if op == "get" else f"{window} at a time"
    shares = enumerate(_shares(operations, clients), 1)
    return Bench(
        kind="store",
        what=f"{amount} {op}{values}, {answer}, on store {name} by {_by(clients)}, at {where}",
        clients=tuple(replace(base, client=at, count=count) for at, count in shares),
        server=None if settings.peers else replace(base, role="master", count=None, duration=None),
        total=operations,
        timeout=timeout,
        csv=csv,
        progress=progress,
    )
