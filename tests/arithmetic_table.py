"""What add and subtract do for every pair of kinds: the table of spec store-protocol.md section 5.1, written out."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network
from typing import Any, NamedTuple

from broker_core.errors import EC
from broker_core.model import Count, EnumValue, Kind, Port, Set, Table, Timespan, Timestamp, kind_of

SAMPLES: tuple[Any, ...] = (
    None,
    True,
    Count(5),
    3,
    2.5,
    "text",
    IPv4Address("10.0.0.1"),
    IPv4Network("10.0.0.0/8"),
    Port(80, "tcp"),
    Timestamp(1000),
    Timespan(30),
    EnumValue("Rec::RED"),
    Set([Count(5), "text"]),
    Table([("text", 1), (3, None)]),
    ("x", Count(5)),
)
assert [kind_of(sample) for sample in SAMPLES] == list(Kind)

_ADDED: dict[tuple[Kind, Kind], Any] = {
    (Kind.COUNT, Kind.COUNT): Count(10),
    (Kind.INTEGER, Kind.INTEGER): 6,
    (Kind.REAL, Kind.REAL): 5.0,
    (Kind.STRING, Kind.STRING): "texttext",
    (Kind.TIMESTAMP, Kind.TIMESPAN): Timestamp(1030),
    (Kind.TIMESPAN, Kind.TIMESPAN): Timespan(60),
    (Kind.TABLE, Kind.VECTOR): Table([("text", 1), (3, None), ("x", Count(5))]),
    **{(Kind.SET, kind_of(sample)): Set([Count(5), "text", sample]) for sample in SAMPLES},
    **{(Kind.VECTOR, kind_of(sample)): ("x", Count(5), sample) for sample in SAMPLES},
}
_SUBTRACTED: dict[tuple[Kind, Kind], Any] = {
    (Kind.COUNT, Kind.COUNT): Count(0),
    (Kind.INTEGER, Kind.INTEGER): 0,
    (Kind.REAL, Kind.REAL): 0.0,
    (Kind.TIMESTAMP, Kind.TIMESPAN): Timestamp(970),
    (Kind.TIMESPAN, Kind.TIMESPAN): Timespan(0),
    **{(Kind.SET, kind_of(sample)): SAMPLES[Kind.SET] for sample in SAMPLES},
    (Kind.SET, Kind.COUNT): Set(["text"]),
    (Kind.SET, Kind.STRING): Set([Count(5)]),
    **{(Kind.TABLE, kind_of(sample)): SAMPLES[Kind.TABLE] for sample in SAMPLES},
    (Kind.TABLE, Kind.INTEGER): Table([("text", 1)]),
    (Kind.TABLE, Kind.STRING): Table([(3, None)]),
    **{(Kind.VECTOR, kind_of(sample)): ("x",) for sample in SAMPLES},
}


class Pair(NamedTuple):
    """A stored value and an operand; *expected* is the new value, or the code of the error."""

    stored: Any
    operand: Any
    expected: Any

    def __str__(self) -> str:
        return f"{kind_of(self.stored).label}-{kind_of(self.operand).label}"


def _pairs(results: dict[tuple[Kind, Kind], Any]) -> list[Pair]:
    return [
        Pair(stored, operand, results.get((kind_of(stored), kind_of(operand)), EC.TYPE_CLASH))
        for stored in SAMPLES
        for operand in SAMPLES
    ]


ADDITIONS = _pairs(_ADDED)
SUBTRACTIONS = _pairs(_SUBTRACTED)
