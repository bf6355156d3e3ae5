"""Log batches of the ZeroMQ backend, and log writes with their columns."""

from __future__ import annotations

from broker_core.codecs import binary
from broker_core.errors import DecodeError
from broker_core.logs import JsonWriter, LogDecoder, TsvWriter
from log_samples import log_batches


def target(data: bytes) -> bool:
    """Any bytes are a batch or refused with DecodeError; its records can be sent, and written as both forms."""
    try:
        decoded = LogDecoder().decode_batch(data)
    except DecodeError:
        return False
    for record in decoded.records:
        binary.encode(tuple(record.values))
        TsvWriter().line(record).encode()
        JsonWriter().line(record).encode()
    assert bool(decoded.problems) == bool(decoded.lost)
    return True


def seeds() -> list[bytes]:
    """What a live Zeek sent."""
    return log_batches()
