"""``broker subscribe``: show what is published."""

# Typer reads the annotations when the program runs, so they are not postponed here.
from typing import Annotated

from typer import Argument, Option
from typer import Context as TyperContext

from broker_cli.commandline import with_option_groups
from broker_cli.config import ENV_TIMEOUT
from broker_cli.context import Context
from broker_cli.options import ConnectOptions, DisplayOptions, PeerOptions
from broker_cli.parsing import choice, count, optional_duration

__all__ = ["EPILOG", "OVERFLOW_POLICIES", "USAGE", "subscribe"]

USAGE = ("[OPTIONS] TOPIC...",)

EPILOG = """\b
Examples:
  broker subscribe -p :9999 zeek/                 all that starts with zeek/
  broker subscribe /test -n 100 > test.ndjson     to publish --from again
  broker subscribe /test -o raw -n 1 --timeout 10s

\b
Peers send what they publish themselves, and what others publish only if they
forward; Zeek does not. --for, --idle and -n end it, whichever is first.
Exit codes: 4 fewer than -n messages (--timeout: none), 5 no connection,
6 connection lost for good, 130/143 ended by INT/TERM."""

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
    idle: Annotated[str | None, Option("--idle", metavar="DUR", help="Stop when nothing came for so long.")] = None,
    timeout: Annotated[
        str | None, Option("--timeout", metavar="DUR", help="As --for, but exit 4 unless -n (1) have come.")
    ] = None,
    max_queue: Annotated[
        str | None, Option("--max-queue", metavar="N", help="How many may wait for a slow output (2048).")
    ] = None,
    on_overflow: Annotated[
        str | None,
        Option("--on-overflow", metavar="HOW", help="If more: block, drop-old, drop-new or exit."),
    ] = None,
    ready_file: Annotated[
        str | None, Option("--ready-file", metavar="FILE", help="Create FILE when the subscription is active.")
    ] = None,
    *,
    connect: ConnectOptions,
    display: DisplayOptions,
) -> None:
    """Show messages on topics that start with TOPIC ("" is all)."""
    context: Context = ctx.obj
    settings = connect.extend(display.settings(context), peers.required(context), context)
    limit = optional_duration("--timeout", timeout or context.environ.get(ENV_TIMEOUT) or None)
    wanted = None if count_ is None else count("--count", count_)
    duration, quiet_time = optional_duration("--for", for_), optional_duration("--idle", idle)
    capacity = None if max_queue is None else count("--max-queue", max_queue)
    default = "drop-old" if context.stdout_is_terminal else "block"
    policy = OVERFLOW_POLICIES[choice("--on-overflow", on_overflow or default, OVERFLOW_POLICIES)]

    from broker_cli.receiving import Ends
    from broker_cli.subscribing import Subscription, run_subscription

    ends = Ends(count=wanted, duration=duration, timeout=limit, idle=quiet_time)
    plan = Subscription(topics=tuple(topics), ends=ends, capacity=capacity, overflow=policy, ready_file=ready_file)
    run_subscription(context, settings, plan)
