"""How a WebSocket server of an endpoint behaves."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, get_args

from broker_core.errors import ConfigurationError
from broker_core.routing.access import WebAccess

from .queues import Overflow, check_overflow

__all__ = ["WebServerOptions", "WebStyle"]

WebStyle = Literal["broker", "zeek"]
"""Whose answers and error texts a server gives: those of libbroker's old server, or of Zeek's own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WebServerOptions:
    """How one WebSocket server behaves."""

    style: WebStyle = "broker"
    access: WebAccess = field(default_factory=WebAccess)
    overflow: Overflow = "disconnect"
    """What happens to a message for a client whose queue (limits.web_client_queue) is full; as in C++."""

    def __post_init__(self) -> None:
        check_overflow(self.overflow)
        if self.style not in get_args(WebStyle):
            msg = f"WebSocket style {self.style!r} is none of broker, zeek"
            raise ConfigurationError(msg)
