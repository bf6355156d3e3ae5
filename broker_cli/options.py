"""The options that commands share, in groups, so that ``--peer`` means one thing everywhere."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, get_args

from typer import Option

from . import config
from .config import FORMATS, OutputFormat, Settings, Tls, When
from .context import Context, wants_colour
from .exit_codes import ExitCode, Failure
from .parsing import choice, count, duration, peer_address, refuse
from .tls_options import AccessOptions

if TYPE_CHECKING:
    from broker_core import PeerAddress

__all__ = ["ConnectOptions", "DisplayOptions", "PeerOptions"]


@dataclass(frozen=True)
class DisplayOptions:
    """What is shown, and how."""

    output: Annotated[
        OutputFormat | None,
        Option(
            "--output",
            "-o",
            metavar="FORMAT",
            help="human (on a terminal), ndjson, text, broker, raw.",
        ),
    ] = None
    color: Annotated[When | None, Option("--color", metavar="WHEN", help="auto, always or never.")] = None
    quiet: Annotated[bool, Option("--quiet", "-q", help="Only errors on stderr.")] = False
    verbose: Annotated[int, Option("--verbose", "-v", count=True, help="More on stderr.", show_default=False)] = 0
    debug: Annotated[bool, Option("--debug", help="Show tracebacks.", hidden=True)] = False

    def apply(self, context: Context) -> None:
        """Tell *context* how much the user wants to hear."""
        context.verbosity = -1 if self.quiet else self.verbose
        context.debug = self.debug

    def format(self, context: Context, known: tuple[OutputFormat, ...] = FORMATS) -> OutputFormat:
        """The chosen format, one of the *known* ones."""
        if self.output:
            chosen = choice("--output", self.output, FORMATS)
            if chosen not in known:
                refuse(f"--output: this command prints {' or '.join(known)}, not {chosen}")
            return chosen
        preset = context.environ.get(config.ENV_OUTPUT)
        if preset and choice(config.ENV_OUTPUT, preset, FORMATS) in known:  # it is not meant for every command
            return choice(config.ENV_OUTPUT, preset, FORMATS)
        return "human" if context.stdout_is_terminal else "ndjson"

    def colour(self, context: Context) -> bool:
        """Whether stdout gets colours."""
        when = choice("--color", self.color or "auto", get_args(When))
        return wants_colour(when, context.environ, is_terminal=context.stdout_is_terminal)

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
    id: Annotated[str | None, Option(metavar="UUID", help="Take this endpoint id.", hidden=True)] = None


@dataclass(frozen=True)
class ConnectOptions(AccessOptions, _RetryOptions):
    """How to make connections."""

    def extend(self, settings: Settings, peers: "tuple[PeerAddress, ...]", context: Context) -> Settings:
        """*settings* with what this group and the environment say."""
        environ = context.environ
        timeout = self.connect_timeout or environ.get(config.ENV_CONNECT_TIMEOUT)
        tls = self.tls or environ.get(config.ENV_TLS)
        return Settings(
            output=settings.output,
            colour=settings.colour,
            peers=peers,
            connect_timeout=duration("--connect-timeout", timeout) if timeout else config.DEFAULT_CONNECT_TIMEOUT,
            retry=0 if self.retry is None else count("--retry", self.retry, 0),
            reconnect=_attempts(self.reconnect),
            tls=choice("--tls", tls or "auto", get_args(Tls)),
            credentials=self.credentials(context),
            token=self.token(context),
            web_zone=self.zone(),
            id=self.id,
        )


def _attempts(text: str | None) -> int | None:
    if text is None:
        return 0
    return None if text == "" else count("--reconnect", text, 0)


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
        """Host and port of each peer, without repetitions; from the environment when there is no flag."""
        if self.peer:
            texts = [(text, "--peer") for text in self.peer]
        else:
            texts = [(text, config.ENV_PEER) for text in context.environ.get(config.ENV_PEER, "").split(",") if text]
        found = [peer_address(part.strip(), what) for text, what in texts for part in text.split(",")]
        return tuple(dict.fromkeys(found))

    def required(self, context: Context) -> "tuple[PeerAddress, ...]":
        """As :meth:`addresses`, at least one."""
        found = self.addresses(context)
        if not found:
            message = "no peer given"
            raise Failure(message, ExitCode.USAGE, f"use -p HOST:PORT, or set {config.ENV_PEER}")
        return found
