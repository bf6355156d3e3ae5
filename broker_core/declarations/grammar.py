"""The grammar of types in Zeek's script language, of lists of parameters, fields and values; and words in general."""

from __future__ import annotations

from typing import TYPE_CHECKING, NoReturn

from .lexing import Place, Token, shown, tokens
from .problems import DeclarationError, meant
from .syntax import GLOBAL, Reference, full_name
from .types import BASIC_TYPES, Basic, EnumType, Field, RecordType, SetType, TableType, Type, VectorType

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["MAX_DECLARATIONS", "MAX_NESTING", "TypeGrammar"]

MAX_NESTING = 64
"""How deep types may stand inside each other."""
MAX_DECLARATIONS = 100_000
"""Declarations, fields, parameters and values of enums in one text."""

_CLOSING = {"(": ")", "[": "]", "{": "}"}
_ATTRIBUTES = (
    *("&add_func", "&backend", "&broker_allow_complex_type", "&broker_store", "&create_expire", "&default"),
    *("&default_insert", "&delete_func", "&deprecated", "&error_handler", "&expire_func", "&group", "&is_assigned"),
    *("&is_used", "&log", "&no_CPP_opt", "&no_ZAM_opt", "&on_change", "&optional", "&ordered", "&priority"),
    *("&publish_on_change", "&raw_output", "&read_expire", "&redef", "&type_column", "&write_expire"),
)
_CALLABLE = frozenset({"event", "function", "hook"})
_BASIC = BASIC_TYPES - {"func"}


class TypeGrammar:
    """Reads one text. Raises :class:`DeclarationError` only."""

    def __init__(self, text: str, source: str = "") -> None:
        self._source = source
        self._words: Iterator[Token] = tokens(text, source)
        self._module = GLOBAL
        self._count = 0
        self._depth = 0
        self._last = self._token = next(self._words)
        self._types = {
            "set": self._set,
            "table": self._table,
            "vector": self._vector,
            "list": self._vector,
            "record": self._record,
            "enum": self._enum,
        }

    # -- words --------------------------------------------------------------------------------------------------

    def _next(self) -> Token:
        """The word that is next, and past it."""
        token = self._last = self._token
        if token.kind != "end":
            self._token = next(self._words)
        return token

    def _is(self, text: str) -> bool:
        return self._token.text == text and self._token.kind in {"sign", "name"}

    def _take(self, text: str) -> bool:
        if self._is(text):
            self._next()
            return True
        return False

    def fail(self, problem: str, place: Place | None = None) -> NoReturn:
        """Refuse the text, because of the word that is next."""
        raise DeclarationError(problem, *(place or self._token.place), self._source)

    def _expected(self, what: str) -> NoReturn:
        self.fail(f"expected {what}, found {shown(self._token)}")

    def _expect(self, text: str, where: str) -> None:
        if not self._take(text):
            self._expected(f"'{text}' {where}")

    def _name(self, what: str) -> Token:
        if self._token.kind != "name":
            self._expected(what)
        return self._next()

    def _counted(self) -> None:
        self._count += 1
        if self._count > MAX_DECLARATIONS:
            self.fail(f"more than {MAX_DECLARATIONS} declarations")

    def end(self) -> None:
        """Refuse what is left over."""
        if self._token.kind != "end":
            self.fail(f"{shown(self._token)} is left over")

    # -- passing over -------------------------------------------------------------------------------------------

    def _pass_until(self, *ends: str, attributes: bool = False) -> None:
        """Up to one of *ends* (or an attribute) outside of all brackets, which are balanced."""
        opened: list[Token] = []
        while True:
            token = self._token
            if token.kind == "end":
                if opened:
                    self.fail(f"'{opened[-1].text}' is not closed", opened[-1].place)
                return
            if token.kind == "sign":
                if not opened and token.text in ends:
                    return
                if token.text in _CLOSING:
                    opened.append(token)
                elif token.text in {")", "]", "}"}:
                    if not opened:
                        return
                    if _CLOSING[opened[-1].text] != token.text:
                        problem = f"expected '{_CLOSING[opened[-1].text]}' for the '{opened[-1].text}' of line "
                        self.fail(f"{problem}{opened[-1].place.line}, found {shown(token)}")
                    opened.pop()
            elif attributes and token.kind == "attribute" and not opened:
                return
            self._next()

    # -- types --------------------------------------------------------------------------------------------------

    def _parameters(self) -> tuple[Field, ...]:
        """``(a: addr, n: count)``."""
        self._next()
        fields: dict[str, Field] = {}
        while not self._take(")"):
            self._field(fields, "parameter", ",", ";", ")")
            if not (self._take(",") or self._take(";")) and not self._is(")"):
                self._expected("',' or ')' behind the parameter")
        return tuple(fields.values())

    def _fields(self) -> tuple[Field, ...]:
        """``{ a: addr; n: count &optional; }``."""
        self._expect("{", "in front of the fields")
        fields: dict[str, Field] = {}
        while not self._take("}"):
            self._field(fields, "field", ";", "}")
            self._expect(";", "behind the field")
        return tuple(fields.values())

    def _field(self, fields: dict[str, Field], what: str, *ends: str) -> None:
        self._counted()
        word = self._name(f"the name of a {what}")
        self._expect(":", f"behind the name of a {what}")
        type_ = self.type()
        attributes = self._attributes(*ends)
        if "::" in word.text:
            self.fail(f"{shown(word)} is no name of a {what}", word.place)
        if word.text in fields:
            self.fail(f"two {what}s are called {shown(word)}", word.place)
        optional, default = "&optional" in attributes, "&default" in attributes
        fields[word.text] = Field(word.text, type_, optional=optional, default=default)

    def _attributes(self, *ends: str) -> set[str]:
        """The names of the attributes that are next; what they are set to is passed over."""
        found = set()
        while self._token.kind == "attribute":
            word = self._next()
            if word.text not in _ATTRIBUTES and (question := meant(word.text, _ATTRIBUTES)):
                self.fail(f"unknown attribute {shown(word)}{question}", word.place)
            found.add(word.text)
            if self._take("="):
                self._pass_until(";", *ends, attributes=True)
        return found

    def _values(self) -> Iterator[str]:
        """``{ A, B = 3, C &deprecated }``: full names."""
        self._expect("{", "in front of the values")
        while not self._take("}"):
            self._counted()
            word = self._name("the name of a value")
            if self._take("="):
                self._pass_until(",", attributes=True)
            self._attributes(",")
            if not self._take(",") and not self._is("}"):
                self._expected("',' or '}' behind the value")
            yield full_name(word.text, self._module)

    def type(self) -> Type:
        """A type."""
        word = self._token
        if word.kind != "name":
            self._expected("a type")
        if self._depth >= MAX_NESTING:
            self.fail(f"types nested deeper than {MAX_NESTING} levels")
        self._depth += 1
        self._next()
        if word.text in self._types:
            found = self._types[word.text]()
        elif word.text in _CALLABLE:
            found = self._callable(word.text)
        elif word.text in _BASIC:
            found = Basic(word.text)
            if word.text in {"opaque", "file"} and self._take("of"):
                found = Basic(word.text, f"{word.text} of {self._name('a name').text}")
        else:
            found = Reference(word.text, self._module, word.place)
        self._depth -= 1
        return found

    def _callable(self, word: str) -> Type:
        if self._is("("):
            self._parameters()
            if word == "function" and self._take(":"):
                self.type()
        return Basic("func", word)

    def _index(self) -> tuple[Type, ...]:
        self._expect("[", "in front of the types of an index")
        types = [self.type()]
        while self._take(","):
            types.append(self.type())
        if not self._take("]"):
            self._expected("',' or ']' behind a type of an index")
        return tuple(types)

    def _set(self) -> Type:
        return SetType(self._index())

    def _table(self) -> Type:
        index = self._index()
        self._expect("of", "behind the index of a table")
        return TableType(index, self.type())

    def _vector(self) -> Type:
        self._expect("of", "behind 'vector'")
        return VectorType(self.type())

    def _record(self) -> Type:
        return RecordType("", self._fields())

    def _enum(self) -> Type:
        return EnumType("", self._values())
