"""The first flight of TLS servers of OpenSSL, as they come over the wire, and what is cut or no TLS at all."""

from __future__ import annotations

import ssl

import pytest
import trustme
from hypothesis import given
from hypothesis import strategies as st

from broker_core.protocol.certificates import certificates_in_pem
from broker_core.protocol.tls_flight import ServerFlight, alert_name

CA = trustme.CA(organization_name="Zeek", organization_unit_name="cluster CA")
NODE = CA.issue_cert("zeek.example", common_name="manager")


def client_context(newest=ssl.TLSVersion.TLSv1_2):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    context.maximum_version = newest
    context.set_ciphers("ALL:@SECLEVEL=0")
    return context


def server_context(asks=ssl.CERT_NONE, *, anonymous=False):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    if anonymous:
        context.maximum_version = ssl.TLSVersion.TLSv1_2
        context.set_ciphers("AECDH-AES256-SHA@SECLEVEL=0")
    else:
        NODE.configure_cert(context)
    CA.configure_trust(context)
    context.verify_mode = asks
    return context


def said_by(server, client):
    """Every byte that a server with the one context says to a client with the other."""
    to_server, to_client = ssl.MemoryBIO(), ssl.MemoryBIO()
    there = server.wrap_bio(to_server, to_client, server_side=True)
    answers = ssl.MemoryBIO()
    here = client.wrap_bio(answers, to_server)
    said = b""
    for _ in range(4):
        for side in (here, there):
            try:
                side.do_handshake()
            except ssl.SSLWantReadError:
                pass
            except ssl.SSLError:
                pass
        data = to_client.read()
        said += data
        answers.write(data)
    return said


def flight_of(data, size=None):
    flight = ServerFlight()
    for at in range(0, len(data), size or len(data) or 1):
        flight.receive_data(data[at : at + (size or len(data))])
    return flight


@pytest.mark.parametrize("size", [None, 1, 7])
@pytest.mark.parametrize("asks", [ssl.CERT_NONE, ssl.CERT_OPTIONAL, ssl.CERT_REQUIRED])
def test_a_server_with_a_certificate(asks, size):
    flight = flight_of(said_by(server_context(asks), client_context()), size)
    chain = [*NODE.cert_chain_pems, CA.cert_pem]  # OpenSSL adds the CA, which it has for checking others
    assert flight.certificates == [certificates_in_pem(pem.bytes())[0] for pem in chain]
    assert flight.wants_certificate is (asks is not ssl.CERT_NONE)
    assert flight.alert == ("handshake failure" if asks is ssl.CERT_REQUIRED else "")


def test_a_server_without_a_certificate():
    flight = flight_of(said_by(server_context(anonymous=True), client_context()))
    assert (flight.certificates, flight.wants_certificate, flight.alert) == ([], False, "")


def test_what_is_encrypted_stays_unknown():
    said = said_by(server_context(ssl.CERT_REQUIRED), client_context(ssl.TLSVersion.TLSv1_3))
    flight = flight_of(said)
    assert (flight.certificates, flight.wants_certificate, flight.alert) == ([], False, "")


def test_a_server_that_breaks_off():
    client = client_context()
    client.set_ciphers("AES128-SHA@SECLEVEL=0")  # which anonymous servers do not take
    assert flight_of(said_by(server_context(anonymous=True), client)).alert == "handshake failure"


def test_alerts_have_names():
    assert alert_name(48) == "unknown CA"
    assert alert_name(200) == "alert 200"


@given(st.lists(st.binary(max_size=300)))
def test_any_bytes_can_be_taken(parts):
    flight = ServerFlight()
    for part in parts:
        flight.receive_data(part)


REQUESTING = said_by(server_context(ssl.CERT_REQUIRED), client_context())


@given(st.integers(0, len(REQUESTING) - 1), st.integers(0, 255))
def test_a_damaged_flight_can_be_taken(at, byte):
    data = bytearray(REQUESTING)
    data[at] = byte
    flight_of(bytes(data))


def test_a_flight_without_end_is_not_kept():
    flight = ServerFlight()
    record = b"\x16\x03\x03\x40\x00" + b"\x0b\xff\xff\xff" + bytes(0x4000 - 4)  # the start of a message of 16 MB
    for _ in range(100):
        flight.receive_data(record)
    assert len(flight._records) + len(flight._messages) == 0
    assert flight.certificates == []
