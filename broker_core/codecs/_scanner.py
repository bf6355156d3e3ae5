"""The reader of the literal syntax: containers, with the scalars of ``_scalars`` and the strings of ``_quoted``.

A hand-written descent over the text, in linear time; depth is bounded by ``limits.max_depth``::

    value   = scalar | string | vector | set | table | TYPE ":" value-of-that-type
    vector  = "(" values ")" | "[" values "]" | "vector(" values ")"
    set     = "{" values "}" | "set(" values ")"        ; {} is refused: it could be either
    table   = "{" pairs "}"  | "table(" pairs ")"
    pair    = value "->" value | "[" values "]" "=" value
"""

from __future__ import annotations

import re
from typing import Any, NoReturn

from broker_core.errors import DecodeError, InvalidValue, LimitExceeded
from broker_core.model.containers import Set, Table
from broker_core.model.order import Kind, kind_of
from broker_core.model.scalars import EnumValue

from ._quoted import read_quoted
from ._scalars import KINDS_BY_PREFIX, READERS, is_plain_enum, needs_unit, read_token
from ._shared import parse_timespan, shown

__all__ = ["PREFIX", "Scanner"]

_OTHER_PREFIXES = "|".join(name for name, kind in KINDS_BY_PREFIX.items() if kind is not Kind.STRING)
PREFIX = re.compile(rf"(str(?:ing)?):|({_OTHER_PREFIXES}):(?!:[A-Za-z_])")
"""``TYPE:`` in front of a value. ``time::x`` is an enum value of module time, and ``addr:::1`` an address; but what
follows ``string:`` is a string whatever it is, so that ``string:"$variable"`` is always safe in a shell."""

_BLANKS = re.compile(r"[ \t\r\n]*")
_TOKEN = re.compile(r"""(?:[^ \t\r\n,()\[\]{}"=>-]|-(?!>))+""")
_DIGITS = frozenset("0123456789+-.")  # what numbers start with
_UNIT = re.compile(r"[ \t]+[a-z]+(?![A-Za-z0-9_:/.])")
_IN_BRACKETS = re.compile(r"\[[ \t]*([0-9A-Fa-f:.]{2,45})[ \t]*\]((?:/[0-9]+)?)")
_CALLS = {"set": Kind.SET, "table": Kind.TABLE, "vector": Kind.VECTOR, "enum": Kind.ENUM_VALUE, "string": Kind.STRING}
_CONTAINERS = (Kind.SET, Kind.TABLE, Kind.VECTOR)


class Scanner:
    """Reads values from *text*, from offset *at* on. Raises :class:`DecodeError`."""

    __slots__ = ("at", "max_depth", "room", "text")

    def __init__(self, text: str, max_depth: int, at: int = 0) -> None:
        self.text = text
        self.at = at
        self.max_depth = max_depth
        self.room = max_depth

    def whole(self, kind: Kind | None = None) -> Any:
        """The one value of the text, which must end behind it; *kind* is what a prefix in front of it said."""
        self._skip()
        value = self._value() if kind is None else self._of_kind(kind)
        self._skip()
        if self.at != len(self.text):
            self._fail(f"{shown(self.text[self.at :])} is left over behind the value")
        return value

    def value(self) -> Any:
        """The value that is next; something may follow it."""
        self._skip()
        return self._value()

    # -- pieces ---------------------------------------------------------------------------------------------

    def _fail(self, problem: str, at: int | None = None) -> NoReturn:
        raise DecodeError(problem, self.at if at is None else at)

    def _skip(self) -> None:
        self.at = _BLANKS.match(self.text, self.at).end()  # type: ignore[union-attr] # no blanks match, too

    def _peek(self) -> str:
        return self.text[self.at : self.at + 1]

    def _take(self, expected: str) -> bool:
        """Skip blanks, and *expected* behind them if it is there."""
        if self.text.startswith(expected, self.at):  # mostly no blanks: quicker
            self.at += len(expected)
            return True
        self._skip()
        if self.text.startswith(expected, self.at):
            self.at += len(expected)
            return True
        return False

    def _quoted(self) -> str | bytes:
        """The string whose opening quote is next."""
        value, self.at = read_quoted(self.text, self.at)
        return value

    def _enter(self) -> None:
        if self.room == 0:
            limit = "max_depth"
            raise LimitExceeded(limit, None, self.max_depth, self.at)
        self.room -= 1

    # -- values ---------------------------------------------------------------------------------------------

    def _value(self) -> Any:
        start = self.at
        char = self._peek()
        if char == '"':
            return self._quoted()
        if char == "(":
            self.at += 1
            return tuple(self._items(")", start))
        if char == "[":
            return self._bracket()
        if char == "{":
            self.at += 1
            return self._brace(start)
        match = _TOKEN.match(self.text, start)
        if match is None:
            self._fail("a value is missing" if char in (",", ")", "]", "}", "") else f"{shown(char)} starts no value")
        token = match[0]
        if token in _CALLS and self.text.startswith("(", match.end()):
            self.at = match.end() + 1
            return self._call(_CALLS[token], start)
        prefix = PREFIX.match(token) if ":" in token else None
        if prefix:
            self.at += prefix.end()
            return self._of_kind(KINDS_BY_PREFIX[prefix[0][:-1]])
        self.at = match.end()
        try:
            if char in _DIGITS and (unit := self._unit(token)):
                return parse_timespan(token + unit)
            return read_token(token)
        except InvalidValue as error:
            raise DecodeError(error.problem, start) from None

    def _unit(self, token: str) -> str:
        """The unit that follows the number *token* after a blank, if there is one."""
        unit = _UNIT.match(self.text, self.at)
        if unit is None or not needs_unit(token):
            return ""
        self.at = unit.end()
        return unit[0]

    def _of_kind(self, kind: Kind) -> Any:
        """What follows ``TYPE:``."""
        start = self.at
        char = self._peek()
        if char and char in '"([{':
            return self._nested_of_kind(kind, char)
        match = _TOKEN.match(self.text, start)
        token = match[0] if match else ""
        self.at = start + len(token)
        if kind in _CONTAINERS:
            if token not in _CALLS or not self.text.startswith("(", self.at):
                self._fail(f"expected {kind.label}, found {shown(token)}", start)
            self.at += 1
            return self._checked(self._call(_CALLS[token], start), kind, start)
        try:
            return READERS[kind](token + self._unit(token) if kind is Kind.TIMESPAN else token)
        except InvalidValue as error:
            raise DecodeError(error.problem, start) from None

    def _nested_of_kind(self, kind: Kind, char: str) -> Any:
        start = self.at
        if kind is Kind.ENUM_VALUE and char == '"':
            return EnumValue(self._quoted())
        if kind is Kind.VECTOR and char == "[":
            self.at += 1
            return tuple(self._items("]", start))
        if kind in (Kind.SET, Kind.TABLE) and char == "{":
            self.at += 1
            if self._take("}"):
                return Set() if kind is Kind.SET else Table()
            self.at = start
        return self._checked(self._value(), kind, start)

    def _checked(self, value: Any, kind: Kind, start: int) -> Any:
        found = kind_of(value)
        if found is not kind:
            self._fail(f"expected {kind.label}, found {found.label}", start)
        return value

    def _call(self, kind: Kind, start: int) -> Any:
        """What stands between the parentheses of ``set(…)`` and the like; they are open already."""
        if kind is Kind.VECTOR:
            return tuple(self._items(")", start))
        if kind is Kind.SET:
            return self._set(self._items(")", start), start)
        if kind is Kind.TABLE:
            return self._table([] if self._take(")") else self._pairs(")", start), start)
        self._skip()
        if self._peek() != '"':
            self._fail('expected a quoted string (as in enum("a b"))')
        text = self._quoted()
        if not self._take(")"):
            self._fail("expected )")
        return text if kind is Kind.STRING else EnumValue(text)

    # -- containers -----------------------------------------------------------------------------------------

    def _items(self, close: str, start: int) -> list[Any]:
        """The values up to *close*; the opening bracket at *start* is behind us."""
        items: list[Any] = []
        if self._take(close):
            return items
        self._enter()
        while True:
            self._skip()
            items.append(self._value())
            if self._ends(close, start):
                self.room += 1
                return items

    def _ends(self, close: str, start: int) -> bool:
        """Past the comma behind an element (False), or past the end of its container (True)."""
        if self._take(","):
            return False
        if self._take(close):
            return True
        if self.at == len(self.text):
            self._fail(f"{shown(self.text[start])} is not closed", start)
        sign = "->" if self.text.startswith("->", self.at) else self._peek()
        if sign in ("->", ":", "="):
            hint = '{"a" -> 1}' if close != "]" else 'table(["a"] = 1)'
            self._fail(f"{shown(sign)} has no place here (tables are written {hint})")
        return self._fail(f"expected , or {close}, found {shown(self._peek())}")

    def _bracket(self) -> Any:
        """``[2001:db8::1]``, ``[2001:db8::]/32``, or a list."""
        start = self.at
        match = _IN_BRACKETS.match(self.text, start)
        if match and ":" in match[1] and not is_plain_enum(match[1]):
            self.at = match.end()
            try:
                return read_token(match[1] + match[2])
            except InvalidValue as error:
                raise DecodeError(error.problem, start + 1) from None
        self.at += 1
        self._skip()
        if self._peek() == "$":
            self._fail("records are written as vectors, their fields in order ([$a=1, $b=T] is (1, T))", start)
        return tuple(self._items("]", start))

    def _brace(self, start: int) -> Any:
        """A set or a table, as its first element shows."""
        if self._take("}"):
            self._fail("{} could be a set or a table (write set() or table())", start)
        self._enter()
        first, is_pair = self._entry()
        if is_pair:
            pairs = [first]
            while not self._ends("}", start):
                pairs.append(self._pair())
            self.room += 1
            return self._table(pairs, start)
        items = [first]
        while not self._ends("}", start):
            self._skip()
            items.append(self._value())
        self.room += 1
        return self._set(items, start)

    def _entry(self) -> tuple[Any, bool]:
        """A pair and True, or a value alone and False."""
        self._skip()
        start = self.at
        bracketed = self._peek() == "["
        key = self._value()
        if self._take("->"):
            pass
        elif bracketed and self._take("="):
            if type(key) is tuple:
                if not key:
                    self._fail("the index in front of = is empty", start)
                key = key[0] if len(key) == 1 else key
        else:
            return key, False
        self._skip()
        return (key, self._value()), True

    def _pair(self) -> Any:
        self._skip()
        start = self.at
        entry, is_pair = self._entry()
        if not is_pair:
            self._fail('expected a pair such as "a" -> 1', start)
        return entry

    def _pairs(self, close: str, start: int) -> list[Any]:
        self._enter()
        pairs = [self._pair()]
        while not self._ends(close, start):
            pairs.append(self._pair())
        self.room += 1
        return pairs

    def _set(self, items: list[Any], start: int) -> Set:
        try:
            return Set.from_distinct(items)
        except InvalidValue as error:
            raise DecodeError(error.problem, start) from None

    def _table(self, pairs: list[Any], start: int) -> Table:
        try:
            return Table.from_distinct(pairs)
        except InvalidValue as error:
            raise DecodeError(error.problem, start) from None
