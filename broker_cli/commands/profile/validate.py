"""``broker profile validate``: is what the file says right, and does it work?"""

# Typer reads the annotations when the program runs, so they are not postponed here.
from typing import Annotated

from typer import Argument, Option
from typer import Context as TyperContext

from broker_cli.commandline import with_option_groups
from broker_cli.context import Context
from broker_cli.profiles.files import config_path

from .options import OwnDisplay

__all__ = ["EPILOG", "USAGE", "validate"]

USAGE = ("[OPTIONS] [PROFILE]...",)

EPILOG = """\b
Examples:
  broker profile validate
  broker profile validate lab --connect
  broker profile validate -o ndjson | jq -r 'select(.ok|not).name'

\b
It reads the files that profiles name, runs their commands, and loads their
certificates. The environment is left out of it.
Exit codes: 2 no such profile, 3 no profiles, 5 a peer cannot be reached,
7 something is wrong."""


@with_option_groups
def validate(
    ctx: TyperContext,
    names: Annotated[
        list[str] | None, Argument(metavar="PROFILE", show_default=False, help="Default: all profiles.")
    ] = None,
    connect: Annotated[bool, Option("--connect", help="Try every peer, too.")] = False,
    *,
    display: OwnDisplay,
) -> None:
    """Check what profiles say, and the files they name."""
    context: Context = ctx.obj
    settings = display.settings(context, ("human", "ndjson"))

    from broker_cli.validating import run_validate

    run_validate(context, settings, path=config_path(context.environ), names=tuple(names or ()), connect=connect)
