"""Records as the lines of a TSV log, byte for byte as Zeek's own writer has them with its default options."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from broker_core.messages.zeek_serial import ZeekType

from .escapes import marker, text_escaper
from .records import LogRecord, column_writers, unwritable
from .rendering import address, fixed_seconds, plain_number, subnet

if TYPE_CHECKING:
    from collections.abc import Callable

    from broker_core.messages.zeek_logs import LogField

    from .schema import LogSchema

__all__ = ["TsvWriter"]

_SEPARATOR, _SET_SEPARATOR, _EMPTY, _UNSET = "\t", ",", "(empty)", "-"

_escape = text_escaper(_SEPARATOR)
_escape_element = text_escaper(_SEPARATOR, _SET_SEPARATOR)


def _marked(text: str) -> str:
    """*text*, which is a string and not a mark."""
    return marker(text) if text in {_UNSET, _EMPTY} else text


def _string(cell: Any) -> str:
    return _marked(_escape(cell)) if cell else _EMPTY


def _string_element(cell: Any) -> str:
    return _marked(_escape_element(cell)) if cell else _EMPTY


_WRITERS: dict[int, Callable[[Any], str]] = {
    ZeekType.BOOL: lambda cell: "T" if cell else "F",
    ZeekType.INT: str,
    ZeekType.COUNT: str,
    ZeekType.DOUBLE: plain_number,
    ZeekType.TIME: fixed_seconds,
    ZeekType.INTERVAL: fixed_seconds,
    ZeekType.STRING: _string,
    ZeekType.ENUM: lambda cell: _string(cell.name),
    ZeekType.PORT: lambda cell: str(cell.number),
    ZeekType.ADDR: address,
    ZeekType.SUBNET: subnet,
    ZeekType.FUNC: _string,
    ZeekType.FILE: _string,
}
_ELEMENT_WRITERS = _WRITERS | {
    ZeekType.STRING: _string_element,
    ZeekType.ENUM: lambda cell: _string_element(cell.name),
    ZeekType.FUNC: _string_element,
    ZeekType.FILE: _string_element,
}


def _elements(write: Callable[[Any], str]) -> Callable[[Any], str]:
    def elements(cell: Any) -> str:
        if not cell:
            return _EMPTY
        return _SET_SEPARATOR.join([_UNSET if element is None else write(element) for element in cell])

    return elements


def _writer(column: LogField) -> Callable[[Any], str]:
    if column.type in {ZeekType.TABLE, ZeekType.VECTOR}:
        return _elements(_ELEMENT_WRITERS[column.subtype])
    return _WRITERS[column.type]


class TsvWriter:
    """Writes records of any logs; the caller writes :meth:`header` when the schema changes."""

    def __init__(self) -> None:
        self._schema: LogSchema | None = None
        self._writers: list[Callable[[Any], str]] = []

    def header(self, schema: LogSchema, opened: str | None = None) -> list[str]:
        """The lines in front of the records of *schema*; *opened* is the time of ``#open``."""
        lines = [f"#separator \\x{ord(_SEPARATOR):02x}"]
        fields = [("set_separator", _SET_SEPARATOR), ("empty_field", _EMPTY), ("unset_field", _UNSET)]
        fields.append(("path", _escape(schema.path)))
        if opened is not None:
            fields.append(("open", opened))
        lines += [f"#{key}{_SEPARATOR}{value}" for key, value in fields]
        lines.append(_SEPARATOR.join(["#fields", *map(_escape, schema.names)]))
        lines.append(_SEPARATOR.join(["#types", *[kind for _, kind in schema.types]]))
        return lines

    def line(self, record: LogRecord) -> str:
        """The line of one record. Raises :class:`EncodeError` when a cell is not what its column says."""
        schema = record.schema
        if schema is not self._schema:
            self._prepare(schema)
        try:
            parts = [
                _UNSET if cell is None else write(cell) for write, cell in zip(self._writers, record.cells, strict=True)
            ]
        except (AttributeError, TypeError, ValueError) as error:
            raise unwritable(record) from error
        line = _SEPARATOR.join(parts)
        return marker(line) if line.startswith("#") else line

    def _prepare(self, schema: LogSchema) -> None:
        self._writers = column_writers(schema, _writer)
        self._schema = schema
