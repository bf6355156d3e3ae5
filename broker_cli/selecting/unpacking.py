"""Batches of Zeek messages, taken apart: each member as the message that it would have been alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from broker_core import Batch, Count, DecodeError, Message, MessageKind, event_name, zeek_message

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["members"]

_FOREIGN = MessageKind.FOREIGN


def members(message: Message) -> Sequence[Message]:
    """The messages in the batch that *message* is, and in the batches in it; itself when it is none.

    Raises DecodeError when it holds no value, except for one in another format than Broker's, which is no batch.
    """
    if message.kind is _FOREIGN:
        return (message,)
    if not message.is_decoded and event_name(message.payload) is not None:
        return (message,)
    value = message.value
    if type(value) is not tuple or len(value) < 3 or type(value[1]) is not Count or value[1] != 5:
        return (message,)
    try:
        view = zeek_message(value)
    except DecodeError:  # it only looks like one
        return (message,)
    if type(view) is not Batch:
        return (message,)
    return [
        Message(message.topic, member.value, sender=message.sender, receiver=message.receiver, ttl=message.ttl)
        for member in view.flatten()
    ]
