"""Programs that are killed while they write: whatever was acknowledged is there, and no half of a transaction."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
from contextlib import contextmanager

import pytest

from broker_core.stores.options import open_backend

WRITER = """
import os, sys
from broker_core.stores.options import open_backend

kind, options = eval(sys.argv[1])
backend = open_backend(kind, options)
record = backend.find("last")
number = record.value if record else 0
while True:
    number += 1
    for part in range(5):
        backend.put((number, part), "value" * 50, number)
    backend.erase((number - 1, 0))
    backend.put("last", number, None)
    backend.commit()
    os.write(1, b"%d\\n" % number)
"""

WAYS = {
    "sqlite": ("sqlite", {}),
    "sqlite-wal": ("sqlite", {"journal_mode": "WAL"}),
    "sqlite-wal-normal": ("sqlite", {"journal_mode": "WAL", "synchronous": "NORMAL"}),
    "sqlite-off": ("sqlite", {"synchronous": "OFF"}),
    "rocksdb": ("rocksdb", {}),
    "rocksdb-no-sync": ("rocksdb", {"sync": False, "write_buffer_size": 64 * 1024}),
}


@contextmanager
def writer(kind, options):
    with subprocess.Popen(
        [sys.executable, "-c", WRITER, repr((kind, options))], stdout=subprocess.PIPE, bufsize=0
    ) as process:
        try:
            yield process
        finally:
            process.kill()


@pytest.mark.parametrize("way", WAYS)
def test_what_was_acknowledged_survives_a_kill(tmp_path, way):
    seed = random.randrange(2**32)
    sys.stdout.write(f"seed {seed}\n")  # shown when it fails
    chance = random.Random(seed)
    kind, options = WAYS[way]
    options = {**options, "path": str(tmp_path / "db")}
    check = options | ({"integrity_check": True} if kind == "sqlite" else {})
    acknowledged = 0
    for _ in range(3):
        with writer(kind, options) as process:
            for _ in range(chance.randint(1, 80)):
                line = process.stdout.readline()
            for _ in range(chance.randint(0, 20_000)):
                pass
            process.send_signal(signal.SIGKILL)
            lines = [line, *process.stdout.read().splitlines()]
            assert process.wait(timeout=30) == -signal.SIGKILL
        assert int(lines[-1]) > acknowledged
        acknowledged = int(lines[-1])
        backend = open_backend(kind, check)
        last = backend.find("last").value
        assert acknowledged <= last <= acknowledged + 1  # the one that was about to be acknowledged may be there
        expected = {(number, part) for number in range(1, last + 1) for part in range(1, 5)} | {(last, 0), "last"}
        assert set(backend.keys()) == expected
        assert backend.size() == len(expected)
        assert len(backend.due(last, 10 * last)) == len(expected) - 1
        backend.close()
