"""The data model: what can be published, stored and compared (manual section 2.3)."""

from .containers import Set as Set
from .containers import Table as Table
from .containers import Value as Value
from .containers import Vector as Vector
from .ids import NIL as NIL
from .ids import EndpointId as EndpointId
from .ids import EntityId as EntityId
from .ids import NodeId as NodeId
from .native import to_value as to_value
from .network import Address as Address
from .network import Subnet as Subnet
from .network import address_from_bytes as address_from_bytes
from .network import address_to_bytes as address_to_bytes
from .network import mask_address as mask_address
from .order import Kind as Kind
from .order import kind_of as kind_of
from .order import same_value as same_value
from .order import sort_key as sort_key
from .scalars import Count as Count
from .scalars import EnumValue as EnumValue
from .scalars import Port as Port
from .scalars import Protocol as Protocol
from .scalars import Timespan as Timespan
from .scalars import Timestamp as Timestamp
