r"""Arguments as people type them, read by their declared types.

What the type says need not be written: ``5`` is a ``double`` 5.0 or an ``int`` +5, a word is a ``string`` byte for
byte, and the bare name of an enum's value finds its module. The rest is as in literals, and besides:

======== ==============================================================================================
record   ``(1, "a", nil)`` by place, ``[$id=1, $note="a"]`` or ``{"id": 1, "note": "a"}`` by name, without those
         that may be unset
set      ``{1, 2}``, ``[1, 2]``, ``{}``; of several columns ``{(10.0.0.1, 22/tcp)}``
table    ``{"a" -> 1}``, ``{"a": 1}``, ``{["a"] = 1}``, ``{}``
vector   ``(1, 2)``, ``[1, 2]``
pattern  ``/re/``, ``/re/i``, ``/re/s``, or a vector of the exact and the anywhere form
function its name
======== ==============================================================================================

``TYPE:`` in front of an argument wins as ever, and must then be the declared type. Inside containers strings are
quoted; what is no string may be quoted, too, as in JSON.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from broker_core.codecs import text
from broker_core.errors import DecodeError
from broker_core.model import Kind

from .checking import check, check_number, step
from .forms import verbatim
from .problems import MisfitError, within
from .scanning import TypedScanner
from .types import Basic, RecordType, SetType, Signature, TableType, Type, Unknown, VectorType

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["read_argument", "read_arguments", "read_listed"]

_CONTAINERS = {Kind.VECTOR: (VectorType, RecordType), Kind.SET: (SetType,), Kind.TABLE: (TableType,)}


def read_arguments(signature: Signature, texts: Sequence[str]) -> list[Any]:
    """The values of *texts*, one for each parameter. Raises :class:`MisfitError` with the place in ``path``."""
    check_number(signature, len(texts), texts)
    values = []
    for at, (parameter, argument) in enumerate(zip(signature.parameters, texts, strict=True), 1):
        try:
            values.append(read_argument(argument, parameter.type))
        except MisfitError as error:
            raise within(error, step(signature, at, parameter)) from None
    return values


def read_argument(argument: str, type_: Type) -> Any:
    """The value of one argument of a command line. Raises :class:`MisfitError` only."""
    try:
        if prefixed := text.split_prefix(argument):
            kind, rest = prefixed
            if not (kind in _CONTAINERS and isinstance(type_, _CONTAINERS[kind])):
                value = text.decode_argument(argument)
                check(value, type_)
                return value
            argument = rest
        elif isinstance(type_, Unknown) or (isinstance(type_, Basic) and type_.kind in {"any", "opaque"}):
            value = text.decode_argument(argument)
            check(value, type_)
            return value
        elif _is_string(type_) and not argument.startswith('"'):
            return verbatim(argument)
        return TypedScanner(argument).whole(type_)
    except DecodeError as error:
        raise MisfitError(error.problem) from None
    except RecursionError:
        msg = "nested too deeply"
        raise MisfitError(msg) from None


def read_listed(signature: Signature, listed: str) -> tuple[Any, ...]:
    """The values of ``(ARG, ARG)``, as it stands behind the name of an event. Raises :class:`MisfitError` only."""
    reader = TypedScanner(listed)
    try:
        return reader.arguments(signature)
    except DecodeError as error:
        raise MisfitError(error.problem) from None
    except RecursionError:
        msg = "nested too deeply"
        raise MisfitError(msg) from None


def _is_string(type_: Type) -> bool:
    return isinstance(type_, Basic) and type_.kind in {"string", "file"}
