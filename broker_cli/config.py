"""What a run is to do, apart from its command: flags over environment over defaults, as one frozen object."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, tzinfo
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from broker_core import PeerAddress, TlsCredentials

__all__ = [
    "DEFAULT_CONNECT_TIMEOUT",
    "ENV_CONNECT_TIMEOUT",
    "ENV_OUTPUT",
    "ENV_PEER",
    "ENV_TIMEOUT",
    "ENV_TLS",
    "ENV_TLS_CA",
    "ENV_TLS_CA_DIR",
    "ENV_TLS_CERT",
    "ENV_TLS_KEY",
    "ENV_TLS_KEY_LOG",
    "ENV_TLS_KEY_PASS_FILE",
    "ENV_TOKEN_FILE",
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
ENV_TLS_CA = "BROKER_TLS_CA"
ENV_TLS_CA_DIR = "BROKER_TLS_CA_DIR"
ENV_TLS_CERT = "BROKER_TLS_CERT"
ENV_TLS_KEY = "BROKER_TLS_KEY"
ENV_TLS_KEY_LOG = "BROKER_TLS_KEY_LOG"
ENV_TLS_KEY_PASS_FILE = "BROKER_TLS_KEY_PASS_FILE"  # noqa: S105  # the name of a variable
ENV_TOKEN_FILE = "BROKER_TOKEN_FILE"  # noqa: S105  # likewise

OutputFormat = Literal["human", "ndjson", "text", "broker", "raw"]
Tls = Literal["auto", "off", "anon", "verify"]
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
    credentials: TlsCredentials | None = None
    """For TLS with certificates."""
    token: str | None = field(default=None, repr=False)
    """What a WebSocket server wants to be told before it lets anybody in."""
    web_zone: tzinfo = UTC
    """The time zone of WebSocket servers that do not say theirs."""
    id: str | None = None
    """The endpoint's id; None is a random one."""
