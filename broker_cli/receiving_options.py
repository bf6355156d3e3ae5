"""The options of commands that receive messages: until when, how many may wait, and what if more do."""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Annotated

from typer import Option

from .parsing import choice, count, optional_duration
from .profiles.resolving import time_limit

if TYPE_CHECKING:
    from .context import Context
    from .receiving import Ends

__all__ = ["OVERFLOW_POLICIES", "ReceivingOptions", "StopOptions"]

OVERFLOW_POLICIES = {"block": "block", "drop-old": "drop_oldest", "drop-new": "drop_newest", "exit": "disconnect"}
"""What --on-overflow may say, and the library's name of it."""
_PANEL = "Delivery"


@dataclass(frozen=True)
class StopOptions:
    """When there is enough."""

    count_: Annotated[str | None, Option("--count", "-n", metavar="N", help="Stop after N messages.")] = None
    for_: Annotated[str | None, Option("--for", metavar="DUR", help="Stop after this time.")] = None

    def ends(self) -> "Ends":
        """When to stop."""
        wanted = None if self.count_ is None else count("--count", self.count_)
        duration = optional_duration("--for", self.for_)
        from .receiving import Ends

        return Ends(count=wanted, duration=duration)


@dataclass(frozen=True)
class ReceivingOptions:
    """How messages are received."""

    idle: Annotated[
        str | None,
        Option("--idle", metavar="DUR", help="Stop when nothing was shown for so long.", rich_help_panel=_PANEL),
    ] = None
    timeout: Annotated[
        str | None, Option("--timeout", metavar="DUR", help="As --for, but exit 4 unless -n (1) have come.")
    ] = None
    max_queue: Annotated[
        str | None,
        Option("--max-queue", metavar="N", help="How many may wait for a slow output (2048).", rich_help_panel=_PANEL),
    ] = None
    on_overflow: Annotated[
        str | None,
        Option(
            "--on-overflow",
            metavar="HOW",
            help="What to do if more wait: block, drop-old, drop-new or exit.",
            rich_help_panel=_PANEL,
        ),
    ] = None
    ready_file: Annotated[
        str | None,
        Option(
            "--ready-file",
            metavar="FILE",
            help="Create FILE when the subscription is active.",
            rich_help_panel=_PANEL,
        ),
    ] = None

    def ends(self, context: "Context", stop: StopOptions) -> "Ends":
        """When to stop, with what *stop* says."""
        limit, quiet_time = time_limit(context, self.timeout), optional_duration("--idle", self.idle)
        return replace(stop.ends(), timeout=limit, idle=quiet_time)

    @property
    def capacity(self) -> int | None:
        """How many messages may wait; None is as many as the library lets."""
        return None if self.max_queue is None else count("--max-queue", self.max_queue)

    def policy(self, default: str = "block") -> str:
        """What the library is to do when more wait; *default* is the word for it if the user does not say any."""
        return OVERFLOW_POLICIES[choice("--on-overflow", self.on_overflow or default, OVERFLOW_POLICIES)]
