"""What somebody types, out of the bytes that a terminal sends: characters, and names of other keys.

Bytes may come in any portions. A sequence that means no key known here is left out.
"""

from __future__ import annotations

import codecs

__all__ = ["LONGEST_SEQUENCE", "KeyParser"]

LONGEST_SEQUENCE = 32
"""Bytes of an escape sequence; what is longer is no key, and is read up to its end all the same."""

_ESC = 0x1B
_NAMES = {
    "A": "up",
    "B": "down",
    "C": "right",
    "D": "left",
    "F": "end",
    "H": "home",
    "1~": "home",
    "3~": "delete",
    "4~": "end",
    "5~": "pgup",
    "6~": "pgdn",
    "7~": "home",
    "8~": "end",
}
_CONTROLS = {"\r": "enter", "\n": "enter", "\x7f": "backspace", "\b": "backspace", "\t": "tab"}


class KeyParser:
    """Turns bytes into keys: characters as they are, ``up``, ``pgdn``, ``enter``, ``esc``, ``ctrl-u`` and the like."""

    def __init__(self) -> None:
        self._sequence: bytearray | None = None
        """What has come behind an ESC; None outside of a sequence."""
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")

    @property
    def waits(self) -> bool:
        """Whether the last bytes were an ESC, which may be a key, or the first byte of a sequence."""
        return self._sequence is not None

    def feed(self, data: bytes) -> list[str]:
        """The keys that are complete with *data*."""
        keys: list[str] = []
        for byte in data:
            if self._sequence is not None:
                self._continue(byte, keys)
            elif byte == _ESC:
                self._sequence = bytearray()
            else:
                keys += map(_name, self._decoder.decode(bytes((byte,))))
        return keys

    def flush(self) -> list[str]:
        """The keys when nothing came for a while: an ESC that no sequence followed is a key."""
        sequence, self._sequence = self._sequence, None
        return ["esc"] if sequence is not None and not sequence else []

    def _continue(self, byte: int, keys: list[str]) -> None:
        sequence = self._sequence
        assert sequence is not None  # noqa: S101  # the caller looked
        if not sequence and byte not in b"[O":
            keys.append("esc")
            self._sequence = bytearray() if byte == _ESC else None
            if byte != _ESC:
                keys += map(_name, self._decoder.decode(bytes((byte,))))
        elif byte == _ESC:  # the sequence before it was cut off
            self._sequence = bytearray()
        elif not sequence or 0x20 <= byte < 0x40:
            if len(sequence) <= LONGEST_SEQUENCE:
                sequence.append(byte)
        else:
            self._sequence = None
            if len(sequence) <= LONGEST_SEQUENCE and 0x40 <= byte < 0x7F:
                name = _NAMES.get(_plain(sequence[1:].decode("ascii") + chr(byte)))
                keys += [name] if name else []


def _plain(sequence: str) -> str:
    """*sequence* without the number that says which of Shift, Alt and Ctrl were held: ``1;5A`` is ``A``."""
    number, semicolon, _ = sequence.partition(";")
    if not semicolon:
        return sequence
    return sequence[-1] if number in {"", "1"} and sequence[-1] != "~" else number + sequence[-1]


def _name(char: str) -> str:
    if char in _CONTROLS:
        return _CONTROLS[char]
    return f"ctrl-{chr(ord(char) + 96)}" if 0 < ord(char) < 27 else char
