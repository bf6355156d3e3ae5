"""What certificates say, checked with the `cryptography` package, which makes them and reads them too."""

from __future__ import annotations

import ipaddress
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from hypothesis import given
from hypothesis import strategies as st

from broker_core.errors import DecodeError
from broker_core.protocol.certificates import certificates_in_pem, read_certificate, read_name

KEY = ec.generate_private_key(ec.SECP256R1())
BEGIN = datetime(2024, 2, 29, 12, 30, 15, tzinfo=UTC)


def name(*parts):
    return x509.Name([x509.NameAttribute(oid, text) for oid, text in parts])


def certificate(subject, issuer, end=BEGIN + timedelta(days=400), *extensions, begin=BEGIN):
    builder = x509.CertificateBuilder(issuer, subject, KEY.public_key(), 2**150 + 1, begin, end)
    for extension, critical in extensions:
        builder = builder.add_extension(extension, critical)
    return builder.sign(KEY, hashes.SHA256()).public_bytes(serialization.Encoding.DER)


CA = name((NameOID.COUNTRY_NAME, "DE"), (NameOID.ORGANIZATION_NAME, "Zeek"), (NameOID.COMMON_NAME, "cluster CA"))
NODE = name((NameOID.COMMON_NAME, "manager"), (NameOID.EMAIL_ADDRESS, "a@b.example"), (NameOID.DOMAIN_COMPONENT, "x"))
HOSTS = x509.SubjectAlternativeName(
    [
        x509.DNSName("zeek.example"),
        x509.IPAddress(ipaddress.ip_address("192.0.2.1")),
        x509.IPAddress(ipaddress.ip_address("2001:db8::1")),
        x509.RFC822Name("a@b.example"),
    ]
)
USAGE = x509.BasicConstraints(ca=False, path_length=None)
EXAMPLE = certificate(NODE, CA, BEGIN + timedelta(days=400), (USAGE, True), (HOSTS, False))


@pytest.mark.parametrize("critical", [True, False])
def test_a_certificate_of_a_node(critical):
    facts = read_certificate(certificate(NODE, CA, BEGIN + timedelta(days=400), (USAGE, True), (HOSTS, critical)))
    assert facts.subject == "DC=x, email=a@b.example, CN=manager"
    assert facts.issuer == "CN=cluster CA, O=Zeek, C=DE"
    assert (facts.not_before, facts.not_after) == (BEGIN, BEGIN + timedelta(days=400))
    assert facts.hosts == ("zeek.example", "192.0.2.1", "2001:db8::1")
    assert not facts.self_signed
    assert str(facts) == (
        "DC=x, email=a@b.example, CN=manager (signed by CN=cluster CA, O=Zeek, C=DE, valid until 2025-04-04)"
    )


def test_a_certificate_of_a_ca():
    facts = read_certificate(certificate(CA, CA, datetime(2060, 1, 2, tzinfo=UTC)))  # beyond 2049: the other format
    assert facts.self_signed
    assert facts.hosts == ()
    assert facts.not_after == datetime(2060, 1, 2, tzinfo=UTC)
    assert str(facts) == "CN=cluster CA, O=Zeek, C=DE (self-signed, valid until 2060-01-02)"


def test_a_certificate_of_the_last_century():
    facts = read_certificate(certificate(CA, CA, begin=datetime(1998, 1, 2, tzinfo=UTC)))
    assert facts.not_before.year == 1998


def test_a_certificate_without_names():
    facts = read_certificate(certificate(name(), CA))
    assert facts.subject == ""
    assert str(facts).startswith("a certificate without a name (signed by CN=cluster CA")


def test_parts_of_names_that_nobody_knows():
    unknown = x509.Name([x509.NameAttribute(x509.ObjectIdentifier(oid), "v") for oid in ("2.5.4.99", "1.2.3.4")])
    assert read_name(unknown.public_bytes()) == "?=v, 2.5.4.99=v"


def test_a_name_cannot_act_on_the_terminal():
    spoof = name((NameOID.COMMON_NAME, "a\x1b[2Jb\nc\u202ed"))
    assert read_name(spoof.public_bytes()) == r"CN=a\x1b[2Jb\nc\u202ed"


@pytest.mark.parametrize("end", range(len(EXAMPLE)))
def test_a_certificate_that_is_cut(end):
    with pytest.raises(DecodeError):
        read_certificate(EXAMPLE[:end])


@pytest.mark.parametrize(
    "head", [b"\x30\x80", b"\x30\x85\0\0\0\0\1", b"\x30\x84\xff\xff\xff\xff", b"\x30\x82\1", b"\x30"]
)
def test_lengths_that_cannot_be(head):
    with pytest.raises(DecodeError, match=r"^no X\.509 certificate: "):
        read_certificate(head)


@given(st.binary(max_size=200))
def test_any_bytes_are_a_certificate_or_an_error(data):
    for read in (read_certificate, read_name):
        try:
            read(data)
        except DecodeError:
            continue


@given(st.integers(0, len(EXAMPLE) - 1), st.integers(0, 255))
def test_a_damaged_certificate_is_read_or_an_error(at, byte):
    data = bytearray(EXAMPLE)
    data[at] = byte
    try:
        read_certificate(bytes(data))
    except DecodeError:
        return


def test_a_time_that_is_none():
    damaged = EXAMPLE.replace(b"240229123015Z", b"240231123015Z")
    with pytest.raises(DecodeError, match="'20240231123015Z' is no time"):
        read_certificate(damaged)


def test_certificates_of_a_file():
    one, two = (x509.load_der_x509_certificate(der) for der in (EXAMPLE, certificate(CA, CA)))
    pem = b"a remark\n" + b"".join(cert.public_bytes(serialization.Encoding.PEM) for cert in (one, two))
    assert certificates_in_pem(pem) == [EXAMPLE, certificates_in_pem(pem)[1]]
    assert read_certificate(certificates_in_pem(pem)[1]).subject == "CN=cluster CA, O=Zeek, C=DE"
    assert certificates_in_pem(b"-----BEGIN PRIVATE KEY-----\n") == []


@pytest.mark.parametrize(
    "text", [b"-----BEGIN CERTIFICATE-----\nMII", b"-----BEGIN CERTIFICATE-----\n!\n-----END CERTIFICATE-----"]
)
def test_damaged_files(text):
    with pytest.raises(DecodeError):
        certificates_in_pem(text)
