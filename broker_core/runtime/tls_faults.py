"""Why a TLS handshake failed: OpenSSL's errors and the other side's alerts as causes, reasons and remedies.

Sources: spec native-protocol.md section 11 (what happens when modes are mixed), RFC 8446 section 6.2 (alerts).
The words are for the side that reads them: a client calls the other side "it", a listener "the client".
"""

from __future__ import annotations

import re
import ssl
from typing import NamedTuple

from broker_core.errors import Cause, PeerIncompatible

from .tls_hello import offers_anonymous

__all__ = ["Fault", "Role", "explain_client", "explain_server"]

_ALERT_RECORD = 0x15
_DECORATION = re.compile(r"^\[\w+\] | \(_ssl\.c:\d+\)$")
_EXPIRED, _NOT_YET_VALID = 10, 9
_HOST_CODES = {62, 63, 64}
_CA_CODES = {2, 18, 19, 20, 21, 24, 27}

_CHECK_CLOCKS = "renew it, or correct the clocks of both machines"
_VERSION_REASONS = {
    "UNSUPPORTED_PROTOCOL",
    "TLSV1_ALERT_PROTOCOL_VERSION",
    "VERSION_TOO_LOW",
    "VERSION_TOO_HIGH",
    "WRONG_SSL_VERSION",
    "NO_PROTOCOLS_AVAILABLE",
}
_CIPHER_REASONS = {"NO_SHARED_CIPHER", "SSLV3_ALERT_HANDSHAKE_FAILURE", "TLSV1_ALERT_INSUFFICIENT_SECURITY"}
_REFUSALS = {
    "SSLV3_ALERT_BAD_CERTIFICATE": "bad certificate",
    "SSLV3_ALERT_UNSUPPORTED_CERTIFICATE": "unsupported certificate: it may not be used for this end of a connection",
    "SSLV3_ALERT_CERTIFICATE_REVOKED": "revoked",
    "SSLV3_ALERT_CERTIFICATE_UNKNOWN": "certificate unknown",
    "TLSV1_ALERT_ACCESS_DENIED": "access denied",
    "TLSV1_ALERT_DECRYPT_ERROR": "its signature is wrong",
}


class Fault(NamedTuple):
    """One line that says what is wrong, and one with what to do, or ""."""

    cause: Cause
    reason: str
    hint: str = ""

    def error(self, address: str) -> PeerIncompatible:
        """The same as an error about the peer at *address*."""
        return PeerIncompatible(address, self.reason, self.hint, cause=self.cause)


class Role(NamedTuple):
    """What this side tried."""

    certificates: bool
    """TLS with certificates, not without."""
    own_certificate: bool = False
    """Whether this side has a certificate to show."""
    host: str | None = None
    """Whom a client asked for."""


def explain_client(error: ssl.SSLError, first: bytes, role: Role) -> Fault:
    """What *error* means to a client that got *first* as the first bytes of the other side."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return _verification(error, "its", role.host)
    reason = _reason(error)
    told = _words(reason)
    at_once = first[:1] == bytes((_ALERT_RECORD,))
    if reason in _CIPHER_REASONS | _VERSION_REASONS and not role.certificates:
        # Nobody who speaks this old cipher says so, and TLS 1.3 always has certificates.
        hint = "it has certificates (ssl_* options in Zeek): give this side certificate, key and CA"
        return Fault(Cause.CERTIFICATE_EXPECTED, f"it speaks TLS, but not without certificates ({told})", hint)
    if reason in _CIPHER_REASONS and at_once:
        hint = "a Broker without ssl_* options speaks it without: use TLS mode anon, or give it certificates"
        return Fault(Cause.CERTIFICATE_EXPECTED, f"it speaks TLS, but not with certificates ({told})", hint)
    if reason == "TLSV13_ALERT_CERTIFICATE_REQUIRED" or (reason in _CIPHER_REASONS and not role.own_certificate):
        hint = "give this side a certificate and its key, signed by a CA that it trusts"
        return Fault(Cause.CERTIFICATE_REQUIRED, "it demands a certificate, and this side showed none", hint)
    return _common(reason, "it")


def explain_server(error: ssl.SSLError, first: bytes, role: Role) -> Fault:
    """What *error* means to a listener that got *first* as the first bytes of the client."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return _verification(error, "the client's", None)
    reason = _reason(error)
    anonymous = offers_anonymous(first)
    if reason in _CIPHER_REASONS | _VERSION_REASONS and anonymous is not None:
        if role.certificates and anonymous:
            hint = "give it certificate, key and CA (ssl_* options in Zeek)"
            return Fault(Cause.CERTIFICATE_EXPECTED, "the client speaks TLS without certificates", hint)
        if not role.certificates and not anonymous:
            hint = "give this side certificate, key and CA, or take them from the client (ssl_* options in Zeek)"
            return Fault(Cause.CERTIFICATE_EXPECTED, "the client wants TLS with certificates", hint)
    if reason == "PEER_DID_NOT_RETURN_A_CERTIFICATE":
        hint = "give the client a certificate and its key, signed by a CA that is trusted here"
        return Fault(Cause.CERTIFICATE_REQUIRED, "the client showed no certificate", hint)
    return _common(reason, "the client")


def _verification(error: ssl.SSLCertVerificationError, whose: str, host: str | None) -> Fault:
    """A certificate that this side refused."""
    code, words = error.verify_code, error.verify_message.lower()
    if code == _EXPIRED:
        return Fault(Cause.CERTIFICATE_EXPIRED, f"{whose} certificate has expired", _CHECK_CLOCKS)
    if code == _NOT_YET_VALID:
        return Fault(Cause.CERTIFICATE_EXPIRED, f"{whose} certificate is not valid yet", _CHECK_CLOCKS)
    if code in _HOST_CODES:
        hint = "connect by a name that the certificate is for, or do without the host check"
        return Fault(Cause.HOST_MISMATCH, f"{whose} certificate is not for {host}", hint)
    if code in _CA_CODES:
        hint = "this side has to trust the CA that signed it"
        return Fault(Cause.CA_UNKNOWN, f"{whose} certificate is of a CA that is not trusted here ({words})", hint)
    return Fault(Cause.CERTIFICATE_INVALID, f"{whose} certificate cannot be accepted: {words}")


def _common(reason: str, who: str) -> Fault:
    """Alerts of the other side, and what is left."""
    told = _words(reason)
    if reason == "TLSV1_ALERT_UNKNOWN_CA":
        hint = f"{who} has to trust the CA that signed the certificate of this side"
        return Fault(Cause.CA_UNKNOWN, f"{who} does not trust the CA of this side's certificate", hint)
    if reason == "SSLV3_ALERT_CERTIFICATE_EXPIRED":
        return Fault(Cause.CERTIFICATE_EXPIRED, f"{who} says that this side's certificate has expired", _CHECK_CLOCKS)
    if reason in _REFUSALS:
        return Fault(Cause.CERTIFICATE_INVALID, f"{who} refuses this side's certificate ({_REFUSALS[reason]})")
    if reason in _VERSION_REASONS:
        hint = "this side speaks TLS 1.2 and 1.3"
        return Fault(Cause.TLS_FAILED, f"no version of TLS that both sides speak ({told})", hint)
    if reason in _CIPHER_REASONS:
        return Fault(Cause.TLS_FAILED, f"no TLS cipher that both sides accept ({told})")
    return Fault(Cause.TLS_FAILED, f"the TLS handshake failed ({told})")


def _reason(error: ssl.SSLError) -> str:
    """OpenSSL's name for it; a Python that is older than its OpenSSL has only the words."""
    return error.reason or _DECORATION.sub("", str(error)).upper().replace(" ", "_")


def _words(reason: str) -> str:
    return reason.lower().replace("_", " ")
