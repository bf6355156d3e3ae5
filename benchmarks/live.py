"""What does it cost to watch 20,000 messages a second with `broker top` and `broker subscribe --watch`?

One endpoint publishes them at that rate, a portion every millisecond or 5 ms, as events of 12 arguments on so many
topics. The watcher has a terminal of its own (80 x 24, in the last case 200 x 60) that is read all the time. "CPU" is
its processor time, all threads, over 10 seconds, as a share of one core and for one message. `broker subscribe` into a
file is there for comparison: it decodes and prints every message. Nothing may be dropped.

And what does counting one message cost, without any network?
"""

from __future__ import annotations

import fcntl
import os
import re
import struct
import subprocess
import termios
import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, NamedTuple

from broker_cli.live.tally import Tally
from broker_core import Message
from broker_core.codecs import binary

from .events import TOPIC, make_event
from .harness import Child, broker_command, median, number, print_table, spread

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["main"]

RUNS = 3
RATE = 20_000
WARM = 2.0
SECONDS = 10.0
GOAL = 25.0  # percent of a core
BATCH = 1_000


class Case(NamedTuple):
    """What is watched, and how."""

    words: tuple[str, ...]
    topics: int
    pause: float
    """Seconds between portions."""
    size: tuple[int, int] | None = (80, 24)
    """Of the terminal; None is no terminal."""


TOP, WATCH = ("top",), ("subscribe", "--watch")
CASES = (
    Case(TOP, 10, 0.005),
    Case(TOP, 10, 0.001),
    Case(WATCH, 10, 0.005),
    Case((*TOP, "-o", "ndjson"), 10, 0.005, None),
    Case(("subscribe", "-o", "ndjson"), 10, 0.005, None),
    Case(TOP, 5_000, 0.005, (200, 60)),
)


@contextmanager
def watching(case: Case, port: int) -> Iterator[subprocess.Popen[bytes]]:
    """The watcher, with somebody who reads what it shows."""
    screen, terminal = os.openpty()
    output = terminal if case.size else subprocess.DEVNULL
    if case.size:
        columns, lines = case.size
        fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))
    words = [broker_command(), *case.words, TOPIC, "-p", f"127.0.0.1:{port}", "--tls", "off"]
    environ = {**os.environ, "TERM": "xterm-256color"}
    shown = bytearray()
    reader = threading.Thread(target=read_all, args=(screen, shown), daemon=True)
    with subprocess.Popen(
        words, stdin=terminal, stdout=output, stderr=terminal, env=environ, start_new_session=True
    ) as process:
        os.close(terminal)
        reader.start()
        try:
            yield process
        finally:
            process.terminate()
            process.wait()
            reader.join(2)
            os.close(screen)
    if dropped := re.search(rb"[1-9][0-9,]* dropped", shown):
        raise RuntimeError(dropped[0].decode())


def read_all(fd: int, shown: bytearray) -> None:
    """Read until nobody writes any more."""
    try:
        while data := os.read(fd, 1 << 16):
            shown += data
    except OSError:  # as Linux says it
        pass


def measure(case: Case) -> float:
    """Processor seconds for each second of watching."""
    with Child.ours("paced", rate=RATE, topics=case.topics, pause=case.pause) as source:
        port = source.read()["port"]
        with watching(case, port) as process:
            source.read()  # it is subscribed
            time.sleep(WARM)
            before, started = cpu(process.pid), time.monotonic()
            time.sleep(SECONDS)
            used, took = cpu(process.pid) - before, time.monotonic() - started
            if process.poll() is not None:
                msg = f"broker {' '.join(case.words)} ended with code {process.returncode}"
                raise RuntimeError(msg)
            source.go_on()
            report = source.read()
        if report["rate"] < 0.98 * RATE:
            msg = f"only {report['rate']:.0f} messages a second were taken"
            raise RuntimeError(msg)
    return used / took


def cpu(pid: int) -> float:
    """Processor seconds of a process so far, as ``Child.cpu`` has them."""
    return time.clock_gettime(~pid << 3 | 2)


def counting(topics: int) -> float:
    """Seconds for counting one message, best of nine rounds."""
    messages = [
        Message(f"{TOPIC}/{at % topics}", payload=binary.encode(make_event("twelve", at).value)) for at in range(BATCH)
    ]
    rounds = []
    for _ in range(9):
        tally = Tally(0.0)
        tally.add(messages, 0.5)
        started = time.perf_counter()
        for _ in range(20):
            tally.add(messages, 1.0)
        rounds.append((time.perf_counter() - started) / 20 / BATCH)
    return min(rounds)


def main() -> None:
    rows = []
    for case in CASES:
        shares = [measure(case) for _ in range(RUNS)]
        share = median(shares)
        size = "-" if case.size is None else "{} x {}".format(*case.size)
        rows.append(
            [
                f"broker {' '.join(case.words)}",
                f"{case.topics:,}",
                f"{case.pause * 1000:g} ms",
                size,
                f"{share:.1%}",
                spread(shares),
                number(share / RATE * 1e6),
            ]
        )
    header = ("command", "topics", "portions", "terminal", "CPU of a core", "spread", "µs a message")
    print_table(f"Watching {RATE:,} messages a second", header, rows, f"The goal for top is {GOAL:g}% of a core.")
    table = [[f"{topics:,}", number(counting(topics) * 1e6)] for topics in (1, 10, 1_000)]
    print_table("Counting one message", ("topics", "µs"), table)


if __name__ == "__main__":
    main()
