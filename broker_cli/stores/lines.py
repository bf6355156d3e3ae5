"""Lines of ndjson become entries again: what ``store export`` prints."""

from __future__ import annotations

from typing import Any

from broker_cli.output.entries import Entry
from broker_cli.reading import LineReader
from broker_core import DecodeError, Timestamp
from broker_core.codecs import json, text

__all__ = ["EntryReader"]


class EntryReader(LineReader[Entry]):
    """Reads objects with ``key``, ``value`` and perhaps ``expiry``; further members are passed over."""

    def parse(self, line: str) -> Entry | None:
        """The entry of a line; None for an empty one."""
        if not line or line.isspace():
            return None
        thing = json.loads(line)
        if type(thing) is not dict or "key" not in thing or "value" not in thing:
            msg = "no entry: expected an object with key and value"
            raise DecodeError(msg)
        if "index" in thing:
            msg = "no entry: with an index it is only a part of one"
            raise DecodeError(msg)
        expiry = None if thing.get("expiry") is None else _moment(thing["expiry"])
        return Entry(_member(thing, "key"), _member(thing, "value"), expiry)


def _member(thing: dict[str, Any], name: str) -> Any:
    try:
        return json.from_json(thing[name])
    except DecodeError as error:
        raise DecodeError(error.problem, error.offset, name + error.path) from None


def _moment(thing: Any) -> int:
    """Nanoseconds since the epoch."""
    try:
        moment = text.decode(thing) if type(thing) is str else None
    except DecodeError:
        moment = None
    if type(moment) is not Timestamp:
        msg = "expected a time such as 2024-05-01T12:00:00Z"
        raise DecodeError(msg, None, "expiry")
    return moment.ns
