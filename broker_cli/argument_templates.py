"""Arguments with ``{n}``, ``{now}``, ``{uuid}`` and ``{env:NAME}`` in them, made anew for each message.

What is put in is read as if it had been typed there, so ``{env:X}`` can be a number or an address. Inside of quotes,
behind ``string:``, and where the argument is declared a string, it is text whatever it holds.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from .parsing import refuse

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

__all__ = ["ArgumentTemplate", "Filling"]

_STRING = re.compile(r"str(?:ing)?:")
_FIELD = re.compile(r"\{([a-z]+)(?::([A-Za-z_][A-Za-z0-9_]*))?\}")
_HINT = "there are {n}, {now}, {uuid} and {env:NAME}; a brace is written {{ or }}"


@dataclass(slots=True)
class Filling:
    """What one message is filled with: its number from 1, the time as a literal, and an id."""

    n: int
    now: str
    uuid: str = field(default_factory=lambda: str(uuid4()))


class ArgumentTemplate:
    """One argument; *what* it is called in errors. Raises a usage error for what is no template.

    *verbatim*: it is declared a string, and so is text if it does not start with a quote.
    """

    def __init__(self, what: str, text: str, environ: Mapping[str, str], *, verbatim: bool = False) -> None:
        self._what = what
        self._environ = environ
        self._parts: list[str | Callable[[Filling], str]] = []
        from broker_core.codecs.text import split_prefix

        raw = _STRING.match(text) is not None
        # What is filled in must not be taken for a type. An id may start with a digit, and is never anything else.
        if (verbatim and not text.startswith('"') and split_prefix(text) is None) or text.startswith("{uuid}"):
            text, raw = f"string:{text}", True
        self._read(text, raw=raw)

    def render(self, filling: Filling) -> str:
        """The argument for one message."""
        return "".join([part if isinstance(part, str) else part(filling) for part in self._parts])

    def _read(self, text: str, *, raw: bool) -> None:
        at, quoted = 0, False
        while at < len(text):
            char = text[at]
            if char == '"' and not raw:
                quoted = not quoted
            if char == "\\" and quoted:
                self._parts.append(text[at : at + 2])
                at += 2
            elif char in "{}":
                at = self._brace(text, at, quoted=quoted)
            else:
                self._parts.append(char)
                at += 1

    def _brace(self, text: str, at: int, *, quoted: bool) -> int:
        """What stands at *at*, a brace; the offset behind it."""
        if text.startswith(text[at] * 2, at):
            self._parts.append(text[at])
            return at + 2
        match = _FIELD.match(text, at)
        if match is None:
            refuse(f"{self._what}: '{text[at]}' at character {at + 1} is no field", _HINT)
        get = self._field(match[0], match[1], match[2])
        self._parts.append((lambda filling: _escaped(get(filling))) if quoted else get)
        return match.end()

    def _field(self, whole: str, name: str, variable: str | None) -> Callable[[Filling], str]:
        if name == "env" and variable is not None:
            value = self._environ.get(variable)
            if value is None:
                refuse(f"{self._what}: {whole}: the environment has no {variable}")
            return lambda _: value
        if variable is None and name in {"n", "now", "uuid"}:
            return lambda filling: str(getattr(filling, name))
        return refuse(f"{self._what}: {whole} is no field", _HINT)


def _escaped(filled: str) -> str:
    """*filled* as it stands between the quotes of a literal."""
    from broker_core.codecs import text

    value: Any = text.decode_argument(f"string:{filled}")
    return text.encode(value)[1:-1]
