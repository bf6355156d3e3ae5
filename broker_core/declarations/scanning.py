"""The reader behind :mod:`.reading`: a descent over the text and the type at once, in linear time.

What no type is known for is read by the literal syntax, and so are prefixes (``TYPE:``), which say what they are.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NoReturn

from broker_core.codecs import text
from broker_core.codecs._shared import shown
from broker_core.errors import DecodeError
from broker_core.limits import DEFAULT_LIMITS
from broker_core.model import EnumValue, Set, Table

from .checking import KINDS, check, check_number, element, field_step, shown_value, step, takes_none
from .forms import distinct, enum_value, misfit, pattern_value, verbatim
from .problems import MisfitError, choices, within
from .types import Basic, EnumType, RecordType, SetType, Signature, TableType, Type, Unknown, VectorType

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["TypedScanner"]

_BLANKS = re.compile(r"[ \t\r\n]*+")
_TOKEN = re.compile(r"""(?:[^ \t\r\n,()\[\]{}"=>-]|-(?!>))+""")
_UNIT = re.compile(r"[ \t]+[a-z]+(?![A-Za-z0-9_:/.])")
_IN_BRACKETS = re.compile(r"\[[ \t]*+([0-9A-Fa-f:.]{2,45})[ \t]*+\]((?:/[0-9]+)?)")
_PATTERN = re.compile(r"/((?:[^/\\]++|\\.)*+)/([is]?)", re.DOTALL)
_FIELD = re.compile(r"[ \t\r\n]*+(?:\$[ \t]*+)?([A-Za-z_][A-Za-z0-9_]*+)[ \t\r\n]*+=")
_NAMED = re.compile(r"[ \t\r\n]*+(?:\$|\]|[A-Za-z_][A-Za-z0-9_]*+[ \t\r\n]*+=(?!=))")
_NUMBER = re.compile(r"[+-]?[0-9.]")

_NONES = frozenset({"nil", "null"})


class TypedScanner:
    """Reads values from *text*, each by the type that it is to have."""

    def __init__(self, source: str) -> None:
        self._text = source
        self._at = 0
        self._room = DEFAULT_LIMITS.max_depth

    def whole(self, type_: Type) -> Any:
        """The one value of the text."""
        value = self._value(type_)
        self._end()
        return value

    def arguments(self, signature: Signature) -> tuple[Any, ...]:
        """Values in parentheses, one for each parameter."""
        if not self._take("("):
            self._expected("(")
        values: list[Any] = []
        parameters = signature.parameters
        if not self._take(")"):
            while True:
                at = len(values)
                if at >= len(parameters):
                    check_number(signature, at + 1)
                try:
                    values.append(self._value(parameters[at].type))
                except (MisfitError, DecodeError) as error:
                    raise within(misfit(error), step(signature, at + 1, parameters[at])) from None
                if self._ends(")"):
                    break
        self._end()
        check_number(signature, len(values))
        return tuple(values)

    # -- pieces -------------------------------------------------------------------------------------------------

    def _skip(self) -> None:
        self._at = _BLANKS.match(self._text, self._at).end()  # type: ignore[union-attr]  # no blanks match, too

    def _end(self) -> None:
        self._skip()
        if self._at < len(self._text):
            self._fail(f"{shown(self._text[self._at :])} is left over behind the value")

    def _peek(self) -> str:
        self._skip()
        return self._text[self._at : self._at + 1]

    def _take(self, sign: str) -> bool:
        self._skip()
        if self._text.startswith(sign, self._at):
            self._at += len(sign)
            return True
        return False

    def _fail(self, problem: str) -> NoReturn:
        raise MisfitError(problem)

    def _expected(self, what: str) -> NoReturn:
        found = shown(self._peek()) if self._peek() else "the end"
        self._fail(f"expected {what} at character {self._at + 1}, found {found}")

    def _ends(self, close: str) -> bool:
        """Past the comma behind an element (False), or past the end of its container (True)."""
        if self._take(close):
            return True
        if not self._take(","):
            self._expected(f", or {close}")
        return self._take(close)  # a last comma is no harm

    def _enter(self) -> None:
        if self._room == 0:
            self._fail(f"nested deeper than {DEFAULT_LIMITS.max_depth} levels")
        self._room -= 1

    def _quoted(self) -> Any:
        """The string whose opening quote is next."""
        value, self._at = text.decode_at(self._text, self._at)
        return value

    def _token(self) -> str:
        """The word that is next, which is no string."""
        if not (match := _TOKEN.match(self._text, self._at)):
            char = self._peek()
            self._fail("a value is missing" if char in {",", ")", "]", "}", ""} else f"{shown(char)} starts no value")
        self._at = match.end()
        return match[0]

    # -- values -------------------------------------------------------------------------------------------------

    def _value(self, type_: Type) -> Any:
        self._skip()
        match type_:
            case Basic():
                return self._basic(type_)
            case EnumType():
                return self._enum(type_)
            case VectorType():
                return tuple(self._elements(type_.element, type_))
            case SetType():
                return self._set(type_)
            case TableType():
                return self._table(type_)
            case RecordType():
                return self._record(type_)
            case _Columns():
                return self._columns(type_.columns, self._opened({"(": ")", "[": "]"}, "vector", type_))
        return self._literal()

    def _literal(self) -> Any:
        """A value that says itself of which type it is."""
        value, self._at = text.decode_at(self._text, self._at, self._room)
        return value

    def _checked(self, type_: Type) -> Any:
        value = self._literal()
        check(value, type_)
        return value

    def _basic(self, type_: Basic) -> Any:
        if type_.kind in {"string", "file"}:
            if self._peek() == '"':
                return self._quoted()
            if self._prefixed():
                return self._checked(type_)
            self._fail(f"{shown(self._token())} is no string (strings are quoted here)")
        if type_.kind in KINDS:
            return self._scalar(type_)
        if type_.kind == "pattern" and self._peek() == "/":
            return self._pattern()
        if type_.kind == "func" and self._peek() not in {"(", "["}:
            return (self._quoted() if self._peek() == '"' else verbatim(self._token()),)
        return self._literal() if type_.kind == "any" else self._checked(type_)

    def _prefixed(self) -> bool:
        """Whether ``TYPE:`` is next."""
        match = _TOKEN.match(self._text, self._at)
        return match is not None and text.split_prefix(match[0]) is not None

    def _scalar(self, type_: Basic) -> Any:
        kind = type_.kind
        char = self._peek()
        if char == '"':
            value = self._quoted()
            word = value if type(value) is str else shown_value(value)
        elif char == "[" and kind in {"addr", "subnet"} and (match := _IN_BRACKETS.match(self._text, self._at)):
            self._at = match.end()
            word = match[1] + match[2]
        else:
            if self._prefixed():
                return self._checked(type_)
            word = self._token()
            if kind == "interval" and _NUMBER.match(word) and (unit := _UNIT.match(self._text, self._at)):
                self._at = unit.end()
                word += unit[0]
        return text.decode_scalar(KINDS[kind], word)

    def _enum(self, type_: EnumType) -> EnumValue:
        if self._peek() == '"':
            name = self._quoted()
            return enum_value(name if type(name) is str else shown_value(name), type_)
        word = self._token()
        return enum_value(word.removeprefix("enum:") if not word.startswith("enum::") else word, type_)

    def _pattern(self) -> tuple[Any, Any]:
        match = _PATTERN.match(self._text, self._at)
        if match is None:
            self._fail("the pattern is not closed")
        self._at = match.end()
        return pattern_value(match[0])

    # -- containers ---------------------------------------------------------------------------------------------

    def _opened(self, brackets: dict[str, str], call: str, type_: Type) -> str:
        """Past the opening bracket, or past *call* and one; what closes it."""
        char = self._peek()
        if char in brackets:
            self._at += 1
            return brackets[char]
        if self._text.startswith(f"{call}(", self._at):
            self._at += len(call) + 1
            return ")"
        return self._expected(f"{' or '.join(brackets)} for {type_}")

    def _elements(self, inner: Type, type_: Type, brackets: dict[str, str] | None = None, call: str = "vector") -> Any:
        close = self._opened(brackets or {"(": ")", "[": "]"}, call, type_)
        self._enter()
        items: list[Any] = []
        if not self._take(close):
            while True:
                try:
                    items.append(self._value(inner))
                except (MisfitError, DecodeError) as error:
                    raise within(misfit(error), element(len(items))) from None
                if self._ends(close):
                    break
        self._room += 1
        return items

    def _set(self, type_: SetType) -> Set:
        index = type_.index[0] if len(type_.index) == 1 else _Columns(type_.index)
        items = self._elements(index, type_, {"{": "}", "[": "]"}, "set")
        return distinct(Set.from_distinct, items)

    def _columns(self, columns: tuple[Type, ...], close: str) -> tuple[Any, ...]:
        """Values for all *columns* up to *close*; the opening bracket is behind us."""
        self._enter()
        values: list[Any] = []
        for at, column in enumerate(columns):
            try:
                values.append(self._value(column))
            except (MisfitError, DecodeError) as error:
                raise within(misfit(error), element(at)) from None
            if at + 1 < len(columns):
                if not self._take(","):
                    self._fail(f"expected {len(columns)} values ({', '.join(map(str, columns))}), found {at + 1}")
            elif not self._take(close):
                self._expected(close)
        self._room += 1
        return tuple(values)

    def _table(self, type_: TableType) -> Table:
        close = self._opened({"{": "}"}, "table", type_)
        self._enter()
        pairs: list[tuple[Any, Any]] = []
        if not self._take(close):
            while True:
                key = self._key(type_, len(pairs))
                if not (self._take("->") or self._take("=") or self._take(":")):
                    self._expected("-> behind a key")
                try:
                    pairs.append((key, self._value(type_.value)))
                except (MisfitError, DecodeError) as error:
                    raise within(misfit(error), f"value of {shown_value(key)}") from None
                if self._ends(close):
                    break
        self._room += 1
        return distinct(Table.from_distinct, pairs)

    def _key(self, type_: TableType, at: int) -> Any:
        index = type_.index
        try:
            if len(index) > 1:
                return self._value(_Columns(index))
            only = index[0]
            bracketed = self._peek() == "[" and not isinstance(only, VectorType | RecordType | Unknown)
            if bracketed and not _IN_BRACKETS.match(self._text, self._at):
                self._at += 1
                return self._columns(index, "]")[0]
            return self._value(only)
        except (MisfitError, DecodeError) as error:
            raise within(misfit(error), f"key {at + 1}") from None

    # -- records ------------------------------------------------------------------------------------------------

    def _record(self, type_: RecordType) -> tuple[Any, ...]:
        char = self._peek()
        if char == "{":
            return self._by_name(type_, "}", self._json_key)
        if char == "[" and _NAMED.match(self._text, self._at + 1):
            return self._by_name(type_, "]", self._field_name)
        close = self._opened({"(": ")", "[": "]"}, "vector", type_)
        self._enter()
        values: list[Any] = []
        fields = type_.fields
        if not self._take(close):
            while True:
                if len(values) == len(fields):
                    self._fail(f"{type_} has only {len(fields)} field{'' if len(fields) == 1 else 's'}")
                values.append(self._field(type_, len(values)))
                if self._ends(close):
                    break
        if len(values) < len(fields):
            left = ", ".join([field.name for field in fields[len(values) :]])
            self._fail(f"{type_} has {len(fields)} fields, found {len(values)}: write nil for {left}, or use names")
        self._room += 1
        return tuple(values)

    def _by_name(self, type_: RecordType, close: str, read_name: Callable[[], str]) -> tuple[Any, ...]:
        self._at += 1
        self._enter()
        values: dict[int, Any] = {}
        if not self._take(close):
            while True:
                name = read_name()
                at = type_.place(name)
                if at is None:
                    known = [field.name for field in type_.fields]
                    self._fail(f"{type_} has no field {shown(name)}{choices(name, known)}")
                if at in values:
                    self._fail(f"field {name} is given twice")
                values[at] = self._field(type_, at)
                if self._ends(close):
                    break
        self._room += 1
        for at, field in enumerate(type_.fields):
            if at not in values and not field.may_be_unset:
                self._fail(f"field {field.name} of {type_} is missing ({field}, not &optional)")
        return tuple([values.get(at) for at in range(len(type_.fields))])

    def _field_name(self) -> str:
        match = _FIELD.match(self._text, self._at)
        if match is None:
            self._expected("$FIELD=VALUE")
        self._at = match.end()
        return match[1]

    def _json_key(self) -> str:
        if self._peek() != '"':
            self._expected('"FIELD": VALUE')
        name = self._quoted()
        if not self._take(":"):
            self._expected(": behind the name of a field")
        return name if type(name) is str else shown_value(name)

    def _field(self, type_: RecordType, at: int) -> Any:
        field = type_.fields[at]
        self._skip()
        match = _TOKEN.match(self._text, self._at)
        try:
            if match and match[0] in _NONES and not takes_none(field.type):
                if not field.may_be_unset:
                    self._fail(f"is not &optional, so nil is no value of it ({field})")
                self._at = match.end()
                return None
            return self._value(field.type)
        except (MisfitError, DecodeError) as error:
            raise within(misfit(error), field_step(field)) from None


class _Columns(Type):
    """The index of several columns, written as one value."""

    __slots__ = ("columns",)

    def __init__(self, columns: tuple[Type, ...]) -> None:
        self.columns = columns

    def __str__(self) -> str:
        return f"{len(self.columns)} values ({', '.join(map(str, self.columns))})"
