"""``broker value parse``: what literals mean."""

# Typer reads the annotations when the program runs, so they are not postponed here.
from typing import Annotated

from typer import Argument
from typer import Context as TyperContext

from broker_cli.commandline import with_option_groups
from broker_cli.context import Context
from broker_cli.options import DisplayOptions

__all__ = ["EPILOG", "USAGE", "parse"]

USAGE = ("[OPTIONS] LIT...",)

EPILOG = """\b
Examples:
  broker value parse 22/tcp -5 hello 1.5hr       what does publish make of it?
  broker value parse '(1, "a", {10.0.0.0/8})'    with the parts it has
  broker value parse 5 -o ndjson | jq -r .zeek   the type in a Zeek script

\b
It prints how each was read, the shortest literal, Zeek's type, JSON, the
bytes on the wire, and what C++ Broker prints.
Exit codes: 2 one is no literal, and where it goes wrong."""


@with_option_groups
def parse(
    ctx: TyperContext,
    words: Annotated[
        list[str], Argument(metavar="LIT", show_default=False, help="As arguments of broker publish are written.")
    ],
    *,
    display: DisplayOptions,
) -> None:
    """Explain literals: type, bytes, JSON, and how each was understood."""
    context: Context = ctx.obj
    settings = display.settings(context, ("human", "ndjson"))

    from broker_cli.values.showing import run_parse

    run_parse(context, settings, words)
