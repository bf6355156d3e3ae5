"""What a value is: its kind, Zeek's type for it, its forms, its parts, and the Zeek message that it may be."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any, NamedTuple

from broker_core import (
    Batch,
    DecodeError,
    EncodeError,
    Event,
    IdentifierUpdate,
    Kind,
    LogCreate,
    LogWrite,
    Set,
    Table,
    kind_of,
    zeek_message,
)
from broker_core.codecs import binary, cpp, json, text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from broker_core import ZeekMessage

__all__ = ["Part", "facts_of", "message_facts", "parts_of", "zeek_type"]

_ZEEK_TYPES = {
    Kind.NONE: "none (an optional field that is not set)",
    Kind.BOOLEAN: "bool",
    Kind.COUNT: "count",
    Kind.INTEGER: "int",
    Kind.REAL: "double",
    Kind.STRING: "string",
    Kind.ADDRESS: "addr",
    Kind.SUBNET: "subnet",
    Kind.PORT: "port",
    Kind.TIMESTAMP: "time",
    Kind.TIMESPAN: "interval",
    Kind.ENUM_VALUE: "enum",
}
_METADATA_NAMES = {1: "network-timestamp"}


class Part(NamedTuple):
    """A value inside of another one."""

    depth: int
    """1 for what the value itself holds."""
    label: str
    """Where it is in its container: ``[0]``, or for the value of a table its key."""
    value: Any

    @property
    def text(self) -> str:
        """The kind, and the literal of a scalar or the size of a container."""
        size = len(self.value) if type(self.value) in _CONTAINERS else None
        kind = kind_of(self.value).label
        return f"{kind} {text.encode(self.value)}" if size is None else f"{kind} of {size}"


_CONTAINERS = (tuple, Set, Table)


def parts_of(value: Any, depth: int = 1) -> Iterator[Part]:
    """All that *value* holds, in order, each container in front of what is in it."""
    if type(value) is Table:
        for key, item in value.pairs():
            yield Part(depth, f"[{text.encode(key)}]", item)
            yield from parts_of(item, depth + 1)
    elif type(value) in _CONTAINERS:
        for at, item in enumerate(value):
            yield Part(depth, f"[{at}]", item)
            yield from parts_of(item, depth + 1)


def zeek_type(value: Any) -> str:
    """How a Zeek script declares what takes *value*, as far as that shows: an empty set could be of anything."""
    if type(value) is Set:
        return f"set[{_index_type(value)}]"
    if type(value) is Table:
        keys, items = zip(*value.pairs(), strict=True) if value else ((), ())
        return f"table[{_index_type(keys)}] of {_common_type(items)}"
    if type(value) is tuple:
        common = _common_type(value)
        if not value or common != "any":
            return f"vector of {common} (or a record)"
        return "record (its fields in order), or vector of any"
    return _ZEEK_TYPES[kind_of(value)]


def _common_type(items: Iterable[Any]) -> str:
    kinds = {_inner_type(item) for item in items}
    return kinds.pop() if len(kinds) == 1 else "any"


def _inner_type(value: Any) -> str:
    return "any" if value is None else zeek_type(value).partition(" (")[0]


def _index_type(keys: Iterable[Any]) -> str:
    """The types of an index, which are several when all keys are vectors of one length."""
    kinds = {tuple(_inner_type(part) for part in key) if type(key) is tuple else (_inner_type(key),) for key in keys}
    return ", ".join(kinds.pop()) if len(kinds) == 1 else "any"


def facts_of(value: Any) -> dict[str, Any]:
    """Kind, literal, Zeek's type, JSON, the bytes as hexadecimal digits and their number, and what C++ prints.

    *hex* and *size* are None for the few values that Broker's binary format cannot hold.
    """
    try:
        packed: bytes | None = binary.encode(value)
    except EncodeError:
        packed = None
    return {
        "kind": kind_of(value).label,
        "literal": text.encode(value),
        "zeek": zeek_type(value),
        "value": json.to_json(value),
        "hex": None if packed is None else packed.hex(),
        "size": None if packed is None else len(packed),
        "broker": cpp.encode(value).decode("utf-8", "backslashreplace"),
    }


# -- messages of Zeek ---------------------------------------------------------------------------------------


def message_facts(value: Any) -> dict[str, Any] | None:
    """The Zeek message that *value* is, by its parts; None when it is none. *problem* says why it is a broken one."""
    try:
        view = zeek_message(value)
    except DecodeError as error:
        return {"is": "broken message", "problem": str(error)}
    return None if view is None else _facts_of_view(view)


def _facts_of_view(view: ZeekMessage) -> dict[str, Any]:
    match view:
        case Event():
            entries = [
                {"id": int(key), "name": _METADATA_NAMES.get(int(key)), "literal": text.encode(item)}
                for key, item in view.metadata or ()
            ]
            return {"is": "event", "name": view.name, "arguments": _listed(view.args), "metadata": entries}
        case LogCreate():
            columns = [
                {"name": column.name, "type": column.type_name, "optional": column.optional} for column in view.fields
            ]
            return {"is": "log create", **_stream(view), "fields": columns}
        case LogWrite():
            try:
                fields = _listed(view.fields())
            except DecodeError as error:
                return {"is": "log write", **_stream(view), "problem": str(error)}
            return {"is": "log write", **_stream(view), "fields": fields}
        case IdentifierUpdate():
            return {"is": "identifier update", "name": view.name, "literal": text.encode(view.content)}
        case Batch():
            return {"is": "batch", "messages": [_facts_of_view(member) for member in view]}


def _stream(log: LogCreate | LogWrite) -> dict[str, str]:
    return {"stream": log.stream, "writer": log.writer, "path": log.path}


def _listed(values: Iterable[Any]) -> list[dict[str, str]]:
    return [{"kind": kind_of(value).label, "literal": text.encode(value)} for value in values]


def first_parts(value: Any, most: int) -> tuple[list[Part], bool]:
    """At most *most* parts, and whether there are more."""
    found = list(islice(parts_of(value), most + 1))
    return found[:most], len(found) > most
