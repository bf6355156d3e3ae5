"""What masters and clones of a data store say to each other: the payload of envelopes of type command.

Actions change a store and are numbered; the other commands keep the channels that carry actions in order.
Source: spec store-protocol.md section 2.
"""

from __future__ import annotations

from itertools import chain
from struct import Struct
from struct import error as StructError  # noqa: N812
from typing import TYPE_CHECKING, Any, NamedTuple

from broker_core.codecs.binary import decode_at, decode_items, encode, encode_items, read_varbyte, varbyte
from broker_core.errors import DecodeError, EncodeError
from broker_core.limits import DEFAULT_LIMITS, Limits
from broker_core.model.ids import NIL, EndpointId, EntityId
from broker_core.model.order import Kind

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from broker_core.model import Value

__all__ = [
    "NOBODY",
    "AckClone",
    "Action",
    "Add",
    "AttachWriter",
    "Clear",
    "Command",
    "CumulativeAck",
    "Erase",
    "Expire",
    "Keepalive",
    "Nack",
    "Put",
    "PutUnique",
    "PutUniqueResult",
    "RetransmitFailed",
    "Subtract",
    "decode_command",
    "encode_command",
]

NOBODY = EntityId(NIL, 0)
"""The receiver of a command for everyone."""


class Put(NamedTuple):
    """Store *value* at *key*; *expiry* is how long it lives from now on, in nanoseconds."""

    key: Value
    value: Value
    expiry: int | None
    publisher: EntityId


class PutUnique(NamedTuple):
    """As :class:`Put` if the key is absent; *who* learns by *request* whether it was."""

    key: Value
    value: Value
    expiry: int | None
    who: EntityId
    request: int
    publisher: EntityId


class PutUniqueResult(NamedTuple):
    """The answer to :class:`PutUnique`."""

    inserted: bool
    who: EntityId
    request: int
    publisher: EntityId


class Erase(NamedTuple):
    """Remove *key*."""

    key: Value
    publisher: EntityId


class Expire(NamedTuple):
    """The master has removed *key* because its time was over."""

    key: Value
    publisher: EntityId


class Add(NamedTuple):
    """Add *value* to what is stored at *key*, or to the zero value of the kind *init* when there is nothing."""

    key: Value
    value: Value
    init: Kind
    expiry: int | None
    publisher: EntityId


class Subtract(NamedTuple):
    """Take *value* away from what is stored at *key*."""

    key: Value
    value: Value
    expiry: int | None
    publisher: EntityId


class Clear(NamedTuple):
    """Remove all keys."""

    publisher: EntityId


class AttachWriter(NamedTuple):
    """A clone announces its actions; the first has the number *offset* + 1."""

    offset: int
    heartbeat: int


class Keepalive(NamedTuple):
    """*seq* is the number of the last action."""

    seq: int


class CumulativeAck(NamedTuple):
    """All actions up to *seq* have been taken."""

    seq: int


class Nack(NamedTuple):
    """The actions *missing* did not arrive; (0,) asks for a handshake."""

    missing: tuple[int, ...]


class AckClone(NamedTuple):
    """The whole store as of action *offset*."""

    offset: int
    heartbeat: int
    entries: Sequence[tuple[Value, Value]]


class RetransmitFailed(NamedTuple):
    """Action *seq* cannot be sent again."""

    seq: int


Action = Put | PutUnique | PutUniqueResult | Erase | Expire | Add | Subtract | Clear
Content = Action | AttachWriter | Keepalive | CumulativeAck | Nack | AckClone | RetransmitFailed


class Command(NamedTuple):
    """One command. *seq* is the number of an action, the offset in :class:`AckClone`, else 0."""

    seq: int
    sender: EntityId
    receiver: EntityId
    content: Content


# -- encoding -----------------------------------------------------------------------------------------------

_HEAD = Struct(">Q16sQ16sQB")
_ENTITY = Struct(">16sQ")
_U64 = Struct(">Q")
_I64 = Struct(">q")
_OFFSET = Struct(">QH")


def encode_command(command: Command) -> bytes:
    """The payload for *command*. Raises :class:`EncodeError` for what the wire cannot express."""
    seq, sender, receiver, content = command
    tag, fields = _ENCODERS[type(content)]
    try:
        head = _HEAD.pack(seq, sender.endpoint, sender.object, receiver.endpoint, receiver.object, tag)
        return head + fields(content)
    except StructError as error:
        msg = f"{type(content).__name__}: {error}"
        raise EncodeError(msg) from None


def _expiry(expiry: int | None) -> bytes:
    return b"\0" if expiry is None else b"\1" + _I64.pack(expiry)


def _entity(entity: EntityId) -> bytes:
    return _ENTITY.pack(*entity)


def _encode_put(put: Put) -> bytes:
    return encode_items((put.key, put.value)) + _expiry(put.expiry) + _entity(put.publisher)


def _encode_put_unique(put: PutUnique) -> bytes:
    requester = _entity(put.who) + _U64.pack(put.request)
    return encode_items((put.key, put.value)) + _expiry(put.expiry) + requester + _entity(put.publisher)


def _encode_result(result: PutUniqueResult) -> bytes:
    flag = b"\1" if result.inserted else b"\0"
    return flag + _entity(result.who) + _U64.pack(result.request) + _entity(result.publisher)


def _encode_add(add: Add) -> bytes:
    tail = bytes((add.init,)) + _expiry(add.expiry) + _entity(add.publisher)
    return encode_items((add.key, add.value)) + tail


def _encode_ack_clone(ack: AckClone) -> bytes:
    head = _OFFSET.pack(ack.offset, ack.heartbeat) + varbyte(len(ack.entries))
    return head + encode_items(list(chain.from_iterable(ack.entries)))


_ENCODERS: dict[type, tuple[int, Callable[[Any], bytes]]] = {
    Put: (0, _encode_put),
    PutUnique: (1, _encode_put_unique),
    PutUniqueResult: (2, _encode_result),
    Erase: (3, lambda x: encode(x.key) + _entity(x.publisher)),
    Expire: (4, lambda x: encode(x.key) + _entity(x.publisher)),
    Add: (5, _encode_add),
    Subtract: (6, _encode_put),
    Clear: (7, lambda x: _entity(x.publisher)),
    AttachWriter: (8, lambda x: _OFFSET.pack(*x)),
    Keepalive: (9, lambda x: _U64.pack(x.seq)),
    CumulativeAck: (10, lambda x: _U64.pack(x.seq)),
    Nack: (11, lambda x: varbyte(len(x.missing)) + b"".join(map(_U64.pack, x.missing))),
    AckClone: (12, _encode_ack_clone),
    RetransmitFailed: (13, lambda x: _U64.pack(x.seq)),
}


# -- decoding -----------------------------------------------------------------------------------------------


def decode_command(payload: bytes, limits: Limits = DEFAULT_LIMITS) -> Command:
    """The command that *payload* holds. Raises :class:`DecodeError` and nothing else.

    As C++: bytes behind the last field are ignored, an initial type that does not exist is none.
    """
    reader = _Reader(payload, limits)
    try:
        seq, sender, receiver, tag = reader.u64(), reader.entity(), reader.entity(), reader.byte()
        if tag >= len(_DECODERS):
            msg = f"store command with unknown tag {tag}"
            raise DecodeError(msg, reader.at - 1)
        content = _DECODERS[tag](reader)
    except (StructError, IndexError):
        msg = f"store command cut short after {len(payload)} bytes"
        raise DecodeError(msg, len(payload)) from None
    return Command(seq, sender, receiver, content)


class _Reader:
    """The fields of one command, one after another."""

    __slots__ = ("at", "data", "limits")

    def __init__(self, data: bytes, limits: Limits) -> None:
        self.data = data
        self.at = 0
        self.limits = limits

    def byte(self) -> int:
        byte = self.data[self.at]
        self.at += 1
        return byte

    def u64(self) -> int:
        number: int = _U64.unpack_from(self.data, self.at)[0]
        self.at += 8
        return number

    def offset(self) -> tuple[int, int]:
        offset, heartbeat = _OFFSET.unpack_from(self.data, self.at)
        self.at += _OFFSET.size
        return offset, heartbeat

    def value(self) -> Any:
        value, self.at = decode_at(self.data, self.at, self.limits)
        return value

    def pair(self) -> tuple[Any, Any]:
        (key, value), self.at = decode_items(self.data, self.at, 2, self.limits)
        return key, value

    def expiry(self) -> int | None:
        if not self.byte():
            return None
        expiry: int = _I64.unpack_from(self.data, self.at)[0]
        self.at += 8
        return expiry

    def entity(self) -> EntityId:
        start = self.at
        self.at = end = start + 24
        return _entity_of(self.data[start:end])

    def kind(self) -> Kind:
        code = self.byte()
        return Kind(code) if code <= Kind.VECTOR else Kind.NONE

    def count(self, least: int) -> int:
        """How many elements of at least *least* bytes follow; refused when they cannot be there."""
        start = self.at
        count, self.at = read_varbyte(self.data, self.at)
        if count * least > len(self.data) - self.at:
            msg = f"{count} elements in the last {len(self.data) - self.at} bytes"
            raise DecodeError(msg, start)
        return count

    def entries(self) -> list[tuple[Value, Value]]:
        count = self.count(2)
        values, self.at = decode_items(self.data, self.at, 2 * count, self.limits)
        each = iter(values)
        return list(zip(each, each, strict=True))


_entity_cache: dict[bytes, EntityId] = {}
_ENTITY_CACHE_SIZE = 4096


def _entity_of(raw: bytes) -> EntityId:
    """Few actors send most commands, so the objects are shared; a flood of new ids only empties the cache."""
    entity = _entity_cache.get(raw)
    if entity is None:
        endpoint, number = _ENTITY.unpack(raw)
        if len(_entity_cache) >= _ENTITY_CACHE_SIZE:
            _entity_cache.clear()
        entity = _entity_cache[raw] = EntityId(EndpointId(endpoint), number)
    return entity


_DECODERS: tuple[Callable[[_Reader], Content], ...] = (
    lambda r: Put(*r.pair(), r.expiry(), r.entity()),
    lambda r: PutUnique(*r.pair(), r.expiry(), r.entity(), r.u64(), r.entity()),
    lambda r: PutUniqueResult(r.byte() != 0, r.entity(), r.u64(), r.entity()),
    lambda r: Erase(r.value(), r.entity()),
    lambda r: Expire(r.value(), r.entity()),
    lambda r: Add(*r.pair(), r.kind(), r.expiry(), r.entity()),
    lambda r: Subtract(*r.pair(), r.expiry(), r.entity()),
    lambda r: Clear(r.entity()),
    lambda r: AttachWriter(*r.offset()),
    lambda r: Keepalive(r.u64()),
    lambda r: CumulativeAck(r.u64()),
    lambda r: Nack(tuple([r.u64() for _ in range(r.count(8))])),
    lambda r: AckClone(*r.offset(), r.entries()),
    lambda r: RetransmitFailed(r.u64()),
)
