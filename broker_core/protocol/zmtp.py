"""The start of ZMTP 3, the protocol of ZeroMQ, as far as it tells who answers at a port.

A greeting of 64 bytes names version and mechanism; with the mechanism NULL the other side then says, in a command
READY, which kind of socket it is. With CURVE that is encrypted. Nothing else of ZMTP is here: sockets are libzmq's.
Source: RFC 37 (ZMTP 3.1), recordings of spec zeromq.md section 2.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

__all__ = ["GREETING", "ZmtpLook"]

_SIGNATURE = b"\xff" + bytes(7) + b"\x01\x7f"
_GREETING_SIZE = 64
_MECHANISM = slice(12, 32)
_COMMAND, _LONG_COMMAND = 4, 6
_READY = b"\x05READY"
_ERROR = b"\x05ERROR"
_LONGEST_COMMAND = 4096
_WORD = re.compile(rb"[A-Za-z0-9._+-]{1,32}")
"""What names of mechanisms and of kinds of sockets are made of: letters, digits and what RFC 37 allows besides."""

GREETING = (_SIGNATURE + b"\x03\x01" + b"NULL".ljust(20, b"\0") + b"\0").ljust(_GREETING_SIZE, b"\0")
"""What a ZeroMQ socket says first: here version 3.1, mechanism NULL."""

_QUESTION = 11  # bytes of it, up to the version; who gets more, and has another mechanism, hangs up


@dataclass(slots=True)
class ZmtpLook:
    """Takes what a socket says, bit by bit, and tells what that shows; :meth:`to_send` is what to say meanwhile."""

    mechanism: str = ""
    """``NULL``, ``CURVE``, ...; "" until it is known."""
    version: str = ""
    """Such as ``3.1``."""
    socket_type: str = ""
    """``XPUB``, ``XSUB``, ``PULL``, ...; "" until it is known, and when it is encrypted."""
    done: bool = False
    """Whether nothing more is to be learnt."""
    refused: str = ""
    """Why the other side does not go on, "" when it does."""
    is_zeromq: bool = True
    """Whether what came so far may be ZMTP 3."""
    _data: bytearray = field(default_factory=bytearray)
    _said: int = 0

    def to_send(self) -> bytes:
        """What is to be sent now, perhaps nothing."""
        start, self._said = self._said, len(GREETING) if self.mechanism == "NULL" else max(self._said, _QUESTION)
        return GREETING[start : self._said]

    def receive(self, data: bytes) -> None:
        """Take bytes."""
        if self.done:
            return
        self._data += data
        if not self.mechanism:
            self._read_greeting()
        if self.mechanism == "NULL" and not self.done:
            self._read_command()

    def _read_greeting(self) -> None:
        data, known = self._data, len(_SIGNATURE)
        # The bytes between are the length of a message for older versions, and may have any value.
        if (data and data[0] != 0xFF) or (len(data) >= known and not data[known - 1] & 1):
            self.is_zeromq, self.done = False, True
        elif len(data) > known and data[known] < 3:
            self.version, self.done = "2", True
        elif len(data) >= _GREETING_SIZE:
            mechanism = _word(bytes(data[_MECHANISM]).rstrip(b"\0"))
            if not mechanism:
                self.is_zeromq, self.done = False, True
                return
            self.version, self.mechanism = f"{data[10]}.{data[11]}", mechanism
            self.done = mechanism != "NULL"
            del data[:_GREETING_SIZE]

    def _read_command(self) -> None:
        data = self._data
        if not data:
            return
        if data[0] == _COMMAND:
            head = 2
        elif data[0] == _LONG_COMMAND:
            head = 9
        else:
            self.done = True
            return
        if len(data) < head:
            return
        size = int.from_bytes(data[1:head], "big")
        if size > _LONGEST_COMMAND:
            self.done = True
        elif len(data) >= head + size:
            self._take(bytes(data[head : head + size]))

    def _take(self, body: bytes) -> None:
        self.done = True
        if body.startswith(_ERROR):
            reason = body[len(_ERROR) + 1 :].decode("ascii", "backslashreplace")
            self.refused = "".join([char if char.isprintable() else f"\\x{ord(char):02x}" for char in reason])
            return
        if not body.startswith(_READY):
            return
        at = len(_READY)
        while at < len(body):
            name_end = at + 1 + body[at]
            value_at = name_end + 4
            size = int.from_bytes(body[name_end:value_at], "big")
            if value_at > len(body) or value_at + size > len(body):
                return
            if body[at + 1 : name_end].lower() == b"socket-type":
                self.socket_type = _word(body[value_at : value_at + size])
            at = value_at + size


def _word(raw: bytes) -> str:
    """*raw* as text when it is a word, else ""."""
    return raw.decode("ascii") if _WORD.fullmatch(raw) else ""
