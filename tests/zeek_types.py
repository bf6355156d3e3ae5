"""Scripts with declarations, as operators write them, and values of declared types."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st

from broker_core.declarations import Declarations, Type
from broker_core.model import Count, EnumValue, Set, Table, Timespan, Timestamp
from strategies import reals, scalars, strings

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["RECORDED", "SCRIPTS", "type_of", "typed_values"]

RECORDED = """
module Rec;

export {
    type Color: enum { RED, GREEN, BLUE };
    type Inner: record { a: count; b: string &optional; c: int &default=-7; d: double &optional; };
    type Key: record { x: count; y: string; };

    global ping: event(n: count, s: string);
    global noargs: event();
    global every: event(b: bool, i: int, c: count, d: double, t: time, iv: interval, s: string, p: pattern, e: Color,
        po: port, a4: addr, a6: addr, n4: subnet, n6: subnet, st: set[count], st2: set[string, port],
        t1: table[string] of count, t2: table[addr, port] of string, v: vector of double, r: Inner, x: any);

    global take_count: event(x: count);
    global take_int: event(x: int);
    global take_double: event(x: double);
    global take_bool: event(x: bool);
    global take_string: event(x: string);
    global take_time: event(x: time);
    global take_interval: event(x: interval);
    global take_pattern: event(x: pattern);
    global take_port: event(x: port);
    global take_addr: event(x: addr);
    global take_subnet: event(x: subnet);
    global take_color: event(x: Color);
    global take_inner: event(x: Inner);
    global take_set: event(x: set[count]);
    global take_set2: event(x: set[string, port]);
    global take_setrec: event(x: set[Key]);
    global take_table: event(x: table[string] of count);
    global take_table2: event(x: table[addr, port] of string);
    global take_vector: event(x: vector of count);
    global take_any: event(x: any);
    global take_fn: event(x: function(n: count): count);
}
"""
"""The events of the recordings of a Zeek, as their descriptions tell them."""

SCRIPTS = {
    "scan-notices.zeek": """
##! Tells the manager of sweeps that a sensor without Zeek has seen.

@load base/frameworks/notice

module Sweep;

export {
    redef enum Notice::Type += {
        ## One host asked very many others.
        Horizontal,
        ## One host asked very many ports; the usual "knock /knock/" is none.
        Vertical,
    };

    ## How sure the sensor is.
    type Confidence: enum { GUESS = 1, LIKELY = 2, CERTAIN = 3 } &redef;

    type Sighting: record {
        ## When it began.
        first:      time            &log;
        source:     addr            &log;
        targets:    set[addr]       &log &default=set();
        ports:      set[port]       &optional;
        rate:       double          &default=0.0;
        sure:       Confidence      &default=GUESS;
        comment:    string          &optional &default="none; or \\"nothing\\" }";
    };

    ## Sensors raise this. # not a comment of its own
    global seen: event(sensor: string, what: Sighting, tags: table[string] of count);
    global withdrawn: event(sensor: string, source: addr &optional, why: Notice::Type);

    option quiet_nets: set[subnet] = { 10.0.0.0/8, [2001:db8::]/32 };
    const limit = 5min &redef;
    global is_quiet: function(a: addr): bool;
    global sweeping: hook(s: Sighting);
}

redef record Sighting += {
    analyst: string &optional;
    score: int &default=-1;
};

function is_quiet(a: addr): bool
    {
    # a brace in a comment: }
    if ( /^10\\.[}"]/ in fmt("%s", a) && |quiet_nets| / 2 > 0 )
        return T;
    return a in quiet_nets;
    }

event Sweep::seen(sensor: string, what: Sighting, tags: table[string] of count) &priority=-5
    {
    print fmt("}{ %s", sensor), what$targets;
    when ( local n = lookup_addr(what$source) ) { print n; } timeout 5sec { print "late"; }
    }

event zeek_done() { Log::flush(Sweep::LOG); }
""",
    "hosts.zeek": """
module Hosts;

export {
    type Owner: record { name: string; mail: string &optional; };
    type Host: record {
        address: addr;
        owner: Owner &optional;
        services: vector of record { p: port; name: string &default="?"; };
        parent: Host &optional;
    };
    type Hosts: set[addr];
    type ByNet: table[subnet, transport_proto] of Host;
    global learned: event(h: Host);
    global forgotten: event(which: Hosts, after: interval);
    global replaced: event(all: ByNet);
}

module GLOBAL;

@ifdef ( Hosts::extended )
redef record Hosts::Host += { extra: connection &optional; };
@else
redef record Hosts::Host += { plain: bool &default=T; };
@endif

global reload: event(name: string);
event reload(name: string)
    {
    schedule 10sec { reload(name) };
    }
event Hosts::from_handler(h: Hosts::Host, c: connection) { }
""",
}
"""By file name."""

_BASICS: dict[str, Callable[[Any], bool]] = {
    "bool": lambda value: type(value) is bool,
    "count": lambda value: type(value) is Count,
    "int": lambda value: type(value) is int,
    "time": lambda value: type(value) is Timestamp,
    "interval": lambda value: type(value) is Timespan,
    "addr": lambda value: type(value).__name__ in {"IPv4Address", "IPv6Address"},
    "subnet": lambda value: type(value).__name__ in {"IPv4Network", "IPv6Network"},
    "port": lambda value: type(value).__name__ == "Port",
}


def _leaf(text: str) -> st.SearchStrategy[Any]:
    if text == "double":
        return reals()
    if text in {"string", "file"}:
        return strings()
    if text == "transport_proto":
        return st.sampled_from(["unknown_transport", "tcp", "udp", "icmp"]).map(EnumValue)
    if text == "pattern":
        return st.tuples(strings(), strings())
    return scalars().filter(_BASICS[text])


_LEAVES = st.sampled_from([*_BASICS, "double", "string", "file", "transport_proto", "pattern"])


@st.composite
def _types(draw: st.DrawFn, depth: int = 3) -> tuple[str, st.SearchStrategy[Any]]:
    """The text of a type and a strategy for its values."""
    kind = draw(st.sampled_from(["leaf", "leaf", "vector", "set", "table", "record"])) if depth else "leaf"
    if kind == "leaf":
        text = draw(_LEAVES)
        return text, _leaf(text)
    if kind == "vector":
        text, inner = draw(_types(depth - 1))
        return f"vector of {text}", st.lists(inner, max_size=3).map(tuple)
    if kind == "record":
        fields = draw(st.lists(st.tuples(_types(depth - 1), st.booleans()), max_size=3))
        parts = [f"f{at}: {text}{' &optional' * unset};" for at, ((text, _), unset) in enumerate(fields)]
        items = [st.none() | values if unset else values for (_, values), unset in fields]
        return f"record {{ {' '.join(parts)} }}", st.tuples(*items)
    columns = draw(st.lists(_types(depth - 1), min_size=1, max_size=2))
    index = ", ".join(text for text, _ in columns)
    key = columns[0][1] if len(columns) == 1 else st.tuples(*[values for _, values in columns])
    if kind == "set":
        return f"set[{index}]", st.lists(key, max_size=3).map(_set)
    text, inner = draw(_types(depth - 1))
    return f"table[{index}] of {text}", st.lists(st.tuples(key, inner), max_size=3).map(_table)


def _set(items: list[Any]) -> Set:
    try:
        return Set(items)
    except ValueError:  # NaN beside another real
        return Set(items[:1])


def _table(pairs: list[Any]) -> Table:
    try:
        return Table(pairs)
    except ValueError:
        return Table(pairs[:1])


@st.composite
def typed_values(draw: st.DrawFn) -> tuple[str, Any]:
    """The text of a type, and a value of it."""
    text, values = draw(_types())
    return text, draw(values)


def type_of(text: str, script: str = "") -> Type:
    """The type that *text* names after *script*."""
    known = Declarations.of_types("e", text, "--types").merge(Declarations.parse(script))
    signature = known.event("e")
    assert signature is not None
    return signature.parameters[0].type
