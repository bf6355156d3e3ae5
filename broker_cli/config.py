"""What a run is to do, apart from its command, as one frozen object; and the names of what it is made from."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, tzinfo
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from broker_core import CurveKeys, PeerAddress, TlsCredentials
    from broker_core.declarations import Declarations

__all__ = [
    "DEFAULT_CONNECT_TIMEOUT",
    "ENV_CONFIG",
    "ENV_CONNECT_TIMEOUT",
    "ENV_OUTPUT",
    "ENV_PEER",
    "ENV_PROFILE",
    "ENV_STATE",
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
    "LOG_FORMATS",
    "OUTPUT_WORDS",
    "STAMPS",
    "ZEEK_CURVE_VARIABLES",
    "OutputFormat",
    "Profile",
    "Settings",
    "Stamps",
    "Tls",
    "When",
]

ENV_PEER = "BROKER_PEER"
ENV_PROFILE = "BROKER_PROFILE"
ENV_CONFIG = "BROKER_CONFIG"
ENV_STATE = "BROKER_STATE"
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
ZEEK_CURVE_VARIABLES: tuple[str, ...] = tuple(
    f"ZEEK_CLUSTER_BACKEND_ZEROMQ_CURVE_{whose}_{kind}KEY"
    for whose in ("SERVER", "CLIENT")
    for kind in ("PUBLIC", "SECRET")
)
"""Zeek's own variables for CURVE keys. They hold keys, where our variables only name files."""

Stamps = Literal["wall", "delta", "net", "none"]
STAMPS: tuple[Stamps, ...] = ("wall", "delta", "net", "none")
OutputFormat = Literal["human", "ndjson", "plain", "text", "broker", "raw", "tsv"]
Tls = Literal["auto", "off", "anon", "verify"]
When = Literal["auto", "always", "never"]
FORMATS: tuple[OutputFormat, ...] = ("human", "ndjson", "plain", "text", "broker", "raw")
LOG_FORMATS: tuple[OutputFormat, ...] = ("human", "ndjson", "tsv")
"""What records of Zeek's logs are printed as."""
OUTPUT_WORDS: tuple[str, ...] = (*FORMATS, "tsv", "json")
"""What ``--output`` may say, at least for some command; ``json`` is the lines of ndjson as one array."""

DEFAULT_CONNECT_TIMEOUT = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """Settings that have a name in a file: presets for options, below flags and environment."""

    name: str
    file: str
    values: Mapping[str, str | bool | tuple[str, ...]]
    """By the names of the options, without their dashes, and as texts that the options would take."""
    private: bool = True
    """Whether nobody else can write the file."""


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
    curve: CurveKeys | None = None
    """For ZeroMQ clusters that encrypt."""
    token: str | None = field(default=None, repr=False)
    """What a WebSocket server wants to be told before it lets anybody in."""
    web_zone: tzinfo = UTC
    """The time zone of WebSocket servers that do not say theirs."""
    id: str | None = None
    """The endpoint's id; None is a random one."""
    template: str | None = None
    """How to print a message, in place of a format."""
    stamps: Stamps | None = None
    """Which time stands in front of a message that is printed for people; None is that of the format."""
    nul: bool = False
    """Whether a NUL byte ends what is printed for a message, in place of a line end."""
    big_ints_as_strings: bool = False
    """Whether the format ``plain`` writes whole numbers as strings that other programs might round."""
    logs: bool = False
    """Whether log writes are decoded into the records of Zeek's log files, and nothing else is shown."""
    log_dir: str | None = None
    """Where to put log files, instead of printing records."""
    declarations: Declarations | None = None
    """What is known of events and records: how arguments are read, and what fields are called."""
