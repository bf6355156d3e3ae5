"""The text that C++ prints, against what it printed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from broker_core.codecs import binary, cpp
from broker_core.errors import EncodeError
from broker_core.model import EnumValue, Port, Set, Table, Timespan, Timestamp

ROWS = json.loads((Path(__file__).parent.parent / "vectors" / "values.json").read_text())

# Row 27 is a subnormal real: C++ printed it as 0.000000 before its own encoder turned it into something huge.
PRINTED_BEFORE_THE_WIRE = 27


@pytest.mark.parametrize("row", [row for row in range(len(ROWS)) if row != PRINTED_BEFORE_THE_WIRE])
def test_what_cpp_printed(row: int) -> None:
    value = binary.decode(bytes.fromhex(ROWS[row]["binary"]))
    assert cpp.encode(value) == ROWS[row]["text"].encode("utf-8", "surrogateescape")


def test_what_no_vector_has() -> None:
    assert cpp.encode((b"\xff", EnumValue(b"\xfe"))) == b"(\xff, \xfe)"
    assert cpp.encode(Table([(Set([1]), Port(1, 3))])) == b"{{1} -> 1/icmp}"
    assert cpp.encode((Timestamp(-1), Timespan(-1))) == b"(-1ns, -1ns)"
    assert cpp.encode(float("nan")) == b"nan"


def test_what_is_no_value() -> None:
    with pytest.raises(EncodeError, match="no Broker type") as caught:
        cpp.encode((1, object()))  # type: ignore[arg-type]
    assert caught.value.path == "[1]"
