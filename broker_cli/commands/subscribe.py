"""``broker subscribe``: show what is published."""

# Typer reads the annotations when the program runs, so they are not postponed here.
from typing import Annotated

from typer import Argument, Option
from typer import Context as TyperContext

from broker_cli.commandline import with_option_groups
from broker_cli.context import Context
from broker_cli.live_options import WatchOptions
from broker_cli.log_options import LogOutputOptions
from broker_cli.options import ConnectOptions, DisplayOptions, PeerOptions
from broker_cli.parsing import choice, count, optional_duration
from broker_cli.profiles.resolving import time_limit
from broker_cli.selection_options import ExecOptions, SelectionOptions, ShowOptions
from broker_cli.type_options import NamingOptions

__all__ = ["EPILOG", "OVERFLOW_POLICIES", "USAGE", "subscribe"]

USAGE = ("[OPTIONS] TOPIC...",)

EPILOG = """\b
Examples:
  broker subscribe -p :9999 zeek/               all that starts with zeek/
  broker subscribe /test -n 100 > test.ndjson   to publish --from again
  broker subscribe /test --where 'args[1] > 5' --format '{ts} {args[0]}'

\b
Exit codes: 3 no --until-event, 4 fewer than -n (--timeout: none), 5 no
connection, 6 connection lost for good, 9 commands of --exec failed."""

_PANEL = "Delivery"

OVERFLOW_POLICIES = {"block": "block", "drop-old": "drop_oldest", "drop-new": "drop_newest", "exit": "disconnect"}
"""What --on-overflow may say, and the library's name of it."""


@with_option_groups
def subscribe(
    ctx: TyperContext,
    peers: PeerOptions,
    topics: Annotated[
        list[str], Argument(metavar="TOPIC", show_default=False, help="Prefixes: /foo gets /foo, /foo/bar and /foobar.")
    ],
    count_: Annotated[str | None, Option("--count", "-n", metavar="N", help="Stop after N messages.")] = None,
    for_: Annotated[str | None, Option("--for", metavar="DUR", help="Stop after this time.")] = None,
    idle: Annotated[
        str | None,
        Option("--idle", metavar="DUR", help="Stop when nothing was shown for so long.", rich_help_panel=_PANEL),
    ] = None,
    timeout: Annotated[
        str | None, Option("--timeout", metavar="DUR", help="As --for, but exit 4 unless -n (1) have come.")
    ] = None,
    max_queue: Annotated[
        str | None,
        Option("--max-queue", metavar="N", help="How many may wait for a slow output (2048).", rich_help_panel=_PANEL),
    ] = None,
    on_overflow: Annotated[
        str | None,
        Option(
            "--on-overflow",
            metavar="HOW",
            help="What to do if more wait: block, drop-old, drop-new or exit.",
            rich_help_panel=_PANEL,
        ),
    ] = None,
    ready_file: Annotated[
        str | None,
        Option(
            "--ready-file",
            metavar="FILE",
            help="Create FILE when the subscription is active.",
            rich_help_panel=_PANEL,
        ),
    ] = None,
    *,
    select: SelectionOptions,
    show: ShowOptions,
    run: ExecOptions,
    live: WatchOptions,
    logs: LogOutputOptions,
    types: NamingOptions,
    connect: ConnectOptions,
    display: DisplayOptions,
) -> None:
    """Show messages on topics that start with TOPIC ("" is all)."""
    context: Context = ctx.obj
    settings = connect.extend(display.settings(context, logs.formats), peers.required(context), context)
    settings = show.extend(types.extend(settings, context), display)
    settings = logs.extend(settings, chosen=display.output, others=(*select.given, *show.given, *run.given))
    selection = select.selection(topics, settings)
    execution = run.execution(settings)
    interval = live.seconds(settings, rate=show.rate, exec=execution)
    limit = time_limit(context, timeout)
    wanted = None if count_ is None else count("--count", count_)
    duration, quiet_time = optional_duration("--for", for_), optional_duration("--idle", idle)
    capacity = None if max_queue is None else count("--max-queue", max_queue)
    default = "drop-old" if context.stdout_is_terminal and execution is None else "block"
    policy = OVERFLOW_POLICIES[choice("--on-overflow", on_overflow or default, OVERFLOW_POLICIES)]

    from broker_cli.receiving import Ends
    from broker_cli.subscribing import Subscription, run_subscription

    ends = Ends(count=wanted, duration=duration, timeout=limit, idle=quiet_time)
    plan = Subscription(
        topics=tuple(topics),
        ends=ends,
        capacity=capacity,
        overflow=policy,
        ready_file=ready_file,
        selection=selection,
        execution=execution,
        rate=show.rate,
    )
    if interval is not None:
        from broker_cli.live.monitoring import run_watch

        run_watch(context, settings, plan, interval)
        return
    run_subscription(context, settings, plan)
