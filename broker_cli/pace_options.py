"""The options that say when messages are published, and for how long."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

from typer import Option

from .parsing import choice, count, duration, optional_duration, refuse

if TYPE_CHECKING:
    from .schedules import Schedule

__all__ = ["PaceOptions"]

_PANEL = "Pace"


@dataclass(frozen=True)
class PaceOptions:
    """How quickly, and how long."""

    interval: Annotated[
        str | None, Option("--interval", "-i", metavar="DUR", help="Pause after each message.", rich_help_panel=_PANEL)
    ] = None
    rate: Annotated[
        str | None,
        Option(
            "--rate",
            metavar="N",
            help="Publish N messages per second, evenly; 30/min is fine, too.",
            rich_help_panel=_PANEL,
        ),
    ] = None
    duration: Annotated[
        str | None,
        Option(
            "--duration",
            metavar="DUR",
            help="Stop after this time; without -n it goes on until then.",
            rich_help_panel=_PANEL,
        ),
    ] = None
    pace: Annotated[
        str | None,
        Option(
            "--pace",
            metavar="HOW",
            help="With --from: recorded keeps the gaps between the times (ts) of the lines.",
            rich_help_panel=_PANEL,
        ),
    ] = None
    speed: Annotated[
        str | None,
        Option(
            "--speed",
            metavar="X",
            help="With --pace recorded: so many times quicker (10, 0.5), or max for no gaps at all.",
            rich_help_panel=_PANEL,
        ),
    ] = None

    @property
    def recorded(self) -> bool:
        """Whether the times of lines matter."""
        return self.pace is not None and choice("--pace", self.pace, ("recorded",)) == "recorded"

    def seconds(self) -> float | None:
        """For how long to publish; None is without a limit."""
        return optional_duration("--duration", self.duration)

    def times(self, number: str | None) -> int | None:
        """How often to publish one message, for which --count says *number*; None is without end."""
        if number is not None:
            return count("--count", number)
        if self.duration is not None:
            return None
        if self.rate is not None:
            refuse("--rate: one message has no rate", "--count N or --duration DUR says how many there are")
        return 1

    def schedule(self, *, lines: bool) -> "Schedule | None":
        """When each message is sent; None is as soon as possible. *lines*: of a file."""
        given = [name for name in ("interval", "rate", "pace") if getattr(self, name) is not None]
        if len(given) > 1:
            refuse(f"--{given[0]} and --{given[1]} exclude each other")
        if self.pace is not None and not lines:
            refuse("--pace goes with --from", "for one message there are --rate and --interval")
        if self.speed is not None and self.pace is None:
            refuse("--speed goes with --pace recorded")
        from .pacing import make_pacing
        from .schedules import Pauses, RecordedSchedule, SteadySchedule, rate

        if self.interval is not None:
            return Pauses(duration("--interval", self.interval))
        if self.rate is not None:
            return SteadySchedule(rate("--rate", self.rate))
        return RecordedSchedule(make_pacing(self.speed)) if self.recorded else None
