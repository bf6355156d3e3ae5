"""Arguments with a declared type: the first line names it, the rest is the argument."""

from __future__ import annotations

from broker_core.codecs import text
from broker_core.declarations import (
    DeclarationError,
    Declarations,
    MisfitError,
    Type,
    check,
    load_plain,
    plain_value,
    read_argument,
)
from broker_core.errors import DecodeError
from zeek_types import SCRIPTS

SCRIPT = Declarations.parse(SCRIPTS["hosts.zeek"])
CASES = [
    ("double", "5"),
    ("string", '"a\\n"'),
    ("set[addr, port]", "{(10.0.0.1, 22/tcp), [::1, 53/udp]}"),
    ("table[string] of vector of double", '{"a" -> (1, 2), "b": [3], ["c"] = ()}'),
    ("table[addr] of int", "{[::1] = 5, 1.2.3.4 -> -6}"),
    ("Hosts::Host", '[$address=10.0.0.1, $services=([$p=22/tcp]), $owner=[name="x"]]'),
    ("Hosts::Host", '{"address": "::1", "services": [{"p": "22/tcp", "name": "ssh"}], "owner": null}'),
    ("Hosts::ByNet", "{[10.0.0.0/8, tcp] = (::1, nil, (), nil, nil, nil)}"),
    ("record { t: time; i: interval; e: transport_proto; }", '{"t": 1714564800.5, "i": 5, "e": "udp"}'),
    ("pattern", "/a\\/b/i"),
    ("vector of any", '(1, "a", {2 -> nil})'),
    ("function(a: count)", "Rec::triple"),
]


def target(data: bytes) -> bool:
    """Any argument is read as a value that Zeek takes for the type, or refused with MisfitError.

    So it is for texts and for JSON without types.
    """
    first, _, argument = data.decode("utf-8", "surrogateescape").partition("\n")
    try:
        signature = Declarations.of_types("e", first).merge(SCRIPT).event("e")
    except DeclarationError:
        return False
    if signature is None or not signature.parameters:
        return False
    type_ = signature.parameters[0].type
    _plain(argument, type_)
    try:
        value = read_argument(argument, type_)
    except MisfitError as error:
        _one_line(error)
        return False
    check(value, type_)
    text.encode(value)
    return True


def seeds() -> list[bytes]:
    """Good arguments of many types."""
    return [f"{type_}\n{argument}".encode() for type_, argument in CASES]


def _one_line(error: Exception) -> None:
    assert "\n" not in str(error)


def _plain(line: str, type_: Type) -> None:
    try:
        value = plain_value(load_plain(line), type_)
    except (MisfitError, DecodeError) as error:
        _one_line(error)
    else:
        check(value, type_)
        text.encode(value)
