"""How long does one event take there and back? Compared with python3-broker and with a bare trio echo of 64 bytes."""

from __future__ import annotations

import sys

from .harness import CPP_MISSING, HERE, Child, cpp_version, median, percentile, print_table

__all__ = ["main"]

RUNS = 5
WARM = 50
COUNTS = {"ours": 3_000, "cpp": 100, "echo": 3_000}


def measure(name: str) -> list[float]:
    count = COUNTS[name]
    if name == "echo":
        program = sys.executable, str(HERE / "trio_echo.py")
        with (
            Child(*program, "pong") as pong,
            Child(*program, "ping", str(pong.read()["port"]), str(WARM), str(count)) as ping,
        ):
            return list(ping.read()["times"])
    with (
        Child.of(name, "pong", warm=WARM, count=count) as pong,
        Child.of(name, "ping", warm=WARM, count=count, port=pong.read()["port"]) as ping,
    ):
        return list(ping.read()["times"])


def main() -> None:
    names = {"ours": "ours", "cpp": "python3-broker", "echo": "bare trio echo"}
    if not cpp_version():
        del names["cpp"]
    runs: dict[str, list[list[float]]] = {name: [] for name in names}
    for _ in range(RUNS):
        for name in names:
            runs[name].append(measure(name))
    middle = {name: median([percentile(run, 50) for run in runs[name]]) for name in names}
    late = {name: median([percentile(run, 99) for run in runs[name]]) for name in names}
    rows = [
        [label, f"{middle[name] * 1e3:.3f}", f"{late[name] * 1e3:.3f}", f"{middle[name] / middle['ours']:.2f}"]
        for name, label in names.items()
    ]
    print_table(
        "Round trip of one event",
        ["who", "p50 ms", "p99 ms", "p50 / ours"],
        rows,
        *([] if cpp_version() else [CPP_MISSING]),
    )
