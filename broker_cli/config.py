"""What a run is to do, apart from its command: flags over environment over defaults, as one frozen object."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from broker_core import PeerAddress

__all__ = [
    "DEFAULT_CONNECT_TIMEOUT",
    "ENV_CONNECT_TIMEOUT",
    "ENV_OUTPUT",
    "ENV_PEER",
    "ENV_TIMEOUT",
    "ENV_TLS",
    "FORMATS",
    "OutputFormat",
    "Settings",
    "Tls",
    "When",
]

ENV_PEER = "BROKER_PEER"
ENV_TIMEOUT = "BROKER_TIMEOUT"
ENV_CONNECT_TIMEOUT = "BROKER_CONNECT_TIMEOUT"
ENV_OUTPUT = "BROKER_OUTPUT"
ENV_TLS = "BROKER_TLS"

OutputFormat = Literal["human", "ndjson", "text", "broker", "raw"]
Tls = Literal["auto", "anon", "off"]
When = Literal["auto", "always", "never"]
FORMATS: tuple[OutputFormat, ...] = ("human", "ndjson", "text", "broker", "raw")

DEFAULT_CONNECT_TIMEOUT = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The checked values of the options that commands share. Times are in seconds."""

    output: OutputFormat = "ndjson"
    colour: bool = False
    peers: tuple[PeerAddress, ...] = ()
    """Whom to connect to."""
    connect_timeout: float = DEFAULT_CONNECT_TIMEOUT
    retry: int = 0
    """How many more attempts after the first one, before anything is connected."""
    reconnect: int | None = 0
    """How many attempts after a connection was lost; None is no limit."""
    tls: Tls = "auto"
    id: str | None = None
    """The endpoint's id; None is a random one."""
