"""The first words of a TLS server, which up to TLS 1.2 are not encrypted: its certificates, and what it asks for.

Python's ssl module does not tell whether a server wants a certificate of the client, nor the certificate of one with
which the handshake fails. The server says both in its first flight, and this module reads along. Source: RFC 5246
sections 6.2 and 7.4.
"""

from __future__ import annotations

from dataclasses import dataclass, field

__all__ = ["ServerFlight", "alert_name"]

_ALERT, _HANDSHAKE = 0x15, 0x16
_CERTIFICATE, _CERTIFICATE_REQUEST = 11, 13
_MOST = 256 * 1024  # bytes that are kept; a chain of certificates has a few thousand

_ALERTS = {
    0: "close notify",
    10: "unexpected message",
    20: "bad record mac",
    40: "handshake failure",
    42: "bad certificate",
    43: "unsupported certificate",
    44: "certificate revoked",
    45: "certificate expired",
    46: "certificate unknown",
    47: "illegal parameter",
    48: "unknown CA",
    49: "access denied",
    50: "decode error",
    51: "decrypt error",
    70: "protocol version",
    71: "insufficient security",
    80: "internal error",
    86: "inappropriate fallback",
    112: "unrecognized name",
    116: "certificate required",
}


def alert_name(code: int) -> str:
    """What a TLS alert means, such as ``unknown CA``."""
    return _ALERTS.get(code, f"alert {code}")


@dataclass(slots=True)
class ServerFlight:
    """What a server said. Give it the bytes that come from the connection."""

    certificates: list[bytes] = field(default_factory=list)
    """The server's own in DER, and the chain behind it."""
    wants_certificate: bool = False
    """Whether it asked the client for one."""
    alert: str = ""
    """Why it broke off; "" if it did not, or only behind encryption."""
    _records: bytes = b""
    _messages: bytes = b""
    _done: bool = False

    def receive_data(self, data: bytes) -> None:
        """Take what the server sent. Never raises for what it is; what is no TLS is passed over."""
        if self._done:
            return
        self._records += data
        if len(self._records) + len(self._messages) > _MOST:
            self._finish()
        while len(self._records) >= 5:
            kind, size = self._records[0], int.from_bytes(self._records[3:5], "big")
            if len(self._records) < 5 + size:
                return
            content, self._records = self._records[5 : 5 + size], self._records[5 + size :]
            if kind == _HANDSHAKE:
                self._messages += content
                self._read_messages()
            else:  # an alert, or the sign that encryption begins
                if kind == _ALERT and len(content) == 2:
                    self.alert = alert_name(content[1])
                self._finish()

    def _finish(self) -> None:
        self._done = True
        self._records = self._messages = b""

    def _read_messages(self) -> None:
        while len(self._messages) >= 4:
            end = 4 + int.from_bytes(self._messages[1:4], "big")
            if len(self._messages) < end:
                return
            kind, body = self._messages[0], self._messages[4:end]
            self._messages = self._messages[end:]
            if kind == _CERTIFICATE:
                self.certificates = _list(body[3:], 3)
            elif kind == _CERTIFICATE_REQUEST:
                self.wants_certificate = True


def _list(data: bytes, width: int) -> list[bytes]:
    """Elements, each behind its length of *width* bytes; what is cut is left out."""
    found = []
    while len(data) >= width:
        size = int.from_bytes(data[:width], "big")
        if len(data) < width + size:
            break
        found.append(data[width : width + size])
        data = data[width + size :]
    return found
