"""How quickly are messages recorded, replayed and counted, and does the memory of that stay flat over a million?

``broker record`` gets events from an endpoint that publishes as fast as they are taken. ``broker replay --speed max``,
``broker publish --from`` with the same events as ndjson, and the library's own publisher send to one and the same
receiver, which looks at every argument. "CPU" is processor time of the named program for one event, and "MiB" the most
memory it had, for a tenth of the events and for all of them.
"""

from __future__ import annotations

import os
import subprocess
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from broker_core.codecs import binary
from broker_core.messages.envelopes import Message
from broker_core.recordings import RecordingHeader, RecordingReader, RecordingWriter

from .events import KINDS, TOPIC, make_event
from .harness import Child, broker_command, median, number, print_table, spread

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["main"]

RUNS = 3
COUNT = 1_000_000
FEW = COUNT // 10
LINES = 3 * FEW
BATCH = 1_000


class Run(NamedTuple):
    """One run of a program."""

    rate: float
    """Events a second."""
    cpu: float
    """Processor seconds for one event."""
    memory: int
    """Most bytes of resident memory."""


def write(path: Path, kind: str, count: int) -> float:
    """A recording of *count* events with the pace of one batch a millisecond; events a second while writing it."""
    with RecordingWriter(path, RecordingHeader(program="benchmark", topics=(TOPIC,))) as writer:
        seconds = 0.0
        for at in range(0, count, BATCH):
            batch = [
                Message(TOPIC, payload=binary.encode(make_event(kind, number).value))
                for number in range(at, at + BATCH)
            ]
            started = time.perf_counter()
            writer.add(batch, at * 1_000)
            seconds += time.perf_counter() - started
    return count / seconds


def read(path: Path, look: Callable[[Message], object]) -> float:
    """Messages a second out of the recording *path*, each looked at."""
    count = 0
    started = time.perf_counter()
    with RecordingReader(path) as reader:
        for message in reader:
            look(message)
            count += 1
    return count / (time.perf_counter() - started)


def run_program(count: int, *words: str) -> Run:
    """``broker`` with *words*, which does something with *count* messages; the rate is that of the whole process."""
    started = time.perf_counter()
    process = subprocess.Popen([broker_command(), *words], stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        msg = f"broker {' '.join(words)} ended with {process.returncode}"
        raise RuntimeError(msg)
    seconds = time.perf_counter() - started
    return Run(count / seconds, (used.ru_utime + used.ru_stime) / count, used.ru_maxrss * 1024)


def send(kind: str, count: int, *words: str) -> Run:
    """What *words* publishes, to a receiver whose rate it is."""
    with Child.ours("receive", kind=kind, count=count - BATCH, warm=BATCH) as receiver:
        run = run_program(count, *words, "--tls", "off", "-p", f":{receiver.read()['port']}")
        receiver.read()
        return run._replace(rate=(count - BATCH) / receiver.read()["seconds"])


def send_natively(kind: str, count: int) -> Run:
    """The same by the library's publisher."""
    with (
        Child.ours("receive", kind=kind, count=count - BATCH, warm=BATCH) as receiver,
        Child.ours("publish", kind=kind, port=receiver.read()["port"]) as publisher,
    ):
        receiver.read()
        before = publisher.cpu()
        rate = (count - BATCH) / receiver.read()["seconds"]
        return Run(rate, (publisher.cpu() - before) / (count - BATCH), publisher.resident())


def record(folder: Path, kind: str, count: int) -> Run:
    """``broker record`` of what an endpoint publishes."""
    with Child.ours("serve", kind=kind, count=count) as source:
        where = f":{source.read()['port']}"
        words = ("record", str(folder / "new.rec"), TOPIC, "--force", "--tls", "off", "-p", where, "-n", str(count))
        run = run_program(count, *words)
        return run._replace(rate=count / source.read()["seconds"])


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        for kind, label in KINDS.items():
            measure(Path(name), kind, label)


def measure(folder: Path, kind: str, label: str) -> None:
    """One table."""
    files = {count: folder / f"{kind}-{count}.rec" for count in (FEW, COUNT)}
    written = [write(path, kind, count) for count, path in files.items()][-1]
    lines = {count: folder / f"{kind}-{count}.ndjson" for count in (FEW, LINES)}
    for count, path in lines.items():
        words = ("replay", str(files[FEW]), "--dry-run", "-o", "ndjson", f"--loop={count // FEW}")
        with path.open("wb") as file:
            subprocess.run([broker_command(), *words], stdout=file, check=True)
    native = [send_natively(kind, FEW) for _ in range(RUNS)]
    base = median([run.rate for run in native])
    rows = [
        ["RecordingWriter, nothing else", number(written), "-", f"{written / base:.2f}", "-", "-", "-"],
        *(
            [name, number(rate), "-", f"{rate / base:.2f}", "-", "-", "-"]
            for name, rate in (
                ("RecordingReader, nothing else", read(files[COUNT], id)),
                ("with every value checked", read(files[COUNT], Message.check)),
            )
        ),
        [
            "library's publisher",
            number(base),
            spread([run.rate for run in native]),
            "1.00",
            f"{median([run.cpu for run in native]) * 1e6:.1f}",
            number(native[-1].memory / 2**20),
            "-",
        ],
    ]
    programs: list[tuple[str, int, Callable[[int], Run]]] = [
        ("broker record", COUNT, lambda count: record(folder, kind, count)),
        ("broker replay --speed max", COUNT, lambda n: send(kind, n, "replay", str(files[n]), "--speed", "max")),
        (
            "broker publish --from ndjson",
            LINES,
            lambda count: send(kind, count, "publish", "--from", str(lines[count])),
        ),
        ("broker info", COUNT, lambda count: run_program(count, "info", str(files[count]))),
    ]
    for name, many, run in programs:
        few, whole = [run(FEW) for _ in range(RUNS)], [run(many) for _ in range(RUNS)]
        rates = [one.rate for one in whole]
        # What the program takes to start is in both.
        cpu = (many * median([one.cpu for one in whole]) - FEW * median([one.cpu for one in few])) / (many - FEW)
        memory = [number(median([one.memory for one in runs]) / 2**20) for runs in (few, whole)]
        rate = median(rates)
        rows.append([name, number(rate), spread(rates), f"{rate / base:.2f}", f"{cpu * 1e6:.1f}", *memory])
    print_table(
        f"Recordings of events with {label}",
        ["what", "events/s", "spread", "of publisher", "CPU µs", f"MiB {FEW:,}", f"MiB {COUNT:,}"],
        rows,
        f"broker publish --from has {LINES:,} events, not {COUNT:,}.",
    )
