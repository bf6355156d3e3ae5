"""The same calls on the C++ bindings 1.4.0 and on ours: what differs, and why.

``bindings-1.4.0.json`` has what Debian's python3-broker makes of the calls in ``calls/``; where that is installed, it
is asked again. Every difference stands below with its reason.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent
RECORD = HERE.parent / "vectors" / "bindings-1.4.0.json"
SYSTEM_PYTHON = "/usr/bin/python3"
FILES = sorted(path.stem for path in (HERE / "calls").glob("*.txt"))

DIFFERENCES: dict[str, dict[str, list[str]]] = {
    "Numbers out of range wrap around, or become something else": {
        "data": [
            "str(D(2**63))",
            "str(D(2**64))",
            "str(D(-2**63-1))",
            "str(D(timedelta(days=120000)))",
            "str(D(datetime(9999,1,1,tzinfo=timezone.utc)))",
        ],
        "values": [
            "broker.Count(-1)",
            "broker.Count(2**64)",
            "broker.Timespan(1e300).count()",
            "broker.Timespan(-1e300).count()",
            'broker.Timespan(float("nan")).count()',
            'broker.Timespan(float("inf")).count()',
            "broker.Timespan(2**63)",
            "broker.Timespan(2**63-1)+broker.Timespan(1)",
            "broker.Timespan(2**62)*4",
            "broker.Timestamp(1e300)",
            'broker.Timestamp(float("nan"))',
            "broker.Timestamp(2**63)",
        ],
    },
    "A number out of range is a TypeError": {
        "values": [
            "broker.Port(65536,broker.Port.TCP)",
            "broker.Port(-1,broker.Port.TCP)",
            r'broker.Subnet(broker.Address(b"\1\2\3\4",4),-1)',
            r'broker.Subnet(broker.Address(b"\1\2\3\4",4),256)',
        ],
    },
    "Bytes that are no address are taken for one, and a subnet with too many bits becomes ::/0": {
        "data": ['str(D(IPv6Network("::ffff:1.2.3.0/120")))'],
        "values": [
            r'broker.Address(b"\1\2\3",4)',
            r'broker.Address(b"\1\2\3\4\5",4)',
            "broker.Address(bytes(range(16)),4)",
            r'broker.Subnet(broker.Address(b"\1\2\3\4",4),33)',
            r'broker.Subnet(broker.Address(b"\1\2\3\4",4),112)',
            'broker.Subnet(broker.Address(IPv6Address("2001:db8:1::").packed,6),129)',
        ],
    },
    "An address with a mask loses the mask": {"data": ['str(D(IPv4Interface("1.2.3.4/24")))']},
    "Reading data as another type than it has is not noticed, or ends the process": {
        "data": ["D(5).as_count()", "D(5).as_string()", "D(5).as_set()"],
    },
    "What Python cannot hash crashes the conversion, and what Python holds for equal is lost": {
        "data": [
            "to_py(D(s))",
            "to_py(D(t))",
            "to_py(D(broker.Set([D({1:2})])))",
            "to_py(D(broker.Set([D([1,{2}])])))",
            "to_py(D(broker.Set([D(broker.Count(1))])))",
            "to_py(D(broker.Set([D(True),D(1),D(1.0)])))",
            "D({broker.Count(1):2})",
        ],
        "messages": ["s1.get()"],
        "values": ["{broker.Count(4):1}"],
    },
    "Text that is not UTF-8 cannot be shown": {
        "data": [r'str(D(b"\xff"))', r'str(D("\ud800"))'],
        "topics": [r'broker.Topic(b"\xff")'],
        "values": [r'broker.Enum(b"\xff")', r'broker.Enum(b"\xff").name'],
    },
    "Microseconds are lost in floating point": {"data": ["to_py(D(timedelta(days=100000, microseconds=1)))"]},
    "Infinity does not arrive": {"messages": ['send(float("inf"))']},
    "A list of topics, or none, crashes on Python 3.10 and later": {
        "messages": ["ep1.make_subscriber(5)", 'ep1.make_subscriber(["/a", "/b"])', 'ep1.forward(["/f"])'],
    },
    "insert_into with a value that is false does nothing": {"stores": ['m.get("table")']},
    "A status subscriber cannot wait with a time-out": {"peerings": ["timed(0.2, lambda: errors.get(0.2))"]},
    "A failed attempt to peer does not say why": {"peerings": ["error", "errors.poll()", "errors.get(2)"]},
    "A clone that cannot know raises a RuntimeError about types": {"stores": ['c.exists("k")']},
    "The default backend is none": {"stores": ['ep.attach_master("other")']},
    "Unequal to what it is equal to": {
        "codes": ["broker.EC.PeerUnavailable != 4", "broker.Status() == broker.Status()"],
        "topics": ['broker.Topic("a")==broker.Topic("a")'],
        "zeek": ['broker.zeek.Event("a",1)==broker.zeek.Event("a",1)'],
        "values": ["broker.Count(4)==4", "broker.Count(4)!=4"],
    },
    "The order of subnets is none": {"values": [r's<broker.Subnet(broker.Address(b"\1\2\3\4",4),17)']},
    "A code without a name is made, and flags cannot be joined": {
        "codes": [
            "broker.SC(99)",
            "broker.PeerFlags(6)",
            "broker.PeerFlags.Remote | broker.PeerFlags.Inbound",
        ],
        "data": ["D.Type(99)"],
    },
    "Error() has a code that ends the process": {"codes": ["broker.Error().code()"]},
    "Objects that serve as keys can be changed": {
        "topics": ["t0", "t is t0"],
        "values": ["c.value=7", "c", 'e.name="r"', "e"],
    },
    "A count is no number": {
        "values": [
            "broker.Count(4)<5",
            "int(broker.Count(4))",
            "broker.Count(4)+1",
            "bool(broker.Count(0))",
            "broker.Count()",
            "'%d'%broker.Count(3)",
            "broker.Count(1.0)",  # a TypeError there, a ValueError here
            'broker.Count("1")',
        ],
    },
    "Containers take Data only, and lack methods that Python's have": {
        "containers": [
            "1 in s",
            "broker.Set([1, 2])",
            'broker.Set(["a", None, broker.Count(1)])',
            "broker.Set([object()])",
            "s.add(3)",
            "s.discard(D(3))",
            "v[0:2] = broker.Vector([D(9)])",
            "broker.Vector([1, 2])",
            "broker.Vector([object()])",
            "v.append(3)",
            "v.extend([1, 2])",
            "v[0] = 5",
            "v.count(3)",
            "v.index(D(1))",
            "t[object()]",
            "t[1] = 2",
            "t[1]",
            "1 in t",
            "t.get(D(1))",
            "t.clear()",
        ],
        "data": ["D(frozenset([1]))"],
        "topics": ['broker.Topic("a")/"b"'],
    },
    "Another exception for a call that is wrong": {"data": ["to_py(5)"], "zeek": ["broker.zeek.Event()"]},
    "A list of a class of its own": {"peerings": ["ep2.peer_subscriptions()"]},
}
"""Reason, as what the bindings do; file; calls."""


def outcomes(python: str, module: str, file: str) -> list[tuple[str, str]]:
    command = [python, HERE / "run_calls.py", module, HERE / "calls" / f"{file}.txt"]
    run = subprocess.run(command, capture_output=True, text=True, check=True, timeout=55)
    return [(line, outcome) for line, outcome in json.loads(run.stdout)[file]]


def recorded(file: str) -> list[tuple[str, str]]:
    record = json.loads(RECORD.read_text(encoding="utf-8"))
    return [(line, outcome) for line, outcome in record[file]]


def is_same(theirs: str, ours: str) -> bool:
    """An exception of ours may be of more classes than theirs; what has no text there is compared by its class."""
    if theirs.startswith("raises ") and ours.startswith("raises "):
        return theirs.split()[1] in ours.split()[1:]
    bare = re.fullmatch(r"(\w+) <\1>", theirs)
    return ours.split(maxsplit=1)[0] == bare[1] if bare else theirs == ours


@pytest.mark.parametrize("file", FILES)
def test_every_difference_from_the_bindings_is_known(file):
    theirs, ours = recorded(file), outcomes(sys.executable, "broker_core.blocking", file)
    assert [line for line, _ in theirs] == [line for line, _ in ours], "record them again: vectors/README.md"
    differing = {
        line: f"{line}\n    theirs: {their}\n    ours:   {our}"
        for (line, their), (_, our) in zip(theirs, ours, strict=True)
        if not is_same(their, our)
    }
    known = {line for lines in DIFFERENCES.values() for line in lines.get(file, [])}
    assert not [text for line, text in differing.items() if line not in known]
    assert not known - set(differing), "these are the same by now"


def has_bindings() -> bool:
    if not Path(SYSTEM_PYTHON).exists():
        return False
    return subprocess.run([SYSTEM_PYTHON, "-c", "import broker"], capture_output=True, check=False).returncode == 0


@pytest.mark.skipif(not has_bindings(), reason="python3-broker is not installed")
@pytest.mark.parametrize("file", FILES)
def test_the_record_is_what_the_bindings_do(file):
    assert outcomes(SYSTEM_PYTHON, "broker", file) == recorded(file)


@pytest.mark.parametrize(
    ("theirs", "ours", "same"),
    [
        ("int 1", "int 1", True),
        ("int 1", "int 2", False),
        ("int 1", "bool 1", False),
        ("raises TypeError", "raises ValueError TypeError", True),
        ("raises TypeError", "raises ValueError", False),
        ("raises TypeError", "int 1", False),
        ("Data <Data>", "Data Data(1)", True),
        ("Data <Data>", "int 1", False),
    ],
)
def test_what_counts_as_the_same(theirs, ours, same):
    assert is_same(theirs, ours) is same
