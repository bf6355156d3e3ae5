"""``broker bench pub``: how many messages a second can be published."""

# Typer reads the annotations when the program runs, so they are not postponed here.
from typing import Annotated

from typer import Argument, Option
from typer import Context as TyperContext

from broker_cli.commandline import with_option_groups
from broker_cli.commands.bench.options import BenchOptions, rate_of, topic_of
from broker_cli.context import Context
from broker_cli.options import ConnectOptions, DisplayOptions
from broker_cli.parsing import choice
from broker_cli.sizes import byte_count

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
    topic: Annotated[str, Argument(metavar="TOPIC", show_default=False, help="/broker-bench without it.")] = (
        "/broker-bench"
    ),
    size: Annotated[str | None, Option("--size", metavar="BYTES", help="Of each value on the wire (128).")] = None,
    shape: Annotated[str | None, Option("--shape", metavar="WHAT", help="event, conn or string.")] = None,
    rate: Annotated[str | None, Option("--rate", metavar="N", help="Messages a second, all clients together.")] = None,
    *,
    bench: BenchOptions,
    connect: ConnectOptions,
    display: DisplayOptions,
) -> None:
    """Measure publishing: messages a second that a peer confirms."""
    context: Context = ctx.obj
    settings = bench.settings(context, connect, display)
    from broker_cli.benching.payloads import SHAPES
    from broker_cli.benching.planning import plan_pub

    plan = plan_pub(
        settings,
        topic_of(topic),
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
