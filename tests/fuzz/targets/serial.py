"""The serial data in Zeek's log writes."""

from __future__ import annotations

from broker_core.codecs import binary
from broker_core.errors import DecodeError, EncodeError
from broker_core.messages.zeek import Batch, LogWrite, zeek_message
from broker_core.messages.zeek_serial import read_serial
from zeek_frames import data_frames


def target(data: bytes) -> bool:
    """Any bytes are the values of a log line or refused with DecodeError; the values can be sent."""
    try:
        values = read_serial(data)
    except DecodeError:
        return False
    try:
        binary.encode(tuple(values))
    except EncodeError as error:
        msg = "what was read is no Broker value"
        raise AssertionError(msg) from error
    return True


def seeds() -> list[bytes]:
    """The log lines in the recordings of a live Zeek."""
    found: dict[bytes, None] = {}
    for frame in data_frames():
        try:
            message = zeek_message(binary.decode(frame.payload))
        except DecodeError:
            continue
        for each in message.flatten() if isinstance(message, Batch) else (message,):
            if isinstance(each, LogWrite):
                found[each.serial] = None
    return list(found)[:40]
