"""Zeek's JSON logs, line by line. They do not say what the columns are, and leave out fields that are not set.

What type a field has is known, in this order:

1. from the log it belongs to, when that is one that Zeek writes by default (:mod:`broker_core.logs.known`): the log is
   named by the key ``_path`` or by the caller, or is the only one that has all keys of the line;
2. from its name, when that has one type in all of those logs, or ends with ``orig_h``, ``resp_p`` and the like;
3. from the JSON: a whole number is a count, a negative one an int, with a point or exponent a double; text is a string,
   true and false are bools, an array is a vector of what its first element is.

Times are seconds, milliseconds (whole numbers from 1e11 on) or ISO 8601, as ``LogAscii::json_timestamps`` says.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from broker_core.codecs import text as literals
from broker_core.codecs._shared import not_json
from broker_core.errors import DecodeError, InvalidValue
from broker_core.messages.zeek_serial import ZeekType
from broker_core.model import Count, EnumValue, Port, Timespan, Timestamp

from .cells import READERS
from .columns import column_of, nanoseconds, problem_with, quoted
from .escapes import unescape_json
from .known import KNOWN_PATHS, known_column, known_schema
from .records import LogRecord
from .schema import LogSchema
from .transports import transport_rule

if TYPE_CHECKING:
    from collections.abc import Callable

    from broker_core.messages.zeek_logs import LogField

__all__ = ["MOST_SCHEMAS", "JsonReader"]

MOST_SCHEMAS = 1024
"""Combinations of fields that are remembered."""

_PATH = "_path"
_FIRST_MILLISECONDS = 100_000_000_000  # as seconds that would be the year 5138


class JsonReader:
    """Reads the lines of one JSON log. *path* names the log, where the lines do not."""

    def __init__(self, path: str = "") -> None:
        self.schema: LogSchema | None = None
        """That of the last line."""
        self._path = path
        self._is_known = known_schema(path) is not None
        self._guess = ""
        self._schemas: dict[tuple[str, ...], _Reading] = {}

    def line(self, raw: bytes) -> LogRecord | None:
        """The record of one line; None for an empty one. Raises :class:`DecodeError` only."""
        text = raw.decode("utf-8", "surrogateescape")
        if not text or text.isspace():
            return None
        fields = _object(text)
        path = fields.pop(_PATH, None)
        if path is None:
            path = self._path if self._is_known else self._guess_path(fields) or self._path
        if type(path) is not str:
            msg = f"{_PATH} is no string"
            raise DecodeError(msg)
        reading = self._reading(path, fields)
        if not reading.schema.columns:
            msg = "an object without fields"
            raise DecodeError(msg)
        self.schema = reading.schema
        return reading.record(fields)

    def _guess_path(self, fields: dict[str, Any]) -> str:
        """The only known log that has all these fields, or ""."""
        schema = known_schema(self._guess)
        if schema is None or not fields.keys() <= schema.index.keys():
            found = [path for path in KNOWN_PATHS if fields.keys() <= known_schema(path).index.keys()]  # type: ignore[union-attr]
            self._guess = found[0] if len(found) == 1 else ""
        return self._guess

    def _reading(self, path: str, fields: dict[str, Any]) -> _Reading:
        known = known_schema(path)
        names = () if known is None else known.index
        kinds = [f"{name}:{_inferred(name, value)}" for name, value in fields.items() if name not in names]
        key = (path, *kinds)
        reading = self._schemas.get(key)
        if reading is None:
            more = [column_of(*kind.rsplit(":", 1)) for kind in kinds]
            schema = known
            if known is None or more:
                schema = LogSchema(path, (*(known.columns if known else ()), *more), whole=False)
            if len(self._schemas) >= MOST_SCHEMAS:
                self._schemas.clear()
            reading = self._schemas[key] = _Reading(schema)  # type: ignore[arg-type]  # one of both
        return reading


class _Reading:
    """How the fields of a line become the cells of a record of *schema*."""

    def __init__(self, schema: LogSchema) -> None:
        self.schema = schema
        self._readers = [(column.name, _reader(column)) for column in schema.columns]
        self._ports = [at for at, column in enumerate(schema.columns) if ZeekType.PORT in {column.type, column.subtype}]
        self._transport = transport_rule(schema)

    def record(self, fields: dict[str, Any]) -> LogRecord:
        get = fields.get
        name = ""
        try:
            cells = []
            for name, read in self._readers:
                value = get(name)
                cells.append(None if value is None else read(value))
        except (DecodeError, InvalidValue) as error:
            msg = f"field {name}: {error.problem}"
            raise DecodeError(msg) from None
        if self._ports and (protocol := self._transport(cells)):
            for at in self._ports:
                cell = cells[at]
                if type(cell) is Port:
                    cells[at] = Port(cell.number, protocol)
                elif cell is not None:
                    cells[at] = tuple([one and Port(one.number, protocol) for one in cell])
        return LogRecord(self.schema, cells)


def _object(text: str) -> dict[str, Any]:
    try:
        fields = json.loads(text)
    except (RecursionError, ValueError) as error:
        raise not_json(error) from None
    if type(fields) is not dict:
        msg = "a line of a JSON log is an object: {...}"
        raise DecodeError(msg)
    return fields


# -- types ------------------------------------------------------------------------------------------------------


def _inferred(name: str, value: Any) -> str:
    """The type of a field of no known log, by its name, or else by its value."""
    column = known_column(name)
    if column is not None:
        return column.type_name
    if type(value) is list:
        return f"vector[{_kind(next((one for one in value if one is not None), ''))}]"
    if type(value) is dict:
        msg = f"field {quoted(name)} is an object, and Zeek's logs are flat"
        raise DecodeError(msg)
    return _kind(value)


def _kind(value: Any) -> str:
    if type(value) is bool:
        return "bool"
    if type(value) is int:
        return "count" if value >= 0 else "int"
    return "double" if type(value) is float else "string"


# -- values -----------------------------------------------------------------------------------------------------


def _expect(value: Any, kind: type, what: str) -> None:
    if type(value) is not kind:
        raise _refuse(value, what)


def _refuse(value: Any, what: str) -> DecodeError:
    return DecodeError(f"{quoted(json.dumps(value))} is no {what}")


def _bool(value: Any) -> bool:
    _expect(value, bool, "bool (true or false)")
    return bool(value)


def _int(value: Any) -> int:
    _expect(value, int, "int (a whole number)")
    return READERS[ZeekType.INT](str(value))  # type: ignore[no-any-return]


def _count(value: Any) -> Count:
    _expect(value, int, "count (a whole number)")
    return Count(value)


def _double(value: Any) -> float:
    if type(value) is float or type(value) is int:
        try:
            return float(value)
        except OverflowError:
            pass
    raise _refuse(value, "double")


def _time(value: Any) -> Timestamp | float:
    if type(value) is str:
        return _iso(value)
    if type(value) is int:
        if value >= _FIRST_MILLISECONDS:
            return Timestamp(value * 1_000_000)
        return Timestamp(value * 1_000_000_000)
    _expect(value, float, "time (seconds, milliseconds or ISO 8601)")
    moment = Timestamp(nanoseconds(value))
    # The float is kept where it says more than nanoseconds can.
    return moment if moment.seconds == value else float(value)


def _iso(text: str) -> Timestamp:
    try:
        moment = literals.decode(text)
    except DecodeError:
        moment = None
    if type(moment) is not Timestamp:
        raise _refuse(text, "time (such as 2024-05-01T12:00:00.123456Z)")
    return moment


def _interval(value: Any) -> Timespan | float:
    if type(value) is int:
        return Timespan(value * 1_000_000_000)
    _expect(value, float, "interval (seconds)")
    span = Timespan(nanoseconds(value))
    return span if span.seconds == value else float(value)


def _string(value: Any) -> str | bytes:
    _expect(value, str, "string")
    try:
        return unescape_json(value)
    except UnicodeEncodeError:
        msg = "string with a lone surrogate"
        raise DecodeError(msg) from None


def _enum(value: Any) -> EnumValue:
    return EnumValue(_string(value))


def _port(value: Any) -> Port:
    if type(value) is int and 0 <= value <= 0xFFFF:
        return Port(value, 0)
    raise _refuse(value, "port (0 .. 65535)")


def _addr(value: Any) -> Any:
    _expect(value, str, "addr")
    return READERS[ZeekType.ADDR](value)


def _subnet(value: Any) -> Any:
    _expect(value, str, "subnet")
    return READERS[ZeekType.SUBNET](value)


_FROM_JSON: dict[int, Callable[[Any], Any]] = {
    ZeekType.BOOL: _bool,
    ZeekType.INT: _int,
    ZeekType.COUNT: _count,
    ZeekType.DOUBLE: _double,
    ZeekType.TIME: _time,
    ZeekType.INTERVAL: _interval,
    ZeekType.STRING: _string,
    ZeekType.ENUM: _enum,
    ZeekType.PORT: _port,
    ZeekType.ADDR: _addr,
    ZeekType.SUBNET: _subnet,
    ZeekType.FUNC: _string,
    ZeekType.FILE: _string,
}


def _reader(column: LogField) -> Callable[[Any], Any]:
    if column.type not in {ZeekType.TABLE, ZeekType.VECTOR}:
        return _FROM_JSON[column.type]
    read = _FROM_JSON[column.subtype]

    def elements(value: Any) -> tuple[Any, ...]:
        _expect(value, list, f"{column.type_name} (an array)")
        cell = tuple([None if element is None else read(element) for element in value])
        if column.type == ZeekType.TABLE and (problem := problem_with(column, cell)):
            raise DecodeError(problem)
        return cell

    return elements
