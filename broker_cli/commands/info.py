"""``broker info``: tell what is in recordings."""

# Typer reads the annotations when the program runs, so they are not postponed here.
from typing import Annotated

from typer import Argument, Option
from typer import Context as TyperContext

from broker_cli.commandline import with_option_groups
from broker_cli.context import Context
from broker_cli.options import DisplayOptions
from broker_cli.parsing import count, refuse

__all__ = ["EPILOG", "USAGE", "info"]

USAGE = ("[OPTIONS] FILE...",)

EPILOG = """\b
Examples:
  broker info zeek.rec                  what is in it, and whether it is whole
  broker info zeek.rec.* --top 3        rotated files, one line each
  broker info zeek.rec -o ndjson | jq '.topics[]'

\b
It counts messages by topic, event and sender, and tells of gaps (messages
that were lost while recording) and of damage. What a crash has cut off at the
end is no damage. --top 0 leaves out the lists.
Exit codes: 2 no such file, 7 damaged or no recording."""

_DEFAULT_TOP = 20


@with_option_groups
def info(
    ctx: TyperContext,
    files: Annotated[list[str], Argument(metavar="FILE", show_default=False, help="Recordings; - is stdin.")],
    top: Annotated[str | None, Option("--top", metavar="N", help="List the N (20) most frequent of each kind.")] = None,
    *,
    display: DisplayOptions,
) -> None:
    """Tell what is in recordings, and whether they are whole."""
    context: Context = ctx.obj
    settings = display.settings(context, ("human", "ndjson"))
    if files.count("-") > 1:
        refuse("stdin can be read once only")
    most = _DEFAULT_TOP if top is None else count("--top", top, 0)

    from broker_cli.summarizing.running import run_info

    run_info(context, settings, files, most)
