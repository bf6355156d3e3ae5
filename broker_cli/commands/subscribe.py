"""``broker subscribe``: show what is published."""

# Typer reads the annotations when the program runs, so they are not postponed here.
from typing import Annotated

from typer import Argument
from typer import Context as TyperContext

from broker_cli.commandline import with_option_groups
from broker_cli.context import Context
from broker_cli.live_options import WatchOptions
from broker_cli.log_options import LogSourceOptions
from broker_cli.options import ConnectOptions, DisplayOptions, PeerOptions
from broker_cli.parsing import refuse
from broker_cli.receiving_options import ReceivingOptions, StopOptions
from broker_cli.selection_options import ExecOptions, SelectionOptions, ShowOptions
from broker_cli.type_options import NamingOptions

__all__ = ["EPILOG", "USAGE", "subscribe"]

USAGE = ("[OPTIONS] TOPIC...",)

EPILOG = """\b
Examples:
  broker subscribe -p :9999 zeek/ -n 100 > zeek.ndjson   for publish --from
  broker subscribe /test --where 'args[1] > 5' --format '{ts} {args[0]}'
  broker subscribe --log-sink 27764 -o tsv     logs of a cluster on ZeroMQ

\b
Zeek's topics have dots on zmq://: zeek.cluster.worker. Exit codes: 3 no
--until-event, 4 fewer than -n, 5 no connection, 6 lost for good, 9 --exec."""


@with_option_groups
def subscribe(
    ctx: TyperContext,
    peers: PeerOptions,
    topics: Annotated[
        list[str] | None,
        Argument(metavar="TOPIC", show_default=False, help="Prefixes: /foo gets /foo, /foo/bar and /foobar."),
    ] = None,
    *,
    stop: StopOptions,
    receive: ReceivingOptions,
    select: SelectionOptions,
    show: ShowOptions,
    run: ExecOptions,
    live: WatchOptions,
    logs: LogSourceOptions,
    types: NamingOptions,
    connect: ConnectOptions,
    display: DisplayOptions,
) -> None:
    """Show messages on topics that start with TOPIC ("" is all)."""
    context: Context = ctx.obj
    wanted = tuple(topics or ())
    if not wanted and (logs.log_sink is None or peers.peer):
        where = "zeek/logs/ is where Zeek publishes them; those of a ZeroMQ cluster come to --log-sink PORT"
        refuse("missing argument 'TOPIC'", where if logs.logs else f"see {ctx.command_path} --help")
    if not wanted and (select.exclude or select.exact):
        refuse(f"{'--exclude' if select.exclude else '--exact'} is for topics, and there is no TOPIC")
    addresses = peers.required(context) if wanted else ()  # who only wants a sink means no peer of a profile
    settings = connect.extend(
        display.settings(context, logs.formats), addresses, context, keys=logs.log_sink is not None
    )
    settings = show.extend(types.extend(settings, context), display)
    settings = logs.extend(settings, chosen=display.output, others=(*select.given, *show.given, *run.given))
    selection = select.selection(wanted, settings)
    execution = run.execution(settings)
    interval = live.seconds(settings, rate=show.rate, exec=execution)
    ends = receive.ends(context, stop)
    default = "drop-old" if context.stdout_is_terminal and execution is None else "block"

    from broker_cli.subscribing import Subscription, run_subscription

    plan = Subscription(
        topics=wanted,
        ends=ends,
        capacity=receive.capacity,
        overflow=receive.policy(default),
        ready_file=receive.ready_file,
        selection=selection,
        execution=execution,
        rate=show.rate,
        log_sink=logs.sink(receive.capacity, receive.policy()),  # nobody waits for a terminal that shows nothing
    )
    if interval is not None:
        from broker_cli.live.monitoring import run_watch

        run_watch(context, settings, plan, interval)
        return
    run_subscription(context, settings, plan)
