"""Log streams as Zeek ships them to its loggers: what a stream looks like, then the log lines.

Zeek means these for nodes of its own release, but the layout and the type numbers have stayed the same since
Zeek 6.0. Source: spec zeek-events.md sections 4 and 5.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from broker_core.errors import InvalidValue
from broker_core.model import Count, EnumValue, Table
from broker_core.model.scalars import text_or_bytes

from .layouts import ONE, TEXT, outer_content, refuse, text_from_value, text_to_value
from .zeek_serial import ZeekType, read_serial, type_name

__all__ = ["LogCreate", "LogField", "LogWrite", "record"]


@dataclass(frozen=True, slots=True)
class LogField:
    """One column of a log stream. *type* and *subtype* are Zeek's numbers (:class:`ZeekType`, or newer ones).

    Raises :class:`InvalidValue` for a part of the wrong type.
    """

    name: str
    """Fields of inner records have names such as ``id.orig_h``."""
    type: int
    subtype: int = 0
    """The type of the elements in a set or vector, otherwise 0."""
    optional: bool = False
    secondary: str | None = None

    def __post_init__(self) -> None:
        self.to_value()

    @property
    def type_name(self) -> str:
        """The type as in the header of a Zeek log: ``addr``, ``set[string]``, ``vector[count]``."""
        if self.type == ZeekType.TABLE:
            return f"set[{type_name(self.subtype)}]"
        if self.type == ZeekType.VECTOR:
            return f"vector[{type_name(self.subtype)}]"
        return type_name(self.type)

    def to_value(self) -> Any:
        """The vector of five that stands in a log create."""
        secondary = None if self.secondary is None else text_to_value(self.secondary, "secondary")
        name = text_to_value(self.name, "name")
        return name, secondary, Count(self.type), Count(self.subtype), bool(self.optional)

    @classmethod
    def from_value(cls, value: Any, path: str = "") -> LogField:
        """The reverse; further elements are ignored. Raises :class:`DecodeError`."""
        if type(value) is not tuple or len(value) < 5:
            refuse("a log field is a vector of five: name, secondary name, type, subtype, optional", path)
        name, secondary, kind, subtype, optional = value[:5]
        if (
            type(name) not in TEXT
            or (secondary is not None and type(secondary) not in TEXT)
            or type(kind) is not Count
            or type(subtype) is not Count
            or type(optional) is not bool
        ):
            refuse("a log field is [string, string or none, count, count, boolean]", path)
        other = None if secondary is None else text_from_value(secondary)
        return cls(text_from_value(name), int(kind), int(subtype), optional, other)


@dataclass(frozen=True, slots=True)
class LogCreate:
    """What the lines of one log stream look like. Zeek sends it to each new peer, before any line of the stream.

    Raises :class:`InvalidValue` for a part of the wrong type.
    """

    stream: str
    """Such as ``Conn::LOG``."""
    writer: str
    """Such as ``Log::WRITER_ASCII``."""
    path: str
    """Such as ``conn``."""
    fields: tuple[LogField, ...]
    rotation_base: float = 0.0
    """Seconds."""
    rotation_interval: float = 0.0
    """Seconds."""
    network_time: float = 0.0
    """Seconds since 1970."""
    config: Table = field(default_factory=Table)
    """Options of the writer, strings to strings."""
    postprocessor: str = ""
    """Name of the script function that runs after a rotation, or ""."""

    def __post_init__(self) -> None:
        columns = tuple(self.fields)
        for at, column in enumerate(columns):
            if not isinstance(column, LogField):
                msg = f"a LogField is needed, not {type(column).__name__}"
                raise InvalidValue(msg, f"fields[{at}]")
        object.__setattr__(self, "fields", columns)
        for name in ("rotation_base", "rotation_interval", "network_time"):
            seconds = getattr(self, name)
            if type(seconds) is not float:
                object.__setattr__(self, name, _real(seconds, name))
        if type(self.config) is not Table:
            object.__setattr__(self, "config", Table(self.config))
        if not _is_config(self.config):
            msg = "the options of a log writer are strings"
            raise InvalidValue(msg, "config")
        _value_of_create(self)

    @property
    def key(self) -> tuple[str, str, str]:
        """What ties log writes to this: stream, writer and path."""
        return self.stream, self.writer, self.path

    @property
    def value(self) -> Any:
        """The strict Broker value."""
        return _value_of_create(self)

    @classmethod
    def from_value(cls, value: Any) -> LogCreate:
        """From a Broker value. Raises :class:`DecodeError` when it is no valid log create."""
        stream, writer, info, columns = outer_content(value, 2, "log create", 4)[:4]
        if type(stream) is not EnumValue or type(writer) is not EnumValue:
            refuse("stream and writer of a log create are enum values", "[2]")
        if (
            type(info) is not tuple
            or len(info) < 6
            or [type(part) for part in info[1:4]] != [float, float, float]
            or type(info[0]) not in TEXT
            or type(info[4]) is not Table
            or not _is_config(info[4])
            or type(info[5]) not in TEXT
        ):
            refuse("the writer info is [string, real, real, real, table of strings, string]", "[2][2]")
        if type(columns) is not tuple:
            refuse("the fields of a log create are a vector", "[2][3]")
        return cls(
            text_from_value(stream.name),
            text_from_value(writer.name),
            text_from_value(info[0]),
            tuple([LogField.from_value(column, f"[2][3][{at}]") for at, column in enumerate(columns)]),
            rotation_base=info[1],
            rotation_interval=info[2],
            network_time=info[3],
            config=info[4],
            postprocessor=text_from_value(info[5]),
        )


@dataclass(frozen=True, slots=True)
class LogWrite:
    """One line of a log stream, with its values in Zeek's own serial form. Zeek sends them in batches.

    Raises :class:`InvalidValue` for a part of the wrong type.
    """

    stream: str
    writer: str
    path: str
    serial: bytes
    """The values; :meth:`fields` reads them."""

    def __post_init__(self) -> None:
        if not isinstance(self.serial, bytes | bytearray | memoryview):
            msg = f"bytes are needed, not {type(self.serial).__name__}"
            raise InvalidValue(msg, "serial")
        object.__setattr__(self, "serial", bytes(self.serial))
        _value_of_write(self)

    @property
    def key(self) -> tuple[str, str, str]:
        """What ties it to its log create: stream, writer and path."""
        return self.stream, self.writer, self.path

    def fields(self) -> list[Any]:
        """The values of the line in order, decoded anew at each call. Raises :class:`DecodeError`."""
        return read_serial(self.serial)

    @property
    def value(self) -> Any:
        """The strict Broker value."""
        return _value_of_write(self)

    @classmethod
    def from_value(cls, value: Any) -> LogWrite:
        """From a Broker value; the serial data is not looked at yet. Raises :class:`DecodeError`."""
        stream, writer, path, serial = outer_content(value, 3, "log write", 4)[:4]
        if type(stream) is not EnumValue or type(writer) is not EnumValue:
            refuse("stream and writer of a log write are enum values", "[2]")
        if type(path) not in TEXT or type(serial) not in TEXT:
            refuse("path and data of a log write are strings", "[2]")
        # Broker strings that happen to be UTF-8 are str here, and serial data may well be.
        data = serial.encode() if type(serial) is str else serial
        write = object.__new__(cls)
        put = object.__setattr__
        put(write, "stream", text_from_value(stream.name))
        put(write, "writer", text_from_value(writer.name))
        put(write, "path", text_from_value(path))
        put(write, "serial", data)
        return write


def record(create: LogCreate, write: LogWrite) -> dict[str, Any]:
    """The line *write* as field name to value, in the order of the stream; None where a field is not set.

    Raises :class:`DecodeError` when the line does not fit the stream: other names, another number of fields,
    or data that cannot be read.
    """
    if create.key != write.key:
        refuse(f"a line of {'/'.join(write.key)} is not described by {'/'.join(create.key)}")
    values = write.fields()
    if len(values) != len(create.fields):
        refuse(f"a line of {len(values)} fields in a stream of {len(create.fields)}")
    line = {column.name: value for column, value in zip(create.fields, values, strict=True)}
    if len(line) != len(values):
        refuse("a stream with two fields of one name")
    return line


_LOG_CREATE, _LOG_WRITE = Count(2), Count(3)


def _value_of_create(create: LogCreate) -> Any:
    info = (
        text_to_value(create.path, "path"),
        create.rotation_base,
        create.rotation_interval,
        create.network_time,
        create.config,
        text_to_value(create.postprocessor, "postprocessor"),
    )
    columns = tuple([column.to_value() for column in create.fields])
    return ONE, _LOG_CREATE, (_enum(create.stream, "stream"), _enum(create.writer, "writer"), info, columns)


def _value_of_write(write: LogWrite) -> Any:
    content = (
        _enum(write.stream, "stream"),
        _enum(write.writer, "writer"),
        text_to_value(write.path, "path"),
        text_or_bytes(write.serial),
    )
    return ONE, _LOG_WRITE, content


def _real(seconds: Any, path: str) -> float:
    try:
        return float(seconds)
    except (TypeError, ValueError, OverflowError):
        msg = f"{seconds!r} is no number of seconds"
        raise InvalidValue(msg, path) from None


def _enum(name: str, path: str) -> EnumValue:
    return EnumValue(text_to_value(name, path))


def _is_config(options: Table) -> bool:
    return all(type(part) in TEXT for pair in options.pairs() for part in pair)
