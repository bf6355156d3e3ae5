"""Certificate-less TLS."""

from __future__ import annotations

import re
import ssl
import subprocess
from functools import partial

import pytest
import trio

from broker_core import Endpoint, PeerAddress
from broker_core.errors import ConfigurationError
from broker_core.runtime import tls
from broker_core.runtime.streams import Connection, connect_tls, dial


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
    with pytest.raises(ConfigurationError, match="'on' is none of auto, off, anon, verify"):
        tls.check_tls_mode("on")


def test_description() -> None:
    assert tls.describe_tls("TLSv1.3", ("TLS_AES_256_GCM_SHA384", "TLSv1.3", 256)) == "TLSv1.3 TLS_AES_256_GCM_SHA384"
    assert tls.describe_tls(None, None) == "TLS unknown cipher"


async def test_openssl_itself_gets_the_suite_and_the_curve_that_broker_uses() -> None:
    async with Endpoint() as endpoint:
        listener = await endpoint.listen()
        command = ["openssl", "s_client", "-connect", f"127.0.0.1:{listener.port}", "-tls1_2"]
        command += ["-cipher", "AECDH-AES256-SHA@SECLEVEL=0"]
        with trio.fail_after(10):
            run = await trio.run_process(command, stdin=b"", capture_stdout=True, capture_stderr=True, check=False)
    text = run.stdout.decode()
    assert "Cipher is AECDH-AES256-SHA" in text
    assert "Server Temp Key: ECDH, secp384r1" in text


async def test_our_side_as_the_client_of_openssl_itself() -> None:
    command = ["openssl", "s_server", "-accept", "127.0.0.1:0", "-nocert", "-tls1_2"]
    command += ["-cipher", "AECDH-AES256-SHA@SECLEVEL=0", "-groups", "secp384r1", "-naccept", "1"]
    with trio.fail_after(10):
        async with trio.open_nursery() as nursery:
            server = await nursery.start(
                partial(trio.run_process, command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, check=False)
            )
            said = b""
            while not (ready := re.search(rb"ACCEPT .*:(\d+)\n", said)):
                said += await server.stdout.receive_some()
            port = int(ready[1])
            connection = await dial(PeerAddress("127.0.0.1", port), 5)
            secured = await connect_tls(connection)
            assert isinstance(secured, Connection)
            assert secured.tls == "TLSv1.2 AECDH-AES256-SHA (no certificates)"
            await secured.close()
            nursery.cancel_scope.cancel()
