"""``broker tls curve``: the keys of a ZeroMQ cluster that encrypts."""

# Typer reads the annotations when the program runs, so they are not postponed here.
from typing import Annotated

from typer import Argument
from typer import Context as TyperContext

from broker_cli.commandline import with_option_groups
from broker_cli.context import Context
from broker_cli.options import DisplayOptions

__all__ = ["EPILOG", "USAGE", "curve"]

USAGE = ("[OPTIONS] DIR",)

EPILOG = """\b
Examples:
  broker tls curve keys
  broker listen --zmq zeek --curve-dir keys        a cluster with them
  broker subscribe -p zmq://zeek --curve-dir keys /topic

\b
DIR gets server_publickey, server_secretkey, client_publickey and
client_secretkey, as zeekctl has them in spool/zeromq/curve. There is one pair
for all that listen and one for all that connect: whoever has the keys may
publish and read everything. It needs the package pyzmq. Zeek has CURVE since
8.2.
Exit codes: 2 no pyzmq, 7 DIR has keys already, or cannot be written."""


@with_option_groups
def curve(
    ctx: TyperContext,
    directory: Annotated[str, Argument(metavar="DIR", show_default=False, help="Where the keys shall be.")],
    *,
    display: DisplayOptions,
) -> None:
    """Make the keys of a ZeroMQ cluster (CURVE).

    It prints what Zeek and broker need to use them, without the secret ones.
    """
    context: Context = ctx.obj
    settings = display.settings(context, ("human", "ndjson"))

    from broker_cli.certifying import run_curve

    run_curve(context, settings, directory)
