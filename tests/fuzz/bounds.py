"""What one input may cost. An input that is small and yet takes long, or much memory, is a finding like a crash is.

The bounds are generous: they are for what grows with the square of the input, for lengths that are believed before
the bytes are there, and for nesting that is walked again at each level. Time is that of the processor, so that a busy
machine finds nothing.
"""

from __future__ import annotations

import os
import resource
import time
import tracemalloc
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["TooExpensive", "measured", "traced"]

SECONDS, SECONDS_PER_BYTE = 0.5, 20e-6
BYTES, BYTES_PER_BYTE = 16 * 1024 * 1024, 600
SLOWDOWN = float(os.environ.get("FUZZ_SLOWDOWN", "1"))
"""How much more time is granted, for slow machines and for code that coverage is measured of."""


class TooExpensive(AssertionError):
    """An input took more time or memory than its length justifies."""


def measured(target: Callable[[bytes], object], data: bytes) -> None:
    """Call *target* with *data*; :class:`TooExpensive` when it takes too long, or makes the process grow too much."""
    peak = _peak()
    start = time.process_time()
    target(data)
    took = time.process_time() - start
    if took > (SECONDS + len(data) * SECONDS_PER_BYTE) * SLOWDOWN:
        msg = f"{took:.2f} s for {len(data)} bytes"
        raise TooExpensive(msg)
    _judge(_peak() - peak, len(data))


def traced(target: Callable[[bytes], object], data: bytes) -> None:
    """As :func:`measured`, with the memory counted exactly, which makes it several times slower."""
    tracemalloc.start()
    try:
        target(data)
        _judge(tracemalloc.get_traced_memory()[1], len(data))
    finally:
        tracemalloc.stop()


def _judge(taken: int, size: int) -> None:
    if taken > BYTES + size * BYTES_PER_BYTE:
        msg = f"{taken} bytes of memory for {size} bytes of input"
        raise TooExpensive(msg)


def _peak() -> int:
    """The most memory that this process ever had, in bytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
