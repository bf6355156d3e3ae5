"""``broker value convert``: values in another form."""

# Typer reads the annotations when the program runs, so they are not postponed here.
from typing import Annotated

from typer import Argument, Option
from typer import Context as TyperContext

from broker_cli.commandline import with_option_groups
from broker_cli.context import Context
from broker_cli.options import DisplayOptions
from broker_cli.parsing import choice, refuse

__all__ = ["EPILOG", "USAGE", "convert"]

USAGE = ("[OPTIONS] [FILE]...",)

EPILOG = """\b
Examples:
  broker subscribe /a -n 9 > a.ndjson; broker value convert a.ndjson
  echo '{22/tcp, 53/udp}' | broker value convert --from text --to hex
  broker value convert --to plain < a.ndjson | jq '.[2][1]'

\b
Forms without loss: text (literals), ndjson, json (the same over several
lines), hex and base64 (Broker's bytes), binary, msgpack. With loss: plain
(JSON without types), broker (what C++ prints; cannot be read).
Exit codes: 2 no such file, 7 a line is no value, 9 with --keep-going."""


@with_option_groups
def convert(
    ctx: TyperContext,
    files: Annotated[
        list[str] | None, Argument(metavar="FILE", show_default=False, help="What to read; - or nothing is stdin.")
    ] = None,
    from_: Annotated[str | None, Option("--from", metavar="FORM", help="The form that is read (ndjson).")] = None,
    to: Annotated[str | None, Option("--to", metavar="FORM", help="The form that is written (text).")] = None,
    keep_going: Annotated[bool, Option("--keep-going", help="Leave out what is no value.")] = False,
    *,
    display: DisplayOptions,
) -> None:
    """Convert values from one form to another, line by line."""
    context: Context = ctx.obj
    if display.output is not None:
        refuse("--output: the form is that of --to")
    display.settings(context)

    from broker_cli.values.forms import INPUT_FORMS, OUTPUT_FORMS

    source = choice("--from", from_ or "ndjson", INPUT_FORMS)
    target = choice("--to", to or "text", OUTPUT_FORMS)

    from broker_cli.values.converting import Conversion, run_conversion

    job = Conversion(files=tuple(files or ("-",)), source=source, target=target, keep_going=keep_going)
    run_conversion(context, job)
