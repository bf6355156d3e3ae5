"""The message: a topic and a value, with the few fields that travel beside them.

A message that came from a peer keeps the value's bytes and decodes them when someone asks; a message that was
made here keeps the value and encodes it when it first goes to a peer. So forwarding and filtering never touch
the value, and endpoints of one process pass it without serializing. Source: spec native-protocol.md section 6.
"""

from __future__ import annotations

from enum import IntEnum
from typing import TYPE_CHECKING, Any

from broker_core.codecs import binary
from broker_core.errors import DecodeError
from broker_core.model.ids import NIL, EndpointId

if TYPE_CHECKING:
    from collections.abc import Iterator

    from broker_core.model import Value

__all__ = ["UNSET", "ForeignMessage", "Message", "MessageKind", "received_message"]


class MessageKind(IntEnum):
    """The types of envelope, with their codes."""

    DATA = 1
    COMMAND = 2
    ROUTING_UPDATE = 3
    PING = 4
    PONG = 5
    FOREIGN = -1
    """No envelope, and never on Broker's wire: see :class:`ForeignMessage`."""


UNSET: Any = object()
"""In place of a value that is not decoded yet."""


_LONGEST_NAME = 64
"""Characters that are shown of the name of a format."""


class Message:
    """A topic with a value (``topic, value = message``), or with a store command.

    *sender* is the endpoint that handed it over last; *receiver* is NIL for
    everyone who subscribed. *ttl* counts the hops left. Treat messages as immutable: they are shared.
    """

    __slots__ = ("_payload", "_value", "kind", "receiver", "sender", "topic", "ttl")

    def __init__(
        self,
        topic: str,
        value: Value = UNSET,
        *,
        payload: bytes | None = None,
        sender: EndpointId = NIL,
        receiver: EndpointId = NIL,
        kind: MessageKind = MessageKind.DATA,
        ttl: int = 0,
    ) -> None:
        self.topic = topic
        self._value = value
        self._payload = payload
        self.sender = sender
        self.receiver = receiver
        self.kind = kind
        self.ttl = ttl

    @property
    def value(self) -> Any:
        """The value, decoded at the first access. Raises :class:`DecodeError` when the bytes hold none."""
        if self._value is UNSET:
            self._value = binary.decode(self.payload)
        return self._value

    @property
    def payload(self) -> bytes:
        """The bytes of the value, encoded at the first access."""
        if self._payload is None:
            self._payload = binary.encode(self._value)
        return self._payload

    def passed_on(self, sender: EndpointId, ttl: int) -> Message:
        """The same message as *sender* hands it on, with *ttl* hops left."""
        copy = Message(self.topic, self._value, payload=self._payload, sender=sender, receiver=self.receiver)
        copy.kind, copy.ttl = self.kind, ttl
        return copy

    def published_anew(self, sender: EndpointId, ttl: int) -> Message:
        """The same topic and value as a new message of *sender*, for everyone who subscribed."""
        copy = received_message(self.topic, b"", sender, NIL, MessageKind.DATA, ttl)
        copy._value, copy._payload = self._value, self._payload  # noqa: SLF001  # of the same class
        return copy

    def check(self) -> None:
        """Raise :class:`DecodeError` when :attr:`value` would; cheaper, since the value is not made."""
        if self._value is UNSET:
            binary.check(self.payload)

    @property
    def is_encoded(self) -> bool:
        """Whether :attr:`payload` is at hand without encoding."""
        return self._payload is not None

    @property
    def is_decoded(self) -> bool:
        """Whether :attr:`value` is at hand without decoding."""
        return self._value is not UNSET

    def __iter__(self) -> Iterator[Any]:
        yield self.topic
        yield self.value

    def __repr__(self) -> str:
        what = repr(self._value) if self.is_decoded else f"<{len(self.payload)} bytes>"
        return f"Message({self.topic!r}, {what})"


class ForeignMessage(Message):
    """A message of a ZeroMQ cluster whose payload is in another format than Broker's (spec zeromq.md section 3).

    Subscribers get it, with the :attr:`payload` as it came and the name of the format. It goes no further, and
    :attr:`value` and :meth:`check` raise :class:`DecodeError`.
    """

    __slots__ = ("serializer",)

    def __init__(self, topic: str, payload: bytes, serializer: str, *, sender: EndpointId = NIL) -> None:
        super().__init__(topic, payload=payload, sender=sender, kind=MessageKind.FOREIGN)
        self.serializer = serializer
        """What the sender calls the format, such as ``broker-json-v1``."""

    @property
    def value(self) -> Any:
        """Raises :class:`DecodeError`."""
        self.check()
        return None

    def check(self) -> None:
        """Raise :class:`DecodeError`."""
        msg = f"{len(self.payload)} bytes in the format {self._format}, which is not Broker's"
        raise DecodeError(msg)

    def __repr__(self) -> str:
        return f"ForeignMessage({self.topic!r}, <{len(self.payload)} bytes of {self._format}>)"

    @property
    def _format(self) -> str:
        """The name of the format, which a stranger may have sent, for one line of text."""
        name = self.serializer
        return repr(name if len(name) <= _LONGEST_NAME else f"{name[: _LONGEST_NAME - 3]}...")


_new_message: Any = object.__new__


def received_message(  # noqa: PLR0917  # keywords would cost as much as the rest
    topic: str, payload: bytes, sender: EndpointId, receiver: EndpointId, kind: MessageKind, ttl: int
) -> Message:
    """``Message(topic, payload=payload, ...)`` without the cost of keywords: made for every frame that comes in."""
    message: Message = _new_message(Message)
    message.topic = topic
    message._value = UNSET  # noqa: SLF001 - this is the second constructor of the class
    message._payload = payload  # noqa: SLF001
    message.sender = sender
    message.receiver = receiver
    message.kind = kind
    message.ttl = ttl
    return message
