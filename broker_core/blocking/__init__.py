"""Broker's synchronous Python API (manual section 2.5), for programs that were written for libbroker's bindings.

::

    import broker_core.blocking as broker

    with broker.Endpoint() as ep, ep.make_subscriber("/topic/test") as sub:
        ep.peer("127.0.0.1", 9999)
        ep.publish("/topic/test", broker.zeek.Event("ping", 1))
        topic, data = sub.get()

Names, results and texts are those of the manual and of the C++ bindings 1.4.0. One thread of this process runs all
endpoints; every object here may be used from any other.
"""

from __future__ import annotations

from datetime import UTC
from typing import Final

from broker_core import Count

from . import bro, zeek
from .codes import EC, SC, APIFlags, Backend, Frontend, PeerFlags, PeerStatus, Version
from .conversion import Message
from .data import Data, ImmutableData, Set, Table, Vector
from .endpoint import Endpoint
from .options import BrokerOptions, Configuration
from .proxy import ExpectedData, Mailbox, Response
from .publisher import Publisher
from .status import EndpointInfo, Error, NetworkInfo, OptionalNetworkInfo, PeerInfo, Status
from .status_subscriber import StatusSubscriber
from .store import Store
from .subscriber import SafeSubscriber, Subscriber
from .topic import Topic
from .values import Address, Enum, Port, Subnet, Timespan, Timestamp, now

__all__ = [
    "EC",
    "SC",
    "APIFlags",
    "Address",
    "Backend",
    "BrokerOptions",
    "Configuration",
    "Count",
    "Data",
    "Endpoint",
    "EndpointInfo",
    "Enum",
    "Error",
    "ExpectedData",
    "Frontend",
    "ImmutableData",
    "Mailbox",
    "Message",
    "NetworkInfo",
    "OptionalNetworkInfo",
    "PeerFlags",
    "PeerInfo",
    "PeerStatus",
    "Port",
    "Publisher",
    "Response",
    "SafeSubscriber",
    "Set",
    "Status",
    "StatusSubscriber",
    "Store",
    "Subnet",
    "Subscriber",
    "Table",
    "Timespan",
    "Timestamp",
    "Topic",
    "Vector",
    "Version",
    "bro",
    "now",
    "utc",
    "zeek",
]

utc: Final = UTC
"""The time zone of every datetime that comes from here."""
