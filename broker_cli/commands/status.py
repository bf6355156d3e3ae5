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

USAGE = ("[OPTIONS] [HOST:PORT | URL]...",)

EPILOG = """\b
Examples:
  broker status :9999 zeek.example:9999
  broker status zmq://manager:27760         a cluster on ZeroMQ and its nodes
  broker status http://127.0.0.1:9990       what an endpoint tells of itself
  BROKER_PEER=a:9999,b:9999 broker status -o ndjson | jq .rtt

\b
With a URL (http:// or https://) it shows the status document that is served
there, by C++ Broker or by broker listen --http; -v shows all of it.
Without arguments it takes the endpoints of -p or BROKER_PEER.
Exit codes: 0 all can be reached, 5 at least one cannot."""


@with_option_groups
def status(
    ctx: TyperContext,
    peers: PeerOptions,
    addresses: Annotated[
        list[str] | None, Argument(metavar="HOST:PORT|URL", show_default=False, help="The endpoints.")
    ] = None,
    *,
    connect: ConnectOptions,
    display: DisplayOptions,
) -> None:
    """Tell which endpoints can be reached, and what they are."""
    context: Context = ctx.obj
    settings = display.settings(context, ("human", "ndjson"))
    if addresses and peers.peer:
        refuse("give the endpoints either as arguments or with -p")

    from broker_cli.probing import run_status
    from broker_cli.status_urls import StatusUrl, is_url

    named = [StatusUrl.parse(text) if is_url(text) else peer_address(text, "HOST:PORT") for text in addresses or ()]
    targets = tuple(dict.fromkeys(named)) or peers.required(context)
    keys = any(not isinstance(target, StatusUrl) and target.transport == "zmq" for target in targets)
    run_status(context, connect.extend(settings, (), context, keys=keys), targets)
