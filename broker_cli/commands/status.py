"""``broker status``: which endpoints can be reached."""

# Typer reads the annotations when the program runs, so they are not postponed here.
from typing import Annotated

from typer import Argument
from typer import Context as TyperContext

from broker_cli.commandline import with_option_groups
from broker_cli.context import Context
from broker_cli.options import ConnectOptions, DisplayOptions, PeerOptions
from broker_cli.parsing import peer_address, refuse

__all__ = ["EPILOG", "USAGE", "status"]

USAGE = ("[OPTIONS] [HOST:PORT]...",)

EPILOG = """\b
Examples:
  broker status :9999 zeek.example:9999
  BROKER_PEER=a:9999,b:9999 broker status -o ndjson | jq .rtt

\b
Without HOST:PORT it takes those of -p or BROKER_PEER.
Exit codes: 0 all can be reached, 5 at least one cannot."""


@with_option_groups
def status(
    ctx: TyperContext,
    peers: PeerOptions,
    addresses: Annotated[
        list[str] | None, Argument(metavar="HOST:PORT", show_default=False, help="The endpoints.")
    ] = None,
    *,
    connect: ConnectOptions,
    display: DisplayOptions,
) -> None:
    """Tell which endpoints can be reached, and what they are."""
    context: Context = ctx.obj
    settings = display.settings(context, ("human", "ndjson"))
    named = tuple(peer_address(text, "HOST:PORT") for text in addresses or ())
    if named and peers.peer:
        refuse("give the endpoints either as arguments or with -p")
    settings = connect.extend(settings, tuple(dict.fromkeys(named)) or peers.required(context), context)

    from broker_cli.probing import run_status

    run_status(context, settings)
