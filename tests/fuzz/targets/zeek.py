"""Zeek's messages, notices of endpoints and events of stores: what programs make of values that arrive."""

from __future__ import annotations

from broker_core.codecs import binary
from broker_core.errors import EC, SC, DecodeError
from broker_core.messages.notices import EndpointInfo, ErrorNotice, NetworkInfo, Status
from broker_core.messages.store_events import parse_store_event
from broker_core.messages.zeek import Batch, Event, IdentifierUpdate, LogCreate, LogWrite, event_name, zeek_message
from broker_core.model import Count, EndpointId
from strategies import assert_same
from zeek_frames import data_frames


def target(data: bytes) -> bool:
    """Any value is a message of Zeek, other data, or refused with DecodeError; a message has the value it came from.

    Further elements at the ends of its vectors are ignored, so its value reads as an equal message.
    """
    try:
        value = binary.decode(data)
    except DecodeError:
        return False
    kinds = (Event, Batch, LogCreate, LogWrite, IdentifierUpdate)
    understood = [_read(kind.from_value, value) for kind in kinds]
    message = _read(zeek_message, value)
    found = [one for one in understood if one is not None]
    assert len(found) == (message is not None)
    if message is not None:
        again = zeek_message(message.value)
        assert type(again) is type(message)
        assert_same(again.value, message.value)
        if isinstance(message, Event):
            assert event_name(binary.encode(message.value)) == message.name
        if isinstance(message, LogWrite):
            _read(lambda write: write.fields(), message)
    for kind in (Status, ErrorNotice):
        notice = _read(kind.from_value, value)
        if notice is not None:
            assert kind.from_value(notice.to_value()) == notice
            str(notice)
            found.append(notice)
    found.append(_read(parse_store_event, value))
    return any(one is not None for one in found)


def seeds() -> list[bytes]:
    """Messages of a live Zeek, and notices."""
    by_length = {len(frame.payload): frame.payload for frame in data_frames()}
    info = EndpointInfo(EndpointId(b"\1" * 16), NetworkInfo("10.0.0.1", 9999, 5))
    status, error = Status(SC.PEER_ADDED, info, "ok"), ErrorNotice(EC.PEER_UNAVAILABLE, info, "no")
    change = ("update", "db", "key", 1, 2, None, str(info.id), Count(1))
    values = (status.to_value(), error.to_value(), change)
    return [by_length[length] for length in sorted(by_length)][::3] + [binary.encode(value) for value in values]


def _read(reader: object, value: object) -> object:
    try:
        return reader(value)
    except DecodeError:
        return None
