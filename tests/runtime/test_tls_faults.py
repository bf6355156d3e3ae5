"""Alerts and errors that are hard to provoke; those that are not are in test_dialing."""

from __future__ import annotations

import ssl

import pytest

from broker_core import Cause
from broker_core.runtime.tls_faults import Role, explain_client, explain_server

ALERT, HANDSHAKE = b"\x15\x03\x03", b"\x16\x03\x03"
WITH, WITHOUT = Role(certificates=True, own_certificate=True), Role(certificates=False)


def error_of(reason: str | None, text: str = "") -> ssl.SSLError:
    error = ssl.SSLError(1, text)
    error.reason = reason or ""
    return error


def refused(code: int, message: str) -> ssl.SSLCertVerificationError:
    error = ssl.SSLCertVerificationError(1, "certificate verify failed")
    error.verify_code, error.verify_message = code, message
    return error


@pytest.mark.parametrize(
    ("reason", "cause", "words"),
    [
        ("TLSV1_ALERT_UNKNOWN_CA", Cause.CA_UNKNOWN, "does not trust the CA of this side's certificate"),
        ("SSLV3_ALERT_CERTIFICATE_EXPIRED", Cause.CERTIFICATE_EXPIRED, "says that this side's certificate has expired"),
        ("SSLV3_ALERT_BAD_CERTIFICATE", Cause.CERTIFICATE_INVALID, "refuses this side's certificate (bad certificate)"),
        ("SSLV3_ALERT_CERTIFICATE_REVOKED", Cause.CERTIFICATE_INVALID, "(revoked)"),
        ("SSLV3_ALERT_UNSUPPORTED_CERTIFICATE", Cause.CERTIFICATE_INVALID, "may not be used for this end"),
        ("TLSV1_ALERT_PROTOCOL_VERSION", Cause.TLS_FAILED, "no version of TLS that both sides speak"),
        ("TLSV1_ALERT_INTERNAL_ERROR", Cause.TLS_FAILED, "the TLS handshake failed (tlsv1 alert internal error)"),
    ],
)
def test_alerts_mean_the_same_on_both_sides(reason, cause, words) -> None:
    for fault in (explain_client(error_of(reason), HANDSHAKE, WITH), explain_server(error_of(reason), b"", WITH)):
        assert fault.cause is cause
        assert words in fault.reason


@pytest.mark.parametrize(
    ("code", "message", "cause", "words"),
    [
        (10, "certificate has expired", Cause.CERTIFICATE_EXPIRED, "certificate has expired"),
        (9, "certificate is not yet valid", Cause.CERTIFICATE_EXPIRED, "certificate is not valid yet"),
        (18, "self-signed certificate", Cause.CA_UNKNOWN, "is of a CA that is not trusted here (self-signed"),
        (20, "unable to get local issuer certificate", Cause.CA_UNKNOWN, "not trusted here (unable to get"),
        (23, "certificate revoked", Cause.CERTIFICATE_INVALID, "cannot be accepted: certificate revoked"),
        (26, "unsuitable certificate purpose", Cause.CERTIFICATE_INVALID, "unsuitable certificate purpose"),
    ],
)
def test_certificates_that_this_side_refuses(code, message, cause, words) -> None:
    client = explain_client(refused(code, message), HANDSHAKE, WITH)
    server = explain_server(refused(code, message), b"", WITH)
    assert (client.cause, server.cause) == (cause, cause)
    assert client.reason.startswith("its certificate ")
    assert server.reason.startswith("the client's certificate ")
    assert words in client.reason
    assert words in server.reason


def test_the_host_is_named() -> None:
    role = Role(certificates=True, own_certificate=True, host="zeek.example")
    fault = explain_client(refused(62, "hostname mismatch"), HANDSHAKE, role)
    assert (fault.cause, fault.reason) == (Cause.HOST_MISMATCH, "its certificate is not for zeek.example")


def test_a_refusal_after_the_servers_certificate_is_about_ours() -> None:
    """TLS 1.2 has no alert of its own for a certificate that is missing."""
    failure = error_of("SSLV3_ALERT_HANDSHAKE_FAILURE")
    nothing_to_show = Role(certificates=True, own_certificate=False)
    assert explain_client(failure, HANDSHAKE, nothing_to_show).cause is Cause.CERTIFICATE_REQUIRED
    assert explain_client(failure, HANDSHAKE, WITH).cause is Cause.TLS_FAILED
    assert explain_client(failure, ALERT, nothing_to_show).cause is Cause.CERTIFICATE_EXPECTED


def test_a_listener_that_cannot_read_the_hello_does_not_guess() -> None:
    fault = explain_server(error_of("NO_SHARED_CIPHER"), b"\x16\x03", WITHOUT)
    assert (fault.cause, fault.reason) == (Cause.TLS_FAILED, "no TLS cipher that both sides accept (no shared cipher)")


def test_an_error_without_a_name_is_known_by_its_words() -> None:
    """Python has a list of names of its own, which may be older than OpenSSL."""
    required = error_of(None, "[SSL] tlsv13 alert certificate required (_ssl.c:2580)")
    assert explain_client(required, HANDSHAKE, WITH).cause is Cause.CERTIFICATE_REQUIRED
    strange = explain_client(error_of(None, "[SSL] Strange Thing (_ssl.c:1)"), HANDSHAKE, WITH)
    assert (strange.cause, strange.reason) == (Cause.TLS_FAILED, "the TLS handshake failed (strange thing)")
