"""What a process holds: memory, descriptors, tasks, threads."""

from __future__ import annotations

import gc
import resource
import threading
from pathlib import Path
from typing import NamedTuple

import trio

__all__ = ["Footprint", "descriptors", "resident"]

_PAGE = resource.getpagesize()


def resident() -> int:
    """Bytes of memory that this process has now."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * _PAGE


def descriptors() -> int:
    """How many files, sockets and pipes this process has open."""
    return len(list(Path("/proc/self/fd").iterdir())) - 1  # the one that lists them


class Footprint(NamedTuple):
    """Of this process at one moment, after all garbage is gone."""

    resident: int
    descriptors: int
    tasks: int
    threads: int

    @classmethod
    def now(cls) -> Footprint:
        """Take it."""
        gc.collect()
        tasks = trio.lowlevel.current_statistics().tasks_living
        return cls(resident(), descriptors(), tasks, threading.active_count())
