"""Messages decode and encode only when asked."""

from __future__ import annotations

import pytest

from broker_core.codecs import binary
from broker_core.errors import DecodeError, EncodeError
from broker_core.messages.envelopes import ForeignMessage, Message, MessageKind, received_message
from broker_core.model import NIL, Count, EndpointId

PEER = EndpointId(b"\x07" * 16)


def test_received_payload_is_decoded_at_the_first_access():
    message = Message("/t", payload=binary.encode((Count(1), "x")))
    assert not message.is_decoded
    assert message.value == (Count(1), "x")
    assert message.is_decoded
    assert message.value is message.value


def test_published_value_is_encoded_at_the_first_access():
    message = Message("/t", "hello")
    assert message.is_decoded
    assert message.payload == b"\x05\x05hello"
    assert message.payload is message.payload


def test_none_is_a_value():
    message = Message("/t", None)
    assert message.is_decoded
    assert message.payload == b"\x00"


def test_broken_payload_raises_when_it_is_read_and_not_before():
    message = Message("/t", payload=b"\xff")
    assert "1 bytes" in repr(message)
    with pytest.raises(DecodeError):
        _ = message.value


def test_value_that_is_none_of_brokers_raises_when_it_is_sent():
    with pytest.raises(EncodeError):
        _ = Message("/t", object()).payload


def test_unpacks_into_topic_and_value():
    topic, value = Message("/t", 5)
    assert (topic, value) == ("/t", 5)


def test_repr_does_not_decode():
    message = Message("/t", payload=b"\x00")
    assert repr(message) == "Message('/t', <1 bytes>)"
    assert not message.is_decoded
    assert repr(Message("/t", "x")) == "Message('/t', 'x')"


def test_received_message_equals_the_constructor():
    fast = received_message("/t", b"\x00", PEER, NIL, MessageKind.COMMAND, 7)
    slow = Message("/t", payload=b"\x00", sender=PEER, receiver=NIL, kind=MessageKind.COMMAND, ttl=7)
    for slot in Message.__slots__:
        assert getattr(fast, slot) == getattr(slow, slot)
    assert type(fast) is Message


def test_message_that_is_passed_on_keeps_its_bytes_and_its_value():
    message = Message("/t", payload=b"\x00", sender=PEER, receiver=PEER, kind=MessageKind.COMMAND, ttl=7)
    copy = message.passed_on(NIL, 6)
    assert (copy.sender, copy.ttl, copy.receiver, copy.kind) == (NIL, 6, PEER, MessageKind.COMMAND)
    assert (copy.topic, copy.payload, copy.is_decoded) == ("/t", b"\x00", False)
    assert (message.sender, message.ttl) == (PEER, 7)
    value = Message("/t", "x").passed_on(PEER, 1)
    assert value.value == "x"


def test_a_message_published_anew_is_a_plain_one_of_the_publisher():
    message = Message("/t", payload=b"\x00", sender=PEER, receiver=PEER, kind=MessageKind.COMMAND, ttl=7)
    copy = message.published_anew(PEER, 20)
    assert (copy.sender, copy.ttl, copy.receiver, copy.kind) == (PEER, 20, NIL, MessageKind.DATA)
    assert (copy.topic, copy.payload, copy.is_decoded) == ("/t", b"\x00", False)
    assert copy.receiver is NIL, "the writer of frames recognises it by identity"
    value = Message("/t", "x").published_anew(PEER, 1)
    assert (value.value, value.is_encoded) == ("x", False)


def test_a_message_is_checked_without_being_decoded():
    message = Message("/t", payload=b"\x05\x01x")
    message.check()
    assert not message.is_decoded
    with pytest.raises(DecodeError):
        Message("/t", payload=b"\x05\x02x").check()
    Message("/t", "x").check()


def test_whether_there_are_bytes():
    message = Message("/t", "x")
    assert not message.is_encoded
    assert message.payload
    assert message.is_encoded


# -- in another format --------------------------------------------------------------------------------------------


def foreign(payload=b'{"a": 1}', serializer="broker-json-v1"):
    return ForeignMessage("/t", payload, serializer, sender=PEER)


def test_a_foreign_message_has_its_bytes_and_their_format():
    message = foreign()
    assert (message.topic, message.payload, message.serializer) == ("/t", b'{"a": 1}', "broker-json-v1")
    assert (message.sender, message.receiver, message.kind) == (PEER, NIL, MessageKind.FOREIGN)
    assert message.is_encoded
    assert not message.is_decoded
    assert isinstance(message, Message)


@pytest.mark.parametrize("payload", [b"", b"\x00", b"\x05\x01x", b"{}"])
def test_a_foreign_message_has_no_value_even_if_its_bytes_look_like_one(payload):
    message = foreign(payload)
    for access in (message.check, lambda: message.value, lambda: list(message)):
        with pytest.raises(DecodeError) as caught:
            access()
        text = f"{len(payload)} bytes in the format 'broker-json-v1', which is not Broker's"
        assert str(caught.value) == text
    assert not message.is_decoded


def test_what_is_shown_of_a_foreign_message_is_harmless():
    assert repr(foreign()) == "ForeignMessage('/t', <8 bytes of 'broker-json-v1'>)"
    message = foreign(serializer="\x1b[2J\n\udcff")
    assert "\x1b" not in repr(message)
    with pytest.raises(DecodeError) as caught:
        message.check()
    for text in (repr(message), str(caught.value)):
        assert text.isascii()
        assert text.isprintable()
    assert "'" + 64 * "x" + "'" in repr(foreign(serializer=64 * "x"))
    assert "'" + 61 * "x" + "...'" in repr(foreign(serializer=65 * "x"))


def test_foreign_is_no_type_of_envelope():
    """Brokers number theirs from 1 in one byte."""
    assert MessageKind.FOREIGN not in range(256)
