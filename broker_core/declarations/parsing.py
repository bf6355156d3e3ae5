"""The part of Zeek's script language that declares things; everything else is passed over, brackets balanced.

What is read: modules, events (``global NAME: event(...)`` and handlers), types, and what ``redef`` adds to records and
enums. Bodies, values, functions and hooks are passed over. A word that starts nothing is refused: it could be a
declaration with a slip of the pen.
"""

from __future__ import annotations

from .grammar import TypeGrammar
from .lexing import Place, Token, shown
from .problems import meant
from .syntax import GLOBAL, EnumAddition, EventDeclaration, RecordAddition, Statement, TypeDeclaration
from .types import Field

__all__ = ["parse_script", "parse_signature", "parse_types"]

_STATEMENTS = frozenset(
    {
        *("print", "if", "else", "for", "while", "switch", "when", "timeout", "return", "add", "delete", "local"),
        *("schedule", "next", "break", "fallthrough", "assert"),
    }
)
_BEHIND_VALUES = frozenset({"(", "[", "=", "+=", "-=", "$", "+", "-"})
"""What follows the first name of a statement that is an expression."""


class _Parser(TypeGrammar):
    """Reads a script, or what is given on a command line."""

    def __init__(self, text: str, source: str = "") -> None:
        super().__init__(text, source)
        self.statements: list[Statement] = []
        self._exporting = False
        self._declarations = {
            "module": self._enter_module,
            "export": self._export,
            "global": self._global,
            "option": self._global,
            "const": self._global,
            "redef": self._redef,
            "type": self._type,
            "event": self._event,
            "function": self._function,
            "hook": self._function,
        }

    # -- passing over -------------------------------------------------------------------------------------------

    def _pass_statement(self) -> None:
        """To the end of a declaration that does not matter here."""
        self._pass_until(";")
        self._expect(";", "at the end")

    def _pass_body(self) -> None:
        """Past what stands in braces."""
        self._pass_until("{", ";")
        if self._take(";"):
            return
        if not self._is("{"):
            self._expected("'{'")
        opening = self._next()
        self._pass_until()
        if self._token.kind == "end":
            self.fail("'{' is not closed", opening.place)
        self._expect("}", f"for the '{{' of line {opening.place.line}")

    def _pass_code(self) -> None:
        """Past a statement outside of functions."""
        self._pass_until(";", "{")
        if self._is("{"):
            self._pass_body()
        elif not self._take(";"):
            self._expected("';'")

    # -- declarations -------------------------------------------------------------------------------------------

    def script(self) -> None:
        """A whole file."""
        while self._token.kind != "end":
            self._declaration()

    def _declaration(self) -> None:
        word = self._token
        declare = self._declarations.get(word.text) if word.kind == "name" else None
        if declare is not None:
            self._counted()
            self._next()
            declare()
        elif word.text in _STATEMENTS:
            self._next()
            self._pass_code()
        elif word.kind == "name":
            self._next()
            if self._token.kind != "sign" or self._token.text not in _BEHIND_VALUES:
                self.fail(f"{shown(word)} starts no declaration{meant(word.text, self._declarations)}", word.place)
            self._pass_code()
        elif self._is("{"):
            self._pass_body()
        elif not self._take(";"):
            self._expected("a declaration")

    def _enter_module(self) -> None:
        self._module = self._name("the name of a module").text
        self._expect(";", "behind the name of the module")

    def _export(self) -> None:
        if not self._is("{"):
            self._expected("'{' behind 'export'")
        if self._exporting:
            self.fail("an export inside of an export")
        self._exporting = True
        opening = self._next()
        while not self._take("}"):
            if self._token.kind == "end":
                self.fail("'{' is not closed", opening.place)
            self._declaration()
        self._exporting = False

    def _global(self) -> None:
        name = self._name("a name")
        if self._take(":") and self._is("event"):
            self._next()
            if self._is("("):
                self._add_event(name, self._parameters())
        self._pass_statement()

    def _redef(self) -> None:
        kind = self._token.text
        if kind not in {"record", "enum"} or self._token.kind != "name":
            self._pass_statement()
            return
        self._next()
        name = self._name(f"the name of {'a record' if kind == 'record' else 'an enum'}")
        if self._is("-="):  # takes attributes away, none that matters here
            self._pass_statement()
            return
        self._expect("+=", f"behind the name of the {kind}")
        if kind == "record":
            fields = self._fields()
            self.statements.append(RecordAddition(name.text, self._module, fields, name.place, self._source))
        else:
            values = tuple(self._values())
            self.statements.append(EnumAddition(name.text, self._module, values, name.place, self._source))
        self._attributes()
        self._expect(";", f"behind what is added to the {kind}")

    def _type(self) -> None:
        name = self._name("the name of a type")
        self._expect(":", "behind the name of the type")
        type_ = self.type()
        self._attributes()
        self._expect(";", "behind the type")
        self.statements.append(TypeDeclaration(name.text, self._module, type_, name.place, self._source))

    def _event(self) -> None:
        name = self._name("the name of an event")
        if not self._is("("):
            self._expected("'(' behind the name of the event")
        self._add_event(name, self._parameters(), is_handler=True)
        self._pass_body()

    def _function(self) -> None:
        self._name("a name")
        if not self._is("("):
            self._expected("'('")
        self._next()
        self._pass_until(")")
        self._expect(")", "behind the parameters")
        self._pass_body()

    def _add_event(self, name: Token, parameters: tuple[Field, ...], *, is_handler: bool = False) -> None:
        event = EventDeclaration(name.text, self._module, parameters, name.place, self._source, is_handler=is_handler)
        self.statements.append(event)

    # -- what is given on a command line ------------------------------------------------------------------------

    def signature(self) -> EventDeclaration:
        """``ping(msg: string)``, also with ``event`` in front, or ``global ping: event(msg: string);``."""
        is_global = self._take("global")
        if not is_global:
            self._take("event")
        name = self._name("the name of an event")
        if is_global:
            self._expect(":", "behind the name")
            self._expect("event", "behind ':'")
        if not self._is("("):
            self._expected("'(' behind the name of the event")
        parameters = self._parameters()
        self._attributes()
        self._take(";")
        self.end()
        return EventDeclaration(name.text, GLOBAL, parameters, name.place, self._source, is_closed=True)

    def types(self) -> tuple[Field, ...]:
        """``string,count``: parameters without names."""
        fields: list[Field] = []
        while self._token.kind != "end" or fields:
            fields.append(Field("", self.type()))
            if not self._take(","):
                break
        self.end()
        return tuple(fields)


def parse_script(text: str, source: str = "") -> tuple[Statement, ...]:
    """What a file declares. Raises :class:`DeclarationError`."""
    parser = _Parser(text, source)
    parser.script()
    return tuple(parser.statements)


def parse_signature(text: str, source: str = "") -> EventDeclaration:
    """The event that *text* declares. Raises :class:`DeclarationError`."""
    return _Parser(text, source).signature()


def parse_types(text: str, source: str = "") -> tuple[tuple[Field, ...], Place]:
    """The types that *text* lists, as parameters without names; and its place. Raises :class:`DeclarationError`."""
    return _Parser(text, source).types(), Place(1, 1)
