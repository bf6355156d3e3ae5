"""Addresses and subnets: from and to bytes, masking, membership, texts (manual 2.3.1)."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broker_core.errors import InvalidValue
from broker_core.model import address_from_bytes, address_to_bytes, mask_address
from broker_core.model.network import (
    canonical_address,
    canonical_subnet,
    parse_address,
    parse_subnet,
    subnet_from_parts,
    subnet_to_parts,
)

V4 = IPv4Address("10.1.2.3")
V6 = IPv6Address("2001:db8::1")
MAPPED = bytes.fromhex("00000000000000000000ffff0a010203")


def test_addresses_from_bytes() -> None:
    assert address_from_bytes(bytes([10, 1, 2, 3])) == V4
    assert address_from_bytes(MAPPED) == V4
    assert address_from_bytes(V6.packed) == V6
    assert address_from_bytes(bytearray(V6.packed), 6) == V6
    assert address_from_bytes(bytes([10, 1, 2, 3]), family=4) == V4


def test_addresses_from_bytes_in_host_order() -> None:
    assert address_from_bytes(bytes([3, 2, 1, 10]), order="little") == V4
    swapped = b"".join(V6.packed[at : at + 4][::-1] for at in (0, 4, 8, 12))
    assert address_from_bytes(swapped, order="little") == V6


@pytest.mark.parametrize(("data", "family"), [(b"", None), (bytes(5), None), (bytes(16), 4), (bytes(4), 6)])
def test_addresses_from_the_wrong_number_of_bytes(data: bytes, family: int | None) -> None:
    with pytest.raises(InvalidValue, match="an address has"):
        address_from_bytes(data, family)  # type: ignore[arg-type]


@given(st.binary(min_size=16, max_size=16))
def test_sixteen_bytes_come_back(data: bytes) -> None:
    address = address_from_bytes(data)
    assert address_to_bytes(address) == data
    assert canonical_address(address) is address


def test_mapped_addresses_are_ipv4() -> None:
    assert canonical_address(IPv6Address(MAPPED)) == V4
    assert type(canonical_address(IPv6Address(MAPPED))) is IPv4Address
    with pytest.raises(InvalidValue, match="zone"):
        canonical_address(IPv6Address("fe80::1%eth0"))


def test_masking() -> None:
    assert mask_address(V4, 8) == IPv4Address("10.0.0.0")
    assert mask_address(V4, 0) == IPv4Address("0.0.0.0")
    assert mask_address(V4, 32) == V4
    assert mask_address(V6, 32) == IPv6Address("2001:db8::")
    for bits in (-1, 33):
        with pytest.raises(InvalidValue, match="cannot keep"):
            mask_address(V4, bits)


def test_membership_is_pythons() -> None:
    assert V4 in parse_subnet("10.0.0.0/8")
    assert V6 not in parse_subnet("10.0.0.0/8")


def test_subnets_to_parts_and_back() -> None:
    assert subnet_to_parts(IPv4Network("10.0.0.0/8")) == (bytes(10) + b"\xff\xff\x0a\x00\x00\x00", 104)
    assert subnet_to_parts(IPv6Network("2001:db8::/64")) == (bytes.fromhex("20010db8") + bytes(12), 64)
    for text in ("10.0.0.0/8", "0.0.0.0/0", "1.2.3.4/32", "::/0", "fc00::/7", "::1/128", "::fffe:0:0/95"):
        assert subnet_from_parts(*subnet_to_parts(ip_network(text))) == ip_network(text)


def test_odd_parts_of_subnets() -> None:
    assert subnet_from_parts(MAPPED, 104) == IPv4Network("10.0.0.0/8"), "host bits are cleared"
    assert subnet_from_parts(MAPPED, 8) == IPv6Network("::/8")
    assert subnet_from_parts(V6.packed, 32) == IPv6Network("2001:db8::/32")
    for packed in (MAPPED, V6.packed):
        with pytest.raises(InvalidValue, match="above 128"):
            subnet_from_parts(packed, 129)


def test_mapped_subnets_are_ipv4() -> None:
    assert canonical_subnet(IPv6Network("::ffff:10.0.0.0/104")) == IPv4Network("10.0.0.0/8")
    for text in ("::/0", "::fffe:0:0/95", "::1:0:0:0/100"):
        assert canonical_subnet(IPv6Network(text)) == IPv6Network(text)


@pytest.mark.parametrize(
    ("text", "address"),
    [("10.1.2.3", V4), ("2001:DB8::1", V6), ("::ffff:10.1.2.3", V4), ("::102:304", ip_address("::1.2.3.4"))],
)
def test_parse_address(text: str, address: object) -> None:
    assert parse_address(text) == address


@pytest.mark.parametrize(
    "text", ["", "10.0.0.300", "10.0.0", "010.0.0.1", " ::1", "[::1]", "fe80::1%eth0", "x", "1.2.3.4/8", "٣.2.3.4"]
)
def test_parse_address_refuses(text: str) -> None:
    with pytest.raises(InvalidValue):
        parse_address(text)


@pytest.mark.parametrize(
    ("text", "subnet"),
    [
        ("10.1.2.3/8", "10.0.0.0/8"),
        ("2001:db8::1/32", "2001:db8::/32"),
        ("::ffff:10.1.2.3/8", "10.0.0.0/8"),
        ("::/0", "::/0"),
        ("1.2.3.4/032", "1.2.3.4/32"),
    ],
)
def test_parse_subnet(text: str, subnet: str) -> None:
    assert parse_subnet(text) == ip_network(subnet)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "10.0.0.0",
        "10.0.0.0/",
        "/8",
        "10.0.0.0/33",
        "::/129",
        "::ffff:10.0.0.0/104",
        "10.0.0.0/-1",
        "10.0.0.0/255.0.0.0",
        "10.0.0.0/٣",
        "10.0.0.0/8/8",
        "fe80::%eth0/64",
        "x/8",
        "1.2.3.4/" + "9" * 5000,
    ],
)
def test_parse_subnet_refuses(text: str) -> None:
    with pytest.raises(InvalidValue, match="is no subnet"):
        parse_subnet(text)
