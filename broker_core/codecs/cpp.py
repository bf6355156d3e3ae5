"""The text that C++ Broker prints for a value. One way only: strings are not quoted, so it cannot be read back.

Source: spec data-model.md section 6.
"""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network
from typing import TYPE_CHECKING, Any

from broker_core.model.containers import Set, Table
from broker_core.model.scalars import Count, EnumValue, Port, Timespan, Timestamp

from ._shared import PORT_SUFFIXES, address_text, explain

if TYPE_CHECKING:
    from collections.abc import Callable

    from broker_core.model import Value

__all__ = ["encode"]


def encode(value: Value) -> bytes:
    """What ``to_string`` gives, byte for byte; :class:`EncodeError` for what is no strict value.

    Bytes, not str: strings go in as they are, UTF-8 or not, control characters and all.
    """
    try:
        return _PRINTERS[type(value)](value)
    except (KeyError, RecursionError, UnicodeEncodeError, AttributeError):
        raise explain(value) from None


def _joined(items: Any) -> bytes:
    return b", ".join([_PRINTERS[type(item)](item) for item in items])


def _pair(pair: tuple[Any, Any]) -> bytes:
    key, value = pair
    return _PRINTERS[type(key)](key) + b" -> " + _PRINTERS[type(value)](value)


_PRINTERS: dict[type, Callable[[Any], bytes]] = {
    type(None): lambda _: b"nil",
    bool: lambda value: b"T" if value else b"F",
    Count: lambda number: b"%d" % number,
    int: lambda number: b"%d" % number,
    float: lambda number: b"%f" % number,
    str: str.encode,
    bytes: bytes,
    IPv4Address: lambda address: address_text(address).encode(),
    IPv6Address: lambda address: address_text(address).encode(),
    IPv4Network: lambda subnet: str(subnet).encode(),
    IPv6Network: lambda subnet: str(subnet).encode(),
    Port: lambda port: f"{port.number}{PORT_SUFFIXES[port.protocol]}".encode(),
    Timestamp: lambda moment: b"%dns" % moment.ns,
    Timespan: lambda span: b"%dns" % span.ns,
    EnumValue: lambda value: value.raw,
    tuple: lambda items: b"(" + _joined(items) + b")",
    Set: lambda items: b"{" + _joined(items) + b"}",
    Table: lambda table: b"{" + b", ".join(map(_pair, table.pairs())) + b"}",
}
