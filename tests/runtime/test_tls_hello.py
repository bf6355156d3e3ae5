"""What a ClientHello offers."""

from __future__ import annotations

import ssl

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broker_core.runtime.tls_hello import offered_ciphers, offers_anonymous


def hello(ciphers: str, *, latest: ssl.TLSVersion = ssl.TLSVersion.TLSv1_3) -> bytes:
    """What OpenSSL says first."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.maximum_version = latest
    context.set_ciphers(ciphers)
    context.check_hostname = False
    out = ssl.MemoryBIO()
    with pytest.raises(ssl.SSLWantReadError):
        context.wrap_bio(ssl.MemoryBIO(), out).do_handshake()
    return out.read()


ANONYMOUS = hello("AECDH-AES256-SHA@SECLEVEL=0", latest=ssl.TLSVersion.TLSv1_2)
ORDINARY = hello("HIGH:!aNULL:!MD5")


def test_the_kinds_are_told_apart() -> None:
    assert offers_anonymous(ANONYMOUS) is True
    assert offers_anonymous(ORDINARY) is False
    assert offered_ciphers(ANONYMOUS) == (0xC019, 0x00FF)
    assert 0x1301 in (offered_ciphers(ORDINARY) or ())


@pytest.mark.parametrize("data", [ANONYMOUS, ORDINARY])
def test_a_part_says_nothing_or_the_same(data) -> None:
    whole = offered_ciphers(data)
    for end in range(len(data)):
        assert offered_ciphers(data[:end]) in {None, whole}
    assert offered_ciphers(data + b"more") == whole


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"GET / HTTP/1.1\r\n" * 9,
        b"\x15" + ORDINARY[1:],
        ORDINARY[:5] + b"\x02" + ORDINARY[6:],
        ORDINARY[:43] + b"\xff" + bytes(100),
        ORDINARY[:43] + b"\0\0\x03\1\2\3",
    ],
)
def test_what_is_no_hello_offers_nothing(data) -> None:
    assert offered_ciphers(data) is None
    assert offers_anonymous(data) is None


@given(st.binary(max_size=200))
def test_no_bytes_are_too_strange(data) -> None:
    offers_anonymous(data)
    offers_anonymous(b"\x16\x03\x01\x00\xff\x01" + data)
