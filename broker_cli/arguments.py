"""The arguments of an event on the command line: literals, or texts that are read as its declaration says."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .parsing import literal, refuse

if TYPE_CHECKING:
    from collections.abc import Sequence

    from broker_core.declarations import Declarations, MisfitError, Signature

__all__ = ["declared", "event_arguments", "signature_of", "undeclared"]

_MOST_NAMED = 5


def event_arguments(name: str, texts: Sequence[str], declarations: Declarations | None) -> list[Any]:
    """The values of *texts* for the event *name*. What does not fit its declaration is a usage error."""
    signature = None if declarations is None else signature_of(name, declarations)
    if signature is None:
        return [literal(f"argument {at} of {name}", text) for at, text in enumerate(texts, 1)]
    from broker_core.declarations import MisfitError, read_arguments

    try:
        return read_arguments(signature, texts)
    except MisfitError as error:
        refuse(str(error), f"it is declared as {signature}" if error.path else "")


def signature_of(name: str, declarations: Declarations) -> Signature | None:
    """The declaration of the event *name*; None when it has none and need not have one. Else a usage error."""
    from broker_core.declarations import MisfitError

    try:
        return declared(name, declarations)
    except MisfitError as error:
        refuse(error.problem, _known_events(declarations))


def _known_events(declarations: Declarations) -> str:
    known = list(declarations.events)
    if not known:
        return "no event is; --sig 'EVENT(NAME: TYPE, ...)' would"
    more = f" and {len(known) - _MOST_NAMED} more" if len(known) > _MOST_NAMED else ""
    return f"declared: {', '.join(known[:_MOST_NAMED])}{more}"


def declared(name: str, declarations: Declarations) -> Signature | None:
    """As :func:`signature_of`, for names that are not from the command line: raises :class:`MisfitError`."""
    signature = declarations.event(name)
    if signature is None and declarations.complete:
        raise undeclared(name, declarations)
    return signature


def undeclared(name: str, declarations: Declarations) -> MisfitError:
    """What is wrong with the event *name*, which has no declaration and needs one."""
    from broker_core.declarations import MisfitError, meant

    return MisfitError(f"no event {name} is declared{meant(name, declarations.events)}")
