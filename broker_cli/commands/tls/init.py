"""``broker tls init``: a CA and certificates of nodes."""

# Typer reads the annotations when the program runs, so they are not postponed here.
from typing import Annotated

from typer import Argument, Option
from typer import Context as TyperContext

from broker_cli.commandline import with_option_groups
from broker_cli.context import Context
from broker_cli.options import DisplayOptions
from broker_cli.parsing import count, refuse
from broker_cli.tls_options import read_secret

__all__ = ["EPILOG", "USAGE", "init"]

USAGE = ("[OPTIONS] DIR [NODE...]",)

EPILOG = """\b
Examples:
  broker tls init pki manager=10.0.0.1,zeek.example worker-1 worker-2
  broker tls init pki laptop --passphrase-file secret.txt
  broker tls init pki manager=10.0.0.1 --force     renew

\b
NODE is NAME or NAME=HOST[,HOST...]: names and addresses that the node is
reached by, for the host check of its peers. Broker itself does not check.
DIR gets ca.crt, ca.key, and for each node NAME.crt and NAME.key. A CA that is
there is used again. Copy ca.crt to every node, and ca.key to none.
Exit codes: 2 no package cryptography, 7 DIR has files that are in the way."""

_LONGEST = 36_500


@with_option_groups
def init(
    ctx: TyperContext,
    directory: Annotated[str, Argument(metavar="DIR", show_default=False, help="Where the files are, or shall be.")],
    nodes: Annotated[
        list[str] | None, Argument(metavar="NODE", show_default=False, help="NAME, or NAME=HOST[,HOST...].")
    ] = None,
    days: Annotated[str, Option("--days", metavar="N", help="How long certificates of nodes last.")] = "730",
    passphrase_file: Annotated[
        str | None, Option("--passphrase-file", metavar="FILE", help="Encrypt the nodes' keys with its first line.")
    ] = None,
    force: Annotated[bool, Option("--force", help="Replace certificates of nodes; never the CA.")] = False,
    *,
    display: DisplayOptions,
) -> None:
    """Make a CA and certificates of nodes.

    It prints the lines that Zeek and broker need to use them.
    """
    context: Context = ctx.obj
    settings = display.settings(context, ("human", "ndjson"))
    lifetime = count("--days", days)
    if lifetime > _LONGEST:
        refuse(f"--days: {lifetime} is more than {_LONGEST}, which is a hundred years")
    passphrase = read_secret("--passphrase-file", passphrase_file) if passphrase_file else None

    from broker_cli.certifying import InitJob, run_init

    job = InitJob(
        directory=directory,
        nodes=tuple(nodes or ()),
        days=lifetime,
        passphrase=passphrase,
        passphrase_file=passphrase_file or "",
        force=force,
    )
    run_init(context, settings, job)
