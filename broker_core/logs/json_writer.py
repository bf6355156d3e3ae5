"""Records as the lines of a JSON log, as Zeek's own writer has them with ``LogAscii::use_json=T``.

The names and the order of the columns, and what is written for each value, are Zeek's; fields that are not set are
left out. In front of them stands ``_path``, which Zeek's logs say by the names of their files.
"""

from __future__ import annotations

from json.encoder import encode_basestring
from math import isfinite
from typing import TYPE_CHECKING, Any

from broker_core.messages.zeek_serial import ZeekType

from .escapes import json_text
from .records import LogRecord, column_writers, unwritable
from .rendering import address, full_number, seconds, subnet

if TYPE_CHECKING:
    from collections.abc import Callable

    from broker_core.messages.zeek_logs import LogField

    from .schema import LogSchema

__all__ = ["JsonWriter"]


def _number(cell: float) -> str:
    return full_number(cell) if isfinite(cell) else "null"


def _string(cell: Any) -> str:
    return encode_basestring(json_text(cell))


def _seconds(cell: Any) -> str:
    return _number(seconds(cell))


_WRITERS: dict[int, Callable[[Any], str]] = {
    ZeekType.BOOL: lambda cell: "true" if cell else "false",
    ZeekType.INT: str,
    ZeekType.COUNT: str,
    ZeekType.DOUBLE: _number,
    ZeekType.TIME: _seconds,
    ZeekType.INTERVAL: _seconds,
    ZeekType.STRING: _string,
    ZeekType.ENUM: lambda cell: _string(cell.name),
    ZeekType.PORT: lambda cell: str(cell.number),
    ZeekType.ADDR: lambda cell: f'"{address(cell)}"',
    ZeekType.SUBNET: lambda cell: f'"{subnet(cell)}"',
    ZeekType.FUNC: _string,
    ZeekType.FILE: _string,
}


def _writer(column: LogField) -> Callable[[Any], str]:
    if column.type not in {ZeekType.TABLE, ZeekType.VECTOR}:
        return _WRITERS[column.type]
    write = _WRITERS[column.subtype]
    return lambda cell: f"[{','.join(['null' if element is None else write(element) for element in cell])}]"


class JsonWriter:
    """Writes records of any logs. *named*: with the path in front."""

    def __init__(self, *, named: bool = True) -> None:
        self._named = named
        self._schema: LogSchema | None = None
        self._head = ""
        self._writers: list[tuple[str, Callable[[Any], str]]] = []

    def line(self, record: LogRecord) -> str:
        """The line of one record. Raises :class:`EncodeError` when a cell is not what its column says."""
        schema = record.schema
        if schema is not self._schema:
            self._prepare(schema)
        try:
            parts = [
                key + write(cell)
                for (key, write), cell in zip(self._writers, record.cells, strict=True)
                if cell is not None
            ]
        except (AttributeError, TypeError, ValueError) as error:
            raise unwritable(record) from error
        return f"{{{self._head}{',' if self._head and parts else ''}{','.join(parts)}}}"

    def _prepare(self, schema: LogSchema) -> None:
        keys = [f"{_string(name)}:" for name in schema.names]
        self._writers = list(zip(keys, column_writers(schema, _writer), strict=True))
        self._head = f'"_path":{_string(schema.path)}' if self._named else ""
        self._schema = schema
