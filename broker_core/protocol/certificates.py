"""What an X.509 certificate says of itself: whose it is, who signed it, until when and for which hosts.

It is read, not verified: this is for telling people why a verification failed. Source: RFC 5280 section 4, and X.690
for the encoding (DER).
"""

from __future__ import annotations

import binascii
import ipaddress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from broker_core.errors import DecodeError

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["CertificateFacts", "certificates_in_pem", "read_certificate", "read_name"]

_INTEGER, _OCTETS, _OID, _SEQUENCE, _SET = 0x02, 0x04, 0x06, 0x30, 0x31
_UTC_TIME, _GENERAL_TIME = 0x17, 0x18
_VERSION, _EXTENSIONS = 0xA0, 0xA3  # tagged fields of a certificate
_DNS_NAME, _IP_ADDRESS = 0x82, 0x87
_TEXTS = {0x0C: "utf-8", 0x13: "ascii", 0x14: "latin-1", 0x16: "ascii", 0x1C: "utf-32-be", 0x1E: "utf-16-be"}

# The parts of a name that people use, by the last arc of 2.5.4.
_PARTS = {3: "CN", 5: "serialNumber", 6: "C", 7: "L", 8: "ST", 10: "O", 11: "OU"}
_NAME_ATTRIBUTE = b"\x55\x04"
_EMAIL = bytes.fromhex("2a864886f70d010901")
_DOMAIN_COMPONENT = bytes.fromhex("0992268993f22c640119")
_ALTERNATIVE_NAMES = b"\x55\x1d\x11"

_PEM_BEGIN = b"-----BEGIN CERTIFICATE-----"
_PEM_END = b"-----END CERTIFICATE-----"


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificateFacts:
    """One certificate, as far as it matters to whoever wonders why it is refused."""

    subject: str
    """Whose it is, such as ``CN=manager, O=Zeek``; "" when it names nobody."""
    issuer: str
    """Who signed it."""
    not_before: datetime
    """In UTC, as the next one."""
    not_after: datetime
    hosts: tuple[str, ...] = ()
    """The names and addresses it is for, besides a host name in the subject."""

    @property
    def self_signed(self) -> bool:
        """Whether the issuer is the subject, as with the certificate of a CA."""
        return self.subject == self.issuer

    def __str__(self) -> str:
        signed = "self-signed" if self.self_signed else f"signed by {self.issuer or 'nobody in particular'}"
        return f"{self.subject or 'a certificate without a name'} ({signed}, valid until {self.not_after:%Y-%m-%d})"


class _Reader:
    """DER elements one after the other."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    @property
    def tag(self) -> int | None:
        """The tag of the next element, None at the end."""
        return self._data[self._at] if self._at < len(self._data) else None

    def next(self, *expected: int) -> bytes:
        """The content of the next element, whose tag is one of *expected* (none: any)."""
        tag = self.tag
        if tag is None or (expected and tag not in expected):
            found = "the end" if tag is None else f"tag {tag:#04x}"
            msg = f"no X.509 certificate: {found} where another element should be"
            raise DecodeError(msg, self._at)
        start, size = self._at + 2, self._byte(self._at + 1)
        if size >= 0x80:
            count = size - 0x80
            if not 1 <= count <= 4:
                msg = "no X.509 certificate: a length that DER does not have"
                raise DecodeError(msg, self._at)
            size = int.from_bytes(self._data[start : start + count], "big")
            start += count
        if start + size > len(self._data):
            msg = "no X.509 certificate: it is cut"
            raise DecodeError(msg, self._at)
        self._at = start + size
        return self._data[start : self._at]

    def _byte(self, at: int) -> int:
        if at >= len(self._data):
            msg = "no X.509 certificate: it is cut"
            raise DecodeError(msg, at)
        return self._data[at]

    def __iter__(self) -> Iterator[tuple[int, bytes]]:
        while (tag := self.tag) is not None:
            yield tag, self.next()


def read_certificate(der: bytes) -> CertificateFacts:
    """The facts in a certificate. Raises :class:`DecodeError` when *der* is none."""
    fields = _Reader(_Reader(_Reader(der).next(_SEQUENCE)).next(_SEQUENCE))
    if fields.tag == _VERSION:
        fields.next()
    fields.next(_INTEGER)  # the serial number
    fields.next(_SEQUENCE)  # the algorithm of the signature
    issuer = _name(fields.next(_SEQUENCE))
    period = _Reader(fields.next(_SEQUENCE))
    begin, end = _time(period), _time(period)
    subject = _name(fields.next(_SEQUENCE))
    return CertificateFacts(
        subject=subject, issuer=issuer, not_before=begin, not_after=end, hosts=tuple(_alternative_names(fields))
    )


def read_name(der: bytes) -> str:
    """A distinguished name, such as ``CN=Zeek CA``. Raises :class:`DecodeError` when *der* is none."""
    return _name(_Reader(der).next(_SEQUENCE))


def certificates_in_pem(text: bytes) -> list[bytes]:
    """The certificates of a PEM file in DER, in order; other things in it are passed over.

    Raises :class:`DecodeError` for one that is damaged.
    """
    found = []
    for part in text.split(_PEM_BEGIN)[1:]:
        body, end, _ = part.partition(_PEM_END)
        try:
            if not end:
                msg = "a certificate without an end"
                raise DecodeError(msg)
            found.append(binascii.a2b_base64(b"".join(body.split()), strict_mode=True))
        except binascii.Error as error:
            msg = f"a certificate that is not base64: {error}"
            raise DecodeError(msg) from error
    return found


def _name(content: bytes) -> str:
    """The most specific part first, as people expect it."""
    parts = []
    for tag, relative in _Reader(content):
        if tag != _SET:
            continue
        for _, pair in _Reader(relative):
            fields = _Reader(pair)
            oid = fields.next(_OID)
            kind = fields.tag
            parts.append(f"{_part_name(oid)}={_text(kind or 0, fields.next())}")
    return ", ".join(reversed(parts))


def _part_name(oid: bytes) -> str:
    if oid[:2] == _NAME_ATTRIBUTE and len(oid) == 3:
        return _PARTS.get(oid[2], f"2.5.4.{oid[2]}")
    return {_EMAIL: "email", _DOMAIN_COMPONENT: "DC"}.get(oid, "?")


def _text(tag: int, content: bytes) -> str:
    """Text of a stranger, on one line and without what a terminal would act on."""
    text = content.decode(_TEXTS.get(tag, "latin-1"), "backslashreplace")
    return "".join(char if char.isprintable() else char.encode("unicode_escape").decode() for char in text)


def _time(fields: _Reader) -> datetime:
    tag = fields.tag
    text = fields.next(_UTC_TIME, _GENERAL_TIME).decode("ascii", "replace")
    if tag == _UTC_TIME:  # two digits of the year: 1950 to 2049
        text = ("20" if text[:2] < "50" else "19") + text
    try:
        return datetime.strptime(text, "%Y%m%d%H%M%SZ").replace(tzinfo=UTC)
    except ValueError:
        msg = f"no X.509 certificate: {text!r} is no time"
        raise DecodeError(msg) from None


def _alternative_names(fields: _Reader) -> Iterator[str]:
    """Host names and addresses in what is left of a certificate."""
    for tag, content in fields:
        if tag != _EXTENSIONS:
            continue
        for _, extension in _Reader(_Reader(content).next(_SEQUENCE)):
            parts = _Reader(extension)
            if parts.next(_OID) != _ALTERNATIVE_NAMES:
                continue
            value = [value for tag, value in parts if tag == _OCTETS]  # beside it may be the flag "critical"
            for kind, name in _Reader(_Reader(b"".join(value)).next(_SEQUENCE)):
                if kind == _DNS_NAME:
                    yield _text(kind, name)
                elif kind == _IP_ADDRESS and len(name) in {4, 16}:
                    yield str(ipaddress.ip_address(name))
