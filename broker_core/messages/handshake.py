"""The messages of the handshake, and the filters inside them.

Every message is a frozen class with ``encode()``, which gives the body of a frame (without its length), and
:func:`parse_handshake` is the way back. Bytes behind the last field are ignored, as in C++.
Sources: spec native-protocol.md sections 3 and 4.5, data-model.md section 8.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from broker_core.codecs.binary import read_varbyte, varbyte
from broker_core.errors import EC, DecodeError, LimitExceeded, RemoteProtocolError
from broker_core.limits import DEFAULT_LIMITS, Limits
from broker_core.model.ids import EndpointId
from broker_core.model.topics import topic_from_bytes, topic_to_bytes

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

__all__ = [
    "MAGIC",
    "PROTOCOL_VERSION",
    "DropConn",
    "HandshakeMessage",
    "Hello",
    "OriginatorAck",
    "OriginatorSyn",
    "Probe",
    "ResponderSynAck",
    "VersionSelect",
    "decode_filter",
    "encode_filter",
    "parse_handshake",
]

MAGIC = 0x5A45454B
"""ASCII ``ZEEK``."""
PROTOCOL_VERSION = 1
"""The one version that Broker 2.3 to 2.8 speak."""

_LAST_ERROR_CODE = max(EC)

_HELLO = struct.Struct(">BI16sBB")
_PROBE = struct.Struct(">BI")
_SELECT = struct.Struct(">BI16sB")


# -- filters ------------------------------------------------------------------------------------------------


def encode_filter(filter_: Sequence[str]) -> bytes:
    """A filter as bytes: the number of entries, then each with its length."""
    out = [varbyte(len(filter_))]
    for prefix in filter_:
        raw = topic_to_bytes(prefix)
        out.append(varbyte(len(raw)))
        out.append(raw)
    return b"".join(out)


def decode_filter(data: bytes, at: int = 0, limits: Limits = DEFAULT_LIMITS) -> tuple[str, ...]:
    """The filter at offset *at*, entries as they come; bytes behind it are ignored.

    Raises :class:`DecodeError`, which is a :class:`LimitExceeded` beyond ``limits.max_filter_entries``.
    """
    size = len(data)
    entries: list[str] = []
    try:
        count, at = read_varbyte(data, at)
        if count > limits.max_filter_entries:
            limit = "max_filter_entries"
            raise LimitExceeded(limit, count, limits.max_filter_entries, at)
        for _ in range(count):
            length, at = read_varbyte(data, at)
            end = at + length
            if end > size:
                raise IndexError
            entries.append(topic_from_bytes(data[at:end]))
            at = end
    except IndexError:
        msg = f"filter cut short after {size} bytes"
        raise DecodeError(msg, size) from None
    return tuple(entries)


# -- messages -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Hello:
    """Who is there, and the versions it can speak (all between *lowest* and *highest*)."""

    CODE: ClassVar[int] = 6

    sender: EndpointId
    lowest: int = PROTOCOL_VERSION
    highest: int = PROTOCOL_VERSION

    def encode(self) -> bytes:
        """The body of the frame."""
        return _HELLO.pack(self.CODE, MAGIC, self.sender, self.lowest, self.highest)


@dataclass(frozen=True, slots=True)
class Probe:
    """Says nothing; sent by a server so that a connection that is only half open fails early."""

    CODE: ClassVar[int] = 7

    def encode(self) -> bytes:
        """The body of the frame."""
        return _PROBE.pack(self.CODE, MAGIC)


@dataclass(frozen=True, slots=True)
class VersionSelect:
    """The originator's choice of the version."""

    CODE: ClassVar[int] = 8

    sender: EndpointId
    version: int = PROTOCOL_VERSION

    def encode(self) -> bytes:
        """The body of the frame."""
        return _SELECT.pack(self.CODE, MAGIC, self.sender, self.version)


@dataclass(frozen=True, slots=True)
class DropConn:
    """The sender closes the connection, for a reason: *code* is one of :class:`EC`."""

    CODE: ClassVar[int] = 9

    sender: EndpointId
    code: EC
    text: str

    def encode(self) -> bytes:
        """The body of the frame."""
        raw = self.text.encode("utf-8", "replace")
        return _SELECT.pack(self.CODE, MAGIC, self.sender, self.code) + varbyte(len(raw)) + raw


@dataclass(frozen=True, slots=True)
class OriginatorSyn:
    """The originator's subscriptions."""

    CODE: ClassVar[int] = 10

    filter: tuple[str, ...]

    def encode(self) -> bytes:
        """The body of the frame."""
        return bytes((self.CODE,)) + encode_filter(self.filter)


@dataclass(frozen=True, slots=True)
class ResponderSynAck:
    """The responder's subscriptions."""

    CODE: ClassVar[int] = 11

    filter: tuple[str, ...]

    def encode(self) -> bytes:
        """The body of the frame."""
        return bytes((self.CODE,)) + encode_filter(self.filter)


@dataclass(frozen=True, slots=True)
class OriginatorAck:
    """The originator has the responder's subscriptions: messages may flow."""

    CODE: ClassVar[int] = 12

    def encode(self) -> bytes:
        """The body of the frame."""
        return bytes((self.CODE,))


HandshakeMessage = Hello | Probe | VersionSelect | DropConn | OriginatorSyn | ResponderSynAck | OriginatorAck


# -- parsing ------------------------------------------------------------------------------------------------


def parse_handshake(body: bytes, limits: Limits = DEFAULT_LIMITS) -> HandshakeMessage:
    """The message that a frame of the handshake holds.

    Raises :class:`RemoteProtocolError` whose text and code are those that a ``drop_conn`` answers with; what was
    wrong with a filter is its cause. *body* must not be empty: an empty frame gets no answer.
    """
    name, parse = _PARSERS.get(body[0], _NO_HANDSHAKE_MESSAGE)
    if parse is None:
        msg = "invalid message type tag"
        raise RemoteProtocolError(msg, EC.INVALID_MESSAGE)
    try:
        return parse(body, limits)
    except (struct.error, IndexError, DecodeError) as error:
        msg = f"failed to parse {name}"
        raise RemoteProtocolError(msg, EC.INVALID_MESSAGE) from error


def _check_magic(magic: int) -> None:
    if magic != MAGIC:
        msg = "wrong magic number"
        raise RemoteProtocolError(msg, EC.WRONG_MAGIC_NUMBER)


def _parse_hello(body: bytes, _: Limits) -> Hello:
    _code, magic, sender, lowest, highest = _HELLO.unpack_from(body)
    _check_magic(magic)
    if not lowest <= PROTOCOL_VERSION <= highest:
        msg = "unsupported versions offered"
        raise RemoteProtocolError(msg, EC.PEER_INCOMPATIBLE)
    return Hello(EndpointId(sender), lowest, highest)


def _parse_probe(body: bytes, _: Limits) -> Probe:
    _check_magic(_PROBE.unpack_from(body)[1])
    return Probe()


def _parse_version_select(body: bytes, _: Limits) -> VersionSelect:
    _code, magic, sender, version = _SELECT.unpack_from(body)
    _check_magic(magic)
    if version != PROTOCOL_VERSION:
        msg = "unsupported version selected"
        raise RemoteProtocolError(msg, EC.PEER_INCOMPATIBLE)
    return VersionSelect(EndpointId(sender), version)


def _parse_drop_conn(body: bytes, _: Limits) -> DropConn:
    _code, magic, sender, code = _SELECT.unpack_from(body)
    length, at = read_varbyte(body, _SELECT.size)
    if at + length > len(body):
        raise IndexError
    _check_magic(magic)
    text = body[at : at + length].decode("utf-8", "backslashreplace")
    if code > _LAST_ERROR_CODE:
        raise RemoteProtocolError(text, EC.UNSPECIFIED)
    return DropConn(EndpointId(sender), EC(code), text)


def _parse_originator_syn(body: bytes, limits: Limits) -> OriginatorSyn:
    return OriginatorSyn(decode_filter(body, 1, limits))


def _parse_responder_syn_ack(body: bytes, limits: Limits) -> ResponderSynAck:
    return ResponderSynAck(decode_filter(body, 1, limits))


def _parse_originator_ack(_body: bytes, _: Limits) -> OriginatorAck:
    return OriginatorAck()


_PARSERS: dict[int, tuple[str, Callable[[bytes, Limits], HandshakeMessage] | None]] = {
    Hello.CODE: ("hello_msg", _parse_hello),
    Probe.CODE: ("probe_msg", _parse_probe),
    VersionSelect.CODE: ("version_select_msg", _parse_version_select),
    DropConn.CODE: ("drop_conn_msg", _parse_drop_conn),
    OriginatorSyn.CODE: ("v1::originator_syn_msg", _parse_originator_syn),
    ResponderSynAck.CODE: ("v1::responder_syn_ack_msg", _parse_responder_syn_ack),
    OriginatorAck.CODE: ("v1::originator_ack_msg", _parse_originator_ack),
}
_NO_HANDSHAKE_MESSAGE: tuple[str, None] = ("", None)
