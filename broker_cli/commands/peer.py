"""``broker peer``: shake hands with one endpoint, and say what it is."""

# Typer reads the annotations when the program runs, so they are not postponed here.
from typing import Annotated

from typer import Argument, Option
from typer import Context as TyperContext

from broker_cli.commandline import with_option_groups
from broker_cli.context import Context
from broker_cli.options import ConnectOptions, DisplayOptions
from broker_cli.parsing import peer_address

__all__ = ["EPILOG", "USAGE", "peer"]

USAGE = ("[OPTIONS] HOST:PORT",)

EPILOG = """\b
Examples:
  broker peer :9999       who is there, and what does it subscribe to
  broker peer zeek:9999 --watch --reconnect

\b
Stores are those whose masters or clones live there, by its subscriptions.
Exit codes: 5 no connection, 6 lost for good, 8 refused by the peer."""


@with_option_groups
def peer(
    ctx: TyperContext,
    address: Annotated[str, Argument(metavar="HOST:PORT", show_default=False, help="The endpoint.")],
    watch: Annotated[bool, Option("--watch", help="Stay, and print what happens to the connection.")] = False,
    keep: Annotated[bool, Option("--keep", help="Stay connected until interrupted.")] = False,
    *,
    connect: ConnectOptions,
    display: DisplayOptions,
) -> None:
    """Connect to an endpoint and show its id, subscriptions and stores."""
    context: Context = ctx.obj
    settings = display.settings(context, ("human", "ndjson"))
    settings = connect.extend(settings, (peer_address(address, "HOST:PORT"),), context)

    from broker_cli.probing import run_peer

    run_peer(context, settings, watch=watch, keep=keep)
