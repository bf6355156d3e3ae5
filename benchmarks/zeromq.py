"""Is a subscriber in a ZeroMQ cluster as fast as a bare pyzmq loop with our codec? And publishing, idling, round trips.

The bare loop is `recv_multipart` on an XSUB and `broker_core.codecs.binary.decode` of the fourth part; ours touches
`.value` of every message, in batches or one by one. Both get the same flood through the same central broker (libzmq's
proxy, a process of its own). "Queued": the flood is in the receiver's libzmq before it begins, so that only the
receiver is measured. "Live": the flood comes meanwhile, and sender, central broker and receiver share the machine; what
counts there is the processor time of the receiver, libzmq's threads included. A run in which anything is missing fails.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from typing import NamedTuple

from .harness import Child, broker_command, median, number, percentile, print_table, spread
from .zmq_peer import KINDS, PLENTY

__all__ = ["main"]

RUNS = 5
COUNTS = {"ping": 60_000, "twelve": 60_000, "every": 20_000}
RECEIVERS = {"bare": ("bare_receive", 0), "batches": ("our_receive", 0), "one by one": ("our_receive", 1)}
PUBLISHERS = {"bare": ("bare_publish", 0), "publish": ("our_publish", 0), "publish_batch of 100": ("our_publish", 100)}
PINGS = 3_000
SECONDS = 5
LINES = {"ping": 60_000, "twelve": 16_000, "every": 16_000}
"""No more than wait in our queue: who prints cannot keep up with such a flood, and the rest would be dropped."""
TARGET = 0.8


class Run(NamedTuple):
    seconds: float
    """For one event."""
    cpu: float
    """Processor seconds of the process for one event, all threads."""


def _child(role: str, **options: object) -> Child:
    flags = [word for name, value in options.items() for word in (f"--{name}", str(value))]
    return Child(sys.executable, "-m", "benchmarks.zmq_peer", role, *flags)


def _settled(*children: Child) -> None:
    """Wait until the children have nothing to do any more."""
    before, quiet = 0.0, 0
    while quiet < 5:
        time.sleep(0.02)
        now = sum(child.cpu() for child in children)
        quiet, before = (quiet + 1 if now - before < 0.0005 else 0), now


def receive(who: str, kind: str, *, queued: bool) -> Run:
    role, single = RECEIVERS[who]
    count = COUNTS[kind]
    with _child("central") as central:
        common = {"kind": kind, "count": count, "port": central.read()["port"]}
        with (
            _child("flood", **common) as flood,
            _child(role, **common, queued=int(queued), single=single) as receiver,
        ):
            receiver.read()
            flood.read()
            before = receiver.cpu()
            flood.go_on()
            if queued:
                flood.read()
                _settled(central, receiver)
                receiver.go_on()
            report = receiver.read()
            cost = receiver.cpu() - before
    if report["missed"]:
        msg = f"{who}: {report['missed']} of {count} messages were dropped"
        raise RuntimeError(msg)
    return Run(report["seconds"] / count, cost / count)


def publish(who: str, mark: int) -> Run:
    role, batch = PUBLISHERS[who]
    count = COUNTS["twelve"]
    with _child("central") as central:
        port = central.read()["port"]
        with _child("drain", port=port, count=count) as drain:
            drain.read()
            with _child(role, port=port, count=count, mark=mark, batch=batch) as publisher:
                publisher.read()
                before = publisher.cpu()
                publisher.go_on()
                seconds = publisher.read()["seconds"]
                drain.read()  # so that what libzmq still does is counted too
                cost = publisher.cpu() - before
    return Run(seconds / count, cost / count)


def wait(*, peer: bool) -> list[tuple[float, float]]:
    """Wake-ups and processor milliseconds a second: idle, and (with a *peer*) with one event a second."""
    results = []
    with _child("central") as central:
        port = central.read()["port"]
        with _child("idle", port=port if peer else 0, count=5) as waiter:
            waiter.read()
            results.append(_activity(waiter))
            if peer:
                with _child("tick", port=port):
                    results.append(_activity(waiter))
            waiter.go_on()
    return results


def _activity(waiter: Child) -> tuple[float, float]:
    waiter.go_on()
    first = waiter.read()
    started = time.monotonic()
    time.sleep(SECONDS)
    waiter.go_on()
    last = waiter.read()
    seconds = time.monotonic() - started
    # That it was asked is one wake-up, and the end of the thread that waits for the question none of its own.
    return (last["wakes"] - first["wakes"] - 1) / seconds, (last["cpu"] - first["cpu"]) / seconds * 1e3


def ping(who: str) -> list[float]:
    with _child("central") as central, _child(f"{who}_ping", port=central.read()["port"], count=PINGS) as child:
        return list(child.read()["times"])


def print_lines(kind: str) -> float:
    """Lines a second of ``broker subscribe -o ndjson`` with everything subscribed to."""
    count = LINES[kind]
    with _child("central") as central:
        port = central.read()["port"]
        with _child("flood", kind=kind, count=count, port=port, topic="") as flood:
            words = ["subscribe", "-p", f"zmq://127.0.0.1:{port}", "", "-o", "ndjson", "-n", str(count), "-q"]
            with subprocess.Popen([broker_command(), *words], stdout=subprocess.PIPE) as process:
                flood.read()
                started, lines = time.monotonic(), 0
                flood.go_on()
                assert process.stdout is not None
                while lines < count and (data := os.read(process.stdout.fileno(), 1 << 20)):
                    lines += data.count(b"\n")
                seconds = time.monotonic() - started
                process.kill()
    if lines != count:
        msg = f"of {count} lines {lines} came out"
        raise RuntimeError(msg)
    return count / seconds


def main() -> None:
    _print_receiving()
    _print_publishing()
    _print_waiting()
    _print_pings()
    rows = []
    for kind, label in KINDS.items():
        rates = [print_lines(kind) for _ in range(RUNS)]
        rows.append([label, number(median(rates)), spread(rates)])
    print_table("A cluster through `broker subscribe '' -o ndjson`", ["event", "lines/s", "spread"], rows)


def _print_receiving() -> None:
    rows, worst = [], float("inf")
    for kind, label in KINDS.items():
        for queued in (True, False):
            rounds = [{who: receive(who, kind, queued=queued) for who in RECEIVERS} for _ in range(RUNS)]
            for who in RECEIVERS:
                rates = [1 / one[who].seconds for one in rounds]
                cpu = median([one["bare"].cpu / one[who].cpu for one in rounds])
                ratio = median([one["bare"].seconds / one[who].seconds for one in rounds])
                worst = min(worst, ratio if queued else cpu)
                row = ["queued" if queued else "live", who, number(median(rates)), spread(rates)]
                row += [f"{ratio:.2f}", f"{median([one[who].cpu for one in rounds]) * 1e6:.1f}", f"{cpu:.2f}"]
                rows.append([label, *row])
    print_table(
        "A cluster to a subscriber, events a second",
        ["event", "flood", "subscriber", "events/s", "spread", "of bare", "CPU µs", "of bare"],
        rows,
        f"The least is {worst:.2f} of the bare loop; the target is {TARGET}.",
    )


def _print_publishing() -> None:
    rows = []
    for mark in (PLENTY, 1000):
        rounds = [{who: publish(who, mark) for who in PUBLISHERS} for _ in range(RUNS)]
        for who in PUBLISHERS:
            rates = [1 / one[who].seconds for one in rounds]
            ratio = median([one["bare"].seconds / one[who].seconds for one in rounds])
            cpu = median([one["bare"].cpu / one[who].cpu for one in rounds])
            row = ["none" if mark == PLENTY else number(mark), who, number(median(rates)), spread(rates)]
            rows.append([*row, f"{ratio:.2f}", f"{median([one[who].cpu for one in rounds]) * 1e6:.1f}", f"{cpu:.2f}"])
    print_table(
        "Publishing events of 12 arguments to a cluster, events a second",
        ["high-water mark", "publisher", "events/s", "spread", "of bare", "CPU µs", "of bare"],
        rows,
    )


def _print_waiting() -> None:
    nothing, (still, ticked) = wait(peer=False), wait(peer=True)
    labels = ["endpoint without peers", "in a cluster, nothing comes", "in a cluster, one event a second"]
    rows = [
        [label, f"{wakes:.1f}", f"{cpu:.2f}"]
        for label, (wakes, cpu) in zip(labels, [*nothing, still, ticked], strict=True)
    ]
    print_table("Waiting", ["what", "wake-ups a second", "CPU ms a second"], rows)


def _print_pings() -> None:
    runs: dict[str, list[list[float]]] = {"our": [], "bare": []}
    for _ in range(RUNS):
        for who, times in runs.items():
            times.append(ping(who))
    middle = {who: median([percentile(run, 50) for run in times]) for who, times in runs.items()}
    late = {who: median([percentile(run, 99) for run in times]) for who, times in runs.items()}
    rows = [
        [label, f"{middle[who] * 1e3:.3f}", f"{late[who] * 1e3:.3f}", f"{middle[who] / middle['our']:.2f}"]
        for who, label in (("our", "Endpoint.ping"), ("bare", "bare pyzmq"))
    ]
    print_table("Round trip by way of the central broker", ["who", "p50 ms", "p99 ms", "p50 / ours"], rows)
