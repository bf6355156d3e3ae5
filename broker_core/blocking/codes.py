"""The enumerations of the blocking face, with the names, numbers and comparisons of the C++ bindings 1.4.0.

Sources: manual sections 2.2.1 and 2.4.1, and the bindings themselves.
"""

from __future__ import annotations

from enum import Enum, Flag
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from broker_core import BackendKind

__all__ = ["EC", "SC", "APIFlags", "Backend", "Frontend", "Named", "PeerFlags", "PeerStatus", "Version"]


class Named(Enum):
    """A name with a number that ``int()`` gives, equal to nothing but itself."""

    def __int__(self) -> int:
        return int(self.value)

    __index__ = __int__

    def __hash__(self) -> int:
        return int(self.value)

    def __eq__(self, other: object) -> bool:
        return self is other if type(other) is type(self) else NotImplemented


class APIFlags(Named):
    """Of bindings before 1.0; nothing takes it any more."""

    Blocking = 1
    NonBlocking = 2


class Frontend(Named):
    """What a store is (manual 2.4.1)."""

    Clone = 0
    Master = 1


class Backend(Named):
    """Where a master keeps its entries (manual 2.4.1)."""

    Memory = 0
    SQLite = 1
    RocksDB = 2

    @property
    def kind(self) -> BackendKind:
        """The name that :meth:`broker_core.Endpoint.attach_master` takes."""
        return _BACKENDS[self]


_BACKENDS: dict[Backend, BackendKind] = {
    Backend.Memory: "memory",
    Backend.SQLite: "sqlite",
    Backend.RocksDB: "rocksdb",
}


class SC(Named):
    """Status codes. Unlike :class:`EC`, none is equal to a number."""

    Unspecified = 0
    PeerAdded = 1
    PeerRemoved = 2
    PeerLost = 3
    EndpointDiscovered = 4
    EndpointUnreachable = 5


class EC(Named):
    """Error codes, each equal to its number: ``error.code()`` is one. Those from 15 on, and 5, came with Broker 2."""

    Unspecified = 1
    PeerIncompatible = 2
    PeerInvalid = 3
    PeerUnavailable = 4
    PeerDisconnectDuringHandshake = 5
    PeerTimeout = 6
    MasterExists = 7
    NoSuchMaster = 8
    NoSuchKey = 9
    RequestTimeOut = 10
    TypeClash = 11
    InvalidData = 12
    BackendFailure = 13
    StaleData = 14
    CannotOpenFile = 15
    CannotWriteFile = 16
    InvalidTopicKey = 17
    EndOfFile = 18
    InvalidTag = 19
    InvalidMessage = 20
    InvalidStatus = 21
    ConversionFailed = 22
    ConsumerExists = 23
    ConnectionTimeout = 24
    BadMemberFunctionCall = 25
    RepeatedRequestId = 26
    BrokenClone = 27
    ShuttingDown = 28
    InvalidPeeringRequest = 29
    RepeatedPeeringHandshakeRequest = 30
    UnexpectedHandshakeMessage = 31
    InvalidHandshakeState = 32
    NoPathToPeer = 33
    NoConnectorAvailable = 34
    CannotOpenResource = 35
    SerializationFailed = 36
    DeserializationFailed = 37
    WrongMagicNumber = 38
    RedundantConnection = 39
    LogicError = 40

    __hash__ = Named.__hash__

    def __eq__(self, other: object) -> bool:
        return self.value == other if isinstance(other, int) else super().__eq__(other)


class PeerStatus(Named):
    """How far a peering has come."""

    Initialized = 0
    Connecting = 1
    Connected = 2
    Peered = 3
    Disconnected = 4
    Reconnecting = 5


class PeerFlags(Flag):
    """What a peering is; values can be joined with ``|``."""

    Invalid = 0
    Local = 1
    Remote = 2
    Outbound = 4
    Inbound = 8

    def __int__(self) -> int:
        return int(self.value)

    __index__ = __int__


class Version:
    """Which version of the bindings this is like, and of the protocol between peers."""

    MAJOR: Final = 1
    MINOR: Final = 4
    PATCH: Final = 0
    PROTOCOL: Final = 2

    @staticmethod
    def compatible(protocol: int) -> bool:
        """Whether an endpoint with another version of the protocol could be a peer."""
        return protocol == Version.PROTOCOL

    @staticmethod
    def string() -> str:
        """``major.minor.patch``."""
        return f"{Version.MAJOR}.{Version.MINOR}.{Version.PATCH}"
