"""The texts of the WebSocket interface, JSON v1: data messages, acknowledgements, errors, subscriptions.

Each text is one JSON object, or an array for the subscription. They are written with the keys in C++'s order and
without blanks. A client reads what a server sends as tolerantly as it can be done without guessing (see
:mod:`broker_core.codecs.json`); a server reads what clients send as C++ would, so that a program which works here works
there. Source: spec websocket-json.md sections 2 to 6 and 8.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from typing import Any

from broker_core.codecs.json import encode_members, from_json, loads, loads_strictly
from broker_core.errors import DecodeError, EncodeError, LimitExceeded
from broker_core.limits import DEFAULT_LIMITS, Limits
from broker_core.model import Set, Table
from broker_core.model.topics import topic_to_bytes

from .envelopes import Message
from .json_quirks import OWN, Quirks

__all__ = [
    "BARRIER",
    "NOT_AN_ARRAY",
    "NOT_A_STRING",
    "Ack",
    "ErrorText",
    "NoObjectError",
    "NotJsonError",
    "ack",
    "data_message",
    "error",
    "parse_client_text",
    "parse_server_text",
    "parse_subscription",
    "subscription",
]

BARRIER = "barrier"
"""What a client of this toolkit sends to have it refused: the error says that everything before it was worked off."""
NOT_AN_ARRAY = "subscriptions not an array"
NOT_A_STRING = "individual subscription not a string"

_LONE = re.compile("[\ud800-\udc7f\udd00-\udfff]")
"""Surrogates that stand for no byte: JSON can hold them, but no text that is passed on as a value."""


@dataclass(frozen=True, slots=True)
class Ack:
    """The server's answer to the subscription."""

    endpoint: str
    version: str


@dataclass(frozen=True, slots=True)
class ErrorText:
    """An error message of the server."""

    code: str
    context: str


class NotJsonError(DecodeError):
    """A text that is no JSON."""


class NoObjectError(DecodeError):
    """JSON that is no object."""


# -- writing ------------------------------------------------------------------------------------------------


def data_message(topic: str, value: Any, quirks: Quirks = OWN) -> str:
    """A data message for the server, or client, with these *quirks*.

    Raises :class:`EncodeError`, with the path, for what it would not read as the same, and for what is no strict value.
    """
    try:
        text = f'{{"type":"data-message","topic":{quirks.quote(topic)},{encode_members(value, quirks.writers)}}}'
    except EncodeError as problem:
        raise problem if problem.path else _located(problem, value, quirks) from None
    if not text.isascii():
        try:
            text.encode()
        except UnicodeEncodeError:
            msg = "string with a lone surrogate"
            raise EncodeError(msg) from None
    return text


def ack(endpoint: str, version: str) -> str:
    """A server's answer to a subscription."""
    return f'{{"type":"ack","endpoint":{OWN.quote(endpoint)},"version":{OWN.quote(version)}}}'


def error(code: str, context: str) -> str:
    """A server's error message."""
    return f'{{"type":"error","code":{OWN.quote(code)},"context":{OWN.quote(context)}}}'


def subscription(topics: tuple[str, ...]) -> str:
    """A client's first message. Topics that are not UTF-8 are written as this toolkit's server reads them."""
    return "[" + ",".join(map(OWN.quote, topics)) + "]"


def _located(problem: EncodeError, value: Any, quirks: Quirks) -> EncodeError:
    """*problem* with the path to the part of *value* that it is about: the slow way, after the fact."""
    path = ""
    found = True
    while found:
        found = False
        for step, part in _parts(value):
            try:
                encode_members(part, quirks.writers)
            except EncodeError:
                path, value, found = path + step, part, True
                break
    return EncodeError(problem.problem, path)


def _parts(value: Any) -> list[tuple[str, Any]]:
    if isinstance(value, Table):
        return [
            (f"[{at}].{name}", part)
            for at, pair in enumerate(value.pairs())
            for name, part in zip(("key", "value"), pair, strict=True)
        ]
    return [(f"[{at}]", part) for at, part in enumerate(value)] if isinstance(value, tuple | Set) else []


# -- reading: the client's side -----------------------------------------------------------------------------


def parse_server_text(
    text: str | bytes, limits: Limits = DEFAULT_LIMITS, quirks: Quirks = OWN
) -> Ack | ErrorText | Message:
    """What a server said. Raises :class:`DecodeError` only; bytes that are not UTF-8 are no reason."""
    thing = loads(text)
    if type(thing) is not dict:
        msg = "expected a JSON object"
        raise NoObjectError(msg)
    kind = thing.get("type")
    if kind == "data-message":
        topic = _topic(thing, limits)
        if topic is None:
            msg = "data message without a topic"
            raise DecodeError(msg)
        if quirks.zone is not UTC:
            _move_to_utc(thing, quirks.zone)
        return Message(topic, from_json(thing, limits))
    if kind == "ack":
        return Ack(_member(thing, "endpoint"), _member(thing, "version"))
    if kind == "error":
        return ErrorText(_member(thing, "code"), _member(thing, "context"))
    msg = f"message of unknown type {str(kind)[:40]!r}"
    raise DecodeError(msg)


def _member(thing: dict[str, Any], name: str) -> str:
    text = thing.get(name, "")
    if type(text) is not str:
        msg = f"{thing['type']} with something in {name!r} that is no string"
        raise DecodeError(msg)
    return text if text.isascii() else _LONE.sub("\ufffd", text)


def _topic(thing: dict[str, Any], limits: Limits) -> str | None:
    """The topic, None when there is none. Surrogate escapes stand for bytes, as in all topics."""
    topic = thing.get("topic")
    if type(topic) is not str:
        return None
    _check_topic(topic, limits)
    return topic


def _check_topic(topic: str, limits: Limits) -> None:
    if len(topic) <= limits.max_topic and topic.isascii():
        return
    try:
        size = len(topic_to_bytes(topic))
    except UnicodeEncodeError:
        msg = "topic with a lone surrogate"
        raise DecodeError(msg) from None
    if size > limits.max_topic:
        limit = "max_topic"
        raise LimitExceeded(limit, size, limits.max_topic)


_NAIVE = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2})(\.[0-9]+)?")


def _move_to_utc(thing: Any, zone: tzinfo) -> None:
    """Move the time stamps without a zone that are anywhere in *thing* from *zone* to UTC."""
    rest = [thing]
    while rest:
        item = rest.pop()
        if isinstance(item, list):
            rest += item
        elif isinstance(item, dict):
            data = item.get("data")
            if item.get("@data-type") != "timestamp" or not isinstance(data, str):
                rest += item.values()
            elif match := _NAIVE.fullmatch(data):
                try:
                    moment = datetime.fromisoformat(match[1]).replace(tzinfo=zone).astimezone(UTC)
                except (ValueError, OverflowError):
                    continue  # no such moment, as the reader will say
                item["data"] = moment.isoformat()[:19] + (match[2] or "")


# -- reading: the server's side -----------------------------------------------------------------------------


def parse_subscription(text: str, limits: Limits = DEFAULT_LIMITS) -> tuple[str, ...]:
    """The topic prefixes in a client's first message.

    Raises :class:`DecodeError` with Zeek's words, or :class:`LimitExceeded` above ``limits.web_client_topics``.
    """
    try:
        topics = loads(text)
    except DecodeError:
        raise DecodeError(NOT_AN_ARRAY) from None
    if type(topics) is not list:
        raise DecodeError(NOT_AN_ARRAY)
    if len(topics) > limits.web_client_topics:
        limit = "web_client_topics"
        raise LimitExceeded(limit, len(topics), limits.web_client_topics)
    for topic in topics:
        if type(topic) is not str:
            raise DecodeError(NOT_A_STRING)
        _check_topic(topic, limits)
    return tuple(topics)


def parse_client_text(text: str, limits: Limits = DEFAULT_LIMITS) -> tuple[str | None, Any]:
    """Topic and value of what a client sent; the topic is None when it is missing or no string.

    Like C++, it does not look at ``type``. Raises :class:`NotJsonError`, :class:`NoObjectError`, or another
    :class:`DecodeError` for what is no value.
    """
    try:
        thing = loads_strictly(text)
    except DecodeError as problem:
        raise NotJsonError(problem.problem, problem.offset) from None
    if type(thing) is not dict:
        msg = "expected a JSON object"
        raise NoObjectError(msg)
    value = from_json(thing, limits, strict=True)
    return _topic(thing, limits), value
