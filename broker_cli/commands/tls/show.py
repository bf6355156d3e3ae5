"""``broker tls show``: what certificates say."""

# Typer reads the annotations when the program runs, so they are not postponed here.
from typing import Annotated

from typer import Argument
from typer import Context as TyperContext

from broker_cli.commandline import with_option_groups
from broker_cli.context import Context
from broker_cli.options import DisplayOptions

__all__ = ["EPILOG", "USAGE", "show"]

USAGE = ("[OPTIONS] FILE...",)

EPILOG = """\b
Examples:
  broker tls show /etc/zeek/*.crt
  broker tls show node.crt -o ndjson | jq .days_left

\b
Exit codes: 2 no package cryptography, 3 at least one is expired or not valid
yet, 7 a file has no certificate."""


@with_option_groups
def show(
    ctx: TyperContext,
    files: Annotated[list[str], Argument(metavar="FILE", show_default=False, help="Certificates (PEM).")],
    *,
    display: DisplayOptions,
) -> None:
    """Print what certificates say.

    That is whom they are for, who signed them, and how long they last.
    """
    context: Context = ctx.obj
    settings = display.settings(context, ("human", "ndjson"))

    from broker_cli.certifying import run_show

    run_show(context, settings, tuple(files))
