r"""Messages as a template says: ``{ts:%H:%M:%S} {topic} {event}({args}) {args[0]:json}\n``.

A field is a name in braces, with a way into it as in expressions, and behind a colon how to write it: ``json`` (without
types), ``typed`` (JSON as in ndjson), ``text`` (a literal), ``<20``, ``>20`` or ``^20`` (at least so many columns), or
for times what ``strftime`` takes, with ``%N`` for nanoseconds. Without that, strings and names of enums are written as
they are and everything else as a literal; what a message does not have is written as nothing.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from broker_cli.context import escape
from broker_cli.selecting.facts import MISSING, Facts
from broker_cli.selecting.paths import compile_path, read_path
from broker_cli.selecting.scanning import Scanner
from broker_core import DecodeError, EnumValue, Timestamp
from broker_core.codecs import json, text

from .foreign import stand_in
from .plain import body_text
from .stamps import Stamper, local_time
from .untagged import untagged

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from broker_cli.selecting.naming import Naming
    from broker_core import ForeignMessage, Message

    Part = Callable[[Facts], str]

__all__ = ["MAX_COLUMNS", "MAX_TEMPLATE", "Template", "TemplateLines", "field_text"]

MAX_TEMPLATE = 10_000
"""Characters of a template."""
MAX_COLUMNS = 1000
"""To how many columns a field may be filled up."""

_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "0": "\0", "e": "\x1b", "\\": "\\"}
_PLAIN = re.compile(r"[^{}\\]+")
_WIDTH = re.compile(r"([<>^])([0-9]{1,4})")
_SPEC = re.compile(r"[^{}]*")
_OWN = ("ts", "seq")


class Template:
    """A template, read. Raises :class:`~broker_cli.selecting.scanning.ExpressionError`."""

    def __init__(self, source: str, naming: Naming | None = None, stamps: Stamper | None = None) -> None:
        self.shield: Callable[[str], str] = str
        """What fields go through before they are written."""
        self._seq = 0
        self._stamps = stamps or Stamper("wall")
        self._naming = naming
        self._scanner = Scanner(source, values=False)
        if len(source) > MAX_TEMPLATE:
            self._scanner.fail(f"the template is longer than {MAX_TEMPLATE} characters", MAX_TEMPLATE)
        self._parts = self._read()

    def render(self, message: Message) -> str:
        """What the template makes of *message*. Raises DecodeError."""
        self._seq += 1
        self._stamps.step()
        facts = Facts(message)
        return "".join([part if type(part) is str else part(facts) for part in self._parts])  # type: ignore[operator]

    def tick(self) -> None:
        """The next messages have come now."""
        self._stamps.tick()

    def mark(self) -> tuple[int, int | None]:
        """How far it is, for :meth:`back_to`."""
        return self._seq, self._stamps.before

    def back_to(self, mark: tuple[int, int | None]) -> None:
        """Forget the messages since *mark*."""
        self._seq, self._stamps.before = mark

    # -- reading ------------------------------------------------------------------------------------------------

    def _read(self) -> list[str | Part]:
        scanner = self._scanner
        parts: list[str | Part] = []
        while scanner.at < len(scanner.text):
            char = scanner.text[scanner.at]
            plain = _PLAIN.match(scanner.text, scanner.at)
            if plain:
                parts.append(plain[0])
                scanner.at = plain.end()
            elif char == "\\":
                parts.append(self._escape())
            elif scanner.text.startswith(char * 2, scanner.at):
                parts.append(char)
                scanner.at += 2
            elif char == "}":
                scanner.fail("a single '}'; write }} for one")
            else:
                parts.append(self._field())
        return parts

    def _escape(self) -> str:
        scanner = self._scanner
        letter = scanner.text[scanner.at + 1 : scanner.at + 2]
        if letter not in _ESCAPES or not letter:
            known = " ".join(f"\\{letter}" for letter in _ESCAPES)
            scanner.fail(f"'\\{letter}' is no escape; there are {known}")
        scanner.at += 2
        return _ESCAPES[letter]

    def _field(self) -> Part:
        scanner = self._scanner
        start = scanner.at
        scanner.at += 1
        name = scanner.name()
        if name in _OWN:
            scanner.at += len(name)
            get: Callable[[Facts], Any] = self._ts if name == "ts" else self._number
        else:
            path = read_path(scanner, self._naming, _OWN)
            get = compile_path(path, self._naming)
            name = "" if path.steps else path.root
        spec = ""
        if scanner.text.startswith(":", scanner.at):
            scanner.at += 1
            spec = _SPEC.match(scanner.text, scanner.at)[0]  # type: ignore[index]  # may be empty
            write = self._writer(spec)
            scanner.at += len(spec)
        else:
            write = _args_text if name == "args" else _value_text if name == "value" else field_text
        if not scanner.text.startswith("}", scanner.at):
            if scanner.at == len(scanner.text):
                scanner.fail("no '}' closes this field", start)
            scanner.expect("':' or '}'")
        scanner.at += 1
        if name == "ts":
            return self._stamp(spec, write)
        return lambda facts: self.shield(write(get(facts)))

    def _writer(self, spec: str) -> Callable[[Any], str]:
        if spec in _WRITERS:
            return _WRITERS[spec]
        if width := _WIDTH.fullmatch(spec):
            side, columns = width[1], int(width[2])
            if columns > MAX_COLUMNS:
                self._scanner.fail(f"more than {MAX_COLUMNS} columns")
            return lambda value: f"{field_text(value):{side}{columns}}"
        if "%" not in spec:
            ways = ", ".join([*_WRITERS, "<20", ">20", "^20"])
            self._scanner.fail(f"'{spec}' is no way to write a field: {ways} or %H:%M:%S")
        try:
            local_time(0, spec)
        except (ValueError, UnicodeError):
            self._scanner.fail("strftime does not take this form of a time")
        return lambda value: local_time(value.ns, spec) if type(value) is Timestamp else field_text(value)

    # -- what only this module knows ----------------------------------------------------------------------------

    def _number(self, _: Facts) -> Any:
        return str(self._seq)

    def _ts(self, facts: Facts) -> Any:
        return self._stamps.text(facts)

    def _stamp(self, spec: str, write: Callable[[Any], str]) -> Part:
        if "%" in spec:
            return lambda facts: self._stamps.text(facts, spec)
        if spec and not _WIDTH.fullmatch(spec):

            def value(facts: Facts) -> str:
                ns = self._stamps.ns(facts)
                return write(MISSING if ns is None else Timestamp(ns))

            return value
        return lambda facts: write(self._ts(facts))


def field_text(value: Any) -> str:
    """*value* as it is if it is a string or the name of an enum, otherwise as a literal; "" for MISSING."""
    if type(value) is str:
        return value
    if value is MISSING:
        return ""
    if type(value) is EnumValue:
        value = value.name
    if type(value) is bytes:
        return value.decode("utf-8", "surrogateescape")
    return value if type(value) is str else text.encode(value)


def _value_text(value: Any) -> str:
    return body_text(value) if type(value) is tuple else field_text(value)


def _args_text(args: Any) -> str:
    return "" if args is MISSING else text.encode(args)[1:-1]


_WRITERS: dict[str, Callable[[Any], str]] = {
    "json": lambda value: "null" if value is MISSING else untagged(_as_value(value)),
    "typed": lambda value: "null" if value is MISSING else json.encode(_as_value(value)),
    "text": lambda value: "" if value is MISSING else text.encode(_as_value(value)),
}


def _as_value(value: Any) -> Any:
    """*value* as Broker knows it: a topic that is not UTF-8 is bytes."""
    if type(value) is str:
        try:
            value.encode()
        except UnicodeEncodeError:
            return value.encode("utf-8", "surrogateescape")
    return value


class TemplateLines:
    """Messages as *template* writes them; *shielded* with what the network put into them visible, for terminals."""

    def __init__(self, template: Template, *, shielded: bool) -> None:
        self._template = template
        if shielded:
            template.shield = escape

    def line(self, message: Message) -> str:
        """What is written for one message."""
        return self.lines((message,))[0]

    def lines(self, messages: Sequence[Message]) -> list[str]:
        """The same for each."""
        template = self._template
        template.tick()
        mark = template.mark()
        try:
            return [template.render(message) for message in messages]
        except DecodeError:
            template.back_to(mark)
            raise

    def foreign(self, message: ForeignMessage) -> str:
        """What is written for one message: the payload is its value, a string, and it is no event."""
        return self.line(stand_in(message))
