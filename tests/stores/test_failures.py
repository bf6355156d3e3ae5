"""Databases that fail for real: full disks, damaged files, missing permissions, other programs."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from broker_core.errors import BackendFailure
from broker_core.stores.backend import Record
from broker_core.stores.options import open_backend

PERSISTENT = ["sqlite", "rocksdb"]
LIMIT = 60  # seconds that a program of a test may take


def run(code, *arguments, prefix=()):
    """Run *code* in a program of its own; what it printed."""
    done = subprocess.run(
        [*prefix, sys.executable, "-c", code, *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
        timeout=LIMIT,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert not done.stderr
    return done.stdout.splitlines()


# -- full disks -----------------------------------------------------------------------------------------------------

FILL = """
import os, sys
from broker_core.errors import BackendFailure
from broker_core.stores.options import open_backend


def fill(backend):
    # Ten entries a transaction, until no more fit; all of a transaction is there, or nothing of it.
    for number in range(10_000):
        try:
            for part in range(10):
                backend.put((number, part), os.urandom(400), number)
            backend.commit()
        except BackendFailure as error:
            backend.rollback()
            assert backend.size() == 10 * number, (backend.size(), number)
            assert sum(1 for _ in backend.entries()) == 10 * number
            assert backend.find((number, 0)) is None
            assert len(backend.due(number, 10 * number + 10)) == 10 * number
            print(error.problem.removeprefix(sys.argv[2] + ": "))
            return number
    raise AssertionError("it was never full")
"""

FULL_DISK = f"""{FILL}
kind, path, ballast = sys.argv[1:]
options = {{"path": path}} if kind == "sqlite" else {{"path": path, "write_buffer_size": 256 * 1024}}
with open(ballast, "wb") as file:
    file.write(bytes(1_000_000))
backend = open_backend(kind, options)
stored = fill(backend)
os.unlink(ballast)
backend.put("more", 1, None)
backend.commit()
backend.close()
backend = open_backend(kind, options)
assert backend.find("more").value == 1
print(stored, backend.size(), sum(1 for _ in backend.entries()))
backend.close()
"""

LONGEST_FILE = f"""{FILL}
import resource
backend = open_backend(*[sys.argv[1], {{"path": sys.argv[2]}}])
resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, resource.RLIM_INFINITY))
stored = fill(backend)
backend.close()
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
backend = open_backend(*[sys.argv[1], {{"path": sys.argv[2]}}])
print(stored, backend.size(), sum(1 for _ in backend.entries()))
backend.put("more", 1, None)
backend.commit()
backend.close()
"""


def own_mounts():
    """How to run a program that may mount something nobody else sees; None where that is not allowed."""
    for prefix in (["unshare", "--mount"], ["unshare", "--mount", "--map-root-user"]):
        probe = [*prefix, "mount", "-t", "tmpfs", "tmpfs", "/mnt"]
        if shutil.which("unshare") and subprocess.run(probe, capture_output=True, check=False).returncode == 0:
            return prefix
    return None


@pytest.mark.parametrize("kind", PERSISTENT)
def test_a_full_disk_loses_nothing_and_works_again_when_there_is_room(tmp_path, kind):
    prefix = own_mounts()
    if prefix is None:
        pytest.skip("mounting a small disk is not allowed here")
    mount = 'mount -t tmpfs -o size=3m tmpfs "$0" && exec "$@"'
    problem, counts = run(
        FULL_DISK, kind, tmp_path / "db", tmp_path / "ballast", prefix=[*prefix, "sh", "-c", mount, tmp_path]
    )
    assert {"sqlite": "database or disk is full", "rocksdb": "No space left on device"}[kind] in problem
    stored, size, counted = map(int, counts.split())
    assert stored > 10
    assert size == counted == 10 * stored + 1


@pytest.mark.parametrize("kind", PERSISTENT)
def test_a_file_that_may_not_grow_any_more_loses_nothing(tmp_path, kind):
    problem, counts = run(LONGEST_FILE, kind, tmp_path / "db")
    assert {"sqlite": "disk I/O error (SQLITE_IOERR_WRITE)", "rocksdb": "File too large"}[kind] in problem
    stored, size, counted = map(int, counts.split())
    assert stored > 10
    assert size == counted == 10 * stored


def test_after_a_failure_within_a_transaction_there_is_no_half_of_it(tmp_path):
    """SQLite may give up a transaction by itself; what follows must not become one of its own."""
    code = """
import resource, sys
from broker_core.errors import BackendFailure
from broker_core.stores.options import open_backend
backend = open_backend("sqlite", {"path": sys.argv[1]})
backend._connection.execute("PRAGMA cache_size = 1")
backend.put("before", 1, None)
backend.commit()
resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, resource.RLIM_INFINITY))
try:
    for number in range(1000):
        backend.put(number, "v" * 1000, None)
except BackendFailure as error:
    print(error.problem.partition(": ")[2])
for change in (lambda: backend.put("after", 1, None), backend.clear, lambda: backend.erase("before"), backend.commit):
    try:
        change()
    except BackendFailure as error:
        print(error.problem.partition(": ")[2])
print(sorted(backend.keys()), backend.size())
backend.rollback()
backend.put("after", 1, None)
backend.commit()
print(sorted(backend.keys()), backend.size())
"""
    again = "an earlier operation failed; roll back before further changes"
    assert run(code, tmp_path / "db") == [
        "disk I/O error (SQLITE_IOERR_WRITE)",
        again,
        again,
        again,
        "an earlier operation failed, and all changes before it are undone",
        "['before'] 1",
        "['after', 'before'] 2",
    ]


# -- damaged files --------------------------------------------------------------------------------------------------


def filled(kind, path, count=3000):
    backend = open_backend(kind, {"path": path})
    for number in range(count):
        backend.put(f"key-{number}", os.urandom(50), None)
    backend.commit()
    return backend


def damage(path, at, data):
    with path.open("r+b") as file:
        file.seek(at)
        file.write(data)


def test_a_damaged_page_of_sqlite_is_an_error_and_not_an_absence(tmp_path):
    path = tmp_path / "db"
    filled("sqlite", path).close()
    for page in range(5, path.stat().st_size // 4096, 5):
        damage(path, page * 4096, os.urandom(200))
    with (
        pytest.raises(BackendFailure, match=r"db: .*malformed"),
        closing(open_backend("sqlite", {"path": path})) as backend,
    ):
        list(backend.entries())


def test_a_damaged_table_of_rocksdb_is_an_error_and_not_an_absence(tmp_path):
    filled("rocksdb", tmp_path).close()
    (table,) = tmp_path.glob("*.sst")
    damage(table, table.stat().st_size // 2, os.urandom(100))
    backend = open_backend("rocksdb", {"path": tmp_path})
    with pytest.raises(BackendFailure, match=r"Corruption: block checksum mismatch"):
        list(backend.keys())
    failed = 0
    for number in range(3000):
        try:
            assert backend.find(f"key-{number}") is not None
        except BackendFailure:
            failed += 1
    assert 0 < failed < 300
    backend.close()


@pytest.mark.parametrize("kept", [0.3, 0.9])
def test_a_log_of_rocksdb_that_was_cut_short_has_whole_transactions(tmp_path, kept):
    backend = open_backend("rocksdb", {"path": tmp_path / "live"})
    for number in range(100):
        backend.put(number, "v" * 100, None)
        backend.put(("pair", number), "v" * 100, None)
        backend.commit()
    shutil.copytree(tmp_path / "live", tmp_path / "dead")  # as a loss of power would leave it
    backend.close()
    (log,) = [file for file in (tmp_path / "dead").glob("*.log") if file.stat().st_size]
    os.truncate(log, int(log.stat().st_size * kept))
    again = open_backend("rocksdb", {"path": tmp_path / "dead"})
    whole = again.size() // 2
    assert 100 * kept - 10 < whole < 100 * kept + 10
    assert set(again.keys()) == {key for number in range(whole) for key in (number, ("pair", number))}
    again.close()


def test_a_log_of_rocksdb_that_is_damaged_in_the_middle_is_an_error(tmp_path):
    backend = filled("rocksdb", tmp_path / "live", 100)
    for number in range(1000):
        backend.put(number, "v" * 100, None)
        backend.commit()
    shutil.copytree(tmp_path / "live", tmp_path / "dead")
    backend.close()
    (log,) = [file for file in (tmp_path / "dead").glob("*.log") if file.stat().st_size]
    damage(log, log.stat().st_size // 2, os.urandom(50))
    with pytest.raises(BackendFailure, match=r"dead: Corruption: "):
        open_backend("rocksdb", {"path": tmp_path / "dead"})


def test_a_database_of_rocksdb_without_its_manifest(tmp_path):
    filled("rocksdb", tmp_path).close()
    for file in tmp_path.glob("MANIFEST-*"):
        file.unlink()
    with pytest.raises(BackendFailure, match=r"MANIFEST-.*No such file"):
        open_backend("rocksdb", {"path": tmp_path})


def test_what_is_no_database(tmp_path):
    (tmp_path / "text").write_text("something that is no database at all, and long enough")
    with pytest.raises(BackendFailure, match=r"text: file is not a database$"):
        open_backend("sqlite", {"path": tmp_path / "text"})
    with pytest.raises(BackendFailure, match=r"unable to open database file \(it is a directory\)$"):
        open_backend("sqlite", {"path": tmp_path, "failure_mode": "DELETE"})
    with pytest.raises(BackendFailure, match=r"cannot create its directory: Not a directory$"):
        open_backend("sqlite", {"path": tmp_path / "text" / "deeper" / "db"})


# -- permissions ----------------------------------------------------------------------------------------------------

AS_NOBODY = """
import os, sys
from broker_core.errors import BackendFailure
from broker_core.stores.options import open_backend
for kind, path in (pair.split("=") for pair in sys.argv[1:]):
    open_backend(kind, {"path": path + ".warm"}).close()  # loads all that it needs
if os.getuid() == 0:
    os.setuid(65534)
for kind, path in (pair.split("=") for pair in sys.argv[1:]):
    try:
        open_backend(kind, {"path": path}).close()
    except BackendFailure as error:
        print(error.problem.partition(": ")[2])
"""


@pytest.mark.parametrize("kind", PERSISTENT)
def test_missing_permissions_are_named(kind):
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        place = Path(folder, "place")
        place.mkdir()
        filled(kind, place / "db").close()
        for path in [*place.rglob("*"), place]:
            path.chmod(0o555)
        try:
            problems = run(AS_NOBODY, f"{kind}={place / 'db'}", f"{kind}={place / 'new'}")
        finally:
            place.chmod(0o755)
    if kind == "sqlite":
        assert problems == [
            "attempt to write a readonly database",
            "unable to open database file (it cannot be created there)",
        ]
    else:
        assert len(problems) == 2
        assert all("Permission denied" in problem for problem in problems)


# -- other programs -------------------------------------------------------------------------------------------------

HOLD = """
import sys
from broker_core.stores.options import open_backend
backend = open_backend("rocksdb", {"path": sys.argv[1]})
backend.put("k", 1, None)
backend.commit()
print("ready", flush=True)
sys.stdin.read()
"""


@contextmanager
def held(path):
    with subprocess.Popen([sys.executable, "-c", HOLD, path], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout.readline() == b"ready\n"
        yield process
        process.stdin.close()
        assert process.wait(timeout=LIMIT) == 0


def test_a_rocksdb_that_another_program_has_open(tmp_path):
    with held(tmp_path), pytest.raises(BackendFailure, match=r": another program has it open$"):
        open_backend("rocksdb", {"path": tmp_path})
    backend = open_backend("rocksdb", {"path": tmp_path})
    assert backend.find("k") == Record(1, None)
    backend.close()
