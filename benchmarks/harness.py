"""What all benchmarks share: children on their own processes, medians, tables, and the line about the machine."""

from __future__ import annotations

import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
import threading
import time
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

__all__ = [
    "CPP_MISSING",
    "Child",
    "broker_command",
    "cpp_version",
    "machine",
    "median",
    "number",
    "percentile",
    "print_table",
    "spread",
]

HERE = Path(__file__).resolve().parent
PATIENCE = 120.0
SYSTEM_PYTHON = "/usr/bin/python3"
CPP_MISSING = "python3-broker not installed: apt-get install python3-broker"


class Child:
    """A process that plays one role of a measurement and reports in JSON lines on its standard output.

    It ends when its standard input closes, or by :meth:`stop`.
    """

    def __init__(self, *command: str) -> None:
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self._command = command

    @classmethod
    def ours(cls, role: str, **options: object) -> Self:
        """Our library, in this Python."""
        return cls(sys.executable, "-m", "benchmarks.our_peer", role, *_flags(options))

    @classmethod
    def cpp(cls, role: str, **options: object) -> Self:
        """C++ Broker with its Python bindings, in the system's Python."""
        return cls(SYSTEM_PYTHON, str(HERE / "cpp_peer.py"), role, *_flags(options))

    @classmethod
    def blocking(cls, role: str, **options: object) -> Self:
        """The program of :meth:`cpp` with our synchronous API, in this Python."""
        return cls(sys.executable, "-m", "benchmarks.blocking_peer", role, *_flags(options))

    @classmethod
    def of(cls, implementation: str, role: str, **options: object) -> Self:
        """*implementation* is "ours", "blocking" or "cpp"."""
        return {"ours": cls.ours, "blocking": cls.blocking, "cpp": cls.cpp}[implementation](role, **options)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def read(self) -> dict[str, Any]:
        """The next line that the child reports. Raises :class:`RuntimeError` when it ended without one.

        A child that reports nothing for PATIENCE seconds is killed: perhaps the other side of it is gone.
        """
        assert self._process.stdout is not None
        watchdog = threading.Timer(PATIENCE, self._process.kill)
        watchdog.start()
        try:
            line = self._process.stdout.readline()
        finally:
            watchdog.cancel()
        if not line:
            msg = f"{' '.join(self._command)} ended with code {self._process.wait()} and reported nothing"
            raise RuntimeError(msg)
        report: dict[str, Any] = json.loads(line)
        return report

    def go_on(self) -> None:
        """Let a child continue that waits for its parent: a line on its standard input."""
        assert self._process.stdin is not None
        self._process.stdin.write("\n")
        self._process.stdin.flush()

    def cpu(self) -> float:
        """Processor seconds that the child has used so far, all threads, user and system."""
        # The clock id of another process as clock_getcpuclockid(3) makes it on Linux; Python has no function for it.
        return time.clock_gettime(~self._process.pid << 3 | 2)

    def resident(self) -> int:
        """Bytes of memory that are resident now."""
        pages = int(Path(f"/proc/{self._process.pid}/statm").read_text(encoding="ascii").split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE")

    def stop(self) -> None:
        """End the child if it still runs, and wait for it."""
        if self._process.poll() is None:
            self._process.terminate()
            try:
                self._process.wait(2)
            except subprocess.TimeoutExpired:
                self._process.kill()
        self._process.wait()
        for stream in (self._process.stdin, self._process.stdout):
            assert stream is not None
            stream.close()


def _flags(options: dict[str, object]) -> list[str]:
    return [word for name, value in options.items() for word in (f"--{name}", str(value))]


@cache
def cpp_version() -> str | None:
    """The version of python3-broker in the system's Python, None when it is not there."""
    if not Path(SYSTEM_PYTHON).exists():
        return None
    code = "import broker; print(broker.Version.string())"
    run = subprocess.run([SYSTEM_PYTHON, "-c", code], capture_output=True, text=True, check=False)
    return run.stdout.strip() if run.returncode == 0 else None


def broker_command() -> str:
    """The ``broker`` program of this Python's environment."""
    beside = Path(sys.executable).parent / "broker"
    found = str(beside) if beside.exists() else shutil.which("broker")
    if found is None:
        msg = "the broker command is not installed in this environment: pip install -e ."
        raise RuntimeError(msg)
    return found


@cache
def machine() -> str:
    """One line that says what the numbers were measured on."""
    model = platform.processor() or platform.machine()
    cpu_info = Path("/proc/cpuinfo")
    if cpu_info.exists():
        for line in cpu_info.read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                model = line.partition(":")[2].strip()
                break
    load = ", ".join(f"{value:.1f}" for value in os.getloadavg())
    cpp = cpp_version()
    return (
        f"{model}, {os.cpu_count()} cores, load {load}; {platform.system()} {platform.release()}; "
        f"CPython {platform.python_version()}; " + (f"python3-broker {cpp}" if cpp else CPP_MISSING)
    )


median = statistics.median


def percentile(values: Iterable[float], percent: float) -> float:
    """The smallest value that *percent* of *values* do not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * percent / 100))]


def spread(values: Sequence[float]) -> str:
    """How far the runs were apart: (largest - smallest) / median."""
    middle = median(values)
    return f"{(max(values) - min(values)) / middle:.0%}" if middle else "-"


def number(value: float) -> str:
    """A number with as many digits as it deserves."""
    if abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}"


def print_table(title: str, header: Sequence[str], rows: Iterable[Sequence[str]], *notes: str) -> None:
    """A table in Markdown, so that it can go into benchmarks/README.md as it is."""
    lines = [list(header), *[list(row) for row in rows]]
    widths = [max(len(line[column]) for line in lines) for column in range(len(header))]
    print(f"\n## {title}\n")
    for at, line in enumerate(lines):
        cells = [
            cell.ljust(width) if column == 0 else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(line, widths, strict=True))
        ]
        print(f"| {' | '.join(cells)} |")
        if at == 0:
            print(
                "|"
                + "|".join(
                    "-" * (width + 2) if column == 0 else "-" * (width + 1) + ":" for column, width in enumerate(widths)
                )
                + "|"
            )
    for note in notes:
        print(f"\n{note}")
    sys.stdout.flush()
