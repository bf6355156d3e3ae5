"""Store files in SQLite that somebody else made, or that are damaged."""

from __future__ import annotations

import atexit
import shutil
import tempfile
from pathlib import Path

from broker_core.errors import BackendFailure, StoreError
from broker_core.stores.files import file_info, open_readonly
from broker_core.stores.options import open_backend

_VECTORS = Path(__file__).parents[2] / "vectors"


def target(data: bytes) -> bool:
    """Any file is a store that can be read, or refused with BackendFailure; what can be read can be opened and written.

    True when it was read to its end.
    """
    place = Path(_directory())
    path = place / "db"
    path.write_bytes(data)
    try:
        return _read(str(path)) and _write(str(path))
    finally:
        for file in place.iterdir():
            file.unlink()


def seeds() -> list[bytes]:
    """A file of C++ Broker, and small ones of our own."""
    found = [(_VECTORS / "store.sqlite").read_bytes()]
    for size in (0, 3):
        path = Path(_directory()) / "seed"
        backend = open_backend("sqlite", {"path": str(path)})
        for number in range(size):
            backend.put(f"key {number}", (number, "value"), number or None)
        backend.commit()
        backend.close()
        found.append(path.read_bytes())
        path.unlink()
    return found


def _read(path: str) -> bool:
    try:
        file_info(path)
        reader = open_readonly(path)
    except BackendFailure:
        return False
    try:
        list(reader.entries())
        reader.page(10)
        reader.find("key 1")
    except BackendFailure:
        return False
    finally:
        reader.close()
    return True


def _write(path: str) -> bool:
    try:
        backend = open_backend("sqlite", {"path": path})
    except BackendFailure:
        return False
    try:
        backend.put("key", "value", None)
        backend.due(2**62, 10)
        backend.commit()
    except StoreError:
        return False
    finally:
        backend.close()
    return True


_made: list[str] = []


def _directory() -> str:
    """A directory of this process, in memory where the system has such a thing."""
    if not _made:
        memory = Path("/dev/shm")
        _made.append(tempfile.mkdtemp(prefix="broker-fuzz-", dir=memory if memory.is_dir() else None))
        atexit.register(shutil.rmtree, _made[0], ignore_errors=True)
    return _made[0]
