"""Whether values are what Zeek takes for a type. Nothing is converted here: what Zeek would drop is refused.

Zeek's own rules, as recorded: nothing but a count is a ``count``; a record is a vector with at least one element per
field, none for a field that is not set (even a mandatory one); a single index may come in a vector of one, unless it
is a record; there is no none in vectors and tables. Whether a pattern compiles, and whether a function exists, only
the receiver knows. Source: spec zeek-events.md section 3.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NoReturn

from broker_core.codecs import text
from broker_core.errors import EncodeError
from broker_core.model import EnumValue, Kind, Set, Table, kind_of

from .problems import MisfitError, choices, within
from .types import Basic, EnumType, Field, RecordType, SetType, Signature, TableType, Type, Unknown, VectorType

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

__all__ = [
    "KINDS",
    "check",
    "check_arguments",
    "check_number",
    "element",
    "field_step",
    "named_value",
    "shown_value",
    "step",
    "takes_none",
]

_LONGEST_SHOWN = 40
_MOST_LISTED = 8

KINDS = {
    "bool": Kind.BOOLEAN,
    "int": Kind.INTEGER,
    "count": Kind.COUNT,
    "double": Kind.REAL,
    "string": Kind.STRING,
    "file": Kind.STRING,
    "time": Kind.TIMESTAMP,
    "interval": Kind.TIMESPAN,
    "addr": Kind.ADDRESS,
    "subnet": Kind.SUBNET,
    "port": Kind.PORT,
}
"""What values of Zeek's basic types are as Broker values."""

_NAMES = {kind: name for name, kind in reversed(KINDS.items())} | {Kind.ENUM_VALUE: "enum", Kind.NONE: "nil"}


def check(value: Any, type_: Type) -> None:
    """Raise :class:`MisfitError` when Zeek would not take *value* for *type_*."""
    _CHECKS[type(type_)](value, type_)


def check_arguments(signature: Signature, args: Sequence[Any]) -> None:
    """Raise :class:`MisfitError` when Zeek would not take *args* for the event."""
    check_number(signature, len(args), args)
    for at, (parameter, value) in enumerate(zip(signature.parameters, args, strict=True), 1):
        try:
            check(value, parameter.type)
        except MisfitError as error:
            raise within(error, step(signature, at, parameter)) from None


def check_number(signature: Signature, given: int, args: Sequence[Any] = ()) -> None:
    """Raise :class:`MisfitError` when the event does not have so many arguments; *args* say what is too much."""
    parameters = signature.parameters
    if given == len(parameters):
        return
    plural = "" if len(parameters) == 1 else "s"
    wanted = f"{signature.name} takes {len(parameters) or 'no'} argument{plural}{_listed(parameters)}"
    if given < len(parameters):
        missing = [field.name or str(field.type) for field in parameters[given:]]
        names = ", ".join(missing[:_MOST_LISTED])
        more = f" and {len(missing) - _MOST_LISTED} more" if len(missing) > _MOST_LISTED else ""
        were, are = "was" if given == 1 else "were", "is" if len(missing) == 1 else "are"
        msg = f"{wanted}, and {given or 'none'} {were} given: {names}{more} {are} missing"
        raise MisfitError(msg)
    extra = args[len(parameters)] if len(args) > len(parameters) else None
    shown = f": {extra if isinstance(extra, str) else shown_value(extra)} is one too many" if args else ""
    msg = f"{wanted}, and {given} {'was' if given == 1 else 'were'} given{shown}"
    raise MisfitError(msg)


def _listed(parameters: Sequence[Field]) -> str:
    return f" ({', '.join(map(str, parameters))})" if 0 < len(parameters) <= _MOST_LISTED else ""


# -- words --------------------------------------------------------------------------------------------------------


def step(signature: Signature, at: int, parameter: Field) -> str:
    """What leads to an argument: ``argument 2 (n: count) of ping``."""
    return f"argument {at} ({parameter}) of {signature.name}"


def element(at: int) -> str:
    """What leads to an element of a container, counted from 0."""
    return f"element {at + 1}"


def field_step(field: Field) -> str:
    """What leads to a field of a record."""
    return f"field {field.name}"


def shown_value(value: Any) -> str:
    """*value* as a literal, short and on one line."""
    try:
        literal = text.encode(value)
    except EncodeError:
        return "a value"
    return literal if len(literal) <= _LONGEST_SHOWN else literal[:_LONGEST_SHOWN] + "…"


def named_value(value: Any) -> str:
    """*value* with the name of its kind, as Zeek calls it: ``int -5``."""
    kind = kind_of(value)
    return "nil" if kind is Kind.NONE else f"{_NAMES.get(kind, kind.label)} {shown_value(value)}"


def _refuse(value: Any, expected: object) -> NoReturn:
    msg = f"expected {expected}, found {named_value(value)}"
    raise MisfitError(msg)


# -- by the kind of the type --------------------------------------------------------------------------------------


def _check_basic(value: Any, type_: Any) -> None:
    kind = KINDS.get(type_.kind)
    if kind is not None:
        if kind_of(value) is not kind:
            _refuse(value, type_)
    elif type_.kind == "pattern":
        if not (type(value) is tuple and len(value) == 2 and all(kind_of(part) is Kind.STRING for part in value)):
            _refuse(value, "a pattern, which is a vector of two strings")
    elif type_.kind == "func":
        if not (type(value) is tuple and 1 <= len(value) <= 2 and kind_of(value[0]) is Kind.STRING):
            _refuse(value, f"{type_}, which is a vector with its name")
    elif type_.kind == "opaque" and type(value) is not tuple:
        _refuse(value, f"{type_}, which is a vector")


def _check_enum(value: Any, type_: Any) -> None:
    if type(value) is not EnumValue:
        _refuse(value, f"a value of enum {type_}")
    name = str(value)
    if name not in type_.values and not type_.is_open:
        msg = f"{shown_value(value)} is no value of enum {type_}{choices(name, type_.values)}"
        raise MisfitError(msg)


def _check_vector(value: Any, type_: Any) -> None:
    if type(value) is not tuple:
        _refuse(value, type_)
    inner = type_.element
    check_one = _CHECKS[type(inner)]
    optional = takes_none(inner)
    for at, item in enumerate(value):
        try:
            if item is None and not optional:
                _refuse(item, inner)
            check_one(item, inner)
        except MisfitError as error:
            raise within(error, element(at)) from None


def takes_none(type_: Type) -> bool:
    """Whether none is a value of the type."""
    return isinstance(type_, Unknown) or (isinstance(type_, Basic) and type_.kind == "any")


def _check_set(value: Any, type_: Any) -> None:
    if type(value) is not Set:
        _refuse(value, type_)
    for item in value:
        try:
            _check_index(item, type_.index)
        except MisfitError as error:
            raise within(error, f"element {shown_value(item)}") from None


def _check_table(value: Any, type_: Any) -> None:
    if type(value) is not Table:
        _refuse(value, type_)
    check_value = _CHECKS[type(type_.value)]
    optional = takes_none(type_.value)
    for key, item in value.pairs():
        try:
            _check_index(key, type_.index)
        except MisfitError as error:
            raise within(error, f"key {shown_value(key)}") from None
        try:
            if item is None and not optional:
                _refuse(item, type_.value)
            check_value(item, type_.value)
        except MisfitError as error:
            raise within(error, f"value of {shown_value(key)}") from None


def _check_index(value: Any, index: tuple[Type, ...]) -> None:
    """Whether *value* can stand in a set, or in front of a value in a table."""
    if len(index) == 1:
        only = index[0]
        if type(value) is tuple and len(value) == 1 and not isinstance(only, RecordType):
            try:
                check(value[0], only)
            except MisfitError:
                pass  # it may be a vector that is meant as a whole
            else:
                return
        check(value, only)
        return
    if type(value) is not tuple or len(value) != len(index):
        _refuse(value, f"a vector of {len(index)} ({', '.join(map(str, index))})")
    for at, (part, type_) in enumerate(zip(value, index, strict=True)):
        try:
            check(part, type_)
        except MisfitError as error:
            raise within(error, element(at)) from None


def _check_record(value: Any, type_: Any) -> None:
    if type(value) is not tuple:
        _refuse(value, f"{type_}, which is a vector with its fields")
    fields = type_.fields
    if len(value) < len(fields):
        missing = ", ".join(field.name for field in fields[len(value) :])
        msg = f"{type_} has {len(fields)} fields, found {len(value)} (not set is nil): {missing} left out"
        raise MisfitError(msg)
    for field, item in zip(fields, value, strict=False):  # Zeek passes over what follows
        if item is not None:
            try:
                check(item, field.type)
            except MisfitError as error:
                raise within(error, field_step(field)) from None


def _check_nothing(value: Any, type_: Any) -> None:
    """Of a type that is not known."""


_CHECKS: dict[type, Callable[[Any, Any], None]] = {
    Basic: _check_basic,
    EnumType: _check_enum,
    VectorType: _check_vector,
    SetType: _check_set,
    TableType: _check_table,
    RecordType: _check_record,
    Unknown: _check_nothing,
}
