"""Certificate-less TLS."""

from __future__ import annotations

import ssl

import pytest

from broker_core.errors import ConfigurationError
from broker_core.runtime import tls


def test_the_context_is_brokers() -> None:
    context = tls.anonymous_context(server=False)
    assert [cipher["name"] for cipher in context.get_ciphers() if not cipher["name"].startswith("TLS_")] == [
        "AECDH-AES256-SHA"
    ]
    assert context.verify_mode == ssl.CERT_NONE
    assert context.maximum_version == ssl.TLSVersion.TLSv1_2


def test_an_openssl_without_the_suite_is_a_configuration_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tls, "_CIPHERS", "NO-SUCH-CIPHER")
    tls.anonymous_context.cache_clear()
    with pytest.raises(ConfigurationError, match=r'cannot do Broker.s certificate-less TLS.*use TLS mode "off"'):
        tls.anonymous_context(server=True)
    tls.anonymous_context.cache_clear()


def test_modes() -> None:
    assert tls.check_tls_mode("auto") == "auto"
    with pytest.raises(ConfigurationError, match="'on' is none of auto, anon, off"):
        tls.check_tls_mode("on")


def test_description() -> None:
    assert tls.describe_tls("TLSv1.3", ("TLS_AES_256_GCM_SHA384", "TLSv1.3", 256)) == "TLSv1.3 TLS_AES_256_GCM_SHA384"
    assert tls.describe_tls(None, None) == "TLS unknown cipher"
