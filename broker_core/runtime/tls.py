"""What TLS is to be used, and what it needs: modes and credentials.

Source: spec native-protocol.md section 11. The contexts that OpenSSL needs are made in :mod:`.tls_contexts`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, get_args

from broker_core.errors import ConfigurationError

__all__ = ["MAX_PASSPHRASE", "TlsCredentials", "TlsMode", "check_tls_mode", "describe_tls"]

TlsMode = Literal["auto", "off", "anon", "verify"]
"""``off``: plain TCP. ``anon``: Broker's default. ``verify``: with certificates. ``auto``: what the peer speaks."""

MAX_PASSPHRASE = 127
"""Bytes: what C++ Broker has room for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TlsCredentials:
    """What TLS with certificates needs: PEM files, as Zeek's ``Broker::ssl_*`` options name them.

    Files are read when they are used, and again for a new connection when they have changed. Raises
    :class:`ConfigurationError` for a passphrase that is too long.
    """

    certificate: str | None = None
    """File with the own certificate, and the chain behind it."""
    key: str | None = None
    """File with the key of the certificate."""
    passphrase: str | None = field(default=None, repr=False)
    """What the key is encrypted with, at most 127 characters."""
    ca_file: str | None = None
    """File with the CAs that certificates of others must lead to."""
    ca_dir: str | None = None
    """Directory with such CAs under their OpenSSL hash names."""
    check_host: bool = False
    """Whether the certificate must be for the host that was asked for. Broker itself does not check that."""
    require_certificate: bool = True
    """Whether a listener demands certificates of its clients. Broker itself always does."""
    key_log: str | None = None
    """File that gets the keys of all TLS sessions, for Wireshark. Whoever reads it can read the traffic."""

    def __post_init__(self) -> None:
        if len(self.passphrase_bytes) > MAX_PASSPHRASE:
            msg = f"the passphrase of a key may have {MAX_PASSPHRASE} characters, and this one has more"
            raise ConfigurationError(msg)

    @property
    def passphrase_bytes(self) -> bytes:
        """The passphrase as OpenSSL takes it."""
        try:
            return (self.passphrase or "").encode("utf-8", "surrogateescape")
        except UnicodeEncodeError:  # its text would show what it is about
            msg = "the passphrase of a key is no text that can be encoded"
            raise ConfigurationError(msg) from None

    @property
    def wanted(self) -> bool:
        """Whether TLS with certificates is asked for: any of certificate, key, passphrase, CA file or directory."""
        return any((self.certificate, self.key, self.passphrase, self.ca_file, self.ca_dir))


def check_tls_mode(mode: str) -> TlsMode:
    """*mode*, or :class:`ConfigurationError` when there is none of that name."""
    for known in get_args(TlsMode):
        if mode == known:
            return known  # type: ignore[no-any-return]
    msg = f"TLS mode {mode!r} is none of {', '.join(get_args(TlsMode))}"
    raise ConfigurationError(msg)


def describe_tls(version: str | None, cipher: tuple[str, str, int] | None, certificates: str = "") -> str:
    """What a connection uses, such as ``TLSv1.2 AECDH-AES256-SHA (no certificates)``.

    *certificates* says which were checked, "" when nothing is known about that.
    """
    name = cipher[0] if cipher else "unknown cipher"
    if name.startswith(("AECDH", "ADH")):
        certificates = "no certificates"
    return f"{version or 'TLS'} {name}" + (f" ({certificates})" if certificates else "")
