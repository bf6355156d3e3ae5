"""Records: what the bodies of blocks consist of. Each is a MessagePack array whose first element says what it is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, NoReturn

from msgpack import Packer, Unpacker
from msgpack.exceptions import UnpackException

from broker_core.errors import DecodeError, EncodeError
from broker_core.messages.envelopes import UNSET, Message, MessageKind
from broker_core.model.ids import NIL, EndpointId
from broker_core.model.topics import check_topic

from .blocks import LONGEST_BLOCK

if TYPE_CHECKING:
    from collections.abc import Sequence

    from broker_core.model import Value

__all__ = [
    "FORMAT",
    "LONGEST_REASON",
    "MOST_NAMES",
    "VERSION",
    "End",
    "Entry",
    "Gap",
    "RecordPacker",
    "RecordParser",
    "RecordedMessage",
    "RecordingHeader",
]

FORMAT: Final = "broker-recording"
VERSION: Final = 1
MOST_NAMES: Final = 1024
"""Most peers, and most topics, that a header lists."""
LONGEST_REASON: Final = 1000
"""Most characters of a text in a record."""

_HEADER, _MESSAGE, _GAP, _END = range(4)
_MOST_FIELDS = 16
_EARLIEST, _LATEST = -(2**63), 2**63 - 1
_MOST_ROUTES = 4096
_CONTAINERS = frozenset([*range(0x80, 0xA0), 0xDC, 0xDD, 0xDE, 0xDF])
"""First bytes of MessagePack's maps and arrays."""
_NIL = b"\xc0"
_DATA = MessageKind.DATA
_FOREIGN = MessageKind.FOREIGN
_new_message: Any = object.__new__


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordingHeader:
    """Who recorded what, and since when. It is the first record; further ones stand where a recording was continued."""

    created: int = 0
    """Nanoseconds since 1970."""
    program: str = ""
    """Name and version."""
    endpoint: EndpointId = NIL
    """The endpoint that received the messages."""
    peers: tuple[str, ...] = ()
    """The addresses that it was told to connect to."""
    topics: tuple[str, ...] = ()
    """The prefixes that it was subscribed to."""
    version: int = VERSION
    """Of the format."""


class RecordedMessage(Message):
    """A message with the *time* when it was received, in nanoseconds since 1970."""

    __slots__ = ("time",)

    def __init__(  # as the base class
        self,
        topic: str,
        value: Value = UNSET,
        *,
        time: int,
        payload: bytes | None = None,
        sender: EndpointId = NIL,
        ttl: int = 0,
    ) -> None:
        super().__init__(topic, value, payload=payload, sender=sender, ttl=ttl)
        self.time = time

    @classmethod
    def of(cls, message: Message, time: int) -> RecordedMessage:
        """*message*, received at *time*."""
        copy: RecordedMessage = _new_message(cls)
        for name in Message.__slots__:
            setattr(copy, name, getattr(message, name))
        copy.time = time
        return copy


@dataclass(frozen=True, slots=True)
class Gap:
    """From here on something may be missing: the connection was lost, or messages were dropped."""

    time: int
    lost: int
    """How many messages are missing; 0 when nobody knows."""
    reason: str


@dataclass(frozen=True, slots=True)
class End:
    """The recording was ended in order, with so many messages since its header."""

    time: int
    messages: int


Entry = RecordedMessage | Gap | End | RecordingHeader


# -- writing ------------------------------------------------------------------------------------------------


class RecordPacker:
    """Collects the records of one block."""

    def __init__(self) -> None:
        # Topics may be any bytes; they are held with surrogate escapes.
        self._packer = Packer(autoreset=False, use_bin_type=True, unicode_errors="surrogateescape")
        self._pack = self._packer.pack

    def messages(self, messages: Sequence[Message], time: int) -> bytes:
        """The bytes of messages that were received at *time*. Raises :class:`EncodeError`, also for their values."""
        pack = self._pack
        self._packer.reset()
        try:
            for message in messages:
                if message.kind is _FOREIGN:  # a reader would take the payload for a value
                    msg = "its format is not Broker's"
                    raise EncodeError(msg)
                pack((_MESSAGE, time, message.topic, message.sender, message.ttl, message.payload))
        except UnicodeEncodeError:
            msg = "a topic with a lone surrogate"
            raise EncodeError(msg) from None
        packed: bytes = self._packer.bytes()
        return packed

    def header(self, header: RecordingHeader) -> bytes:
        """The bytes of a header."""
        facts = {
            "format": FORMAT,
            "version": header.version,
            "created": header.created,
            "program": header.program[:LONGEST_REASON],
            "endpoint": bytes(header.endpoint),
            "peers": header.peers[:MOST_NAMES],
            "topics": header.topics[:MOST_NAMES],
        }
        return self._packed((_HEADER, facts))

    def gap(self, gap: Gap) -> bytes:
        """The bytes of a gap."""
        return self._packed((_GAP, gap.time, gap.lost, gap.reason[:LONGEST_REASON]))

    def end(self, end: End) -> bytes:
        """The bytes of an end."""
        return self._packed((_END, end.time, end.messages))

    def _packed(self, record: tuple[Any, ...]) -> bytes:
        self._packer.reset()
        self._pack(record)
        packed: bytes = self._packer.bytes()
        return packed


# -- reading ------------------------------------------------------------------------------------------------


class RecordParser:
    """Makes entries of the bodies of blocks. Topics and senders repeat, so each of them is checked once."""

    def __init__(self) -> None:
        self._routes: dict[tuple[Any, Any, Any], tuple[str, EndpointId, int]] = {}

    def parse(self, body: bytes) -> list[Entry]:
        """All that *body* holds; records of kinds that only later versions have are left out.

        The payloads of messages are not looked at. Raises :class:`DecodeError` and nothing else.
        """
        entries: list[Entry] = []
        put, routes = entries.append, self._routes
        try:
            if len(body) > LONGEST_BLOCK:
                _check_lone(body)
            unpacker = _unpacker(body)
            unpacker.feed(_NIL)
            for record in unpacker:
                if type(record) is tuple and len(record) == 6 and record[0] == _MESSAGE:
                    _, time, topic, sender, ttl, payload = record
                    route = routes.get((topic, sender, ttl)) or self._learn(topic, sender, ttl)
                    if type(payload) is not bytes or not payload:
                        _refuse("a payload")
                    put(_recorded(_time(time), route, payload))
                elif record is None and unpacker.tell() > len(body):
                    return entries
                else:
                    entry = _other(record)
                    if entry is not None:
                        put(entry)
        except (UnpackException, ValueError, TypeError) as error:  # TypeError: a map as part of a key
            msg = f"record {len(entries) + 1} of a block cannot be read: {error or type(error).__name__}"
            raise DecodeError(msg) from None
        msg = "the last record of a block is cut off"  # it has swallowed the nil behind it
        raise DecodeError(msg)

    def _learn(self, topic: Any, sender: Any, ttl: Any) -> tuple[str, EndpointId, int]:
        if type(topic) is not str:
            _refuse("a topic")
        if type(sender) is not bytes:
            _refuse("a sender")
        if type(ttl) is not int or not 0 <= ttl <= 0xFFFF:
            _refuse("a TTL")
        if len(self._routes) >= _MOST_ROUTES:
            self._routes.clear()
        route = self._routes[topic, sender, ttl] = (check_topic(topic, empty=True), EndpointId(sender), ttl)
        return route


def _recorded(time: int, route: tuple[str, EndpointId, int], payload: bytes) -> RecordedMessage:
    message: RecordedMessage = _new_message(RecordedMessage)
    message.topic, message.sender, message.ttl = route
    message._value = UNSET  # noqa: SLF001  # made for every record that is read, as received_message() is
    message._payload = payload  # noqa: SLF001
    message.receiver = NIL
    message.kind = _DATA
    message.time = time
    return message


def _other(record: Any) -> Entry | None:
    """What is no message; None for what is not known here."""
    if type(record) is not tuple or not record or type(record[0]) is not int:
        _refuse("the kind")
    match record:
        case (0, dict(facts), *_):
            return _header(facts)
        case (2, time, int(lost), str(reason), *_) if 0 <= lost <= _LATEST:
            return Gap(_time(time), lost, reason[:LONGEST_REASON])
        case (3, time, int(messages), *_) if 0 <= messages <= _LATEST:
            return End(_time(time), messages)
    if record[0] in {_HEADER, _MESSAGE, _GAP, _END}:
        _refuse("the fields")
    return None


def _header(facts: dict[Any, Any]) -> RecordingHeader:
    version, program, endpoint = facts.get("version"), facts.get("program", ""), facts.get("endpoint", NIL)
    if facts.get("format") != FORMAT or type(version) is not int or type(program) is not str:
        _refuse("a header")
    if type(endpoint) is not bytes and endpoint is not NIL:
        _refuse("an endpoint")
    lists = {}
    for name in ("peers", "topics"):
        lists[name] = facts.get(name, ())
        if type(lists[name]) is not tuple or not all(type(item) is str for item in lists[name]):
            _refuse(f"a list of {name}")
    created = _time(facts.get("created", 0))
    program = program[:LONGEST_REASON]
    return RecordingHeader(version=version, created=created, program=program, endpoint=EndpointId(endpoint), **lists)


def _time(time: Any) -> int:
    if type(time) is not int or not _EARLIEST <= time <= _LATEST:
        _refuse("a time")
    return time


def _refuse(what: str) -> NoReturn:
    msg = f"{what} of the wrong type or size"
    raise ValueError(msg)


def _check_lone(body: bytes) -> None:
    """Refuse a long body that is not one record of plain fields: trees of many small parts take much memory."""
    unpacker = _unpacker(body)
    count = unpacker.read_array_header()
    if count > _MOST_FIELDS:
        _refuse("a record")
    for _ in range(count):
        at = unpacker.tell()
        if at >= len(body) or body[at] in _CONTAINERS:
            _refuse("a field")
        unpacker.skip()
    if unpacker.tell() != len(body):
        _refuse("a block with more than one record")


def _unpacker(body: bytes) -> Any:
    unpacker = Unpacker(
        use_list=False,
        unicode_errors="surrogateescape",
        max_buffer_size=len(body) + 1,
        max_array_len=MOST_NAMES,
        max_map_len=_MOST_FIELDS,
    )
    unpacker.feed(body)
    return unpacker
