"""Events are values."""

from __future__ import annotations

import dataclasses
from typing import get_args

import pytest

from broker_core.errors import EC, RemoteProtocolError
from broker_core.messages.envelopes import Message
from broker_core.protocol.events import Event, FilterChanged, Lost, Peered, PeerIdentified
from peer_links import LARGE


def test_events_compare_by_what_they_say():
    assert Peered(LARGE, ("/a",)) == Peered(LARGE, ("/a",)) != Peered(LARGE, ("/b",))
    assert PeerIdentified(LARGE, originator=True) != PeerIdentified(LARGE, originator=False)


def test_events_cannot_be_changed():
    event = FilterChanged(("/a",))
    with pytest.raises(dataclasses.FrozenInstanceError):
        event.filter = ()


def test_an_orderly_end_has_no_error():
    lost = Lost(None)
    assert (lost.error, lost.drop_code, lost.drop_text, lost.drop_sender, lost.looks_like) == (None, None, "", None, "")
    assert Lost(RemoteProtocolError("gone", EC.UNSPECIFIED)).error is not None


def test_every_event_but_a_message_is_frozen():
    for kind in get_args(Event):
        assert kind is Message or kind.__dataclass_params__.frozen
