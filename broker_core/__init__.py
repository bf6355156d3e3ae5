"""Zeek's Broker for Python and trio: publish, subscribe, peer, without libbroker.

::

    async with Endpoint() as endpoint:
        await endpoint.peer("127.0.0.1", 9999)
        await endpoint.publish("/topic/test", Event("ping", "hello", Count(1)))

Public besides these names: :mod:`broker_core.model`, :mod:`broker_core.codecs`, :mod:`broker_core.errors`.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from ._version import __version__ as __version__

# Errors
from .errors import EC as EC
from .errors import SC as SC
from .errors import BackendFailure as BackendFailure
from .errors import BadRecording as BadRecording
from .errors import BrokerError as BrokerError
from .errors import Cause as Cause
from .errors import CodecError as CodecError
from .errors import ConfigurationError as ConfigurationError
from .errors import DecodeError as DecodeError
from .errors import EncodeError as EncodeError
from .errors import InvalidValue as InvalidValue
from .errors import LimitExceeded as LimitExceeded
from .errors import LocalProtocolError as LocalProtocolError
from .errors import MasterExists as MasterExists
from .errors import NoSuchKey as NoSuchKey
from .errors import NoSuchMaster as NoSuchMaster
from .errors import PeeringError as PeeringError
from .errors import PeerIncompatible as PeerIncompatible
from .errors import PeerRefused as PeerRefused
from .errors import PeerTimeout as PeerTimeout
from .errors import PeerUnavailable as PeerUnavailable
from .errors import ProtocolError as ProtocolError
from .errors import RecordingError as RecordingError
from .errors import RecordingFailure as RecordingFailure
from .errors import RemoteProtocolError as RemoteProtocolError
from .errors import StaleData as StaleData
from .errors import StoreError as StoreError
from .errors import StoreTimeout as StoreTimeout
from .errors import TypeClash as TypeClash
from .errors import UndeliveredError as UndeliveredError

# Bounds
from .limits import DEFAULT_LIMITS as DEFAULT_LIMITS
from .limits import Limits as Limits

# Messages
from .messages.cluster_wire import ClusterNode as ClusterNode
from .messages.envelopes import ForeignMessage as ForeignMessage
from .messages.envelopes import Message as Message
from .messages.envelopes import MessageKind as MessageKind
from .messages.log_pushes import LogPush as LogPush
from .messages.notices import EndpointInfo as EndpointInfo
from .messages.notices import ErrorNotice as ErrorNotice
from .messages.notices import NetworkInfo as NetworkInfo
from .messages.notices import Status as Status
from .messages.store_events import STORE_EVENTS_TOPIC as STORE_EVENTS_TOPIC
from .messages.store_events import StoreEvent as StoreEvent
from .messages.store_events import parse_store_event as parse_store_event
from .messages.zeek import Batch as Batch
from .messages.zeek import Event as Event
from .messages.zeek import IdentifierUpdate as IdentifierUpdate
from .messages.zeek import LogCreate as LogCreate
from .messages.zeek import LogWrite as LogWrite
from .messages.zeek import ZeekMessage as ZeekMessage
from .messages.zeek import event_name as event_name
from .messages.zeek import zeek_message as zeek_message

# Values
from .model import NIL as NIL
from .model import NodeId as NodeId
from .model import Address as Address
from .model import Count as Count
from .model import EndpointId as EndpointId
from .model import EntityId as EntityId
from .model import EnumValue as EnumValue
from .model import Kind as Kind
from .model import Port as Port
from .model import Protocol as Protocol
from .model import Set as Set
from .model import Subnet as Subnet
from .model import Table as Table
from .model import Timespan as Timespan
from .model import Timestamp as Timestamp
from .model import Value as Value
from .model import Vector as Vector
from .model import address_from_bytes as address_from_bytes
from .model import kind_of as kind_of
from .model import mask_address as mask_address
from .model import same_value as same_value
from .model import sort_key as sort_key
from .model import to_value as to_value
from .routing.access import WebAccess as WebAccess
from .routing.access import WebUser as WebUser
from .model.addresses import PeerAddress as PeerAddress
from .model.addresses import split_address as split_address
from .model.addresses import split_ports as split_ports
from .stores.backend import Record as Record
from .stores.files import FileInfo as FileInfo
from .stores.operations import MISSING as MISSING
from .stores.options import BackendKind as BackendKind

if TYPE_CHECKING:
    from .endpoint.diagnosis import Diagnosis as Diagnosis
    from .endpoint.diagnosis import DiagnosisStep as DiagnosisStep
    from .endpoint.doctor import diagnose as diagnose
    from .endpoint.endpoint import Endpoint as Endpoint
    from .endpoint.log_sink import LogSink as LogSink
    from .endpoint.operations import Operations as Operations
    from .endpoint.options import EndpointOptions as EndpointOptions
    from .endpoint.proxy import Proxy as Proxy
    from .endpoint.proxy import Response as Response
    from .endpoint.publisher import Publisher as Publisher
    from .endpoint.statistics import Statistics as Statistics
    from .endpoint.store import Store as Store
    from .endpoint.store_file import StoreFile as StoreFile
    from .endpoint.subscriber import StatusSubscriber as StatusSubscriber
    from .endpoint.subscriber import Subscriber as Subscriber
    from .endpoint.subscriber import Worker as Worker
    from .protocol.certificates import CertificateFacts as CertificateFacts
    from .runtime.clock import now as now
    from .runtime.listeners import Listener as Listener
    from .runtime.peerings import Peering as Peering
    from .runtime.peers import PeerInfo as PeerInfo
    from .runtime.queues import Overflow as Overflow
    from .runtime.store_base import StoreInfo as StoreInfo
    from .runtime.curve import CurveKeys as CurveKeys
    from .runtime.zmq_proxy import CentralBroker as CentralBroker
    from .runtime.tls import TlsCredentials as TlsCredentials
    from .runtime.tls import TlsMode as TlsMode
    from .runtime.web_options import WebStyle as WebStyle

_LATE = {
    "CentralBroker": "runtime.zmq_proxy",
    "CertificateFacts": "protocol.certificates",
    "CurveKeys": "runtime.curve",
    "Diagnosis": "endpoint.diagnosis",
    "DiagnosisStep": "endpoint.diagnosis",
    "Endpoint": "endpoint.endpoint",
    "EndpointOptions": "endpoint.options",
    "Listener": "runtime.listeners",
    "LogSink": "endpoint.log_sink",
    "Operations": "endpoint.operations",
    "Overflow": "runtime.queues",
    "PeerInfo": "runtime.peers",
    "Peering": "runtime.peerings",
    "Proxy": "endpoint.proxy",
    "Publisher": "endpoint.publisher",
    "Response": "endpoint.proxy",
    "Statistics": "endpoint.statistics",
    "StatusSubscriber": "endpoint.subscriber",
    "Store": "endpoint.store",
    "StoreFile": "endpoint.store_file",
    "StoreInfo": "runtime.store_base",
    "Subscriber": "endpoint.subscriber",
    "TlsCredentials": "runtime.tls",
    "TlsMode": "runtime.tls",
    "WebStyle": "runtime.web_options",
    "Worker": "endpoint.subscriber",
    "diagnose": "endpoint.doctor",
    "now": "runtime.clock",
}
"""Where the names are that are loaded when they are first used. All that takes trio is among them: a program that only
reads and writes values starts in half of the time without."""


def __getattr__(name: str) -> Any:
    if name not in _LATE:
        msg = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(msg)
    found = globals()[name] = getattr(import_module(f".{_LATE[name]}", __name__), name)
    return found


__all__ = [
    "__version__",
    # Diagnosis
    "CertificateFacts",
    "Diagnosis",
    "DiagnosisStep",
    "diagnose",
    # The endpoint
    "Endpoint",
    "EndpointOptions",
    "LogSink",
    "Publisher",
    "Statistics",
    "StatusSubscriber",
    "Subscriber",
    "Worker",
    # Data stores
    "BackendKind",
    "FileInfo",
    "MISSING",
    "Operations",
    "Proxy",
    "Record",
    "Response",
    "STORE_EVENTS_TOPIC",
    "Store",
    "StoreEvent",
    "StoreFile",
    "StoreInfo",
    "parse_store_event",
    # Errors
    "BackendFailure",
    "BadRecording",
    "BrokerError",
    "Cause",
    "CodecError",
    "ConfigurationError",
    "DecodeError",
    "EC",
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
    "SC",
    "StaleData",
    "StoreError",
    "StoreTimeout",
    "TypeClash",
    "UndeliveredError",
    # Bounds
    "DEFAULT_LIMITS",
    "Limits",
    # Messages
    "Batch",
    "ClusterNode",
    "EndpointInfo",
    "ErrorNotice",
    "Event",
    "ForeignMessage",
    "IdentifierUpdate",
    "LogCreate",
    "LogPush",
    "LogWrite",
    "Message",
    "MessageKind",
    "NetworkInfo",
    "Status",
    "ZeekMessage",
    "event_name",
    "zeek_message",
    # Values
    "Address",
    "CentralBroker",
    "Count",
    "CurveKeys",
    "EndpointId",
    "EntityId",
    "EnumValue",
    "Kind",
    "Listener",
    "NIL",
    "NodeId",
    "Overflow",
    "PeerAddress",
    "PeerInfo",
    "Peering",
    "Port",
    "Protocol",
    "Set",
    "Subnet",
    "Table",
    "Timespan",
    "Timestamp",
    "TlsCredentials",
    "TlsMode",
    "Value",
    "WebAccess",
    "WebStyle",
    "WebUser",
    "Vector",
    "address_from_bytes",
    "kind_of",
    "mask_address",
    "now",
    "same_value",
    "sort_key",
    "split_address",
    "split_ports",
    "to_value",
]
