"""What a blocking program is told about peers: statuses, errors, and where peers are.

Texts and comparisons are those of the C++ bindings 1.4.0, except that an endpoint's id is a UUID, as it is for
every peer of today. Sources: manual sections 2.2.1 and 2.5.5, and the bindings themselves.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import broker_core
from broker_core import NIL

from .codes import EC, SC, PeerFlags, PeerStatus

if TYPE_CHECKING:
    from broker_core import BrokerError

__all__ = [
    "EndpointInfo",
    "Error",
    "NetworkInfo",
    "OptionalNetworkInfo",
    "PeerInfo",
    "Status",
    "error_from",
    "from_notice",
]


@dataclass(frozen=True, slots=True)
class NetworkInfo:
    """Where a peer is; ``str()`` is ``address:port``."""

    address: str
    port: int

    def __repr__(self) -> str:
        return f"{self.address}:{self.port}"


class OptionalNetworkInfo:
    """A :class:`NetworkInfo`, or none."""

    __slots__ = ("_network",)

    def __init__(self, network: NetworkInfo | None = None) -> None:
        self._network = network

    def is_set(self) -> bool:
        """Whether there is one."""
        return self._network is not None

    def get(self) -> NetworkInfo:
        """It; ValueError when there is none."""
        if self._network is None:
            msg = "the network address is not known"
            raise ValueError(msg)
        return self._network

    __bool__ = is_set

    def __eq__(self, other: object) -> bool:
        return self._network == other._network if isinstance(other, OptionalNetworkInfo) else NotImplemented

    def __hash__(self) -> int:
        return hash(self._network)

    def __repr__(self) -> str:
        return "none" if self._network is None else f"*{self._network}"


@dataclass(frozen=True, slots=True, repr=False)
class EndpointInfo:
    """An endpoint, and where it is if that is known; ``str()`` is its id."""

    _id: str
    network: OptionalNetworkInfo

    def node_id(self) -> str:
        """The id, a UUID; "" when it never said its id."""
        return self._id

    def __repr__(self) -> str:
        return self._id or "invalid-node"

    @classmethod
    def of(cls, info: broker_core.EndpointInfo) -> EndpointInfo:
        """The same as an :class:`EndpointInfo` of the library."""
        network = None if info.network is None else NetworkInfo(info.network.address, info.network.port)
        return cls("" if info.id == NIL else str(info.id), OptionalNetworkInfo(network))


@dataclass(frozen=True, slots=True)
class PeerInfo:
    """One peering."""

    peer: EndpointInfo
    flags: PeerFlags
    status: PeerStatus

    @classmethod
    def of(cls, info: broker_core.PeerInfo) -> PeerInfo:
        """The same as a :class:`PeerInfo` of the library, which is of a peering that is made.

        Peerings go both ways, so that one over the network is inbound and outbound, as for C++, whoever dialled.
        """
        if info.direction == "local":
            return cls(EndpointInfo(str(info.id), OptionalNetworkInfo()), PeerFlags.Local, PeerStatus.Peered)
        host, _, port = info.address.rpartition(":")
        network = OptionalNetworkInfo(NetworkInfo(host.strip("[]"), int(port)))
        flags = PeerFlags.Remote | PeerFlags.Outbound | PeerFlags.Inbound
        return cls(EndpointInfo(str(info.id), network), flags, PeerStatus.Peered)


class Status:
    """A change among the peers that is no error (manual 2.2.1); equal to its code too."""

    __slots__ = ("_notice",)

    def __init__(self, notice: broker_core.Status | None = None) -> None:
        self._notice = notice or broker_core.Status(broker_core.SC.UNSPECIFIED)

    def code(self) -> SC:
        """What has changed."""
        return SC(self._notice.code.value)

    def context(self) -> EndpointInfo | None:
        """The endpoint that it is about; None for SC.Unspecified."""
        return None if self._notice.context is None else EndpointInfo.of(self._notice.context)

    def message(self) -> str:
        """The same in words, or ""."""
        return self._notice.message

    def __eq__(self, other: object) -> bool:
        if isinstance(other, SC):
            return self.code() == other
        return self._notice == other._notice if isinstance(other, Status) else NotImplemented

    def __hash__(self) -> int:
        return hash(self.code())

    def __repr__(self) -> str:
        return str(self._notice) if self._notice.context is not None else 'unspecified("")'


class Error:
    """An error that concerns no call, or the answer to one (manual 2.2.1); equal to its code too. Never raised."""

    __slots__ = ("_notice",)

    def __init__(self, notice: broker_core.ErrorNotice | None = None) -> None:
        self._notice = notice

    def code(self) -> int:
        """A number that is equal to a member of :class:`EC`; 0 for ``Error()``, which is none."""
        return 0 if self._notice is None else self._notice.code.value

    def context(self) -> EndpointInfo | None:
        """The endpoint that it is about, if it is about one."""
        context = None if self._notice is None else self._notice.context
        return None if context is None else EndpointInfo.of(context)

    def message(self) -> str:
        """The same in words, or ""."""
        return "" if self._notice is None else self._notice.message

    def __eq__(self, other: object) -> bool:
        if isinstance(other, EC):
            return other == self.code()
        return self._notice == other._notice if isinstance(other, Error) else NotImplemented

    def __hash__(self) -> int:
        return self.code()

    def __repr__(self) -> str:
        if self._notice is None:
            return "none"
        context, escaped = self.context(), self.message().replace("\\", "\\\\").replace('"', '\\"')
        what = f'"{escaped}"' if context is None else f'{context}, {context.network}, "{escaped}"'
        return f"error({self.code()}, 'broker', ({what}))"


def from_notice(notice: broker_core.Status | broker_core.ErrorNotice) -> Status | Error:
    """What a status subscriber of the library got, as one of the bindings gives it."""
    return Status(notice) if isinstance(notice, broker_core.Status) else Error(notice)


def error_from(error: BrokerError) -> Error:
    """The error that says what the exception *error* does."""
    return Error(broker_core.ErrorNotice(error.code, None, str(error)))
