"""Events of the WebSocket interface are values."""

from __future__ import annotations

import dataclasses
from typing import get_args

import pytest

from broker_core.messages.envelopes import Message
from broker_core.protocol.web_events import Acknowledged, ClientEvent, ServerEvent, UpgradeRequested


def test_events_compare_by_what_they_say_and_cannot_be_changed():
    event = Acknowledged("id", "8.2.2")
    assert event == Acknowledged("id", "8.2.2") != Acknowledged("id", "8.2.1")
    with pytest.raises(dataclasses.FrozenInstanceError):
        event.version = ""


def test_a_token_does_not_show():
    assert "secret" not in repr(UpgradeRequested("/", "app", "Bearer secret", ""))


def test_every_event_but_a_message_is_frozen():
    for kind in get_args(ClientEvent) + get_args(ServerEvent):
        assert kind is Message or kind.__dataclass_params__.frozen
