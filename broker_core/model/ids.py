"""The ids of endpoints and of what lives on them. Source: spec data-model.md section 9."""

from __future__ import annotations

import re
import uuid
from hashlib import blake2b
from typing import NamedTuple, Self

from broker_core.errors import InvalidValue

__all__ = ["NIL", "EndpointId", "EntityId", "NodeId"]

_UNSAFE = re.compile(r"[^!#$&-\[\]-~]")  # blanks, controls, whatever is no ASCII, and the quote, % and backslash


class EndpointId(bytes):
    """Sixteen bytes. They compare as the protocol compares them (unsigned, from the left); ``str()`` is a UUID."""

    __slots__ = ()

    def __new__(cls, raw: bytes) -> Self:
        if len(raw) != 16:
            msg = f"an endpoint id has 16 bytes, not {len(raw)}"
            raise InvalidValue(msg)
        return super().__new__(cls, raw)

    @classmethod
    def parse(cls, text: str) -> EndpointId:
        """From ``8-4-4-4-12`` hexadecimal digits; raises :class:`InvalidValue`."""
        try:
            parsed = uuid.UUID(text)
        except ValueError:
            parsed = None
        if parsed is None or str(parsed) != text.lower():
            msg = f"{text!r} is no endpoint id (a UUID such as 768b0ad0-1a0b-526c-8cf6-11569eb41428)"
            raise InvalidValue(msg)
        return EndpointId(parsed.bytes)

    @classmethod
    def from_random(cls, random: bytes) -> EndpointId:
        """An id out of 16 random bytes, as a UUID of version 4 (C++ reads back only certain versions)."""
        return EndpointId(uuid.UUID(bytes=random, version=4).bytes)

    @classmethod
    def from_name(cls, name: str) -> EndpointId:
        """The id that stands for those who only have a name; always the same for the same *name*."""
        return EndpointId(blake2b(name.encode("utf-8", "surrogateescape"), digest_size=16).digest())

    def __str__(self) -> str:
        return str(uuid.UUID(bytes=bytes(self)))

    def __repr__(self) -> str:
        return f"{type(self).__name__}({str(self)!r})"


class NodeId(EndpointId):
    """A node of a ZeroMQ cluster: its id there is a text, of which the sixteen bytes are made.

    ``str()`` is that text, with ``%HH`` for every byte that could do harm in a line, in JSON or on a terminal. Source:
    spec zeromq.md section 5.
    """

    name: str
    """The text as it came."""

    def __new__(cls, name: str) -> Self:  # made of a name, not of bytes
        self = super().__new__(cls, EndpointId.from_name(name))
        self.name = name
        return self

    def __getnewargs__(self) -> tuple[str]:  # type: ignore[override]  # for pickle and copy
        return (self.name,)

    def __str__(self) -> str:
        return _UNSAFE.sub(_percent, self.name)


def _percent(match: re.Match[str]) -> str:
    return "".join([f"%{byte:02X}" for byte in match[0].encode("utf-8", "surrogateescape")])


NIL = EndpointId(bytes(16))
"""Nobody, or everybody who subscribed."""


class EntityId(NamedTuple):
    """A store's master or clone: the endpoint it lives on and its number there."""

    endpoint: EndpointId
    object: int

    def __str__(self) -> str:
        return f"{self.object}@{self.endpoint}" if self.object or self.endpoint != NIL else "none"
