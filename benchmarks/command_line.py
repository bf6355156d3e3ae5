"""How many short lines a second go through `broker publish --from - --in lines` to another `broker` process?

The publisher reads a pipe, the other side writes to one (`-o raw`), and what comes out must be what went in. Time
runs from the first line written into the pipe, when both are up and connected, until the last line has come out. The
other side is `broker listen`, directly connected, or `broker subscribe` behind a `broker listen --forward`, which is
one process more.
"""

from __future__ import annotations

import os
import subprocess
import tempfile
import threading
import time
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING

from .harness import PATIENCE, broker_command, median, number, print_table, spread

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["main"]

RUNS = 5
COUNT = 200_000
TOPIC = "/lines"
LINES = b"".join(b"line %d\n" % number for number in range(COUNT))


@contextmanager
def running(*words: str) -> Iterator[subprocess.Popen[bytes]]:
    """``broker`` with *words*, all its streams pipes; killed at the end."""
    with subprocess.Popen(
        [broker_command(), *words], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def wait_for(file: Path) -> str:
    """The text of *file*, as soon as there is one."""
    ends = time.monotonic() + PATIENCE
    while not (file.exists() and file.read_text(encoding="utf-8")):
        if time.monotonic() > ends:
            msg = f"{file} does not appear"
            raise RuntimeError(msg)
        time.sleep(0.01)
    return file.read_text(encoding="utf-8").strip()


def wait_for_peers(stderr: IO[bytes] | None, count: int) -> None:
    """Until a listener has told of *count* peers; what it says then is thrown away, so that it never blocks."""
    assert stderr is not None
    while count:
        line = stderr.readline()
        if not line:
            msg = "the listener ended"
            raise RuntimeError(msg)
        count -= b"peer" in line
    threading.Thread(target=stderr.read, daemon=True).start()


def measure(folder: Path, *, relayed: bool) -> float:
    """Lines a second of one run."""
    for file in folder.iterdir():
        file.unlink()
    display = ["-o", "raw", "-n", str(COUNT)]
    with ExitStack() as stack:
        hub_words = ["listen", "0", "--tls", "off", "--ready-file", str(folder / "hub")]
        hub_words += ["--forward"] if relayed else ["--topic", TOPIC, *display]
        sink = hub = stack.enter_context(running(*hub_words))
        peer = ["--tls", "off", "-p", wait_for(folder / "hub")]
        if relayed:
            sink = stack.enter_context(
                running("subscribe", *peer, TOPIC, *display, "--ready-file", str(folder / "subscriber"))
            )
            wait_for(folder / "subscriber")
        source = stack.enter_context(running("publish", *peer, TOPIC, "--from", "-", "--in", "lines"))
        wait_for_peers(hub.stderr, 2 if relayed else 1)
        assert source.stdin is not None
        assert sink.stdout is not None
        got = bytearray()
        writer = threading.Thread(target=feed, args=(source.stdin,))
        started = time.monotonic()
        writer.start()
        while len(got) < len(LINES) and (data := os.read(sink.stdout.fileno(), 1 << 20)):
            got += data
        seconds = time.monotonic() - started
        writer.join()
        if got != LINES:
            lines = got.count(b"\n")
            msg = f"of {COUNT} lines {lines} came out, or others than went in"
            raise RuntimeError(msg)
    return COUNT / seconds


def feed(stdin: IO[bytes]) -> None:
    stdin.write(LINES)
    stdin.close()


def main() -> None:
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        for label, relayed in (("publish to listen", False), ("publish to listen --forward to subscribe", True)):
            rates = [measure(Path(folder), relayed=relayed) for _ in range(RUNS)]
            rows.append([label, number(median(rates)), spread(rates)])
    note = "For comparison: C++ Broker's broker-pipe at both ends does about 130,000 lines/s on 2 cores."
    print_table(f"{COUNT:,} short lines through the command line", ["commands", "lines/s", "spread"], rows, note)
