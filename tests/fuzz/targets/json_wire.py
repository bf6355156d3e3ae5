"""The texts of the WebSocket interface."""

from __future__ import annotations

import json

from broker_core.errors import DecodeError, EncodeError
from broker_core.limits import Limits
from broker_core.messages.envelopes import Message
from broker_core.messages.json_quirks import OWN
from broker_core.messages.json_wire import (
    BARRIER,
    ack,
    data_message,
    error,
    parse_client_text,
    parse_server_text,
    parse_subscription,
    subscription,
)
from strategies import assert_same
from tests.fuzz.seeds import recorded_web_frames, value_rows

LIMITS = Limits(max_depth=20, web_client_topics=50)


def target(data: bytes) -> bool:
    """Any text is understood by either side, or refused with DecodeError; what is understood is written as JSON that
    both sides read as the same. True when one of them understood it.
    """
    text = data.decode("utf-8", "surrogateescape")
    return any((_server_says(data), _client_says(text), _client_wants(text)))


def seeds() -> list[bytes]:
    """What a live Zeek and its clients said, and what they might have."""
    made = [ack("id", "8.2.2"), error("code", "context"), BARRIER, subscription(("/a", "", "zeek/")), "[]", "[1]"]
    recorded = [payload for _, payload in recorded_web_frames()]
    return recorded + value_rows("json") + [text.encode() for text in made]


def _server_says(data: bytes) -> bool:
    try:
        said = parse_server_text(data, LIMITS)
    except DecodeError:
        return False
    if isinstance(said, Message):
        _check(said.topic, said.value)
    return True


def _client_says(text: str) -> bool:
    try:
        topic, value = parse_client_text(text, LIMITS)
    except DecodeError:
        return False
    if topic is not None:
        _check(topic, value)
    return True


def _client_wants(text: str) -> bool:
    try:
        topics = parse_subscription(text, LIMITS)
    except DecodeError:
        return False
    assert parse_subscription(subscription(topics), LIMITS) == topics
    return True


def _check(topic: str, value: object) -> None:
    try:
        written = data_message(topic, value, OWN)
    except EncodeError:
        return  # a topic that is not UTF-8 in a text that has to be
    json.loads(written, parse_constant=_refuse)
    again = parse_server_text(written, LIMITS)
    assert again.topic == topic
    assert_same(again.value, value)


def _refuse(word: str) -> None:
    msg = f"{word} is no JSON"
    raise AssertionError(msg)
