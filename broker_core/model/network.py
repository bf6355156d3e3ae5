"""Addresses and subnets: the standard library's :mod:`ipaddress` types, and what the manual adds to them.

Broker has one address type of 16 bytes in which IPv4 is ``::ffff:a.b.c.d``; here that is always an
``IPv4Address``, so equal addresses compare equal. Sources: manual section 2.3.1, spec data-model.md sections 1, 3.
"""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import Literal

from broker_core.errors import InvalidValue

__all__ = [
    "Address",
    "Subnet",
    "address_from_bytes",
    "address_to_bytes",
    "mask_address",
    "parse_address",
    "parse_subnet",
    "subnet_from_parts",
    "subnet_to_parts",
]

Address = IPv4Address | IPv6Address
Subnet = IPv4Network | IPv6Network

MAPPED_PREFIX = bytes(10) + b"\xff\xff"
_MAPPED_INT = 0xFFFF << 32
_V4_BITS = 96  # bits in front of an IPv4 address in 128-bit space


def address_from_bytes(
    data: bytes, family: Literal[4, 6] | None = None, order: Literal["big", "little"] = "big"
) -> Address:
    """The address in *data*: 4 bytes, or 16 (IPv4-mapped ones become IPv4).

    *family* 4 or 6 demands that length; *order* "little" is for bytes in host order, per 32-bit word as C++
    takes them. Raises :class:`InvalidValue` on any other length.
    """
    expected = {4: (4,), 6: (16,), None: (4, 16)}[family]
    if len(data) not in expected:
        msg = f"an address has {' or '.join(map(str, expected))} bytes, not {len(data)}"
        raise InvalidValue(msg)
    if order == "little":
        data = b"".join(data[at : at + 4][::-1] for at in range(0, len(data), 4))
    if len(data) == 4:
        return IPv4Address(bytes(data))
    if data[:12] == MAPPED_PREFIX:
        return IPv4Address(bytes(data[12:]))
    return IPv6Address(bytes(data))


def address_to_bytes(address: Address) -> bytes:
    """The 16 bytes of *address* in network order."""
    packed = address.packed
    return packed if len(packed) == 16 else MAPPED_PREFIX + packed


def canonical_address(address: Address) -> Address:
    """*address* with IPv4-mapped IPv6 turned into IPv4; raises :class:`InvalidValue` on an IPv6 zone."""
    if isinstance(address, IPv6Address):
        if address.scope_id is not None:
            msg = f"address {address} has a zone, which Broker cannot carry"
            raise InvalidValue(msg)
        return address.ipv4_mapped or address
    return address


def mask_address(address: Address, top_bits: int) -> Address:
    """*address* with all but its first *top_bits* bits cleared (0 .. 32 for IPv4, 0 .. 128 for IPv6)."""
    bits = address.max_prefixlen
    if not 0 <= top_bits <= bits:
        msg = f"cannot keep {top_bits} bits of the {bits} of {address}"
        raise InvalidValue(msg)
    return type(address)(int(address) >> (bits - top_bits) << (bits - top_bits))


def subnet_to_parts(subnet: Subnet) -> tuple[bytes, int]:
    """The 16 bytes of the network address, and the prefix length in 128-bit space."""
    if subnet.version == 4:
        return MAPPED_PREFIX + subnet.network_address.packed, subnet.prefixlen + _V4_BITS
    return subnet.network_address.packed, subnet.prefixlen


def subnet_from_parts(packed: bytes, length: int) -> Subnet:
    """The reverse. Host bits are cleared as C++'s constructor does; raises :class:`InvalidValue` on a wrong length."""
    if packed[:12] == MAPPED_PREFIX and length >= _V4_BITS:
        if length <= 128:
            return IPv4Network((packed[12:], length - _V4_BITS), strict=False)
    elif length <= 128:
        return canonical_subnet(IPv6Network((packed, length), strict=False))
    msg = f"subnet prefix of {length} bits is above 128"
    raise InvalidValue(msg)


def canonical_subnet(subnet: Subnet) -> Subnet:
    """*subnet* with an IPv4-mapped network turned into IPv4."""
    if subnet.version == 6 and subnet.prefixlen >= _V4_BITS:
        network = int(subnet.network_address)
        if network >> 32 == _MAPPED_INT >> 32:
            return IPv4Network((network & 0xFFFFFFFF, subnet.prefixlen - _V4_BITS))
    return subnet


def parse_address(text: str) -> Address:
    """Dotted IPv4 or IPv6 text, without brackets or zone; raises :class:`InvalidValue`."""
    try:
        address = ip_address(text)
    except ValueError:
        msg = f"{text!r} is no address"
        raise InvalidValue(msg) from None
    return canonical_address(address)


def parse_subnet(text: str) -> Subnet:
    """``address/length``; host bits are cleared, a length out of range raises :class:`InvalidValue`.

    As in C++, ``::ffff:a.b.c.d`` counts as IPv4 here too, so that its length goes to 32.
    """
    address_text, slash, length = text.partition("/")
    if slash and length.isascii() and length.isdecimal():
        try:
            address = parse_address(address_text)
            if address.version == 4:
                return IPv4Network((address, length), strict=False)
            return canonical_subnet(IPv6Network((address, length), strict=False))
        except ValueError:
            pass
    msg = f"{text!r} is no subnet (such as 10.0.0.0/8 or 2001:db8::/32)"
    raise InvalidValue(msg)
