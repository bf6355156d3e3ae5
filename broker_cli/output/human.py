"""For people: what a message is, in pieces that say what each of them is. No colours here, and no Rich."""

from __future__ import annotations

from collections import Counter
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from broker_cli.context import escape
from broker_cli.selecting.facts import Facts
from broker_core import (
    Batch,
    Count,
    DecodeError,
    EnumValue,
    Event,
    IdentifierUpdate,
    LogCreate,
    LogWrite,
    Port,
    Set,
    Table,
    Timespan,
    Timestamp,
    zeek_message,
)
from broker_core.codecs import text

from .foreign import foreign_label, foreign_text, stand_in

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from broker_core import ForeignMessage, Message, ZeekMessage

    from .stamps import Stamper

__all__ = ["ArgumentNames", "HumanLines", "Piece", "pieces_of", "pieces_of_foreign", "pieces_of_value"]

_STYLES: dict[type, str] = {
    type(None): "none",
    bool: "boolean",
    Count: "number",
    int: "number",
    float: "number",
    str: "string",
    bytes: "string",
    IPv4Address: "address",
    IPv6Address: "address",
    IPv4Network: "address",
    IPv6Network: "address",
    Port: "port",
    Timestamp: "time",
    Timespan: "time",
    EnumValue: "enum",
}


class Piece(NamedTuple):
    """Part of a line. A line may be broken behind a piece that ends with a blank."""

    text: str
    style: str = ""


_OPEN = Piece("(")
_CLOSE = Piece(")")
_COMMA = Piece(", ")


def pieces_of_value(value: Any) -> Iterator[Piece]:
    """*value* as its canonical literal, in pieces."""
    style = _STYLES.get(type(value))
    if style is not None:
        yield Piece(text.encode(value), style)
    elif type(value) is tuple:
        yield from _listed(value, _OPEN, _CLOSE)
    elif type(value) is Set:
        yield from _listed(value, Piece("{"), Piece("}")) if value else (Piece("set()"),)
    elif type(value) is Table and value:
        for at, (key, item) in enumerate(value.pairs()):
            yield _COMMA if at else Piece("{")
            yield from pieces_of_value(key)
            yield Piece(" -> ")
            yield from pieces_of_value(item)
        yield Piece("}")
    else:
        yield Piece("table()")


def _listed(items: Any, opening: Piece, closing: Piece) -> Iterator[Piece]:
    yield opening
    for at, item in enumerate(items):
        if at:
            yield _COMMA
        yield from pieces_of_value(item)
    yield closing


class ArgumentNames(Protocol):
    """Knows what the arguments of events are called."""

    def pieces(self, event: Event) -> Iterator[Piece]:
        """The arguments of *event* in parentheses."""


def _pieces_of_event(event: Event, named: ArgumentNames | None) -> Iterator[Piece]:
    yield Piece(event.name, "event")
    yield from _listed(event.args, _OPEN, _CLOSE) if named is None else named.pieces(event)
    for key, value in event.metadata or ():
        yield Piece(" ")
        yield Piece("network-timestamp=" if key == 1 else f"meta-{key}=", "label")
        yield from pieces_of_value(value)


class _Reader:
    """Remembers the columns of log streams, to name the values of log lines; *named* names those of events."""

    def __init__(self, *, verbose: bool, named: ArgumentNames | None = None) -> None:
        self.verbose = verbose
        self._named = named
        self._columns: dict[tuple[str, str, str], tuple[str, ...]] = {}

    def pieces(self, value: Any) -> Iterator[Piece]:
        """What *value* is."""
        view = None
        if type(value) is tuple:
            try:
                view = zeek_message(value)
            except DecodeError:
                view = None  # it only looks like a Zeek message
        return pieces_of_value(value) if view is None else self._view(view)

    def _view(self, view: ZeekMessage) -> Iterator[Piece]:
        match view:
            case Event():
                return _pieces_of_event(view, self._named)
            case LogCreate():
                return self._log_create(view)
            case LogWrite():
                return self._log_write(view)
            case IdentifierUpdate():
                return self._update(view)
        return self._batch(view)

    def _update(self, update: IdentifierUpdate) -> Iterator[Piece]:
        yield Piece("identifier update ", "label")
        yield Piece(update.name, "event")
        yield Piece(" = ")
        yield from pieces_of_value(update.content)

    def _log_create(self, create: LogCreate) -> Iterator[Piece]:
        if len(self._columns) > 1024:
            self._columns.clear()
        self._columns[create.key] = tuple(column.name for column in create.fields)
        yield Piece("log create ", "label")
        yield from _stream(create)
        yield Piece(": ")
        for at, column in enumerate(create.fields):
            if at:
                yield _COMMA
            yield Piece(column.name)
            yield Piece(f" {column.type_name}{' optional' if column.optional else ''}", "label")

    def _log_write(self, write: LogWrite) -> Iterator[Piece]:
        yield Piece("log write ", "label")
        yield from _stream(write)
        try:
            values = write.fields()
        except DecodeError as error:
            yield Piece(f" ({len(write.serial)} bytes: {error})", "label")
            return
        names = self._columns.get(write.key, ())
        yield Piece(": ")
        known = len(names) == len(values)
        first = True
        for at, value in enumerate(values):
            if known and value is None:
                continue
            if not first:
                yield _COMMA
            first = False
            if known:
                yield Piece(f"{names[at]}=", "label")
            yield from pieces_of_value(value)

    def _batch(self, batch: Batch) -> Iterator[Piece]:
        members = list(batch.flatten())
        if len(members) == 1:
            yield from self._view(members[0])
            return
        for member in members:
            if type(member) is LogCreate:
                for _ in self._log_create(member):  # to learn its columns
                    pass
        yield Piece(f"batch of {len(members)}", "label")
        counts = Counter(map(_kind, members))
        for at, (kind, number) in enumerate(counts.items()):
            yield Piece(", " if at else ": ")
            yield Piece(f"{number} x {kind}")
        if self.verbose:
            for member in members:
                yield Piece("\n  ")
                yield from self._view(member)


def _stream(log: LogCreate | LogWrite) -> Iterator[Piece]:
    yield Piece(log.stream, "event")
    yield Piece(f" {log.path}")


def _kind(member: ZeekMessage) -> str:
    match member:
        case Event():
            return f"event {member.name}"
        case LogCreate():
            return f"log create {member.stream} {member.path}"
        case LogWrite():
            return f"log write {member.stream} {member.path}"
    return "identifier update"


def pieces_of(message: Message, reader: _Reader) -> list[Piece]:
    """The whole line in pieces. Raises DecodeError when the message holds no value."""
    value = message.value
    return [Piece(message.topic, "topic"), Piece(" "), *reader.pieces(value)]


def pieces_of_foreign(message: ForeignMessage) -> list[Piece]:
    """What there is instead of a value, in pieces."""
    return [Piece(f"{foreign_label(message)} ", "label"), Piece(foreign_text(message.payload), "string")]


class HumanLines:
    """Messages for people, without colours."""

    def __init__(
        self, *, verbose: bool = False, stamps: Stamper | None = None, named: ArgumentNames | None = None
    ) -> None:
        self.reader = _Reader(verbose=verbose, named=named)
        self._stamps = stamps

    def _stamped(self, message: Message, pieces: list[Piece]) -> list[Piece]:
        """*pieces* with the time in front, if one is wanted."""
        if self._stamps is None:
            return pieces
        self._stamps.step()
        return [Piece(f"{self._stamps.short(Facts(message))} ", "label"), *pieces]

    def line(self, message: Message) -> str:
        """One line (several for a batch with --verbose)."""
        return self.lines((message,))[0]

    def lines(self, messages: Sequence[Message]) -> list[str]:
        """One line each."""
        if self._stamps is None:
            return [self.lay_out(pieces_of(message, self.reader)) for message in messages]
        found = [pieces_of(message, self.reader) for message in messages]  # all, before one is given its time
        self._stamps.tick()
        return [self.lay_out(self._stamped(*each)) for each in zip(messages, found, strict=True)]

    def foreign(self, message: ForeignMessage) -> str:
        """One line: name of the format, size, and the payload or its beginning."""
        if self._stamps is not None:
            self._stamps.tick()
        pieces = [Piece(message.topic, "topic"), Piece(" "), *pieces_of_foreign(message)]
        return self.lay_out(self._stamped(stand_in(message), pieces))

    def lay_out(self, pieces: Sequence[Piece]) -> str:
        """*pieces* as one line."""
        return "".join([piece.text if piece.text == "\n  " else escape(piece.text) for piece in pieces])
