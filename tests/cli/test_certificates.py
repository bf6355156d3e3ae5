"""Making and reading certificates, with the openssl command as the judge."""

from __future__ import annotations

import os
import stat
import subprocess
from datetime import UTC, datetime, timedelta

import pytest

from broker_cli.certificates import Node, make_node, open_authority, read
from broker_cli.exit_codes import ExitCode, Failure

NOW = datetime.now(UTC).replace(microsecond=0)


def openssl(*args: str) -> str:
    return subprocess.run(["openssl", *args], check=True, capture_output=True, text=True).stdout


def make(folder, text, **changes):
    authority = open_authority(folder, NOW)
    options = {"days": 10, "passphrase": None, "replace": False, "now": NOW, **changes}
    return make_node(authority, Node.parse(text), **options)


@pytest.mark.parametrize(
    ("text", "hosts"),
    [
        ("worker-1", ("worker-1",)),
        ("a=10.0.0.1", ("10.0.0.1",)),
        ("a=::1,zeek.example,*.zeek.example,zeek.example", ("::1", "zeek.example", "*.zeek.example")),
        ("a_b.c=localhost", ("localhost",)),
    ],
)
def test_nodes(text, hosts):
    assert Node.parse(text) == (text.partition("=")[0], hosts)


@pytest.mark.parametrize("text", ["", "=a", "a b", "../a", "-a", "a" * 65, "ca=x", "a=b/c", "a=-b", "a=b-", "a=ü"])
def test_what_is_no_node(text):
    with pytest.raises(Failure, match="NODE: "):
        Node.parse(text)


@pytest.mark.parametrize("purpose", ["sslclient", "sslserver"])
def test_openssl_takes_the_certificates_for_both_ends(tmp_path, purpose):
    made = make(tmp_path, "a=10.0.0.1,zeek.example")
    ca = str(tmp_path / "ca.crt")
    options = ["-x509_strict", "-purpose", purpose, "-CAfile", ca]
    for check in (["-verify_hostname", "zeek.example"], ["-verify_ip", "10.0.0.1"]):
        assert openssl("verify", *options, *check, str(made.certificate)).strip().endswith(": OK")
    with pytest.raises(subprocess.CalledProcessError):
        openssl("verify", *options, "-verify_hostname", "other.example", str(made.certificate))


def test_keys_are_for_their_owner_and_certificates_for_everybody(tmp_path):
    before = os.umask(0o022)
    try:
        make(tmp_path / "deep" / "er", "a")
    finally:
        os.umask(before)
    folder = tmp_path / "deep" / "er"
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()}
    assert modes == {"ca.crt": 0o644, "ca.key": 0o600, "a.crt": 0o644, "a.key": 0o600}
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_a_key_can_be_encrypted(tmp_path):
    made = make(tmp_path, "a", passphrase="open sesame")
    assert made.encrypted
    openssl("pkey", "-in", str(made.key), "-passin", "pass:open sesame", "-noout")
    with pytest.raises(subprocess.CalledProcessError):
        openssl("pkey", "-in", str(made.key), "-passin", "pass:wrong", "-noout")


def test_files_are_replaced_only_when_told(tmp_path):
    made = make(tmp_path, "a")
    before = made.certificate.read_bytes(), made.key.read_bytes()
    with pytest.raises(Failure, match=r"a\.key: file exists") as caught:
        make(tmp_path, "a")
    assert caught.value.code is ExitCode.BAD_INPUT
    assert (made.certificate.read_bytes(), made.key.read_bytes()) == before
    make(tmp_path, "a", replace=True)
    assert made.certificate.read_bytes() != before[0]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.crt", "a.key", "ca.crt", "ca.key"]


def test_the_authority_stays(tmp_path):
    first, second = open_authority(tmp_path, NOW), open_authority(tmp_path, NOW)
    assert (first.is_new, second.is_new) == (True, False)
    assert second.certificate == first.certificate


def test_a_certificate_does_not_outlive_its_authority(tmp_path):
    authority = open_authority(tmp_path, NOW)
    made = make(tmp_path, "a", days=36500)
    assert made.not_after == authority.certificate.not_valid_after_utc


def test_an_authority_that_cannot_be_used(tmp_path):
    one, two, three = tmp_path / "one", tmp_path / "two", tmp_path / "three"
    for folder in (one, two, three):
        open_authority(folder, NOW)
    with pytest.raises(Failure, match="has expired"):
        open_authority(one, NOW + timedelta(days=4000))
    (one / "ca.key").unlink()
    with pytest.raises(Failure, match=r"has ca\.crt, but no ca\.key"):
        open_authority(one, NOW)
    (two / "ca.key").replace(three / "ca.key")
    with pytest.raises(Failure, match=r"ca\.key is not the key of ca\.crt"):
        open_authority(three, NOW)
    (three / "ca.crt").write_text("garbage")
    with pytest.raises(Failure, match="cannot be used"):
        open_authority(three, NOW)


def test_a_place_that_cannot_be_written(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(Failure, match="pki: not a directory"):
        open_authority(tmp_path / "file" / "pki", NOW)


def test_reading(tmp_path):
    made = make(tmp_path, "a=10.0.0.1,zeek.example")
    (tmp_path / "both").write_bytes(made.certificate.read_bytes() + (tmp_path / "ca.crt").read_bytes())
    leaf, ca = read(str(tmp_path / "both"), NOW)
    assert (leaf.subject, leaf.issuer, leaf.is_ca) == ("CN=a", ca.subject, False)
    assert (leaf.hosts, leaf.days_left, leaf.state) == (("zeek.example", "10.0.0.1"), 10, "valid")
    assert (ca.issuer, ca.is_ca, ca.hosts) == (ca.subject, True, ())
    assert read(str(made.certificate), NOW + timedelta(days=10))[0].state == "expired"
    assert read(str(made.certificate), NOW + timedelta(days=11))[0].days_left == -1
    assert read(str(made.certificate), NOW - timedelta(days=1))[0].state == "not valid yet"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, "no such file or directory"),
        ("", "no certificate in PEM format"),
        ("-----BEGIN PRIVATE KEY-----\n", "only a key, and no certificate"),
        ("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", "a certificate cannot be read"),
    ],
)
def test_what_cannot_be_read(tmp_path, content, message):
    path = tmp_path / "x"
    if content is not None:
        path.write_text(content)
    with pytest.raises(Failure, match=message) as caught:
        read(str(path), NOW)
    assert caught.value.code is ExitCode.BAD_INPUT
    assert str(path) in str(caught.value)
