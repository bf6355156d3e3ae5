"""Zeek's TSV logs, line by line: the header says what the columns are, and may come again with other ones.

Rotated logs that were put together are read as one. Lines are bytes: text that is not UTF-8 is kept.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from broker_core.errors import DecodeError, InvalidValue
from broker_core.messages.zeek_serial import ZeekType
from broker_core.model import EnumValue, Port
from broker_core.model.scalars import text_or_bytes

from .cells import READERS, read_port
from .columns import problem_with, quoted
from .escapes import unescape
from .records import LogRecord
from .schema import LogSchema
from .transports import transport_rule

if TYPE_CHECKING:
    from collections.abc import Callable

    from broker_core.messages.zeek_logs import LogField

__all__ = ["REMEMBERED", "TsvReader"]

REMEMBERED = 16384
"""Texts of one type whose cells are remembered: addresses and counts come again and again."""

_TEXTS = {ZeekType.STRING, ZeekType.FUNC, ZeekType.FILE}
_NO_HEADER = "a line of a TSV log without a header before it (#fields and #types say what the columns are)"


class _Memory(dict[str, Any]):
    """Cells by their text, marks such as that of unset fields first; others are made when they are asked for."""

    def __init__(self, make: Callable[[str], Any], marks: dict[str, Any]) -> None:
        super().__init__(marks)
        self._make = make
        self._marks = marks

    def __missing__(self, text: str) -> Any:
        cell = self._make(text)
        if len(self) >= REMEMBERED:
            self.clear()
            self.update(self._marks)
        self[text] = cell
        return cell


class _Texts(dict[str, Any]):
    """The same for what is its own text."""

    __missing__ = staticmethod(str)  # which is quicker than any function of ours


class _Times(dict[str, Any]):
    """The same for what hardly ever comes twice."""

    __missing__ = staticmethod(READERS[ZeekType.TIME])


class TsvReader:
    """Reads the lines of one TSV log. :meth:`line` is for each of them, without its line end."""

    def __init__(self) -> None:
        self.schema: LogSchema | None = None
        """What the header said that came last; None before the first."""
        self._reset()

    def _reset(self) -> None:
        self._separator = "\t"
        self._set_separator = ","
        self._empty = "(empty)"
        self._unset = "-"
        self._path = ""
        self._names: list[str] = []
        self._types: list[str] | None = None
        self._columns: list[dict[str, Any]] = []

    def line(self, raw: bytes) -> LogRecord | None:
        """The record of one line; None for lines of the header and empty ones. Raises :class:`DecodeError` only."""
        if raw.endswith(b"\r"):
            raw = raw[:-1]
        if raw.startswith(b"#"):
            self._header(raw)
            return None
        if not raw:
            return None
        if not self._columns:
            raise DecodeError(_NO_HEADER)
        try:
            text = raw.decode()
            plain = "\\" not in text
        except UnicodeDecodeError:
            text = raw.decode("utf-8", "surrogateescape")
            plain = False
        parts = text.split(self._separator)
        if len(parts) != len(self._columns):
            raise self._wrong_number(parts)
        try:
            cells = [memory[part] for memory, part in zip(self._columns, parts, strict=True)] if plain else None
        except (DecodeError, InvalidValue):
            cells = None  # which column it was is found out below
        if cells is None:
            cells = [self._cell(at, part) for at, part in enumerate(parts)]
        if self._ports:
            self._complete(cells)
        return LogRecord(self.schema, cells)  # type: ignore[arg-type]  # there are columns, so there is a schema

    # -- the header ---------------------------------------------------------------------------------------------

    def _header(self, raw: bytes) -> None:
        if raw.startswith(b"#separator "):
            self._reset()
            self.schema = None
            separator = _mark(raw[len("#separator ") :])
            if not separator:
                msg = "#separator names no separator"
                raise DecodeError(msg)
            self._separator = separator
            return
        text = raw.decode("utf-8", "surrogateescape")
        key, *rest = text.split(self._separator)
        value = rest[0].encode("utf-8", "surrogateescape") if rest else b""
        match key:
            case "#set_separator":
                self._set_separator = _mark(value)
            case "#empty_field":
                self._empty = _mark(value)
            case "#unset_field":
                self._unset = _mark(value)
            case "#path":
                self._path = _mark(value)
            case "#fields":
                self._names = [_mark(name.encode("utf-8", "surrogateescape")) for name in rest]
                self._types, self.schema, self._columns = None, None, []
            case "#types":
                self._types = rest
                self._prepare()

    def _prepare(self) -> None:
        """Make the memories for the columns of the header."""
        self._columns = []
        assert self._types is not None  # noqa: S101  # the line was just read
        schema = LogSchema.from_header(self._path, self._names, self._types)
        if not schema.columns:
            msg = "a header without columns"
            raise DecodeError(msg)
        self.schema = schema
        self._ports = [at for at, column in enumerate(schema.columns) if ZeekType.PORT in {column.type, column.subtype}]
        self._transport = transport_rule(schema)
        self._by_protocol: dict[int, _Memory] = {}
        memories: dict[str, dict[str, Any]] = {}
        for column in schema.columns:
            memory = memories.get(column.type_name)
            if memory is None:
                memory = memories[column.type_name] = self._memory(column)
            self._columns.append(memory)

    def _memory(self, column: LogField) -> dict[str, Any]:
        marks: dict[str, Any] = {self._unset: None}
        if column.type in {ZeekType.TABLE, ZeekType.VECTOR}:
            marks.setdefault(self._empty, ())
            marks.setdefault("", ())
            return _Memory(lambda text: self._elements(column, text), marks)
        if column.type in _TEXTS:
            marks.setdefault(self._empty, "")
            return _Texts(marks)
        if column.type == ZeekType.ENUM:
            marks.setdefault(self._empty, EnumValue(""))
        if column.type == ZeekType.PORT:
            return _Texts(marks)  # see _complete
        if column.type == ZeekType.TIME:
            return _Times(marks)
        return _Memory(READERS[column.type], marks)

    # -- cells --------------------------------------------------------------------------------------------------

    def _cell(self, at: int, part: str) -> Any:
        """One cell of a line that holds escapes, bytes that are not UTF-8, or a mistake."""
        column = self.schema.columns[at]  # type: ignore[union-attr]  # as in line()
        try:
            if "\\" not in part and _is_utf8(part):
                return self._columns[at][part]
            if column.type in {ZeekType.TABLE, ZeekType.VECTOR}:
                return self._elements(column, part)
            return self._scalar(column.type, part)
        except (DecodeError, InvalidValue) as error:
            msg = f"column {column.name}: {error.problem}"
            raise DecodeError(msg) from None

    def _elements(self, column: LogField, text: str) -> tuple[Any, ...]:
        parts = text.split(self._set_separator) if self._set_separator else [text]
        cell = tuple([self._element(column.subtype, part) for part in parts])
        if column.type == ZeekType.TABLE and (problem := problem_with(column, cell)):
            raise DecodeError(problem)
        return cell

    def _element(self, kind: int, part: str) -> Any:
        if part == self._unset:
            return None
        if part == self._empty and (kind in _TEXTS or kind == ZeekType.ENUM):
            return EnumValue("") if kind == ZeekType.ENUM else ""
        return self._scalar(kind, part)

    def _scalar(self, kind: int, part: str) -> Any:
        if "\\" in part or not _is_utf8(part):
            value = text_or_bytes(unescape(part.encode("utf-8", "surrogateescape")))
            if kind in _TEXTS:
                return value
            if kind == ZeekType.ENUM:
                return EnumValue(value)
            part = value if type(value) is str else repr(value)
        return READERS[kind](part)

    def _complete(self, cells: list[Any]) -> None:
        """Put ports in the place of their numbers, now that the transport can be seen."""
        protocol = self._transport(cells)
        ports = self._by_protocol.get(protocol)
        if ports is None:
            ports = _Memory(lambda text: read_port(text, protocol), {})
            self._by_protocol[protocol] = ports
        for at in self._ports:
            cell = cells[at]
            if cell is None:
                continue
            if type(cell) is tuple:
                cells[at] = tuple([one and Port(one.number, one.protocol or protocol) for one in cell])
                continue
            try:
                cells[at] = ports[cell] if type(cell) is str else cell
            except DecodeError as error:
                msg = f"column {self.schema.names[at]}: {error.problem}"  # type: ignore[union-attr]  # as in line()
                raise DecodeError(msg) from None

    def _wrong_number(self, parts: list[str]) -> DecodeError:
        names = self.schema.names  # type: ignore[union-attr]  # as in line()
        if len(parts) == 1 and len(names) > 1:
            return DecodeError(f"no {quoted(self._separator)} in the line, which separates the {len(names)} columns")
        where = (
            f"{names[len(parts)]} and what follows is missing"
            if len(parts) < len(names)
            else f"the last is {names[-1]}"
        )
        return DecodeError(f"{len(parts)} columns, and the header has {len(names)} ({where})")


def _mark(raw: bytes) -> str:
    """A value of the header as it looks in lines."""
    return unescape(raw).decode("utf-8", "surrogateescape")


def _is_utf8(text: str) -> bool:
    if text.isascii():
        return True
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
