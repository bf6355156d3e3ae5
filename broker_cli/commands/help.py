"""``broker help``: what is worth explaining once, and the help of commands."""

# Typer reads the annotations when the program runs, so they are not postponed here.
from typing import TYPE_CHECKING, Annotated, Any

from typer import Argument
from typer import Context as TyperContext

from broker_cli.context import Context, wants_colour
from broker_cli.exit_codes import ExitCode, Failure
from broker_cli.parsing import close_match

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["EPILOG", "USAGE", "help_"]

USAGE = ("[GUIDE | COMMAND...]",)

EPILOG = """\b
Examples:
  broker help               the guides that there are
  broker help literals      how values are written
  broker help store get     the same as broker store get --help

\b
The guides are also manual pages of section 7: man 7 broker-literals.
Exit codes: 2 no such guide or command."""


def help_(
    ctx: TyperContext,
    words: Annotated[
        list[str] | None, Argument(metavar="GUIDE", show_default=False, help="A guide, or the words of a command.")
    ] = None,
) -> None:
    """Explain literals, topics, formats, Zeek and more."""
    context: Context = ctx.obj
    from broker_cli.guides import GUIDES
    from broker_cli.manual.parts import Section
    from broker_cli.output.pages import page_lines

    if not words:
        guides = tuple((name, guide.summary) for name, guide in GUIDES.items())
        sections: tuple[Section, ...] = (
            Section("GUIDES", (guides,)),
            Section("COMMANDS", ("broker --help lists them, and broker help COMMAND explains one.",)),
        )
    elif len(words) == 1 and words[0] in GUIDES:
        sections = GUIDES[words[0]].sections
    else:
        context.print([_help_of_command(ctx, words, GUIDES)])
        return
    colour = wants_colour("auto", context.environ, is_terminal=context.stdout_is_terminal)
    context.print(page_lines(sections, context.width, colour=colour))


def _help_of_command(ctx: Any, words: list[str], guides: "Iterable[str]") -> str:
    group, above = ctx.find_root().command, ctx.find_root()
    known = [*guides, *group.list_commands(above)]
    for at, word in enumerate(words):
        found = group.get_command(above, word) if hasattr(group, "get_command") else None
        if found is None:
            path = " ".join(words[: at + 1])
            names = known if at == 0 else group.list_commands(above) if hasattr(group, "list_commands") else []
            hint = close_match(word, names)
            message = f"no guide or command '{path}'"
            raise Failure(message, ExitCode.USAGE, f"{hint} broker help lists the guides".strip())
        above = type(ctx)(found, info_name=word, parent=above, **found.context_settings)
        group = found
    return str(group.get_help(above))
