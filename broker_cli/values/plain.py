"""JSON without types becomes values, with the kinds that it is most likely to mean.

A whole number is a count (below zero an integer), a number with a point or an exponent a real, an array a vector, an
object a table, and a string stays one. ``output.untagged`` is the way back, which loses more.
"""

from __future__ import annotations

import json
from typing import Any

from broker_core import Count, DecodeError, InvalidValue, Table, to_value

__all__ = ["decode"]


def decode(line: str) -> Any:
    """The value of a line. Raises :class:`DecodeError`, :class:`InvalidValue`."""
    try:
        return to_value(_value(json.loads(line)))
    except RecursionError:
        msg = "JSON nested too deeply"
        raise DecodeError(msg) from None
    except json.JSONDecodeError as error:
        msg = f"no JSON: {error.msg}"
        raise DecodeError(msg, error.pos) from None
    except InvalidValue:
        raise
    except ValueError:
        msg = "no JSON: a number has too many digits"
        raise DecodeError(msg) from None


def _value(thing: Any) -> Any:
    if type(thing) is int:
        return thing if thing < 0 else Count(thing)
    if type(thing) is list:
        return tuple([_value(item) for item in thing])
    if type(thing) is dict:
        return Table({key: _value(item) for key, item in thing.items()})
    return thing
