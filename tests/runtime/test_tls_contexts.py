"""Contexts made of files, and what is said about files that cannot be used."""

from __future__ import annotations

import os
import ssl
import stat
import subprocess
import sys
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pexpect  # type: ignore[import-untyped]
import pytest

from broker_core import TlsCredentials
from broker_core.errors import ConfigurationError
from broker_core.runtime import tls_contexts
from broker_core.runtime.tls_contexts import anonymous_context, verified_context, web_client_context


def shake(one: ssl.SSLContext, two: ssl.SSLContext, host: str | None = None) -> tuple[ssl.SSLObject, ssl.SSLObject]:
    """Let a client and a server shake hands in memory."""
    to_server, to_client = ssl.MemoryBIO(), ssl.MemoryBIO()
    client = one.wrap_bio(to_client, to_server, server_hostname=host)
    server = two.wrap_bio(to_server, to_client, server_side=True)
    for _ in range(4):
        for side in (client, server):
            with suppress(ssl.SSLWantReadError):
                side.do_handshake()
    assert client.cipher() == server.cipher()
    return client, server


# -- kinds ------------------------------------------------------------------------------------------------------


def test_the_anonymous_context_is_brokers() -> None:
    context = anonymous_context(server=False)
    assert [cipher["name"] for cipher in context.get_ciphers() if not cipher["name"].startswith("TLS_")] == [
        "AECDH-AES256-SHA"
    ]
    assert context.verify_mode == ssl.CERT_NONE
    assert context.maximum_version == ssl.TLSVersion.TLSv1_2
    client, _ = shake(context, anonymous_context(server=True))
    assert "AECDH-AES256-SHA" in (client.cipher() or ())


@pytest.mark.parametrize("latest", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_with_certificates_both_sides_show_theirs(authority, cpp, latest) -> None:
    one, two = authority.node(), authority.node()
    theirs = cpp(two, server=True)
    theirs.maximum_version = latest
    client, server = shake(verified_context(one, server=False), theirs)
    assert client.getpeercert(binary_form=True)
    assert server.getpeercert(binary_form=True)
    assert client.version() == latest.name.replace("_", ".")
    client, server = shake(cpp(one, server=False), verified_context(two, server=True))
    assert client.getpeercert(binary_form=True)
    assert server.getpeercert(binary_form=True)


def test_only_todays_versions_and_no_renegotiation(authority) -> None:
    for context in (
        anonymous_context(server=True),
        verified_context(authority.node(), server=True),
        web_client_context(None),
    ):
        assert context.minimum_version == ssl.TLSVersion.TLSv1_2
        assert context.options & ssl.OP_NO_RENEGOTIATION


def test_a_listener_may_do_without_certificates_of_clients(authority) -> None:
    credentials = authority.node(require_certificate=False, ca_file=None)
    context = verified_context(credentials, server=True)
    assert context.verify_mode == ssl.CERT_NONE
    web = TlsCredentials(ca_file=authority.ca_file)
    _, server = shake(web_client_context(web), context)
    assert server.getpeercert(binary_form=True) is None


def test_a_web_client_trusts_the_system_and_checks_the_host_unless_it_has_a_ca(authority) -> None:
    context = web_client_context(None)
    assert (context.verify_mode, context.check_hostname) == (ssl.CERT_REQUIRED, True)
    own = web_client_context(TlsCredentials(ca_file=authority.ca_file))
    assert (own.verify_mode, own.check_hostname) == (ssl.CERT_REQUIRED, False)
    assert web_client_context(TlsCredentials(ca_file=authority.ca_file, check_host=True)).check_hostname
    _, server = shake(web_client_context(authority.node()), verified_context(authority.node(), server=True))
    assert server.getpeercert(binary_form=True)


def test_a_ca_directory_has_hash_names(authority, tmp_path) -> None:
    (tmp_path / "ca.pem").write_bytes(Path(authority.ca_file).read_bytes())
    credentials = authority.node(ca_file=None, ca_dir=str(tmp_path))
    with pytest.raises(ConfigurationError, match=f"CA directory {tmp_path}: .* run: openssl rehash"):
        verified_context(credentials, server=False)
    missing = replace(credentials, ca_dir=str(tmp_path / "none"))
    with pytest.raises(ConfigurationError, match="none: cannot be read: no such file or directory"):
        verified_context(missing, server=False)
    subprocess.run(["openssl", "rehash", str(tmp_path)], check=True)
    shake(verified_context(credentials, server=False), verified_context(authority.node(), server=True))


# -- keeping and renewing ------------------------------------------------------------------------------------------


def test_a_context_is_used_again_until_a_file_changes(authority) -> None:
    credentials, other = authority.node(), authority.node()
    first = verified_context(credentials, server=True)
    assert verified_context(replace(credentials), server=True) is first
    assert verified_context(credentials, server=False) is not first
    for name in ("certificate", "key"):
        Path(getattr(other, name)).replace(getattr(credentials, name))
    renewed = verified_context(credentials, server=True)
    assert renewed is not first
    assert verified_context(credentials, server=True) is renewed


def test_half_a_renewal_is_an_error_and_the_other_half_mends_it(authority) -> None:
    credentials, other = authority.node(), authority.node()
    verified_context(credentials, server=True)
    Path(other.certificate).replace(credentials.certificate)
    with pytest.raises(ConfigurationError, match="does not belong to the certificate"):
        verified_context(credentials, server=True)
    Path(other.key).replace(credentials.key)
    verified_context(credentials, server=True)


def test_only_so_many_contexts_are_kept(authority) -> None:
    for number in range(2 * tls_contexts._MOST_CONTEXTS):
        anonymous_context(TlsCredentials(passphrase=str(number)), server=False)
    assert len(tls_contexts._contexts) <= tls_contexts._MOST_CONTEXTS


# -- the key log ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["anonymous", "verified"])
def test_the_key_log_is_for_the_owner_only(authority, tmp_path, kind) -> None:
    path = tmp_path / "keys.log"
    if kind == "anonymous":
        credentials = TlsCredentials(key_log=str(path))
        one, two = anonymous_context(credentials, server=False), anonymous_context(server=True)
    else:
        one = verified_context(authority.node(key_log=str(path)), server=False)
        two = verified_context(authority.node(), server=True)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    shake(one, two)
    assert ("CLIENT_RANDOM " if kind == "anonymous" else "CLIENT_TRAFFIC_SECRET_0 ") in path.read_text()


def test_a_key_log_that_was_taken_away_is_made_anew(tmp_path) -> None:
    path = tmp_path / "keys.log"
    credentials = TlsCredentials(key_log=str(path))
    shake(anonymous_context(credentials, server=False), anonymous_context(server=True))
    kept = anonymous_context(credentials, server=False)
    shake(kept, anonymous_context(server=True))
    assert anonymous_context(credentials, server=False) is kept
    path.rename(tmp_path / "old.log")
    shake(anonymous_context(credentials, server=False), anonymous_context(server=True))
    assert path.read_text().count("CLIENT_RANDOM") == 1


def test_a_key_log_that_cannot_be_written(tmp_path) -> None:
    with pytest.raises(ConfigurationError, match=f"TLS key log {tmp_path}: cannot be written: is a directory"):
        anonymous_context(TlsCredentials(key_log=str(tmp_path)), server=False)


# -- what is wrong with files --------------------------------------------------------------------------------------


def fails(credentials: TlsCredentials | None, *, server: bool = False) -> str:
    with pytest.raises(ConfigurationError) as caught:
        verified_context(credentials, server=server)
    return str(caught.value)


@pytest.mark.parametrize("server", [False, True])
@pytest.mark.parametrize(
    ("absent", "named"),
    [
        (("certificate",), "certificate"),
        (("key",), "key"),
        (("ca_file",), "CA (file or directory)"),
        (("certificate", "key", "ca_file"), "certificate, key, CA (file or directory)"),
    ],
)
def test_certificate_key_and_ca_go_together(authority, absent, named, server) -> None:
    credentials = replace(authority.node(), passphrase="x", **dict.fromkeys(absent))
    text = "TLS with certificates needs a certificate, its key and a CA; not given: "
    assert fails(credentials, server=server) == text + named
    assert fails(None, server=server).endswith("not given: certificate, key, CA (file or directory)")


@pytest.mark.parametrize("name", ["certificate", "key", "ca_file"])
def test_a_file_that_cannot_be_used_is_named(authority, tmp_path, name) -> None:
    good = authority.node()
    what = {"certificate": "TLS certificate", "key": "TLS key", "ca_file": "TLS CA file"}[name]

    def said(path: Any) -> str:
        text = fails(replace(good, **{name: str(path)}))
        assert text.startswith(f"{what} {path}: ")
        return text.partition(f"{path}: ")[2]

    assert said(tmp_path / "none.pem") == "cannot be read: no such file or directory"
    assert said(tmp_path) == "cannot be read: is a directory"
    os.mkfifo(tmp_path / "pipe")
    assert said(tmp_path / "pipe") == "is no regular file"
    (tmp_path / "der").write_bytes(b"0\x82\x01\x02")
    assert "-----BEGIN " in said(tmp_path / "der")
    swapped = {"certificate": good.key, "key": good.certificate, "ca_file": good.key}[name]
    assert said(swapped).startswith("holds a certificate, but" if name == "key" else "holds a key, but")
    kind = "PRIVATE KEY" if name == "key" else "CERTIFICATE"
    (tmp_path / "damaged").write_text(f"-----BEGIN {kind}-----\nAAAA\n-----END {kind}-----\n")
    said(tmp_path / "damaged")


def test_a_key_of_another_certificate(authority) -> None:
    one, two = authority.node(), authority.node()
    text = fails(replace(one, key=two.key))
    assert text == f"TLS key {two.key}: does not belong to the certificate in {one.certificate}"


def test_an_encrypted_key_needs_its_passphrase(authority) -> None:
    good = authority.node(passphrase="open sesame")
    verified_context(good, server=False)
    assert fails(replace(good, passphrase=None)) == f"TLS key {good.key}: is encrypted, and no passphrase is given"
    wrong = fails(replace(good, passphrase="open says me"))
    assert wrong == f"TLS key {good.key}: cannot be decrypted: the passphrase is wrong"
    assert "open" not in wrong.replace("openssl", "")


def test_a_passphrase_need_not_be_ascii(authority) -> None:
    verified_context(authority.node(passphrase="geöffnet " + "x" * 100), server=False)


def test_openssl_does_not_ask_for_a_passphrase(authority) -> None:
    good = authority.node(passphrase="x")
    program = (
        "import sys; from broker_core import *; from broker_core.runtime.tls_contexts import *\n"
        "try: verified_context(TlsCredentials(certificate=sys.argv[1], key=sys.argv[2], ca_file=sys.argv[3]), "
        "server=False)\n"
        "except ConfigurationError as error: print(error)"
    )
    child = pexpect.spawn(
        sys.executable, ["-c", program, good.certificate, good.key, good.ca_file], timeout=20, dimensions=(20, 500)
    )
    child.expect(pexpect.EOF)
    child.close()
    assert b"no passphrase is given" in child.before
    assert b"Enter" not in child.before


@pytest.mark.parametrize(("certificate", "key"), [("x", None), (None, "x")])
def test_a_web_client_shows_a_certificate_only_with_its_key(certificate, key) -> None:
    with pytest.raises(ConfigurationError, match="go together; there is no "):
        web_client_context(TlsCredentials(certificate=certificate, key=key))


NO_PROVIDER = """\
openssl_conf = init
[init]
alg_section = algorithms
[algorithms]
default_properties = fips=yes
"""


@pytest.mark.parametrize("kind", ["anonymous", "verified", "web"])
def test_an_openssl_that_is_not_allowed_to_is_a_configuration_error(tmp_path, authority, kind) -> None:
    """As on a machine in FIPS mode: really so, by OpenSSL's own configuration."""
    (tmp_path / "openssl.cnf").write_text(NO_PROVIDER)
    node = authority.node()
    call = {
        "anonymous": "anonymous_context(server=True)",
        "verified": "verified_context(TlsCredentials(certificate=a, key=b, ca_file=c), server=True)",
        "web": "web_client_context(None)",
    }[kind]
    program = (
        "import sys; from broker_core import *; from broker_core.runtime.tls_contexts import *\n"
        f"a, b, c = sys.argv[1:]\ntry: {call}\nexcept ConfigurationError as error: print(error)"
    )
    command = [sys.executable, "-c", program, node.certificate, node.key, node.ca_file]
    environ = {**os.environ, "OPENSSL_CONF": str(tmp_path / "openssl.cnf")}
    run = subprocess.run(command, env=environ, capture_output=True, text=True, check=True)
    if kind == "anonymous":
        assert "cannot do Broker's certificate-less TLS (cipher AECDH-AES256-SHA@SECLEVEL=0)" in run.stdout
        assert 'use TLS mode "off" on both sides, or certificates' in run.stdout
    else:
        assert "cannot do TLS here: library has no ciphers" in run.stdout
