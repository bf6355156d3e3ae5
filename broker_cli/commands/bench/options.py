"""The options that the measurements share."""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Annotated

from typer import Argument, Option

from broker_cli.config import Settings
from broker_cli.context import Context
from broker_cli.options import ConnectOptions, DisplayOptions
from broker_cli.parsing import choice, count, duration, peer_address, refuse
from broker_cli.profiles.resolving import time_limit
from broker_cli.sizes import byte_count

if TYPE_CHECKING:
    from broker_cli.benching.planning import Scale, Traffic

__all__ = ["DEFAULT_TIMEOUT", "MOST_CLIENTS", "BenchOptions", "TrafficOptions", "size_of", "some_time", "topic_of"]

MOST_CLIENTS = 256
"""Processes that one measurement may start."""
DEFAULT_TIMEOUT = 30.0
_PANEL = "Output"


@dataclass(frozen=True)
class BenchOptions:
    """How much, by how many, and how it is told."""

    msgs: Annotated[str | None, Option("--msgs", "-n", metavar="N", help="How many messages or operations in all.")] = (
        None
    )
    for_: Annotated[str | None, Option("--duration", metavar="DUR", help="Stop after this time.")] = None
    clients: Annotated[str | None, Option("--clients", metavar="N", help="Processes that do it (1).")] = None
    peer: Annotated[
        list[str] | None,
        Option("--peer", "-p", metavar="HOST:PORT", help="Whom to connect to; else the other end is started, too."),
    ] = None
    timeout: Annotated[
        str | None, Option("--timeout", metavar="DUR", help="Give up when nothing goes on for so long (30s).")
    ] = None
    csv: Annotated[
        str | None, Option("--csv", metavar="FILE", help="Write the results there, too.", rich_help_panel=_PANEL)
    ] = None
    no_progress: Annotated[bool, Option("--no-progress", help="Show no progress bar.", rich_help_panel=_PANEL)] = False

    def number_of_clients(self) -> int:
        """How many processes."""
        number = 1 if self.clients is None else count("--clients", self.clients)
        if number > MOST_CLIENTS:
            refuse(f"--clients: {number} processes are too many", f"up to {MOST_CLIENTS} are started")
        return number

    def messages(self, default: int) -> int | None:
        """How many messages or operations in all; None when only the time says when it ends."""
        if self.msgs is not None:
            return count("--msgs", self.msgs)
        return None if self.for_ is not None else default

    def seconds(self) -> float | None:
        """After which time to stop."""
        return None if self.for_ is None else some_time("--duration", self.for_)

    def patience(self, context: Context) -> float:
        """How long to wait for others."""
        return time_limit(context, self.timeout) or DEFAULT_TIMEOUT

    def scale(self, context: Context, default: int) -> "Scale":
        """All of that together; *default* is how many messages or operations there are if nobody says."""
        from broker_cli.benching.planning import Scale

        return Scale(
            count=self.messages(default),
            duration=self.seconds(),
            clients=self.number_of_clients(),
            timeout=self.patience(context),
            csv=self.csv,
            progress=not self.no_progress,
        )

    def settings(self, context: Context, connect: ConnectOptions, display: DisplayOptions) -> Settings:
        """The checked settings, with the peers of the command line only."""
        settings = display.settings(context, ("human", "ndjson"))
        peers = tuple(dict.fromkeys(peer_address(text.strip()) for word in self.peer or () for text in word.split(",")))
        return replace(connect.extend(settings, peers, context), id=None)


@dataclass(frozen=True)
class TrafficOptions:
    """What is published."""

    topic: Annotated[str, Argument(metavar="TOPIC", show_default=False, help="/broker-bench without it.")] = (
        "/broker-bench"
    )
    size: Annotated[str | None, Option("--size", metavar="BYTES", help="Of each value on the wire (128).")] = None
    shape: Annotated[str | None, Option("--shape", metavar="WHAT", help="event, conn or string.")] = None
    rate: Annotated[str | None, Option("--rate", metavar="N", help="Messages a second, all clients together.")] = None

    @property
    def given(self) -> bool:
        """Whether one of them says what a publisher of ours is to do."""
        return (self.size, self.shape, self.rate) != (None, None, None)

    def traffic(self, *, prefix: bool = False) -> "Traffic":
        """The checked options; *prefix*: the topic may be ""."""
        from broker_cli.benching.payloads import SHAPES
        from broker_cli.benching.planning import Traffic
        from broker_cli.schedules import rate

        return Traffic(
            topic=topic_of(self.topic, empty=prefix),
            size=size_of(self.size),
            shape=choice("--shape", self.shape or "event", SHAPES),
            rate=None if self.rate is None else rate("--rate", self.rate),
        )


def size_of(text: str | None) -> int:
    """The bytes of ``--size``."""
    return 128 if text is None else byte_count("--size", text)


def some_time(option: str, text: str) -> float:
    """A duration above zero."""
    seconds = duration(option, text)
    if seconds <= 0:
        refuse(f"{option}: '{text}' is no time at all")
    return seconds


def topic_of(text: str, *, empty: bool = False) -> str:
    """A topic; *empty*: or a prefix, which may be ""."""
    from broker_core import InvalidValue
    from broker_core.model.topics import check_topic

    try:
        return check_topic(text, empty=empty)
    except InvalidValue as error:
        refuse(f"TOPIC: {error}")
