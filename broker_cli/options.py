"""The options that commands share, in groups, so that ``--peer`` means one thing everywhere."""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Annotated

from typer import Option

from . import config
from .config import FORMATS, OutputFormat, Settings, When
from .context import Context
from .exit_codes import ExitCode, Failure
from .parsing import choice, count, duration, peer_address, refuse
from .profiles.resolving import output_format, resolve, stdout_colour, use_profile
from .tls_options import AccessOptions

if TYPE_CHECKING:
    from broker_core import PeerAddress

__all__ = ["ConnectOptions", "DisplayOptions", "PeerOptions"]

_PROFILES = "Profiles"


@dataclass(frozen=True)
class DisplayOptions:
    """What is shown, and how."""

    output: Annotated[
        OutputFormat | None,
        Option(
            "--output",
            "-o",
            metavar="FORMAT",
            help="human, ndjson, plain, text, broker or raw.",
        ),
    ] = None
    color: Annotated[When | None, Option("--color", metavar="WHEN", help="auto, always or never.")] = None
    quiet: Annotated[bool, Option("--quiet", "-q", help="Only errors on stderr.")] = False
    verbose: Annotated[int, Option("--verbose", "-v", count=True, help="More on stderr.", show_default=False)] = 0
    errors: Annotated[
        str | None,
        Option(
            "--errors",
            metavar="HOW",
            help="How errors and warnings are told on stderr: text, or json for programs.",
            rich_help_panel="Output",
        ),
    ] = None
    debug: Annotated[bool, Option("--debug", help="Show tracebacks.", hidden=True)] = False

    profile: Annotated[
        str | None,
        Option("--profile", metavar="PROFILE", help="Take presets from this profile.", rich_help_panel=_PROFILES),
    ] = None
    no_profile: Annotated[
        bool, Option("--no-profile", help="Take no presets from any profile.", rich_help_panel=_PROFILES)
    ] = False

    def prepare(self, context: Context) -> None:
        """Tell *context* what everything else is based on, before anything else looks at the options."""
        self.apply(context)
        use_profile(context, self.profile, none=self.no_profile)

    def apply(self, context: Context) -> None:
        """Tell *context* how much the user wants to hear."""
        context.verbosity = -1 if self.quiet else self.verbose
        context.debug = self.debug
        context.errors_as_json = choice("--errors", self.errors or "text", ("text", "json")) == "json"

    def format(self, context: Context, known: tuple[OutputFormat, ...] = FORMATS) -> OutputFormat:
        """The chosen format, one of the *known* ones."""
        return output_format(context, self.output, known)

    def colour(self, context: Context) -> bool:
        """Whether stdout gets colours."""
        return stdout_colour(context, self.color)

    def settings(self, context: Context, known: tuple[OutputFormat, ...] = FORMATS) -> Settings:
        """The checked settings."""
        self.apply(context)
        return Settings(output=self.format(context, known), colour=self.colour(context))


@dataclass(frozen=True)
class _RetryOptions:
    connect_timeout: Annotated[
        str | None,
        Option(
            metavar="DUR",
            help="For connecting, per step (5s).",
        ),
    ] = None
    retry: Annotated[str | None, Option(metavar="N", help="Try N times more to reach a peer at first.")] = None
    reconnect: Annotated[str | None, Option(metavar="[=N]", help="After a loss connect again, up to N times.")] = None
    no_reconnect: Annotated[
        bool,
        Option("--no-reconnect", help="Do not connect again, whatever the profile says.", rich_help_panel=_PROFILES),
    ] = False
    id: Annotated[str | None, Option(metavar="UUID", help="Take this endpoint id.", hidden=True)] = None

    def attempts(self, context: Context) -> int | None:
        """How often to try again after a loss; None is without end."""
        if self.no_reconnect and self.reconnect is not None:
            refuse("--reconnect and --no-reconnect exclude each other")
        chosen = resolve(context, "reconnect", "0" if self.no_reconnect else self.reconnect)
        if chosen.text is None:
            return 0
        return None if chosen.text == "" else count(chosen.what, chosen.text, 0)


@dataclass(frozen=True)
class ConnectOptions(AccessOptions, _RetryOptions):
    """How to make connections."""

    def extend(
        self, settings: Settings, peers: "tuple[PeerAddress, ...]", context: Context, *, keys: bool = False
    ) -> Settings:
        """*settings* with what this group, the environment and the profile say.

        CURVE keys are looked for when a peer is a ZeroMQ cluster, and with *keys* in any case.
        """
        timeout = resolve(context, "connect-timeout", self.connect_timeout)
        retry = resolve(context, "retry", self.retry)
        return replace(
            settings,
            peers=peers,
            connect_timeout=duration(timeout.what, timeout.text) if timeout.text else config.DEFAULT_CONNECT_TIMEOUT,
            retry=0 if retry.text is None else count(retry.what, retry.text, 0),
            reconnect=self.attempts(context),
            tls=self.tls_mode(context, "auto"),
            credentials=self.credentials(context),
            token=self.token(context),
            curve=self.curve(context, needed=keys or any(peer.transport == "zmq" for peer in peers)),
            web_zone=self.zone(context),
            id=self.id,
        )


@dataclass(frozen=True)
class PeerOptions:
    """Whom to connect to."""

    peer: Annotated[
        list[str] | None,
        Option(
            "--peer",
            "-p",
            metavar="HOST:PORT",
            help=f"Whom to connect to; repeatable. [{config.ENV_PEER}]",
        ),
    ] = None

    def addresses(self, context: Context) -> "tuple[PeerAddress, ...]":
        """Host and port of each peer, without repetitions; from environment or profile when there is no flag."""
        chosen = resolve(context, "peer", self.peer)
        parts = [part.strip() for text in chosen.texts for part in text.split(",")]
        return tuple(dict.fromkeys(peer_address(part, chosen.what) for part in parts))

    def required(self, context: Context) -> "tuple[PeerAddress, ...]":
        """As :meth:`addresses`, at least one."""
        found = self.addresses(context)
        if not found:
            message = "no peer given"
            hint = f"use -p HOST:PORT, or set {config.ENV_PEER}, or keep it: broker profile add NAME -p HOST:PORT --use"
            raise Failure(message, ExitCode.USAGE, hint)
        return found
