"""``broker bench pub``: how many messages a second can be published."""

# Typer reads the annotations when the program runs, so they are not postponed here.
from typer import Context as TyperContext

from broker_cli.commandline import with_option_groups
from broker_cli.commands.bench.options import BenchOptions, TrafficOptions
from broker_cli.context import Context
from broker_cli.options import ConnectOptions, DisplayOptions

__all__ = ["EPILOG", "USAGE", "pub"]

USAGE = ("[OPTIONS] [TOPIC]",)

EPILOG = """\b
Examples:
  broker bench pub                               as fast as both ends can
  broker bench pub --rate 1000 --duration 9s     the latency of the way itself
  broker bench pub /x -p :9999 --clients 2 --shape conn --csv pub.csv

\b
Counted is what the peer confirmed. At full speed most of the latency is
waiting in queues. --shape: event (4 arguments), conn (12), string.
Exit codes: 4 nobody subscribed, or timed out, 5 no connection, 6 lost."""


@with_option_groups
def pub(
    ctx: TyperContext,
    traffic: TrafficOptions,
    *,
    bench: BenchOptions,
    connect: ConnectOptions,
    display: DisplayOptions,
) -> None:
    """Measure publishing: messages a second that a peer confirms."""
    context: Context = ctx.obj
    settings = bench.settings(context, connect, display)
    from broker_cli.benching.planning import plan_pub
    from broker_cli.benching.running import run_bench

    plan = plan_pub(settings, bench.scale(context, 100_000), traffic.traffic())
    run_bench(context, settings, plan)
