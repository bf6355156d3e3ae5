"""What a client offers in its first TLS message, for a listener that has to say why it cannot talk to it.

Source: RFC 8446 section 4.1.2, RFC 5246 section 7.4.1.2. Nothing here decides about a connection; OpenSSL does.
"""

from __future__ import annotations

__all__ = ["offered_ciphers", "offers_anonymous"]

_ANONYMOUS = 0xC019  # TLS_ECDH_anon_WITH_AES_256_CBC_SHA, which OpenSSL calls AECDH-AES256-SHA


def offered_ciphers(data: bytes) -> tuple[int, ...] | None:
    """The cipher suites that a ClientHello at the start of *data* offers; None when they cannot be read."""
    # record: type 22, version, u16 length; message: type 1, u24 length, version, 32 random bytes, session id
    if len(data) < 44 or data[0] != 22 or data[5] != 1:
        return None
    at = 44 + data[43]
    if len(data) < at + 2:
        return None
    end = at + 2 + int.from_bytes(data[at : at + 2], "big")
    suites = data[at + 2 : end]
    if len(data) < end or len(suites) % 2:
        return None
    return tuple(int.from_bytes(suites[place : place + 2], "big") for place in range(0, len(suites), 2))


def offers_anonymous(data: bytes) -> bool | None:
    """Whether the client speaks Broker's certificate-less TLS; None when that cannot be told from *data*."""
    suites = offered_ciphers(data)
    return None if suites is None else _ANONYMOUS in suites
