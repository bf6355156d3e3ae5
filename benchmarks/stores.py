"""How fast are data stores? Against python3-broker, against the bare databases, and against decoding alone."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from .harness import CPP_MISSING, Child, cpp_version, median, number, print_table, spread

__all__ = ["main"]

RUNS = 3
MEMORY_COUNT, MEMORY_SINGLE = 200_000, 20_000
DISK_COUNT, DISK_SINGLE = 50_000, 500
SNAPSHOT = 200_000
LARGE, LARGE_GETS = 1_000_000, 20_000

Rates = dict[str, list[float]]


def child(role: str, **options: object) -> Child:
    """One role of store_peer.py."""
    flags = [word for name, value in options.items() for word in (f"--{name}", str(value))]
    return Child(sys.executable, "-m", "benchmarks.store_peer", role, *flags)


def collect(rates: Rates, process: Child, count: int, single: int) -> None:
    """Add what *process* reports to *rates*, in operations a second."""
    with process:
        report = process.read()
    for name, seconds in report.items():
        rates.setdefault(name, []).append((count if name == "unawaited" else single) / seconds)


def cells(rates: Rates, name: str, base: Rates | None = None) -> list[str]:
    """Median, spread, and with *base* the ratio to its median."""
    if name not in rates:
        return ["-", "-"] + (["-"] if base is not None else [])
    made = [number(median(rates[name])), spread(rates[name])]
    if base is not None:
        made.append(f"{median(rates[name]) / median(base[name]):.2f}" if name in base else "-")
    return made


def memory() -> None:
    ours: Rates = {}
    theirs: Rates = {}
    sizes = {"count": MEMORY_COUNT, "single": MEMORY_SINGLE}
    for _ in range(RUNS):
        collect(ours, child("store", **sizes), **sizes)
        if cpp_version():
            collect(theirs, Child.cpp("store", **sizes), **sizes)
    labels = {"unawaited": "puts, not awaited", "awaited": "puts, awaited one by one", "gets": "gets"}
    print_table(
        "A master in memory, operations a second",
        ["operation", "ours", "spread", "ratio", "python3-broker", "spread"],
        [[label, *cells(ours, name, theirs), *cells(theirs, name)] for name, label in labels.items()],
        *([] if cpp_version() else [CPP_MISSING]),
    )


DISK_ROWS = (
    ("{}: puts in a loop, then flush; bare: each committed", "unawaited", "awaited"),
    ("{}: puts awaited one by one; bare: the same", "awaited", "awaited"),
    ("{}: puts in a loop, then flush; bare: 1024 in a transaction", "unawaited", "unawaited"),
)


def disk(folder: Path, *, relaxed: bool) -> None:
    rows = []
    sizes = {"count": DISK_COUNT, "single": DISK_SINGLE}
    for kind, module in (("sqlite", "sqlite3"), ("rocksdb", "rocksdict")):
        ours: Rates = {}
        raw: Rates = {}
        for run in range(RUNS):
            name = f"{kind}-{run}-{relaxed}"
            where = {"relaxed": int(relaxed), **sizes}
            collect(ours, child("store", backend=kind, path=folder / name, **where), **sizes)
            collect(raw, child(f"raw_{kind}", path=folder / f"raw-{name}", **where), **sizes)
        for label, mine, bare in DISK_ROWS:
            ratio = f"{median(ours[mine]) / median(raw[bare]):.2f}"
            rows.append([label.format(kind), *cells(ours, mine), ratio, module, *cells(raw, bare)])
        rows.append([f"{kind}: gets", *cells(ours, "gets"), "", "", "", ""])
    print_table(
        "A master on disk, operations a second; "
        + ("a commit does not wait for the disk" if relaxed else "what is acknowledged has reached the disk"),
        ["operation", "ours", "spread", "ratio", "bare", "a second", "spread"],
        rows,
    )


def snapshot() -> None:
    with (
        child("master", count=SNAPSHOT) as master,
        child("clone", port=master.read()["port"]) as clone,
    ):
        report = clone.read()
    steps = {"attach to synchronized": "synchronized", "decode the snapshot": "decoding", "encode it": "encoding"}
    print_table(
        f"A clone of {report['size']:,} entries",
        ["step", "seconds", "ratio to decoding"],
        [[label, f"{report[name]:.3f}", f"{report[name] / report['decoding']:.2f}"] for label, name in steps.items()],
    )


def large(folder: Path) -> None:
    where = {"backend": "rocksdb", "path": folder / "large"}
    with child("fill", count=LARGE, **where) as fill:
        filled = fill.read()
    with child("scan", count=LARGE, single=LARGE_GETS, **where) as scan:
        report = scan.read()
    for name in ("seen", "found"):
        if report[name] != LARGE:
            msg = f"{report[name]:,} of {LARGE:,} entries are there"
            raise RuntimeError(msg)
    rows = [
        [f"{LARGE:,} puts", number(LARGE / filled["seconds"]), mebibytes(filled["peak"])],
        ["open it", "-", mebibytes(report["begin"])],
        [f"{LARGE_GETS:,} gets", number(LARGE_GETS / report["gets"]), mebibytes(report["gets_peak"])],
        [f"{LARGE:,} entries()", number(LARGE / report["paged"]), mebibytes(report["paged_peak"])],
        [f"{LARGE:,} keys() in one set", number(LARGE / report["keys"]), mebibytes(report["keys_peak"])],
    ]
    print_table("A large store in RocksDB", ["what", "a second", "most memory so far, MiB"], rows)


def mebibytes(size: int) -> str:
    return f"{size / 2**20:.0f}"


def main() -> None:
    memory()
    with tempfile.TemporaryDirectory() as folder:
        disk(Path(folder), relaxed=False)
        disk(Path(folder), relaxed=True)
        snapshot()
        large(Path(folder))
