"""Values in MessagePack."""

from __future__ import annotations

from broker_core.codecs import binary, msgpack
from broker_core.errors import DecodeError
from strategies import assert_same
from tests.fuzz.seeds import value_rows


def target(data: bytes) -> bool:
    """Any bytes are a value or refused with DecodeError; a value encodes to bytes that read as the same value."""
    try:
        value = msgpack.decode(data)
    except DecodeError:
        return False
    assert_same(msgpack.decode(msgpack.encode(value)), value)
    return True


def seeds() -> list[bytes]:
    """Recorded values, in this format."""
    return [msgpack.encode(binary.decode(row)) for row in value_rows("binary")]
