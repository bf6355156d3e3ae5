"""Entries of data stores as lines: a key alone, a value alone, both, and what happened to a key.

A line of ``ndjson`` is an object with ``type`` (store-entry, or store-key without a value), ``v`` (version of these
keys), ``key`` and ``value`` (typed JSON), and ``expiry`` (ISO time) for an entry that has one; ``store import`` takes
it back without loss. ``text`` is the literal, or ``KEY -> VALUE``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from broker_cli.context import escape
from broker_cli.exit_codes import ExitCode, Failure
from broker_core import MISSING, Timestamp, kind_of
from broker_core.codecs import cpp, text
from broker_core.codecs.json import encode

from .human import Piece, pieces_of_value
from .json_lines import VERSION, json_line

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from broker_cli.config import Settings
    from broker_cli.context import Context

__all__ = ["Entry", "EntryFormatter", "Happening", "make_entry_formatter", "moment"]


class Entry(NamedTuple):
    """A key with its value. *expiry* is when it ends, in ns since the epoch; None: never, or nobody knows."""

    key: Any
    value: Any
    expiry: int | None = None


class Happening(NamedTuple):
    """What happened to a key, or how two stores differ in it: *word* says which.

    *kind* is the ``type`` of the line in ndjson, and *facts* are further members of it.
    """

    kind: str
    word: str
    key: Any
    old: Any = MISSING
    new: Any = MISSING
    facts: Mapping[str, Any] = {}


class EntryFormatter(Protocol):
    """Turns entries into lines without line ends. Raises :class:`Failure` for what the format cannot show."""

    def key(self, key: Any) -> str:
        """The key alone."""

    def value(self, entry: Entry, index: Any = MISSING) -> str:
        """The value, without the key where the format allows that; only the element *index*, if that is given."""

    def entry(self, entry: Entry) -> str:
        """Key and value."""

    def answer(self, key: Any, *, exists: bool) -> str:
        """Whether the key exists."""

    def happening(self, happening: Happening) -> str:
        """The word, the key, and the values that there are."""


def moment(ns: int) -> str:
    """A moment, in ns since the epoch, as ISO time."""
    return text.encode(Timestamp(ns))


_ENTRY = f'{{"type":"store-entry","v":{VERSION},"key":'
_KEY = f'{{"type":"store-key","v":{VERSION},"key":'


class _Json:
    def key(self, key: Any) -> str:
        return f"{_KEY}{encode(key)}}}"

    def value(self, entry: Entry, index: Any = MISSING) -> str:
        line = self.entry(entry)
        return line if index is MISSING else f'{line[:-1]},"index":{encode(index)}}}'

    def entry(self, entry: Entry) -> str:
        key, value, expiry = entry
        if expiry is None:
            return f'{_ENTRY}{encode(key)},"value":{encode(value)}}}'
        return f'{_ENTRY}{encode(key)},"value":{encode(value)},"expiry":"{moment(expiry)}"}}'

    def answer(self, key: Any, *, exists: bool) -> str:
        return f'{_KEY}{encode(key)},"exists":{"true" if exists else "false"}}}'

    def happening(self, happening: Happening) -> str:
        kind, word, key, old, new, facts = happening
        head = json_line(kind, change=word, **facts)[:-1]
        olds = "" if old is MISSING else f',"old":{encode(old)}'
        news = "" if new is MISSING else f',"new":{encode(new)}'
        return f'{head},"key":{encode(key)}{olds}{news}}}'


class _Human:
    """For people. *lay_out* joins pieces to a line."""

    def __init__(self, lay_out: Callable[[Sequence[Piece]], str]) -> None:
        self._lay_out = lay_out

    def key(self, key: Any) -> str:
        return self._lay_out(list(pieces_of_value(key)))

    def value(self, entry: Entry, index: Any = MISSING) -> str:  # noqa: ARG002  # only the value is shown
        return self._lay_out(list(pieces_of_value(entry.value)))

    def entry(self, entry: Entry) -> str:
        pieces = list(_arrow(entry.key, entry.value))
        if entry.expiry is not None:
            pieces.append(Piece(f" (until {moment(entry.expiry)})", "label"))
        return self._lay_out(pieces)

    def answer(self, key: Any, *, exists: bool) -> str:
        return self._lay_out([*pieces_of_value(key), Piece(" exists" if exists else " does not exist")])

    def happening(self, happening: Happening) -> str:
        return self._lay_out(list(_happening_pieces(happening)))


def _arrow(key: Any, value: Any) -> Iterator[Piece]:
    yield from pieces_of_value(key)
    yield Piece(" -> ")
    yield from pieces_of_value(value)


def _happening_pieces(happening: Happening) -> Iterator[Piece]:
    yield Piece(happening.word, "event")
    yield Piece(" ")
    yield from pieces_of_value(happening.key)
    if happening.new is not MISSING:
        yield Piece(" -> ")
        yield from pieces_of_value(happening.new)
    if happening.old is not MISSING:
        yield Piece(" was ", "label")
        yield from pieces_of_value(happening.old)


class _Plain:
    """Literals, or what C++ prints. *encode* prints a value, *finish* makes a line fit for where it goes."""

    def __init__(self, encode_value: Callable[[Any], str], finish: Callable[[str], str]) -> None:
        self._encode = encode_value
        self._finish = finish

    def key(self, key: Any) -> str:
        return self._finish(self._encode(key))

    def value(self, entry: Entry, index: Any = MISSING) -> str:  # noqa: ARG002  # only the value is printed
        return self._finish(self._encode(entry.value))

    def entry(self, entry: Entry) -> str:
        return self._finish(f"{self._encode(entry.key)} -> {self._encode(entry.value)}")

    def answer(self, key: Any, *, exists: bool) -> str:  # noqa: ARG002  # one line for each key, in their order
        return self._encode(exists)

    def happening(self, happening: Happening) -> str:
        return self._finish("".join([piece.text for piece in _happening_pieces(happening)]))


def _cpp_text(value: Any) -> str:
    return cpp.encode(value).decode("utf-8", "surrogateescape")


def _bare_string(value: Any) -> str:
    if type(value) is str:
        return value
    if type(value) is bytes:
        return value.decode("utf-8", "surrogateescape")
    message = f"-o raw prints strings only, and this is of type {kind_of(value).label}"
    raise Failure(message, ExitCode.USAGE, "-o text prints any value as a literal")


def _joined(pieces: Sequence[Piece]) -> str:
    return "".join([escape(piece.text) for piece in pieces])


def make_entry_formatter(context: Context, settings: Settings) -> EntryFormatter:
    """The formatter for entries that go to stdout."""
    if settings.output == "human":
        if context.stdout_is_terminal or settings.colour:
            from .terminal import TerminalLines

            return _Human(TerminalLines(context.width, colour=settings.colour).lay_out)
        return _Human(_joined)
    if settings.output == "ndjson":
        return _Json()
    encoders: dict[str, Callable[[Any], str]] = {"text": text.encode, "broker": _cpp_text, "raw": _bare_string}
    return _Plain(encoders[settings.output], escape if context.stdout_is_terminal else str)
