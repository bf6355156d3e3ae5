"""``broker replay``: publish what was recorded, or print it."""

# Typer reads the annotations when the program runs, so they are not postponed here.
from typing import TYPE_CHECKING, Annotated

from typer import Argument, Option
from typer import Context as TyperContext

from broker_cli.commandline import OPTIONAL_VALUE, with_option_groups
from broker_cli.context import Context
from broker_cli.options import ConnectOptions, DisplayOptions, PeerOptions
from broker_cli.parsing import count, optional_duration, refuse
from broker_cli.profiles.resolving import time_limit
from broker_cli.selection_options import SelectionOptions, ShowOptions

if TYPE_CHECKING:
    from broker_cli.recorded import Bound

__all__ = ["EPILOG", "USAGE", "moment", "replay", "topic_rule"]

USAGE = ("[OPTIONS] FILE...",)

EPILOG = """\b
Examples:
  broker replay -p :9999 zeek.rec                 with the recorded pauses
  broker replay zeek.rec --speed max --topic-map zeek/=/lab/zeek/
  broker replay zeek.rec --dry-run --event 'Notice::*'    prints, offline

\b
Exit codes: 2 no such FILE, 4 no subscriber in time, 5 no connection, 6 not
delivered, 7 FILE is damaged or no recording, 8 refused, 9 some of it."""

_SELECTION = "Selection"
_TIME = "Time"
_SENDING = "Sending"


def topic_rule(text: str) -> tuple[str, str]:
    """Old and new prefix of ``--topic-map A=B``."""
    old, equals, new = text.partition("=")
    if not equals or text == "=":
        refuse(f"--topic-map: '{text}' is not OLD=NEW", "such as zeek/=/lab/zeek/; =/lab/ puts /lab/ before all topics")
    return old, new


def moment(option: str, text: str) -> "Bound":
    """The bound of ``--start 5min`` (behind the first message) or ``--start 2024-05-01T12:00:00Z``."""
    from broker_cli.parsing import duration
    from broker_cli.recorded import Bound
    from broker_core import DecodeError, Timestamp
    from broker_core.codecs.text import decode_argument

    if "T" in text or "-" in text:
        try:
            value = decode_argument(text)
        except DecodeError as error:
            refuse(f"{option}: {error.problem}", "such as 90s, or 2024-05-01T12:00:00Z")
        if isinstance(value, Timestamp):
            return Bound(value.ns, is_date=True)
    return Bound(int(duration(option, text) * 1e9), is_date=False)


@with_option_groups
def replay(
    ctx: TyperContext,
    peers: PeerOptions,
    files: Annotated[list[str], Argument(metavar="FILE", show_default=False, help="Recordings; - is stdin.")],
    speed: Annotated[
        str | None, Option("--speed", metavar="X", help="So many times as fast (1); max: no pauses.")
    ] = None,
    topic_map: Annotated[
        list[str] | None,
        Option("--topic-map", metavar="OLD=NEW", help="Put NEW in place of the prefix OLD."),
    ] = None,
    topic: Annotated[
        list[str] | None,
        Option("--topic", metavar="PREFIX", help="Only these topics; repeatable.", rich_help_panel=_SELECTION),
    ] = None,
    count_: Annotated[str | None, Option("--count", "-n", metavar="N", help="Stop after N messages.")] = None,
    loop: Annotated[
        str | None,
        Option(
            "--loop",
            metavar=OPTIONAL_VALUE,
            help="Play it N times, without N until Ctrl-C.",
            rich_help_panel=_SENDING,
        ),
    ] = None,
    start: Annotated[
        str | None,
        Option(
            "--start", metavar="WHEN", help="From this time on: 90s behind the first, or a date.", rich_help_panel=_TIME
        ),
    ] = None,
    end: Annotated[
        str | None,
        Option("--end", metavar="WHEN", help="Up to this time.", rich_help_panel=_TIME),
    ] = None,
    max_gap: Annotated[
        str | None,
        Option("--max-gap", metavar="DUR", help="Cut longer pauses to this, before --speed.", rich_help_panel=_TIME),
    ] = None,
    keep_going: Annotated[
        bool, Option("--keep-going", help="Leave out what is damaged.", rich_help_panel=_SENDING)
    ] = False,
    wait_subscriber: Annotated[
        str | None,
        Option(
            "--wait-subscriber",
            metavar=OPTIONAL_VALUE,
            help="First wait for N (1) subscribers of the first topic.",
            rich_help_panel=_SENDING,
        ),
    ] = None,
    timeout: Annotated[
        str | None,
        Option("--timeout", metavar="DUR", help="Wait at most so long for them.", rich_help_panel=_SENDING),
    ] = None,
    dry_run: Annotated[bool, Option("--dry-run", help="Print it as subscribe would; without a peer.")] = False,
    *,
    select: SelectionOptions,
    show: ShowOptions,
    connect: ConnectOptions,
    display: DisplayOptions,
) -> None:
    """Publish what was recorded, or print it."""
    context: Context = ctx.obj
    settings = display.settings(context)
    settings = connect.extend(settings, () if dry_run else peers.required(context), context)
    settings = show.extend(settings, display)
    if show.rate:
        refuse("--rate is for what comes, not for what is recorded", "broker info tells the rate of a recording")
    if not dry_run and (settings.template is not None or settings.nul or settings.stamps is not None):
        refuse("--format, --topics-only, --ts and --null go with --dry-run, which prints")
    if select.exact and not topic:
        refuse("--exact goes with --topic")
    if files.count("-") > 1 or ("-" in files and loop is not None):
        refuse("stdin can be read once only")
    endless = loop == ""  # None is once
    limit = time_limit(context, timeout)

    from broker_cli.pacing import replay_speed
    from broker_cli.recorded import Choice
    from broker_cli.replaying import Replay, run_replay, show_replay

    plan = Replay(
        paths=tuple(files),
        choice=Choice(
            topics=tuple(topic or ()),
            topic_map=tuple(topic_rule(text) for text in topic_map or ()),
            selection=select.selection(topic or (), settings),
            start=None if start is None else moment("--start", start),
            end=None if end is None else moment("--end", end),
            count=None if count_ is None else count("--count", count_),
            loops=float("inf") if endless else 1 if loop is None else count("--loop", loop),
        ),
        speed=replay_speed("--speed", speed or ("max" if dry_run else "1")),
        longest_gap=optional_duration("--max-gap", max_gap),
        keep_going=keep_going,
        wait_subscriber=None if wait_subscriber is None else count("--wait-subscriber", wait_subscriber or "1"),
        timeout=limit,
    )
    (show_replay if dry_run else run_replay)(context, settings, plan)
