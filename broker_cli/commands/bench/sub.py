"""``broker bench sub``: how many messages a second can be received."""

# Typer reads the annotations when the program runs, so they are not postponed here.
from typing import Annotated

from typer import Argument, Option
from typer import Context as TyperContext

from broker_cli.commandline import with_option_groups
from broker_cli.commands.bench.options import BenchOptions, rate_of, topic_of
from broker_cli.context import Context
from broker_cli.options import ConnectOptions, DisplayOptions
from broker_cli.parsing import choice, refuse
from broker_cli.sizes import byte_count

__all__ = ["EPILOG", "USAGE", "sub"]

USAGE = ("[OPTIONS] [TOPIC]",)

EPILOG = """\b
Examples:
  broker bench sub --clients 4             one publisher, four subscribers
  broker bench sub /x -p :9999 -n 50000    what others publish there, such as
  broker bench pub /x -p :9999 -n 50000    in another shell

\b
Every client gets --msgs messages. With -p time runs from the first one on;
the latency is by the clocks of both machines. --shape: event, conn, string.
Exit codes: 4 nothing came for --timeout, 5 no connection, 6 lost."""


@with_option_groups
def sub(
    ctx: TyperContext,
    topic: Annotated[str, Argument(metavar="TOPIC", show_default=False, help="/broker-bench without it.")] = (
        "/broker-bench"
    ),
    size: Annotated[str | None, Option("--size", metavar="BYTES", help="Of each value on the wire (128).")] = None,
    shape: Annotated[str | None, Option("--shape", metavar="WHAT", help="event, conn or string.")] = None,
    rate: Annotated[str | None, Option("--rate", metavar="N", help="Messages a second.")] = None,
    *,
    bench: BenchOptions,
    connect: ConnectOptions,
    display: DisplayOptions,
) -> None:
    """Measure receiving: messages a second that come to subscribers."""
    context: Context = ctx.obj
    settings = bench.settings(context, connect, display)
    if settings.peers and (size, shape, rate) != (None, None, None):
        refuse("--size, --shape and --rate are for the publisher, which is not ours with -p")
    from broker_cli.benching.payloads import SHAPES
    from broker_cli.benching.planning import plan_sub

    plan = plan_sub(
        settings,
        topic_of(topic, empty=bool(settings.peers)),
        messages=bench.messages(100_000),
        duration=bench.seconds(),
        clients=bench.number_of_clients(),
        size=128 if size is None else byte_count("--size", size),
        shape=choice("--shape", shape or "event", SHAPES),
        rate=None if rate is None else rate_of(rate),
        timeout=bench.patience(context),
        csv=bench.csv,
        progress=not bench.no_progress,
    )

    from broker_cli.benching.running import run_bench

    run_bench(context, settings, plan)
