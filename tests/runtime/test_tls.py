"""Modes, credentials, and how a connection is described."""

from __future__ import annotations

import pytest

from broker_core import TlsCredentials
from broker_core.errors import ConfigurationError
from broker_core.runtime.tls import MAX_PASSPHRASE, check_tls_mode, describe_tls


def test_modes() -> None:
    assert check_tls_mode("auto") == "auto"
    with pytest.raises(ConfigurationError, match="'on' is none of auto, off, anon, verify"):
        check_tls_mode("on")


@pytest.mark.parametrize(
    ("version", "cipher", "certificates", "expected"),
    [
        ("TLSv1.3", ("TLS_AES_256_GCM_SHA384", "TLSv1.3", 256), "", "TLSv1.3 TLS_AES_256_GCM_SHA384"),
        ("TLSv1.3", ("X", "TLSv1.3", 256), "certificate verified", "TLSv1.3 X (certificate verified)"),
        ("TLSv1.2", ("AECDH-AES256-SHA", "TLSv1.0", 256), "", "TLSv1.2 AECDH-AES256-SHA (no certificates)"),
        (None, None, "", "TLS unknown cipher"),
    ],
)
def test_description(version, cipher, certificates, expected) -> None:
    assert describe_tls(version, cipher, certificates) == expected


@pytest.mark.parametrize("name", ["certificate", "key", "passphrase", "ca_file", "ca_dir"])
def test_any_of_brokers_options_asks_for_certificates(name) -> None:
    assert TlsCredentials(**{name: "x"}).wanted
    assert not TlsCredentials(key_log="x", check_host=True, require_certificate=False).wanted


def test_a_passphrase_has_the_length_that_broker_has_room_for() -> None:
    assert TlsCredentials(passphrase="x" * MAX_PASSPHRASE).passphrase
    for long in ("x" * (MAX_PASSPHRASE + 1), "ü" * 64):
        with pytest.raises(ConfigurationError, match="127") as caught:
            TlsCredentials(passphrase=long)
        assert long not in str(caught.value)


def test_a_passphrase_is_bytes_in_the_end() -> None:
    assert TlsCredentials(passphrase="ü\udcff").passphrase_bytes == b"\xc3\xbc\xff"
    with pytest.raises(ConfigurationError, match="no text that can be encoded") as caught:
        TlsCredentials(passphrase="secret\ud800")
    assert "d800" not in repr(caught.value)


def test_a_passphrase_is_not_shown() -> None:
    assert "secret" not in repr(TlsCredentials(passphrase="secret", key="a.key"))
