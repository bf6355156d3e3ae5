"""The kinds, and the total order over all values (spec data-model.md section 5)."""

from __future__ import annotations

import json
import math
import os
import subprocess
import sys
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given

from broker_core.codecs import binary
from broker_core.errors import InvalidValue
from broker_core.model import (
    Count,
    EnumValue,
    Kind,
    Port,
    Set,
    Table,
    Timespan,
    Timestamp,
    kind_of,
    same_value,
    sort_key,
)
from strategies import is_same, values

# One value of each kind at least, ascending.
ASCENDING: list[Any] = [
    None,
    False,
    True,
    Count(0),
    Count(2**64 - 1),
    -(2**63),
    -1,
    0,
    5,
    math.nan,
    -math.inf,
    -1.5,
    0.0,
    5e-324,
    math.inf,
    "",
    "B",
    "a",
    "a\x00",
    "aa",
    "é",
    b"\xff",
    ip_address("::"),
    ip_address("0.0.0.0"),
    ip_address("255.255.255.255"),
    ip_address("::1:0:0:0"),
    ip_address("fe80::1"),
    ip_network("::/0"),
    ip_network("0.0.0.0/0"),
    ip_network("10.0.0.0/8"),
    ip_network("10.0.0.0/9"),
    ip_network("fc00::/7"),
    Port(0, "unknown"),
    Port(1, "unknown"),
    Port(1, "tcp"),
    Port(1, "udp"),
    Port(1, "icmp"),
    Port(2, "unknown"),
    Timestamp(-1),
    Timestamp(0),
    Timespan(-5),
    Timespan(5),
    EnumValue(""),
    EnumValue("A::B"),
    EnumValue(b"\xff"),
    Set(),
    Set([None]),
    Set([None, True]),
    Set([True]),
    Table(),
    Table([(1, 1)]),
    Table([(1, 1), (2, 0)]),
    Table([(1, 2)]),
    Table([(2, 0)]),
    (),
    (None,),
    (None, None),
    (1,),
    (1, 1),
    (2,),
]


def test_the_whole_order() -> None:
    keys = [sort_key(value) for value in ASCENDING]
    assert keys == sorted(keys)
    assert len(set(keys)) == len(keys)
    descending = ASCENDING[::-1]
    descending.sort(key=sort_key)
    assert descending == ASCENDING


def test_kinds_come_in_the_order_of_their_tags() -> None:
    kinds = [kind_of(value) for value in ASCENDING]
    assert kinds == sorted(kinds)
    assert set(kinds) == set(Kind)
    assert [kind.label for kind in (Kind.NONE, Kind.ENUM_VALUE, Kind.VECTOR)] == ["none", "enum-value", "vector"]


def test_zeros_are_equal_and_other_look_alikes_are_not() -> None:
    assert same_value(0.0, -0.0)
    assert same_value(math.nan, math.nan)
    for one, other in permutations([True, Count(1), 1, 1.0, "1", (1,), Timespan(1), Timestamp(1)], 2):
        assert not same_value(one, other)


@given(values(4), values(4), values(4))
def test_order_is_total(one: Any, other: Any, third: Any) -> None:
    a, b, c = sort_key(one), sort_key(other), sort_key(third)
    assert (a < b) + (a == b) + (b < a) == 1
    if a <= b <= c:
        assert a <= c
    if is_same(one, other):
        assert a == b
        assert hash(a) == hash(b)


def test_sets_that_cpp_made_are_in_our_order() -> None:
    rows = json.loads((Path(__file__).parent.parent / "vectors" / "values.json").read_text())
    seen = 0
    for row in rows:
        raw = bytes.fromhex(row["binary"])
        if raw[0] in (0x0C, 0x0D):
            seen += len(raw)
            assert binary.encode(binary.decode(raw)) == raw
    assert seen > 1000


@pytest.mark.parametrize("thing", [[1], {1}, object(), 1j, bytearray(), 2 + 3j])
def test_what_is_no_value(thing: object) -> None:
    for ask in (kind_of, sort_key):
        with pytest.raises(InvalidValue, match="is no Broker value"):
            ask(thing)


def test_what_is_no_value_inside() -> None:
    with pytest.raises(InvalidValue, match="holds something"):
        sort_key((1, [2]))


def describe(value: object) -> str:
    """The visitor of the manual, in Python: one ``case`` for each of the fifteen kinds."""
    match value:
        case None:
            return "none"
        case bool():
            return "boolean"
        case Count():
            return "count"
        case int():
            return "integer"
        case float():
            return "real"
        case str() | bytes():
            return "string"
        case IPv4Address() | IPv6Address():
            return "address"
        case IPv4Network() | IPv6Network():
            return "subnet"
        case Port(number, protocol) if protocol == Port(number, protocol).protocol:
            return "port"
        case Timestamp(ns) if ns == value.ns:
            return "timestamp"
        case Timespan(ns) if ns == value.ns:
            return "timespan"
        case EnumValue(name) if name == value.name:
            return "enum-value"
        case Set():
            return "set"
        case Table():
            return "table"
        case [*_]:
            return "vector"
    return "nothing"


@pytest.mark.parametrize("value", ASCENDING, ids=repr)
def test_match_statements_tell_all_kinds(value: object) -> None:
    assert describe(value) == kind_of(value).label


def test_tables_match_as_mappings() -> None:
    match Table([("src", "feed"), ("n", Count(1))]):
        case {"src": source, "n": Count(1)}:
            assert source == "feed"
        case _:
            pytest.fail("did not match")


def hashes(seed: int) -> list[int]:
    """What the keys of all sorts of values hash to in a process with that secret."""
    code = (
        "from broker_core.model import *\n"
        "values = [Count(5), 5, -5, 1.5, Timestamp(5), Timespan(5), Port(22, Protocol.TCP), True, None, (), Set(),"
        " Table(), (1, 2), Set([(1, 2)]), Table([(1, 2)]), (None, ()), 'a']\n"
        "print(*[hash(sort_key(value)) for value in values])"
    )
    environ = {**os.environ, "PYTHONHASHSEED": str(seed)}
    return list(map(int, subprocess.check_output([sys.executable, "-c", code], env=environ, text=True).split()))


def test_nobody_can_calculate_the_hash_of_a_key():
    """Else a peer could send a set in which all have the same one, and looking one up takes as long as the set is."""
    assert not set(hashes(1)) & set(hashes(2))


def test_an_integer_of_more_than_64_bits_has_no_key():
    for number in (2**63, -(2**63) - 1):
        with pytest.raises(InvalidValue, match="outside"):
            sort_key(number)
