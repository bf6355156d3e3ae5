"""``broker bench sub``: how many messages a second can be received."""

# Typer reads the annotations when the program runs, so they are not postponed here.
from dataclasses import dataclass
from typing import Annotated

from typer import Context as TyperContext
from typer import Option

from broker_cli.commandline import with_option_groups
from broker_cli.commands.bench.options import BenchOptions, TrafficOptions
from broker_cli.context import Context
from broker_cli.options import ConnectOptions, DisplayOptions
from broker_cli.parsing import refuse

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


@dataclass(frozen=True)
class _SourceOptions(TrafficOptions):
    """What is published by the one publisher."""

    rate: Annotated[str | None, Option("--rate", metavar="N", help="Messages a second.")] = None


@with_option_groups
def sub(
    ctx: TyperContext,
    traffic: _SourceOptions,
    *,
    bench: BenchOptions,
    connect: ConnectOptions,
    display: DisplayOptions,
) -> None:
    """Measure receiving: messages a second that come to subscribers."""
    context: Context = ctx.obj
    settings = bench.settings(context, connect, display)
    if settings.peers and traffic.given:
        refuse("--size, --shape and --rate are for the publisher, which is not ours with -p")
    from broker_cli.benching.planning import plan_sub
    from broker_cli.benching.running import run_bench

    plan = plan_sub(settings, bench.scale(context, 100_000), traffic.traffic(prefix=bool(settings.peers)))
    run_bench(context, settings, plan)
