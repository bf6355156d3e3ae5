"""``broker doctor``: why there is no peering, and what helps."""

# Typer reads the annotations when the program runs, so they are not postponed here.
from typing import Annotated

from typer import Argument, Exit
from typer import Context as TyperContext

from broker_cli.commandline import with_option_groups
from broker_cli.context import Context
from broker_cli.options import ConnectOptions, DisplayOptions
from broker_cli.parsing import peer_address, refuse

__all__ = ["EPILOG", "USAGE", "doctor"]

USAGE = ("[OPTIONS] ADDR:PORT [TOPIC]...",)

EPILOG = """\b
Examples:
  broker doctor zeek.example:9999            a Zeek with Broker::listen
  broker doctor manager:27761 zeek/cluster/  does it get what I publish?
  broker doctor zeek:9999 --cert c.pem --cert-key k.pem --ca ca.pem
  broker doctor ws://manager:27759           Cluster::listen_websocket
  broker doctor zmq://manager:27760          a cluster on ZeroMQ
  broker doctor -q zeek:9999                 only the cause and the remedy

\b
It goes the way of a peering, step by step, with the options given, and where
that fails it looks at who answers there: it tries TLS, HTTP and ZeroMQ, and
when the port is closed the other usual ports of Zeek on the same host. The
other side sees a peer, or connections, that come and go.
Exit codes: 0 all is well, 2 a setting of this side is wrong, 3 nobody there
subscribes to a TOPIC, 5 no peering."""


@with_option_groups
def doctor(
    ctx: TyperContext,
    address: Annotated[str, Argument(metavar="ADDR:PORT", show_default=False, help="The endpoint.")],
    topics: Annotated[
        list[str] | None,
        Argument(metavar="TOPIC", show_default=False, help="Topics that it should get when they are published here."),
    ] = None,
    *,
    connect: ConnectOptions,
    display: DisplayOptions,
) -> None:
    """Find out why there is no connection, and what helps."""
    context: Context = ctx.obj
    settings = display.settings(context, ("human", "ndjson"))
    settings = connect.extend(settings, (peer_address(address, "ADDR:PORT"),), context)
    if settings.retry or settings.reconnect != 0:
        refuse("the doctor tries everything once: --retry and --reconnect mean nothing here")

    from broker_cli.diagnosing import run_doctor

    raise Exit(int(run_doctor(context, settings, tuple(topics or ()))))
