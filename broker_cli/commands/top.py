"""``broker top``: topics and events by rate."""

# Typer reads the annotations when the program runs, so they are not postponed here.
from typing import TYPE_CHECKING, Annotated

from typer import Argument, Option
from typer import Context as TyperContext

from broker_cli.commandline import with_option_groups
from broker_cli.context import Context
from broker_cli.live_options import interval_seconds
from broker_cli.options import ConnectOptions, DisplayOptions, PeerOptions
from broker_cli.parsing import choice, count, optional_duration

if TYPE_CHECKING:
    from broker_cli.live.ordering import Sort

__all__ = ["EPILOG", "GROUPINGS", "SORTS", "USAGE", "top"]

USAGE = ("[OPTIONS] [TOPIC...]",)

EPILOG = """\b
Examples:
  broker top -p :9999                     everything; ? lists the keys
  broker top -p :9999 zeek/ --sort bytes  what takes the most room
  broker top zeek/ --by topic -n 1 | jq 'select(.rate > 100) | .topic'

\b
Counting goes on while the screen stands still. Into a pipe or file, or with
-o ndjson, there is a line for each row once in an interval.
Exit codes: 0 also after q, 5 no connection, 6 connection lost for good,
130/143 ended by INT/TERM."""

SORTS: "tuple[Sort, ...]" = ("rate", "bytes", "total", "last", "name")
"""The words of --sort."""
GROUPINGS = ("event", "topic")
"""The words of --by."""


@with_option_groups
def top(
    ctx: TyperContext,
    peers: PeerOptions,
    topics: Annotated[
        list[str] | None, Argument(metavar="TOPIC", show_default=False, help="Prefixes; without any, everything.")
    ] = None,
    interval: Annotated[str | None, Option("--interval", metavar="DUR", help="What a rate is taken over (1s).")] = None,
    sort: Annotated[
        str | None, Option("--sort", metavar="COLUMN", help="rate (default), bytes, total, last or name.")
    ] = None,
    by: Annotated[str | None, Option("--by", metavar="WHAT", help="A row for each event (default) or topic.")] = None,
    filter_: Annotated[
        str | None, Option("--filter", metavar="GLOB", help="Only topics or events like this, or with it in them.")
    ] = None,
    refreshes: Annotated[str | None, Option("--count", "-n", metavar="N", help="Stop after N intervals.")] = None,
    for_: Annotated[str | None, Option("--for", metavar="DUR", help="Stop after this time.")] = None,
    max_queue: Annotated[
        str | None,
        Option(
            "--max-queue", metavar="N", help="How many may wait to be counted (65536).", rich_help_panel="Slow counting"
        ),
    ] = None,
    *,
    connect: ConnectOptions,
    display: DisplayOptions,
) -> None:
    """Watch topics and events by rate, with their last values."""
    context: Context = ctx.obj
    settings = connect.extend(display.settings(context, ("human", "ndjson")), peers.required(context), context)
    seconds = interval_seconds(interval)
    number = None if refreshes is None else count("--count", refreshes)
    order = choice("--sort", sort or "rate", SORTS)
    grouping = choice("--by", by or "event", GROUPINGS)
    limit = optional_duration("--for", for_)
    capacity = None if max_queue is None else count("--max-queue", max_queue)

    from broker_cli.live.monitoring import QUEUE, Monitoring, run_top

    plan = Monitoring(
        topics=tuple(topics or ("",)),
        interval=seconds,
        sort=order,
        by_event=grouping == "event",
        pattern=filter_ or "",
        refreshes=number,
        duration=limit,
        capacity=capacity or QUEUE,
    )
    run_top(context, settings, plan)
