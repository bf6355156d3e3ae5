"""Every error of the library, and the numeric codes that peers exchange.

::

    BrokerError                     carries .code, an EC
    ├─ InvalidValue                 a value of no Broker type, or out of range (also a ValueError)
    ├─ ProtocolError                not raised itself
    │   ├─ LocalProtocolError       you asked for something the protocol forbids now
    │   └─ RemoteProtocolError      the peer did
    ├─ CodecError                   not raised itself
    │   ├─ EncodeError              says where in the value
    │   └─ DecodeError              says at which byte, or where in the value
    │       └─ LimitExceeded        says which limit, what was asked and what is allowed
    ├─ ConfigurationError           an option that cannot be used on this machine or with another
    ├─ PeeringError                 no peering: says with whom and why
    │   ├─ PeerUnavailable          nobody answers there, or the name is unknown
    │   ├─ PeerIncompatible         something answers that cannot be a peer of ours
    │   ├─ PeerRefused              a Broker that said no, with its reason
    │   └─ PeerTimeout              the handshake did not end in time
    ├─ StoreError                   a data store cannot do it: says which store and why
    │   ├─ NoSuchKey                the key does not exist
    │   ├─ TypeClash                the operation does not suit the type of the stored value
    │   ├─ NoSuchMaster             no endpoint in reach has the master
    │   ├─ MasterExists             a peer, or this endpoint, has a master of that name
    │   ├─ StaleData                the clone never heard from its master, or not for too long
    │   ├─ StoreTimeout             the master did not confirm in time
    │   └─ BackendFailure           the database refused: full disk, locked or corrupt file
    ├─ RecordingError               not raised itself: something is wrong with a recording, says with which
    │   ├─ BadRecording             what it holds is no recording, or a damaged one: says where
    │   └─ RecordingFailure         the operating system refused: no such file, no space left
    └─ UndeliveredError             published messages that no peer confirmed

Texts are made in ``__str__`` from attributes, so a program never has to parse them. All errors can be
pickled. Sources: spec data-model.md section 10, native-protocol.md section 4.5.
"""

from __future__ import annotations

from enum import IntEnum, StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = [
    "EC",
    "SC",
    "BackendFailure",
    "BadRecording",
    "BrokerError",
    "Cause",
    "CodecError",
    "ConfigurationError",
    "DecodeError",
    "EncodeError",
    "InvalidValue",
    "LimitExceeded",
    "LocalProtocolError",
    "MasterExists",
    "NoSuchKey",
    "NoSuchMaster",
    "PeerIncompatible",
    "PeerRefused",
    "PeerTimeout",
    "PeerUnavailable",
    "PeeringError",
    "ProtocolError",
    "RecordingError",
    "RecordingFailure",
    "RemoteProtocolError",
    "StaleData",
    "StoreError",
    "StoreTimeout",
    "TypeClash",
    "UndeliveredError",
]


class _Code(IntEnum):
    @property
    def label(self) -> str:
        """The name as C++ writes it, such as ``peer_added``."""
        return self.name.lower()

    @classmethod
    def from_label(cls, label: str) -> _Code:
        """The code whose C++ name is *label*; raises KeyError when there is none."""
        return cls[label.upper()]


class EC(_Code):
    """Error codes (manual 2.2.1; spec data-model.md section 10.2)."""

    NONE = 0
    UNSPECIFIED = 1
    PEER_INCOMPATIBLE = 2
    PEER_INVALID = 3
    PEER_UNAVAILABLE = 4
    PEER_DISCONNECT_DURING_HANDSHAKE = 5
    PEER_TIMEOUT = 6
    MASTER_EXISTS = 7
    NO_SUCH_MASTER = 8
    NO_SUCH_KEY = 9
    REQUEST_TIMEOUT = 10
    TYPE_CLASH = 11
    INVALID_DATA = 12
    BACKEND_FAILURE = 13
    STALE_DATA = 14
    CANNOT_OPEN_FILE = 15
    CANNOT_WRITE_FILE = 16
    INVALID_TOPIC_KEY = 17
    END_OF_FILE = 18
    INVALID_TAG = 19
    INVALID_MESSAGE = 20
    INVALID_STATUS = 21
    CONVERSION_FAILED = 22
    CONSUMER_EXISTS = 23
    CONNECTION_TIMEOUT = 24
    BAD_MEMBER_FUNCTION_CALL = 25
    REPEATED_REQUEST_ID = 26
    BROKEN_CLONE = 27
    SHUTTING_DOWN = 28
    INVALID_PEERING_REQUEST = 29
    REPEATED_PEERING_HANDSHAKE_REQUEST = 30
    UNEXPECTED_HANDSHAKE_MESSAGE = 31
    INVALID_HANDSHAKE_STATE = 32
    NO_PATH_TO_PEER = 33
    NO_CONNECTOR_AVAILABLE = 34
    CANNOT_OPEN_RESOURCE = 35
    SERIALIZATION_FAILED = 36
    DESERIALIZATION_FAILED = 37
    WRONG_MAGIC_NUMBER = 38
    REDUNDANT_CONNECTION = 39
    LOGIC_ERROR = 40


class SC(_Code):
    """Status codes (manual 2.2.1; spec data-model.md section 10.1)."""

    UNSPECIFIED = 0
    PEER_ADDED = 1
    PEER_REMOVED = 2
    PEER_LOST = 3
    ENDPOINT_DISCOVERED = 4
    ENDPOINT_UNREACHABLE = 5


class Cause(StrEnum):
    """What exactly keeps a peering from coming about, for programs; :attr:`PeeringError.reason` says it in words."""

    NAME_UNKNOWN = "name-unknown"
    """The host name cannot be resolved."""
    REFUSED = "refused"
    """Nothing listens on the port."""
    FILTERED = "filtered"
    """No answer at all: a firewall, or no such machine."""
    UNREACHABLE = "unreachable"
    """The network has no way to the machine."""
    CANNOT_LISTEN = "cannot-listen"
    """The port or address cannot be had for listening."""
    CONNECTION_LOST = "connection-lost"
    """The other side, or the network, ended the connection without a word."""
    CLOSED_AT_ONCE = "closed-at-once"
    """The other side closes the connection before it said anything."""
    NOT_BROKER = "not-broker"
    """Something else answers: HTTP, SSH, an unknown protocol."""
    WEBSOCKET = "websocket"
    """A WebSocket server answers where Broker's own protocol was expected, or the reverse."""
    OLD_BROKER = "old-broker"
    """A Broker of Zeek 4 or older."""
    TLS_EXPECTED = "tls-expected"
    """The other side speaks TLS, this one was told not to."""
    PLAIN_EXPECTED = "plain-expected"
    """The other side speaks plain TCP, this one was told to use TLS."""
    CERTIFICATE_EXPECTED = "certificate-expected"
    """One side has certificates, the other speaks certificate-less TLS."""
    CERTIFICATE_REQUIRED = "certificate-required"
    """The other side demands a certificate of this one, which has none to show."""
    CA_UNKNOWN = "ca-unknown"
    """A certificate was signed by a CA that the side which checks it does not trust."""
    CERTIFICATE_EXPIRED = "certificate-expired"
    """A certificate is past its date, or not valid yet."""
    CERTIFICATE_INVALID = "certificate-invalid"
    """A certificate is refused for another reason."""
    HOST_MISMATCH = "host-mismatch"
    """The certificate is for another host name."""
    TLS_FAILED = "tls-failed"
    """The TLS handshake failed in another way: no common version or cipher."""
    WRONG_SOCKET = "wrong-socket"
    """A socket of ZeroMQ answers, but of another kind: the other port of a central broker, or a sink for logs."""
    CURVE_EXPECTED = "curve-expected"
    """One side of a ZeroMQ connection wants CURVE, and the other does not."""
    CURVE_REFUSED = "curve-refused"
    """The CURVE keys of the two sides do not belong together."""
    VERSION = "version"
    """No protocol version that both sides speak."""
    HANDSHAKE_TIMEOUT = "handshake-timeout"
    """The other side takes the connection but does not finish the handshake in time."""
    DUPLICATE = "duplicate"
    """The two endpoints are peered already."""
    SHUTTING_DOWN = "shutting-down"
    """The other side is about to end."""
    BAD_HANDSHAKE = "bad-handshake"
    """The other side broke the rules of the handshake."""
    REJECTED = "rejected"
    """The other side refused, with a text of its own; a missing or wrong token among others."""
    TOO_MANY = "too-many"
    """The other side (or this one) serves as many connections as its limits allow."""
    CONFIGURATION = "configuration"
    """This side's own settings cannot be used: of a diagnosis, or of files that broke while they are in use."""
    NOT_SUBSCRIBED = "not-subscribed"
    """There is a peering, but the peer subscribes to nothing that the topic starts with; of a diagnosis only."""


class BrokerError(Exception):
    """The base of every error that this library raises on purpose."""

    code: EC = EC.UNSPECIFIED


class InvalidValue(BrokerError, ValueError):
    """A Python object that is no Broker value. *path* leads to it: ``args[2]["k"]``, or "" for the whole.

    *hint* says what would be one, where that can be said.
    """

    code = EC.INVALID_DATA

    def __init__(self, problem: str, path: str = "", hint: str = "") -> None:
        super().__init__(problem, path, hint)
        self.problem = problem
        self.path = path
        self.hint = hint

    def __str__(self) -> str:
        where = f"{self.path}: " if self.path else ""
        hint = f" ({self.hint})" if self.hint else ""
        return f"{where}{self.problem}{hint}"


class ProtocolError(BrokerError):
    """The base of both protocol errors."""

    code = EC.INVALID_MESSAGE

    def __init__(self, problem: str, code: EC = EC.INVALID_MESSAGE) -> None:
        super().__init__(problem, code)
        self.problem = problem
        self.code = code

    def __str__(self) -> str:
        return self.problem


class LocalProtocolError(ProtocolError):
    """This side asked for something that the protocol does not allow now."""


class RemoteProtocolError(ProtocolError):
    """The peer sent something that the protocol does not allow."""


class CodecError(BrokerError):
    """The base of what encoders and decoders raise."""


class EncodeError(CodecError):
    """A value that the format cannot express. *path* leads to it, "" for the whole value."""

    code = EC.SERIALIZATION_FAILED

    def __init__(self, problem: str, path: str = "") -> None:
        super().__init__(problem, path)
        self.problem = problem
        self.path = path

    def __str__(self) -> str:
        return f"{self.path}: {self.problem}" if self.path else self.problem


class DecodeError(CodecError):
    """Input that is not a value. *offset* counts bytes (text: characters) from 0; *path* leads into the value."""

    code = EC.DESERIALIZATION_FAILED

    def __init__(self, problem: str, offset: int | None = None, path: str = "") -> None:
        super().__init__(problem, offset, path)
        self.problem = problem
        self.offset = offset
        self.path = path

    def __str__(self) -> str:
        where = [f"at offset {self.offset}"] if self.offset is not None else []
        if self.path:
            where.append(f"in {self.path}")
        return " ".join([self.problem, *where])


class LimitExceeded(DecodeError):
    """Input beyond one of the bounds in :mod:`broker_core.limits`; *limit* is the bound's name."""

    def __init__(self, limit: str, asked: int | None, allowed: int, offset: int | None = None) -> None:
        asked_text = "more than" if asked is None else f"{asked} is above"
        super().__init__(f"{limit}: {asked_text} the allowed {allowed}", offset)
        self.args = (limit, asked, allowed, offset)
        self.limit = limit
        self.asked = asked
        self.allowed = allowed


class ConfigurationError(BrokerError):
    """An option that cannot be used here; says what to change."""

    def __init__(self, problem: str) -> None:
        super().__init__(problem)
        self.problem = problem

    def __str__(self) -> str:
        return self.problem


class PeeringError(BrokerError):
    """No peering came about with *address*; *reason* is one line, *hint* the next step or "".

    *cause* is the same for programs, None where it is none of them.
    """

    code = EC.PEER_UNAVAILABLE

    def __init__(  # pickle hands them over by position
        self, address: str, reason: str, hint: str = "", code: EC | None = None, cause: Cause | None = None
    ) -> None:
        super().__init__(address, reason, hint, code, cause)
        self.address = address
        self.reason = reason
        self.hint = hint
        self.cause = cause
        if code is not None:
            self.code = code

    def __str__(self) -> str:
        return f"cannot peer with {self.address}: {self.reason}"


class PeerUnavailable(PeeringError):
    """Nobody answers at the address: refused, unreachable, or a name that does not resolve."""


class PeerIncompatible(PeeringError):
    """Something answers that is no Broker, speaks another version, or wants (or lacks) TLS."""

    code = EC.PEER_INCOMPATIBLE


class PeerRefused(PeeringError):
    """The peer ended the handshake and gave a reason (its drop_conn code is in .code)."""

    code = EC.PEER_INVALID


class PeerTimeout(PeeringError):
    """The peer accepted the connection but did not finish the handshake in time."""

    code = EC.PEER_TIMEOUT


class UndeliveredError(BrokerError):
    """Messages were published and no peer confirmed them. *counts* maps each peer's id to how many."""

    code = EC.REQUEST_TIMEOUT

    def __init__(self, counts: Mapping[str, int]) -> None:
        super().__init__(dict(counts))
        self.counts = dict(counts)

    def __str__(self) -> str:
        total = sum(self.counts.values())
        peers = ", ".join(f"{peer} ({count})" for peer, count in self.counts.items())
        return f"{total} published message{'' if total == 1 else 's'} not confirmed by: {peers}"


class RecordingError(BrokerError):
    """The base of what is wrong with the recording *path*; *problem* is one line."""

    def __init__(self, path: str, problem: str) -> None:
        super().__init__(path, problem)
        self.path = path
        self.problem = problem

    def __str__(self) -> str:
        return f"{self.path}: {self.problem}"


class BadRecording(RecordingError):
    """The file holds no recording, or a damaged one; *offset* is where, in bytes, None for the whole file."""

    code = EC.INVALID_DATA

    def __init__(self, path: str, problem: str, offset: int | None = None) -> None:
        super().__init__(path, problem)
        self.args = (path, problem, offset)
        self.offset = offset

    def __str__(self) -> str:
        where = "" if self.offset is None else f" at offset {self.offset}"
        return f"{self.path}: {self.problem}{where}"


class RecordingFailure(RecordingError):
    """The file cannot be opened, read or written. What was written before can still be read."""

    code = EC.CANNOT_OPEN_FILE

    def __init__(self, path: str, problem: str, code: EC = EC.CANNOT_OPEN_FILE) -> None:
        super().__init__(path, problem)
        self.args = (path, problem, code)
        self.code = code


class StoreError(BrokerError):
    """A data store cannot do what was asked; *problem* is one line, *store* its name or "" (manual section 2.4)."""

    def __init__(self, problem: str, store: str = "", code: EC | None = None) -> None:
        super().__init__(problem, store, code)
        self.problem = problem
        self.store = store
        if code is not None:
            self.code = code

    def __str__(self) -> str:
        return f"store {self.store}: {self.problem}" if self.store else self.problem


class NoSuchKey(StoreError):
    """The key does not exist, or the index is none of the stored value."""

    code = EC.NO_SUCH_KEY


class TypeClash(StoreError):
    """The operation does not suit the stored value's type; code invalid_data when only a part does not."""

    code = EC.TYPE_CLASH


class NoSuchMaster(StoreError):
    """No endpoint that this one can reach has the master of the store."""

    code = EC.NO_SUCH_MASTER


class MasterExists(StoreError):
    """The name is taken: a peer, or this endpoint, already has a master of it."""

    code = EC.MASTER_EXISTS


class StaleData(StoreError):
    """The clone was never synchronized with its master, or has been without it for longer than its limit."""

    code = EC.STALE_DATA


class StoreTimeout(StoreError):
    """The master did not confirm in time; the operation may still take effect."""

    code = EC.REQUEST_TIMEOUT


class BackendFailure(StoreError):
    """The database could not do it; what was acknowledged before is still there."""

    code = EC.BACKEND_FAILURE
