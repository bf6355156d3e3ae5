"""``broker value show``: what bytes hold."""

# Typer reads the annotations when the program runs, so they are not postponed here.
from typing import Annotated

from typer import Argument, Option
from typer import Context as TyperContext

from broker_cli.commandline import with_option_groups
from broker_cli.context import Context
from broker_cli.options import DisplayOptions
from broker_cli.parsing import choice

__all__ = ["EPILOG", "USAGE", "show"]

USAGE = ("[OPTIONS] FILE|-|HEX",)

EPILOG = """\b
Examples:
  broker value show 0e0202000000000000000505026869   bytes in hex
  broker value show dump.bin                         whatever is in a file
  sqlite3 db 'select hex(value) from store limit 1' | broker value show -

\b
Read are Broker's binary format and MessagePack, as bytes, hex or base64;
typed JSON; and literals. Zeek's messages are told by what they are: events,
log writes, batches. Exit codes: 2 no such file, 7 no value."""


@with_option_groups
def show(
    ctx: TyperContext,
    what: Annotated[
        str, Argument(metavar="FILE|-|HEX", show_default=False, help="A file, - for stdin, or the value itself.")
    ],
    in_: Annotated[
        str | None,
        Option("--in", metavar="FORM", help="hex, json, binary, base64, msgpack or text; else it is found out."),
    ] = None,
    *,
    display: DisplayOptions,
) -> None:
    """Show what a file or some bytes hold: the value, and the Zeek message that it is."""
    context: Context = ctx.obj
    settings = display.settings(context, ("human", "ndjson"))

    from broker_cli.values.recognizing import SHOW_FORMS
    from broker_cli.values.showing import run_show

    run_show(context, settings, what, None if in_ is None else choice("--in", in_, SHOW_FORMS))
