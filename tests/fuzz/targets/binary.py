"""Broker's binary format."""

from __future__ import annotations

from broker_core.codecs import binary, cpp, json, msgpack, text
from broker_core.errors import DecodeError, EncodeError
from strategies import assert_same
from tests.fuzz.seeds import SUBNORMALS, value_rows


def target(data: bytes) -> bool:
    """Any bytes are a value or refused with DecodeError; a value survives every other codec, and its own.

    Whether they are one is known without making it, too. Its own turns subnormal reals into zeros, and refuses them
    in sets where these would be there twice.
    """
    try:
        value = binary.decode(data)
    except DecodeError:
        try:
            binary.check(data)
        except DecodeError:
            return False
        raise
    binary.check(data)
    for codec in (json, msgpack, text):
        assert_same(codec.decode(codec.encode(value)), value)
    cpp.encode(value)
    try:
        encoded = binary.encode(value)
    except EncodeError:
        assert any(mark in data for mark in SUBNORMALS)
    else:
        assert binary.encode(binary.decode(encoded)) == encoded
    return True


def seeds() -> list[bytes]:
    """Recorded values."""
    return value_rows("binary")
