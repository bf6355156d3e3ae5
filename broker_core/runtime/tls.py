"""TLS as Broker has it by default: encryption without certificates.

Source: spec native-protocol.md section 11. Both sides use one anonymous cipher of TLS 1.2, which libraries leave
out unless asked by name; a build of OpenSSL without it gives a :class:`ConfigurationError`.
"""

from __future__ import annotations

import ssl
from dataclasses import dataclass, field
from functools import cache
from typing import Literal, get_args

from broker_core.errors import ConfigurationError

__all__ = ["TlsCredentials", "TlsMode", "anonymous_context", "check_tls_mode", "describe_tls"]

TlsMode = Literal["auto", "off", "anon", "verify"]
"""``off``: plain TCP. ``anon``: Broker's default. ``verify``: with certificates. ``auto``: what the peer speaks."""

_CIPHERS = "AECDH-AES256-SHA@SECLEVEL=0"
_CURVE = "secp384r1"


@dataclass(frozen=True, slots=True, kw_only=True)
class TlsCredentials:
    """What TLS with certificates needs: PEM files, as Zeek's ``Broker::ssl_*`` options name them."""

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
    key_log: str | None = None
    """File that gets the keys of all TLS sessions, for Wireshark. Whoever reads it can read the traffic."""


def check_tls_mode(mode: str) -> TlsMode:
    """*mode*, or :class:`ConfigurationError` when there is none of that name."""
    for known in get_args(TlsMode):
        if mode == known:
            return known  # type: ignore[no-any-return]
    msg = f"TLS mode {mode!r} is none of {', '.join(get_args(TlsMode))}"
    raise ConfigurationError(msg)


@cache
def anonymous_context(*, server: bool) -> ssl.SSLContext:
    """The context for certificate-less TLS. Raises :class:`ConfigurationError` when OpenSSL cannot do it."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER if server else ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    try:
        context.set_ciphers(_CIPHERS)
        context.set_ecdh_curve(_CURVE)
    except (ssl.SSLError, ValueError) as error:
        msg = (
            f"this OpenSSL ({ssl.OPENSSL_VERSION}) cannot do Broker's certificate-less TLS "
            f'(cipher {_CIPHERS}): {error}; use TLS mode "off" on both sides'
        )
        raise ConfigurationError(msg) from error
    return context


def describe_tls(version: str | None, cipher: tuple[str, str, int] | None) -> str:
    """What a connection uses, such as ``TLSv1.2 AECDH-AES256-SHA (no certificates)``."""
    name = cipher[0] if cipher else "unknown cipher"
    anonymous = " (no certificates)" if name.startswith(("AECDH", "ADH")) else ""
    return f"{version or 'TLS'} {name}{anonymous}"
