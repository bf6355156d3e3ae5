"""The options of views that are redrawn: how often, and whether there is one."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

from typer import Option

from .parsing import duration, refuse

if TYPE_CHECKING:
    from .config import Settings

__all__ = ["DEFAULT_INTERVAL", "LEAST_INTERVAL", "WatchOptions", "interval_seconds"]

DEFAULT_INTERVAL = 1.0
LEAST_INTERVAL = 0.1
"""Seconds; nobody reads more often, and the screen is drawn four times a second in any case."""
_PANEL = "Live view"


def interval_seconds(text: str | None) -> float:
    """The seconds that a rate is taken over, as ``--interval`` says."""
    if text is None:
        return DEFAULT_INTERVAL
    seconds = duration("--interval", text)
    if seconds < LEAST_INTERVAL:
        refuse(f"--interval: '{text}' is less than 100ms")
    return seconds


@dataclass(frozen=True)
class WatchOptions:
    """Whether messages are shown in place."""

    watch: Annotated[
        bool, Option("--watch", help="A line for each topic with its last value, in place.", rich_help_panel=_PANEL)
    ] = False
    interval: Annotated[
        str | None,
        Option(
            "--interval",
            metavar="DUR",
            help="With --watch: what a rate is taken over, and how often lines of ndjson are printed (1s).",
            rich_help_panel=_PANEL,
        ),
    ] = None

    def seconds(self, settings: "Settings", **others: object) -> float | None:
        """The interval; None when messages are to be printed one by one. *others* are options that it excludes."""
        if not self.watch:
            if self.interval is not None:
                refuse("--interval is for --watch", "add --watch")
            return None
        template = "topics-only" if settings.template == "{topic}" else "format"
        given = {
            template: settings.template,
            "ts": settings.stamps,
            "null": settings.nul,
            "logs": settings.logs,
            **others,
        }
        for name, value in given.items():
            if value:
                refuse(f"--watch and --{name} exclude each other")
        if settings.output not in {"human", "ndjson"}:
            refuse(f"--watch prints human or ndjson, not {settings.output}")
        return interval_seconds(self.interval)
