"""C++ Broker 1.4.0, where Debian's python3-broker is installed, and this library take turns with one SQLite file."""

from __future__ import annotations

import json
import subprocess
import time
from pathlib import Path

import pytest

from broker_core.messages.commands import NOBODY
from broker_core.model import Count, Port, Protocol, Set, Timespan, address_from_bytes
from broker_core.stores import operations
from broker_core.stores.engine import Engine
from broker_core.stores.sqlite import SqliteBackend

PYTHON = "/usr/bin/python3"
PROGRAM = """
import json, sys
import broker

endpoint = broker.Endpoint()
store = endpoint.attach_master("db", broker.Backend.SQLite, {"path": sys.argv[1]})
seen = {key: str(store.get(key)) for key in ("n", "text", "set", "host")}
store.increment("n", broker.Count(2))
store.put("theirs", broker.Port(22, broker.Port.TCP))
store.put("short", "x", 1000.0)
store.erase("text")
while store.get("text") is not None:
    pass
print(json.dumps(seen))
endpoint.shutdown()
"""


@pytest.fixture
def cpp():
    if (
        not Path(PYTHON).exists()
        or subprocess.run([PYTHON, "-c", "import broker"], capture_output=True, check=False).returncode
    ):
        pytest.skip("python3-broker is not installed")

    def run(path: Path) -> dict[str, str]:
        done = subprocess.run([PYTHON, "-c", PROGRAM, path], capture_output=True, check=True, timeout=30)
        return json.loads(done.stdout)

    return run


def test_each_continues_what_the_other_left(cpp, tmp_path):
    path = tmp_path / "db.sqlite"
    backend = SqliteBackend({"path": str(path)})
    engine = Engine(backend, NOBODY)
    now = time.time_ns()
    for action in (
        operations.put(NOBODY, "n", Count(5)),
        operations.put(NOBODY, "text", "välue"),
        operations.put(NOBODY, "set", {1, 2}),
        operations.put(NOBODY, "host", address_from_bytes(b"\xc0\0\2\7")),
    ):
        engine.write(action, now)
    backend.commit()
    backend.close()
    assert cpp(path) == {"n": "5", "text": "välue", "set": "{1, 2}", "host": "192.0.2.7"}
    backend = SqliteBackend({"path": str(path), "integrity_check": True})
    assert backend.find("n").value == Count(7)
    assert backend.find("theirs").value == Port(22, Protocol.TCP)
    assert backend.find("set").value == Set([1, 2])
    assert backend.find("text") is None
    expiry = backend.find("short").expiry
    assert abs(expiry - now - Timespan.from_seconds(1000).ns) < 60e9
    assert backend.next_expiry() == expiry
    backend.close()
