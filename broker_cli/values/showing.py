"""``broker value parse`` and ``show``: what a literal or some bytes mean, for people or as ndjson.

The lines of ndjson are ``{"type": "value", ...}`` with ``input`` (what was given), ``form`` (how it was written) or
``read`` (how the literal was understood), ``kind``, ``literal``, ``zeek`` (the type in a script), ``value`` (typed
JSON), ``hex`` and ``size`` (Broker's bytes), ``broker`` (what C++ prints), and ``message`` (the Zeek message that it
is, or null).

It is all over before an event loop would have been started, so there is none here.
"""

from __future__ import annotations

import os
import re
import sys
from typing import TYPE_CHECKING, Any

from broker_cli.context import escape
from broker_cli.exit_codes import ExitCode, Failure
from broker_cli.output.json_lines import json_line
from broker_cli.wording import counted
from broker_core import DecodeError, Kind, kind_of
from broker_core.codecs.text import decode_argument

from .explaining import facts_of, first_parts, message_facts
from .recognizing import SHOW_FORMS, read_as, recognize

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from broker_cli.config import Settings
    from broker_cli.context import Context

    from .recognizing import Found

__all__ = ["LONGEST_CELL", "LONGEST_INPUT", "MOST_PARTS", "how_it_was_read", "run_parse", "run_show"]

LONGEST_INPUT = 128 * 1024 * 1024
"""Bytes of a file that is shown, as long as the longest frame of a peer."""
LONGEST_CELL = 2000
"""Characters of a literal and the like that people are shown; --verbose shows all."""
MOST_PARTS = 200
"""Lines for the parts of a container, likewise."""

_MARGIN = 10
_BEFORE_ERROR = 60  # columns of a long literal that are shown in front of an error


# -- how literals are read ----------------------------------------------------------------------------------

_REASONS = {
    Kind.NONE: "nil is no value",
    Kind.BOOLEAN: "T and F are booleans",
    Kind.COUNT: "digits without a sign are a count",
    Kind.INTEGER: "digits with a sign are an int",
    Kind.REAL: "a number with a point or an exponent is a double",
    Kind.TIMESPAN: "a number with a unit is an interval",
    Kind.TIMESTAMP: "an ISO date with a time is a time",
    Kind.ENUM_VALUE: "a name with :: is an enum value",
    Kind.ADDRESS: "it is written like an IP address",
    Kind.SUBNET: "an address, a slash and a length are a subnet",
    Kind.PORT: "a number, a slash and a transport are a port",
    Kind.VECTOR: "( ) or [ ] around values are a vector",
    Kind.SET: "{ } around values are a set",
    Kind.TABLE: "{ } around pairs are a table",
}
_PREFIXES = (
    "none|nil|bool|boolean|count|int|integer|real|double|interval|timespan|time|timestamp|enum|addr|address|subnet|"
    "port|vector|set|table"
)
_PREFIX = re.compile(rf"({_PREFIXES}):(?!:[A-Za-z_])")
_STRING_PREFIX = re.compile(r"str(?:ing)?:")
_CALL = re.compile(r"[ \t]*(set|table|vector|enum|string)\(")


def how_it_was_read(word: str, value: Any) -> str:
    """Why *word* of a command line means *value* and nothing else."""
    kind = kind_of(value)
    if string := _STRING_PREFIX.match(word):
        return f"what follows {string[0]} is taken as it is"
    if kind is not Kind.STRING and (prefix := _PREFIX.match(word)):
        return f"{prefix[0]} says so"
    if call := _CALL.match(word):
        return f"{call[1]}( ) says so"
    if kind is Kind.STRING:
        return "quotes make a string" if word.lstrip().startswith('"') else "a word that looks like nothing else"
    return _REASONS[kind]


# -- running ------------------------------------------------------------------------------------------------


def run_parse(context: Context, settings: Settings, words: Sequence[str]) -> None:
    """Explain each of *words*; the failure for those that are no literals comes behind the others."""
    failures = []
    shown = False
    for word in words:
        try:
            value = decode_argument(word)
        except DecodeError as error:
            failures.append(_literal_failure(word, error))
            continue
        how = how_it_was_read(word, value)
        if settings.output == "ndjson":
            context.print([json_line("value", input=_json_safe(word), read=how, **_all_facts(value))])
        else:
            lines = _block([("read as", f"{kind_of(value).label}: {how}")], value, context)
            context.print([*([""] if shown else []), _cut(word, context), *lines])
        shown = True
    for failure in failures[:-1]:
        context.warn(failure.message)
    if failures:
        raise failures[-1]


def _literal_failure(word: str, error: DecodeError) -> Failure:
    at = error.offset or 0
    message = f"LIT: {error.problem} (at character {at + 1} of '{_around(word, at)}')"
    return Failure(message, ExitCode.USAGE, "broker help literals explains how values are written")


def _around(word: str, at: int) -> str:
    """The part of *word* where the error is, when it is long."""
    start = max(0, at - _BEFORE_ERROR)
    end = at + _BEFORE_ERROR // 3
    return ("…" if start else "") + word[start:end] + ("…" if end < len(word) else "")


def run_show(context: Context, settings: Settings, what: str, form: str | None) -> None:
    """Show what the file *what* holds, or stdin (``-``), or what *what* itself spells."""
    data = _content(context, what)
    given = data is None
    if data is None:
        data = os.fsencode(what)
    try:
        found = recognize(data) if form is None else read_as(form, data)
    except DecodeError as error:
        where = "" if error.offset is None else f" (at byte {error.offset + 1})"
        path = f" in {error.path}" if error.path else ""
        name = "stdin" if what == "-" else what
        if given:
            message = f"there is no file {_around(what, 0)}, and it is no value either: {error.problem}{where}{path}"
            raise Failure(message, ExitCode.USAGE, _form_hint(form)) from None
        message = f"{name}: {error.problem}{where}{path}"
        raise Failure(message, ExitCode.BAD_INPUT, _form_hint(form)) from None
    if settings.output == "ndjson":
        context.print([json_line("value", form=found.form, **_all_facts(found.value))])
    else:
        context.print(_show_lines(context, found, len(data)))


def _form_hint(form: str | None) -> str:
    if form is not None:
        return "without --in it is found out; broker value convert reads files of many values"
    return f"--in FORM says what it is: {', '.join(SHOW_FORMS)}; broker value convert reads files of many values"


def _content(context: Context, what: str) -> bytes | None:
    """What stands in the file *what*; None when there is no such file."""
    try:
        if what == "-":
            data = _read(context.stdin)
        else:
            fd = os.open(what, os.O_RDONLY | os.O_CLOEXEC)
            try:
                data = _read(fd)
            finally:
                os.close(fd)
    except (FileNotFoundError, ValueError):
        return None
    except OSError as error:
        if len(what) > 255:  # too long for a name, so it is no name
            return None
        message = f"cannot read {what}: {(error.strerror or str(error)).lower()}"
        raise Failure(message, ExitCode.USAGE) from error
    if len(data) > LONGEST_INPUT:
        message = f"{'stdin' if what == '-' else what}: more than {LONGEST_INPUT} bytes"
        raise Failure(message, ExitCode.BAD_INPUT, "broker value convert reads files of any length, line by line")
    return data


def _read(fd: int) -> bytes:
    parts, size = [], 0
    while size <= LONGEST_INPUT and (part := os.read(fd, 1024 * 1024)):
        parts.append(part)
        size += len(part)
    return b"".join(parts)


def _all_facts(value: Any) -> dict[str, Any]:
    facts = facts_of(value)
    return {**facts, "literal": _json_safe(facts["literal"]), "message": message_facts(value)}


def _json_safe(text: str) -> str:
    """*text* without lone surrogates, which many readers of JSON refuse."""
    return text.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")


# -- for people ---------------------------------------------------------------------------------------------


def _show_lines(context: Context, found: Found, size: int) -> list[str]:
    form = f"{found.form}, {counted(size, 'byte')}"
    message = message_facts(found.value)
    if message is None:
        return _block([("form", form)], found.value, context)
    lines = [_row("form", form), *_message_lines(message, context)]
    if context.verbosity > 0 or "problem" in message:
        lines += _block([], found.value, context)
    return lines


def _cut(text: str, context: Context) -> str:
    text = escape(text)
    if len(text) <= LONGEST_CELL or context.verbosity > 0:
        return text
    return f"{text[:LONGEST_CELL]}… ({len(text)} characters; -v shows all)"


def _row(label: str, text: str) -> str:
    return f"  {label:<{_MARGIN}}{text}"


def _block(first: list[tuple[str, str]], value: Any, context: Context) -> list[str]:
    from broker_core.codecs.json import encode

    facts = facts_of(value)
    size = facts["size"]
    packed = "none: it has no binary form" if size is None else f"{facts['hex']} ({counted(size, 'byte')})"
    rows = [
        *first,
        *([] if first and first[0][0] == "read as" else [("kind", facts["kind"])]),
        ("literal", facts["literal"]),
        ("Zeek", facts["zeek"]),
        ("JSON", encode(value)),
        ("binary", packed),
        ("C++", facts["broker"]),
    ]
    return [_row(label, _cut(text, context)) for label, text in rows] + list(_part_lines(value, context))


def _part_lines(value: Any, context: Context) -> Iterator[str]:
    parts, more = first_parts(value, sys.maxsize - 1 if context.verbosity > 0 else MOST_PARTS)
    for at, part in enumerate(parts):
        yield _row("" if at else "parts", f"{'  ' * (part.depth - 1)}{_cut(f'{part.label} {part.text}', context)}")
    if more:
        yield _row("", f"… and more; -v shows all of them, not {MOST_PARTS}")


def _message_lines(message: dict[str, Any], context: Context, indent: str = "") -> list[str]:
    """What a Zeek message is, and its parts under it."""
    match message["is"]:
        case "event":
            head, items = f"event {message['name']}", [_literal(item) for item in message["arguments"]]
            items += [f"metadata {item['name'] or item['id']} {item['literal']}" for item in message["metadata"]]
        case "log create":
            head = f"log create {message['stream']}, path {message['path']}, writer {message['writer']}"
            optional = {True: " optional", False: ""}
            items = [f"{column['name']} {column['type']}{optional[column['optional']]}" for column in message["fields"]]
        case "log write":
            head = f"log write {message['stream']}, path {message['path']}, writer {message['writer']}"
            items = [_literal(item) for item in message.get("fields", ())]
        case "identifier update":
            head, items = f"identifier update {message['name']}", [message["literal"]]
        case "batch":
            return [
                _row("message", f"{indent}batch of {len(message['messages'])}"),
                *(line for member in message["messages"] for line in _message_lines(member, context, indent + "  ")),
            ]
        case _:
            head, items = "looks like a Zeek message, and is none", []
    if problem := message.get("problem"):
        items.append(f"problem: {problem}")
    lines = [_row("message", indent + _cut(head, context))]
    return lines + [_row("", f"{indent}  [{at}] {_cut(item, context)}") for at, item in enumerate(items)]


def _literal(item: dict[str, str]) -> str:
    return f"{item['kind']} {item['literal']}"
