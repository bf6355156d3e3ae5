"""Arguments from JSON without types, which get them from the declaration.

A number is what the type says: times are seconds, since 1970 or as a span. Addresses, subnets, ports, names of enums
and of functions are strings, sets and vectors arrays; a table is an object, or an array of pairs; a record an object,
or an array with null for what is not set. What has no declared type is refused: nothing says what it is.
"""

from __future__ import annotations

from json import JSONDecoder
from typing import TYPE_CHECKING, Any, NoReturn

from broker_core.codecs import text
from broker_core.codecs._shared import not_json, shown
from broker_core.errors import DecodeError
from broker_core.model import Set, Table

from .checking import KINDS, check_number, element, field_step, shown_value, step
from .forms import distinct, enum_value, pattern_value, verbatim
from .problems import MisfitError, choices, within
from .types import Basic, EnumType, RecordType, SetType, Signature, TableType, Type, VectorType

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["load_plain", "plain_arguments", "plain_value"]

_TIMES = frozenset({"time", "interval"})
_NUMBERS = frozenset({"int", "count", "double"})
_LONGEST_NAME = 30


class _Number(str):
    """A number with a fraction or an exponent, as it was written: a float would round the times of log lines."""

    __slots__ = ()


_CONSTANTS = {"NaN": _Number("nan"), "Infinity": _Number("inf"), "-Infinity": _Number("-inf")}
_decode = JSONDecoder(strict=False, parse_float=_Number, parse_constant=_CONSTANTS.__getitem__).decode


def load_plain(line: str) -> Any:
    """The JSON document *line*, for :func:`plain_arguments`. Raises :class:`DecodeError` and nothing else."""
    try:
        return _decode(line)
    except (RecursionError, ValueError) as error:
        raise not_json(error) from None


def plain_arguments(signature: Signature, args: Any) -> tuple[Any, ...]:
    """The arguments in the JSON array or object *args*. Raises :class:`MisfitError` only."""
    parameters = signature.parameters
    if type(args) is dict:
        known = [field.name for field in parameters]
        for name in args:
            if name not in known:
                msg = f"{signature.name} has no parameter {shown(name)}{choices(name, known)}"
                raise MisfitError(msg)
        missing = [name for name in known if name not in args]
        if missing:
            msg = f"{signature.name}: {', '.join(missing)} {'is' if len(missing) == 1 else 'are'} missing"
            raise MisfitError(msg)
        args = [args[name] for name in known]
    if type(args) is not list:
        msg = "the arguments are no array and no object"
        raise MisfitError(msg)
    check_number(signature, len(args))
    values = []
    for at, (parameter, thing) in enumerate(zip(parameters, args, strict=True), 1):
        try:
            values.append(plain_value(thing, parameter.type))
        except MisfitError as error:
            raise within(error, step(signature, at, parameter)) from None
        except RecursionError:
            msg = "nested too deeply"
            raise MisfitError(msg, step(signature, at, parameter)) from None
    return tuple(values)


def plain_value(thing: Any, type_: Type) -> Any:
    """The value that *thing*, out of JSON, is for *type_*. Raises :class:`MisfitError`."""
    read = _READERS.get(type(type_))
    if read is None:
        msg = f"the type {type_} is not known, and JSON without types does not tell it"
        raise MisfitError(msg)
    return read(thing, type_)


def _refuse(thing: Any, expected: object) -> NoReturn:
    kinds: dict[type, str] = {dict: "an object", list: "an array", type(None): "null"}
    found = kinds.get(type(thing)) or ("true" if thing is True else "false" if thing is False else _shown(thing))
    msg = f"expected {expected}, found {found}"
    raise MisfitError(msg)


def _shown(thing: Any) -> str:
    if type(thing) is str:
        return shown(thing)
    number = str(thing) if type(thing) is _Number or abs(thing) < 10**_LONGEST_NAME else "a very large number"
    return f"the number {number[:_LONGEST_NAME]}"


def _basic(thing: Any, type_: Any) -> Any:
    kind = type_.kind
    found = type(thing)
    if kind == "bool":
        return thing if found is bool else _refuse(thing, "true or false")
    if kind in {"string", "file"}:
        return verbatim(thing) if found is str else _refuse(thing, type_)
    if kind == "func":
        if found is list and len(thing) == 1:  # as the vector that it is
            thing = thing[0]
        return (verbatim(thing),) if type(thing) is str else _refuse(thing, f"the name of {type_}")
    if kind == "pattern":
        return _pattern(thing)
    if kind not in KINDS:
        msg = f"a value of type {type_} has no form in JSON without types"
        raise MisfitError(msg)
    if kind in _NUMBERS | _TIMES:
        if found is not int and found is not _Number and found is not str:
            _refuse(thing, f"{type_}, a number")
    elif found is not str:
        _refuse(thing, f"{type_} in a string")
    try:
        word = str.__str__(thing) if found is not int else int.__repr__(thing)
        return text.decode_scalar(KINDS[kind], word)
    except DecodeError as error:
        raise MisfitError(error.problem) from None
    except ValueError:  # more digits than Python writes
        _refuse(thing, type_)


def _pattern(thing: Any) -> Any:
    if type(thing) is str:
        return pattern_value(thing)
    if type(thing) is list and len(thing) == 2 and all(type(part) is str for part in thing):
        return tuple(verbatim(part) for part in thing)
    return _refuse(thing, 'a pattern, such as "/re/" or an array of its two forms')


def _enum(thing: Any, type_: Any) -> Any:
    return enum_value(thing, type_) if type(thing) is str else _refuse(thing, f"a value of enum {type_} in a string")


def _list(thing: Any, inner: Callable[[Any], Any], type_: Type) -> list[Any]:
    if type(thing) is not list:
        _refuse(thing, f"an array for {type_}")
    items = []
    for at, item in enumerate(thing):
        try:
            items.append(inner(item))
        except MisfitError as error:
            raise within(error, element(at)) from None
    return items


def _vector(thing: Any, type_: Any) -> Any:
    return tuple(_list(thing, lambda item: plain_value(item, type_.element), type_))


def _set(thing: Any, type_: Any) -> Any:
    return distinct(Set.from_distinct, _list(thing, lambda item: _index(item, type_.index), type_))


def _index(thing: Any, index: tuple[Type, ...]) -> Any:
    if len(index) == 1:
        return plain_value(thing, index[0])
    if type(thing) is not list or len(thing) != len(index):
        _refuse(thing, f"an array of {len(index)} ({', '.join(map(str, index))})")
    values = []
    for at, (part, type_) in enumerate(zip(thing, index, strict=True)):
        try:
            values.append(plain_value(part, type_))
        except MisfitError as error:
            raise within(error, element(at)) from None
    return tuple(values)


def _table(thing: Any, type_: Any) -> Any:
    if type(thing) is dict:
        pairs = list(thing.items())
    elif type(thing) is list and all(type(pair) is list and len(pair) == 2 for pair in thing):
        pairs = thing
    else:
        _refuse(thing, f"an object, or an array of pairs, for {type_}")
    made = []
    for at, (name, item) in enumerate(pairs):
        try:
            key = _index(name, type_.index)
        except MisfitError as error:
            raise within(error, f"key {at + 1}") from None
        try:
            made.append((key, plain_value(item, type_.value)))
        except MisfitError as error:
            raise within(error, f"value of {shown_value(key)}") from None
    return distinct(Table.from_distinct, made)


def _record(thing: Any, type_: Any) -> Any:
    fields = type_.fields
    if type(thing) is list:
        if len(thing) != len(fields):
            msg = f"{type_} has {len(fields)} fields, found {len(thing)}"
            raise MisfitError(msg)
        things = thing
    elif type(thing) is dict:
        for name in thing:
            if type_.place(name) is None:
                msg = f"{type_} has no field {shown(name)}{choices(name, [field.name for field in fields])}"
                raise MisfitError(msg)
        things = [thing.get(field.name) for field in fields]
    else:
        _refuse(thing, f"an object, or an array, for {type_}")
    values = []
    for field, item in zip(fields, things, strict=True):
        try:
            if item is not None:
                values.append(plain_value(item, field.type))
            elif field.may_be_unset:
                values.append(None)
            else:
                msg = f"is missing ({field}, not &optional)"
                raise MisfitError(msg)
        except MisfitError as error:
            raise within(error, field_step(field)) from None
    return tuple(values)


_READERS: dict[type, Callable[[Any, Any], Any]] = {
    Basic: _basic,
    EnumType: _enum,
    VectorType: _vector,
    SetType: _set,
    TableType: _table,
    RecordType: _record,
}
