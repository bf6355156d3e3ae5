"""Declarations of Zeek events and records: to check and coerce arguments, and to name the fields of records.

::

    known = Declarations.parse(text, "intel.zeek")      # or .signature("ping(msg: string, n: count)")
    ping = known.event("ping")                          # a Signature, or None
    ping.parameters[1].name, str(ping.parameters[1])    # "n", "n: count"

    read_arguments(ping, ["hello", "5"])                # texts, typed by their declaration
    check_arguments(ping, ("hello", Count(5)))          # values: MisfitError for what Zeek would drop

A type is a :class:`Basic`, :class:`EnumType`, :class:`SetType`, :class:`TableType`, :class:`VectorType`,
:class:`RecordType` (with ``fields``, each a :class:`Field`, in the order in which they travel) or :class:`Unknown`.
"""

from .catalog import Declarations as Declarations
from .checking import check as check
from .checking import check_arguments as check_arguments
from .lexing import MAX_TEXT as MAX_TEXT
from .plain import load_plain as load_plain
from .plain import plain_arguments as plain_arguments
from .plain import plain_value as plain_value
from .problems import DeclarationError as DeclarationError
from .problems import MisfitError as MisfitError
from .problems import meant as meant
from .problems import within as within
from .reading import read_argument as read_argument
from .reading import read_arguments as read_arguments
from .reading import read_listed as read_listed
from .types import Basic as Basic
from .types import EnumType as EnumType
from .types import Field as Field
from .types import RecordType as RecordType
from .types import SetType as SetType
from .types import Signature as Signature
from .types import TableType as TableType
from .types import Type as Type
from .types import Unknown as Unknown
from .types import VectorType as VectorType
