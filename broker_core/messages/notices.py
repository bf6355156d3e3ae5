"""What the local user is told about peers: status and error notices, their texts and their values.

The texts of :func:`str` are those of C++. The values travel on the two local topics only, and to the clients of a
WebSocket server. Sources: manual section 2.2.1, spec data-model.md section 10, native-protocol.md section 15.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeVar

from broker_core.errors import EC, SC, InvalidValue
from broker_core.model import NIL, Count, EndpointId, EnumValue, Port, Protocol

from .layouts import TEXT, describe, refuse, text_from_value, text_to_value

__all__ = [
    "CANNOT_CONNECT",
    "ENDPOINT_DISCOVERED",
    "ENDPOINT_UNREACHABLE",
    "PEER_ADDED",
    "PEER_LOST",
    "PEER_REMOVED",
    "UNKNOWN_PEER",
    "EndpointInfo",
    "ErrorNotice",
    "NetworkInfo",
    "Status",
    "peer_removed_because",
]

PEER_ADDED = "handshake successful"
PEER_REMOVED = "removed connection to remote peer"
PEER_LOST = "lost connection to remote peer"
ENDPOINT_DISCOVERED = "found a new peer in the network"
ENDPOINT_UNREACHABLE = "lost the last path"
CANNOT_CONNECT = "unable to connect to remote peer"
"""With EC.PEER_UNAVAILABLE: no attempt to connect got as far as a peering."""
UNKNOWN_PEER = "cannot unpeer from unknown peer"
"""With EC.PEER_INVALID."""


def peer_removed_because(reason: str) -> str:
    """The message of SC.PEER_REMOVED with a reason: ``removed connection to remote peer (<reason>)``."""
    return f"{PEER_REMOVED} ({reason})" if reason else PEER_REMOVED


@dataclass(frozen=True, slots=True)
class NetworkInfo:
    """Where a peer is. *retry* is in seconds, 0 for none. ``str()`` is ``address:port``, without brackets."""

    address: str
    port: int
    retry: float = 0

    def __post_init__(self) -> None:
        text_to_value(self.address, "address")
        Port(self.port)
        if not (isinstance(self.retry, int | float) and 0 <= self.retry < 2**64):
            msg = f"{self.retry!r} is no number of seconds (0 .. 2**64-1)"
            raise InvalidValue(msg, "retry")

    def __str__(self) -> str:
        return f"{self.address}:{self.port}"


@dataclass(frozen=True, slots=True)
class EndpointInfo:
    """An endpoint, and where it is when that is known. *id* is NIL for one that never said its id."""

    id: EndpointId
    network: NetworkInfo | None = None

    def __post_init__(self) -> None:
        if type(self.id) is not EndpointId:
            msg = f"an EndpointId is needed, not {type(self.id).__name__}"
            raise InvalidValue(msg, "id")
        if self.network is not None and type(self.network) is not NetworkInfo:
            msg = f"a NetworkInfo is needed, not {type(self.network).__name__}"
            raise InvalidValue(msg, "network")

    def __str__(self) -> str:
        return f"endpoint_info({self.id}, {'none' if self.network is None else f'*{self.network}'})"

    def to_value(self) -> Any:
        """As a vector of four. The retry interval becomes whole seconds, cut."""
        name = None if self.id == NIL else str(self.id)
        if self.network is None:
            return name, None, None, None
        address = text_to_value(self.network.address)
        return name, address, Port(self.network.port, Protocol.TCP), Count(int(self.network.retry))

    @classmethod
    def from_value(cls, value: Any, path: str = "") -> EndpointInfo:
        """From a strict Broker value. Raises :class:`DecodeError`, with *path* in front of where."""
        if type(value) is not tuple or len(value) != 4:
            refuse("an endpoint info is a vector of four: id, address, port, retry interval", path)
        name, *network = value
        endpoint = NIL
        if name is not None:
            try:
                endpoint = EndpointId.parse(name)
            except (InvalidValue, TypeError, AttributeError):
                refuse("the id of an endpoint info is none or a string with a UUID", f"{path}[0]")
        if network == [None, None, None]:
            return cls(endpoint)
        address, port, retry = network
        if type(address) not in TEXT or type(port) is not Port or port.protocol != Protocol.TCP:
            refuse("address, port and retry interval are all none, or string, tcp port and count", path)
        if type(retry) is not Count:
            refuse("the retry interval of an endpoint info is a count", f"{path}[3]")
        return cls(endpoint, NetworkInfo(text_from_value(address), port.number, int(retry)))


@dataclass(frozen=True, slots=True)
class Status:
    """A change among the peers that is no error. Only SC.UNSPECIFIED has neither context nor message."""

    code: SC
    context: EndpointInfo | None = None
    message: str = ""

    def __post_init__(self) -> None:
        _check_notice(self, SC)
        bare = self.context is None
        if bare != (self.code == SC.UNSPECIFIED) or (bare and self.message):
            msg = "a status has a context and a message, except one with code unspecified"
            raise InvalidValue(msg, "context")

    def __str__(self) -> str:
        if self.context is None:
            return self.code.label
        where = "" if self.context.network is None else f"{self.context.network}, "
        return f'{self.code.label}({self.context.id}, {where}"{self.message}")'

    def to_value(self) -> Any:
        """As a vector of four: "status", code, endpoint info, message."""
        code = EnumValue(self.code.label)
        if self.context is None:
            return "status", code, None, None
        return "status", code, self.context.to_value(), text_to_value(self.message)

    @classmethod
    def from_value(cls, value: Any) -> Status:
        """From a strict Broker value. Raises :class:`DecodeError` when it is no status."""
        if type(value) is not tuple or len(value) != 4 or value[0] != "status":
            refuse('a status is a vector of four: "status", code, endpoint info, message')
        _, name, context, message = value
        code = _code_from_value(SC, name)
        if code == SC.UNSPECIFIED:
            if context is not None or message is not None:
                refuse("a status with code unspecified has no context and no message", "[2]")
            return cls(code)
        info = EndpointInfo.from_value(context, "[2]")
        if type(message) not in TEXT:
            refuse("the message of a status is a string", "[3]")
        return cls(code, info, text_from_value(message))


@dataclass(frozen=True, slots=True)
class ErrorNotice:
    """An error that concerns no call of the user's, such as a failed attempt to peer. It is never raised."""

    code: EC
    context: EndpointInfo | None = None
    message: str = ""

    def __post_init__(self) -> None:
        _check_notice(self, EC)

    def __str__(self) -> str:
        if self.context is not None:
            return f'{self.code.label}({self.context}, "{self.message}")'
        return f'{self.code.label}("{self.message}")' if self.message else self.code.label

    def to_value(self) -> Any:
        """As a vector of three: "error", code, and what is known: none, [message] or [endpoint info, message]."""
        message = text_to_value(self.message)
        context: Any = None
        if self.context is not None:
            context = (self.context.to_value(), message)
        elif message:
            context = (message,)
        return "error", EnumValue(self.code.label), context

    @classmethod
    def from_value(cls, value: Any) -> ErrorNotice:
        """From a strict Broker value. Raises :class:`DecodeError` when it is no error."""
        if type(value) is not tuple or len(value) != 3 or value[0] != "error":
            refuse('an error is a vector of three: "error", code, context')
        _, name, context = value
        code = _code_from_value(EC, name)
        if context is None:
            return cls(code)
        if type(context) is not tuple or not 1 <= len(context) <= 2 or type(context[-1]) not in TEXT:
            refuse("the context of an error is none, [string] or [endpoint info, string]", "[2]")
        info = EndpointInfo.from_value(context[0], "[2][0]") if len(context) == 2 else None
        return cls(code, info, text_from_value(context[-1]))


_AnyCode = TypeVar("_AnyCode", EC, SC)


def _check_notice(notice: Status | ErrorNotice, codes: type[Any]) -> None:
    if type(notice.code) is not codes:
        msg = f"{notice.code!r} is no {codes.__name__}"
        raise InvalidValue(msg, "code")
    if notice.context is not None and type(notice.context) is not EndpointInfo:
        msg = f"an EndpointInfo is needed, not {type(notice.context).__name__}"
        raise InvalidValue(msg, "context")
    text_to_value(notice.message, "message")


def _code_from_value(codes: type[_AnyCode], name: Any) -> _AnyCode:
    if type(name) is EnumValue:
        for code in codes:
            if code.label == name.name:
                return code
    return refuse(f"{describe(name)} is no {'status' if codes is SC else 'error'} code", "[1]")
