"""What one process of a measurement does, and what it found; as they travel between it and its parent."""

from __future__ import annotations

import json
import pickle
from base64 import b64decode, b64encode
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from .histogram import Histogram

if TYPE_CHECKING:
    from broker_cli.config import Settings

__all__ = ["GO", "STARTING_TIME", "STOP", "Part", "Role", "Work", "dump_work", "load_work"]

Role = Literal["pub", "sub", "store", "sink", "source", "master"]
"""The first three connect to a peer; the others are that peer, in a measurement that has both ends."""

GO = b"go"
STOP = b"stop"
"""What a parent says to its processes."""
STARTING_TIME = 15.0
"""Seconds for a process to start, besides what it waits for by itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """What to do."""

    role: Role
    settings: Settings
    client: int = 0
    name: str = ""
    """The topic, or the data store."""
    count: int | None = None
    """Messages or operations of this process."""
    duration: float | None = None
    timeout: float = 30.0
    """How long to wait for what has to come from others, in seconds."""
    shape: str = "event"
    size: int = 128
    rate: float | None = None
    """Messages a second of this process; None is as many as go."""
    subscribers: int = 1
    """How many to wait for before something is published."""
    op: str = "put"
    keys: int = 1000
    window: int = 1
    """Operations at a time."""
    backend: str = "memory"
    path: str = ""


def dump_work(work: Work) -> bytes:
    """One line for the process that is to do it."""
    return b64encode(pickle.dumps(work)) + b"\n"


def load_work(line: bytes) -> Work:
    """The reverse."""
    found: Work = pickle.loads(b64decode(line))  # noqa: S301  # the parent wrote it, on a pipe of its own
    return found


@dataclass(slots=True, kw_only=True)
class Part:
    """What one process found. Times are seconds of a clock that all processes of a machine share."""

    client: int = 0
    count: int = 0
    """Messages that the other end confirmed, or that were received; operations that are done."""
    unconfirmed: int = 0
    refused: int = 0
    """By a WebSocket server."""
    foreign: int = 0
    """Received messages of others."""
    missing: int = 0
    """Numbers that never came, of those before the last that came."""
    bytes: int = 0
    """Of values, as Broker encodes them."""
    start: float = 0.0
    end: float = 0.0
    latency: Histogram = field(default_factory=Histogram)

    @property
    def seconds(self) -> float:
        """How long it took."""
        return max(0.0, self.end - self.start)

    def dump(self) -> str:
        """One line of JSON."""
        members = {name: getattr(self, name) for name in self.__dataclass_fields__ if name != "latency"}
        return json.dumps({**members, "latency": self.latency.dump()})

    @classmethod
    def load(cls, members: dict[str, Any]) -> Part:
        """The reverse, of the JSON object."""
        return cls(**{**members, "latency": Histogram.load(members["latency"])})
