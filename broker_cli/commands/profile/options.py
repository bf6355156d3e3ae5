"""The options that ``broker profile`` commands share: those of other commands, to be kept or to be resolved."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

from typer import Option

from broker_cli.context import Context
from broker_cli.options import ConnectOptions, DisplayOptions, PeerOptions
from broker_cli.profiles.keys import KEYS

if TYPE_CHECKING:
    from broker_cli.profiles.keys import Preset

__all__ = ["KeptOptions", "OwnDisplay", "SharedOptions"]


@dataclass(frozen=True)
class OwnDisplay(DisplayOptions):
    """How the command itself prints. It has no profile: it has to work when the file is wrong."""

    def prepare(self, context: Context) -> None:
        """Tell *context* how much the user wants to hear."""
        self.apply(context)


@dataclass(frozen=True)
class _Others:
    timeout: Annotated[str | None, Option("--timeout", metavar="DUR", help="How long commands wait.")] = None
    event_file: Annotated[
        list[str] | None, Option("--event-file", metavar="FILE", help="Zeek script with declarations of events.")
    ] = None


@dataclass(frozen=True)
class SharedOptions(ConnectOptions, _Others, PeerOptions):
    """Settings that have flags in other commands."""

    def flags(self) -> "Mapping[str, Preset | list[str] | None]":
        """What is given, by the names of the settings; None for what is not."""
        given: dict[str, Any] = {name: getattr(self, name.replace("-", "_"), None) for name in KEYS}
        if self.no_reconnect:
            given["reconnect"] = "0"
        return given


@dataclass(frozen=True)
class KeptOptions(SharedOptions):
    """Settings to keep, with those that say how a command prints."""

    output: Annotated[str | None, Option("--output", "-o", metavar="FORMAT", help="The format of commands.")] = None
    color: Annotated[str | None, Option("--color", metavar="WHEN", help="auto, always or never.")] = None
    topics: Annotated[
        list[str] | None, Option("--topics", metavar="TOPIC", help="For completion to offer; repeatable.")
    ] = None
    quiet: Annotated[bool, Option("--quiet", "-q", help="Only errors on stderr.")] = False
    verbose: Annotated[int, Option("--verbose", "-v", count=True, help="More on stderr.", show_default=False)] = 0
    errors: Annotated[str | None, Option("--errors", metavar="HOW", help="As text or json.", hidden=True)] = None
    debug: Annotated[bool, Option("--debug", help="Show tracebacks.", hidden=True)] = False

    def prepare(self, context: Context) -> None:
        """Tell *context* how much the user wants to hear."""
        DisplayOptions(quiet=self.quiet, verbose=self.verbose, errors=self.errors, debug=self.debug).apply(context)

    def values(self) -> "Mapping[str, Preset | None]":
        """What is to be kept."""
        given = {name: tuple(value) if isinstance(value, list) else value for name, value in self.flags().items()}
        peers = given.get("peer")
        if isinstance(peers, tuple):
            given["peer"] = tuple(part.strip() for text in peers for part in text.split(",") if part.strip())
        return given
