"""``broker store get``, ``exists`` and ``keys``: look, and change nothing."""

# Typer reads the annotations when the program runs, so they are not postponed here.
from typing import Annotated

from typer import Context as TyperContext
from typer import Option

from broker_cli.commandline import with_option_groups
from broker_cli.parsing import literal, refuse
from broker_cli.stores.target import key_filter

from .options import ENTRY_FORMATS, Match, StoreOptions, Words, named_keys

__all__ = ["EPILOG", "USAGE", "exists", "get", "keys"]

USAGE = {
    "get": ("[OPTIONS] NAME KEY...", "[OPTIONS] --file FILE KEY...", "[OPTIONS] NAME --match GLOB"),
    "exists": ("[OPTIONS] NAME KEY...", "[OPTIONS] --file FILE KEY..."),
    "keys": ("[OPTIONS] NAME", "[OPTIONS] --file FILE"),
}

EPILOG = {
    "get": """\b
Examples:
  broker store get -p :9999 db counter -o text      5
  broker store get db string:5 10.0.0.1 '(1, "x")'  keys have types
  broker store get --file zeek.sqlite hosts --index 10.0.0.1

\b
-o ndjson has key and value, other formats for scripts only the values.
Exit codes: 3 no such key, 4 not synchronized in time, 5 no connection,
8 no master.""",
    "exists": """\b
Examples:
  if broker store exists -q db 10.0.0.1; then ...
  broker store exists --file zeek.sqlite a b c -o text

\b
With -q only the exit code tells.
Exit codes: 3 at least one is missing, 4 not synchronized in time, 5 no
connection, 8 no master.""",
    "keys": """\b
Examples:
  broker store keys -p :9999 db -o text
  broker store keys --file zeek.sqlite --match '10.0.*' -o text | wc -l

\b
GLOB is matched with strings as they are, and other keys as literals.
Exit codes: 4 not synchronized in time, 5 no connection, 8 no master.""",
}


@with_option_groups
def get(
    ctx: TyperContext,
    words: Words = None,
    match: Match = None,
    index: Annotated[
        str | None, Option("--index", metavar="LITERAL", help="Only this element of a table, vector or set.")
    ] = None,
    default: Annotated[str | None, Option("--default", metavar="LITERAL", help="Print this for a missing key.")] = None,
    *,
    where: StoreOptions,
) -> None:
    """Print the values of keys."""
    job, names = where.job(ctx.obj, words, "KEY..." if match is None else "")
    if match is not None and (index is not None or default is not None):
        refuse("--match does not go with --index or --default")

    from broker_cli.stores.reading import Question, run_get
    from broker_core import MISSING

    question = Question(
        keys=named_keys(names),
        wanted=key_filter(match),
        index=MISSING if index is None else literal("--index", index),
        default=MISSING if default is None else literal("--default", default),
    )
    run_get(job, question)


@with_option_groups
def exists(ctx: TyperContext, words: Words = None, *, where: StoreOptions) -> None:
    """Tell whether keys exist."""
    job, names = where.job(ctx.obj, words, "KEY...", ENTRY_FORMATS)
    keys = named_keys(names)

    from broker_cli.stores.reading import run_exists

    run_exists(job, keys)


@with_option_groups
def keys(ctx: TyperContext, words: Words = None, match: Match = None, *, where: StoreOptions) -> None:
    """Print the keys."""
    job, _ = where.job(ctx.obj, words, "")
    wanted = key_filter(match)

    from broker_cli.stores.reading import run_keys

    run_keys(job, wanted)
