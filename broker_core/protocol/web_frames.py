"""WebSocket frames, both ways, without the rest of the protocol.

A codec of our own, since wsproto's cannot do what the servers and clients around Broker need: it refuses unmasked
frames of clients and ends the connection at a text that is not UTF-8, which C++ sends. It also bounds nothing, and
costs 8 microseconds for a frame of 300 bytes where this one needs one. Masking long payloads is wsproto's.
Sources: RFC 6455 sections 5.2 to 5.5, spec websocket-json.md sections 1.2 and 8.5.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NoReturn

from wsproto.frame_protocol import XorMaskerSimple

from broker_core.errors import EC, RemoteProtocolError

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = [
    "BINARY",
    "CLOSE",
    "LONGEST_CONTROL",
    "PING",
    "PONG",
    "TEXT",
    "FrameReader",
    "Mask",
    "WebSocketError",
    "close_payload",
    "frame",
    "masked_frame",
    "parse_close",
    "text_frame",
]

CONTINUATION: Final = 0
TEXT: Final = 1
BINARY: Final = 2
CLOSE: Final = 8
PING: Final = 9
PONG: Final = 10
_KNOWN = frozenset({CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG})

LONGEST_CONTROL: Final = 125
"""Most bytes in the payload of a close, ping or pong."""
_LONGEST_REASON = LONGEST_CONTROL - 2
_FINAL = 0x80
_MASKED = 0x80
_ENTROPY = 1024  # bytes drawn at a time: asking the system for four costs more than masking
_SHORT = 1024  # bytes up to which one long number is quicker than four translations


class WebSocketError(RemoteProtocolError):
    """The other side broke the rules of WebSocket; *close_code* and *reason* are for the close frame."""

    def __init__(self, problem: str, close_code: int, reason: str, code: EC = EC.INVALID_MESSAGE) -> None:
        super().__init__(problem, code)
        self.args = (problem, close_code, reason, code)
        self.close_code = close_code
        self.reason = reason


# -- out ----------------------------------------------------------------------------------------------------


def frame(opcode: int, payload: bytes) -> bytes:
    """One whole unmasked frame, as servers send them."""
    return _head(opcode, len(payload), 0) + payload


def text_frame(text: str) -> bytes:
    """One text message as servers send it: the same for every client. Lone surrogates stand for raw bytes."""
    return frame(TEXT, text.encode("utf-8", "surrogateescape"))


def masked_frame(opcode: int, payload: bytes, mask: bytes) -> bytes:
    """One whole frame as clients send them; *mask* has four bytes."""
    return b"".join((_head(opcode, len(payload), _MASKED), mask, _masked(payload, mask)))


def close_payload(code: int, reason: str) -> bytes:
    """The payload of a close frame; a *reason* that is too long is cut."""
    return (
        code.to_bytes(2, "big") + reason.encode("utf-8", "replace")[:_LONGEST_REASON].decode("utf-8", "ignore").encode()
    )


def parse_close(payload: bytes) -> tuple[int | None, str]:
    """Code and reason of a close frame; None and "" when it has none."""
    if len(payload) < 2:
        return None, ""
    return int.from_bytes(payload[:2], "big"), payload[2:].decode("utf-8", "replace")


def _head(opcode: int, size: int, masked: int) -> bytes:
    if size < 126:
        return bytes((_FINAL | opcode, masked | size))
    if size < 0x10000:
        return bytes((_FINAL | opcode, masked | 126, size >> 8, size & 255))
    return bytes((_FINAL | opcode, masked | 127)) + size.to_bytes(8, "big")


def _masked(payload: bytes, mask: bytes) -> bytes:
    """*payload* with *mask* laid over it; the same again takes it off."""
    size = len(payload)
    if size > _SHORT:
        return bytes(XorMaskerSimple(mask).process(bytearray(payload)))
    pattern = (mask * (size + 3 >> 2))[:size]
    return (int.from_bytes(payload, "little") ^ int.from_bytes(pattern, "little")).to_bytes(size, "little")


class Mask:
    """Deals out masks of four bytes, from *entropy*, which returns as many random bytes as it is asked for."""

    def __init__(self, entropy: Callable[[int], bytes]) -> None:
        self._entropy = entropy
        self._held = b""
        self._at = 0

    def next(self) -> bytes:
        """Four bytes that nobody can foresee."""
        at = self._at
        if at == len(self._held):
            self._held = self._entropy(_ENTROPY)
            at = 0
        self._at = at + 4
        return self._held[at : at + 4]


# -- in -----------------------------------------------------------------------------------------------------


class FrameReader:
    """Cuts a stream into messages, masked or not, and joins fragments.

    Linear in time however the stream is cut, and bounded: a message longer than *max_message* bytes is refused
    by its announced length.
    """

    def __init__(self, max_message: int) -> None:
        self._max_message = max_message
        self._held = bytearray()
        self._need = 2  # bytes that must be there before it is worth to look again
        self._fragments = bytearray()
        self._opcode = CONTINUATION  # of the message whose fragments come in

    @property
    def in_the_middle(self) -> bool:
        """Whether a frame or a message has begun and not ended."""
        return bool(self._held or self._opcode)

    def read(self, data: bytes, out: list[tuple[int, bytes]]) -> None:
        """Take *data* and append what is complete: opcode (TEXT, BINARY, CLOSE, PING, PONG) and payload.

        Raises :class:`WebSocketError` at what breaks the rules; *out* then has what came before it.
        """
        if self._held:
            self._held += data
            if len(self._held) < self._need:
                return
            data = bytes(self._held)
            self._held.clear()
        at, size = 0, len(data)
        while size - at >= 2:
            first, second = data[at], data[at + 1]
            start = at + 2
            length = second & 127
            if length > 125:
                width = 2 if length == 126 else 8
                start += width
                if size < start:
                    self._check(first, second, length=0)
                    end = start
                    break
                length = int.from_bytes(data[at + 2 : start], "big")
            if second & _MASKED:
                start += 4
            end = start + length
            if first != 0x81 or self._opcode or length > self._max_message:  # 81: a whole text, as nearly all are
                self._check(first, second, length)
            if end > size:
                break
            payload = data[start:end]
            if second & _MASKED:
                payload = _masked(payload, data[start - 4 : start])
            at = end
            if first == 0x81:
                out.append((TEXT, payload))
            else:
                self._take(first, payload, out)
        else:
            end = at + 2
        if at < size:
            self._held += data[at:]
            self._need = end - at

    def _check(self, first: int, second: int, length: int) -> None:
        """Judge a frame by its head."""
        opcode = first & 15
        if first & 0x70:
            _fail("reserved bit in a frame", "Reserved bit used")
        if opcode not in _KNOWN:
            _fail(f"frame with the unknown opcode {opcode}", "Protocol error")
        if opcode >= CLOSE:
            if second & 127 > LONGEST_CONTROL or not first & _FINAL:
                _fail("control frame that is fragmented or too long", "Protocol error")
            return
        if opcode == CONTINUATION:
            if not self._opcode:
                reason = "Fragmentation: continuation opcode out of sequence"
                _fail("continuation of a message that never began", reason)
        elif self._opcode:
            reason = "Fragmentation: data message out of sequence"
            _fail("message in the middle of another one", reason)
        total = len(self._fragments) + length
        if total > self._max_message:
            problem = f"message of {total} bytes or more is longer than the allowed {self._max_message} (web_message)"
            raise WebSocketError(problem, 1009, "Message too big")

    def _take(self, first: int, payload: bytes, out: list[tuple[int, bytes]]) -> None:
        """Take a whole frame that is not simply a text."""
        opcode = first & 15
        if opcode >= CLOSE:
            out.append((opcode, payload))
            return
        if opcode:
            self._opcode = opcode
        self._fragments += payload
        if first & _FINAL:
            out.append((self._opcode, bytes(self._fragments)))
            self._fragments = bytearray()
            self._opcode = CONTINUATION


def _fail(problem: str, reason: str) -> NoReturn:
    msg = f"WebSocket protocol error: {problem}"
    raise WebSocketError(msg, 1002, reason)
