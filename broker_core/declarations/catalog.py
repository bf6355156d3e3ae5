"""What is known of events, records and enums, from any number of files and signatures."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from .parsing import parse_script, parse_signature, parse_types
from .resolving import Resolver
from .syntax import GLOBAL, EventDeclaration, Statement

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .types import EnumType, RecordType, Signature

__all__ = ["Declarations"]


class Declarations:
    """Events, records and enums by their full names (``Intel::match``). Immutable; :meth:`merge` makes another.

    Names are resolved when they are first asked for, after all texts are together; then :class:`DeclarationError` is
    raised for a type that nobody declares (only signatures must know all of theirs).

    *complete* says whether an event that is not among them is a mistake; it is only a note for whoever asks.
    """

    def __init__(self, statements: tuple[Statement, ...] = (), *, complete: bool = True) -> None:
        self.statements = statements
        self.complete = complete

    @classmethod
    def parse(cls, text: str, source: str = "") -> Declarations:
        """What the Zeek script *text* declares; *source* is its name in errors. Raises :class:`DeclarationError`."""
        return cls(parse_script(text, source))

    @classmethod
    def signature(cls, text: str, source: str = "") -> Declarations:
        """The one event that *text* declares: ``ping(msg: string, n: count)``. Raises :class:`DeclarationError`."""
        return cls((parse_signature(text, source),))

    @classmethod
    def of_types(cls, name: str, text: str, source: str = "") -> Declarations:
        """The event *name* with parameters of the types that *text* lists. Raises :class:`DeclarationError`."""
        parameters, place = parse_types(text, source)
        return cls((EventDeclaration(name, GLOBAL, parameters, place, source, is_closed=True),))

    def merge(self, other: Declarations) -> Declarations:
        """These and, behind them, the *other* ones. The first declaration of a name counts."""
        return Declarations(self.statements + other.statements, complete=self.complete or other.complete)

    @cached_property
    def _resolved(self) -> Resolver:
        return Resolver(self.statements)

    @property
    def events(self) -> Mapping[str, Signature]:
        """The events, those of signatures and declarations in front of those that have a handler only."""
        return self._resolved.events

    @property
    def records(self) -> Mapping[str, RecordType]:
        """The records that have a name."""
        return self._resolved.records

    @property
    def enums(self) -> Mapping[str, EnumType]:
        """The enums that have a name, Zeek's own ``transport_proto`` among them."""
        return self._resolved.enums

    def event(self, name: str) -> Signature | None:
        """What is known of the event *name*."""
        return self._resolved.events.get(name)
