"""``broker store put``, ``del`` and ``clear``: whole entries."""

# Typer reads the annotations when the program runs, so they are not postponed here.
from typing import Annotated

from typer import Context as TyperContext
from typer import Option

from broker_cli.commandline import with_option_groups
from broker_cli.parsing import literal, optional_duration, refuse
from broker_cli.stores.target import key_filter

from .options import Match, Ttl, Words, WriteOptions, Yes, named_keys

__all__ = ["EPILOG", "USAGE", "clear", "del_", "put"]

USAGE = {
    "put": ("[OPTIONS] NAME KEY VALUE", "[OPTIONS] --file FILE --write KEY VALUE"),
    "del": ("[OPTIONS] NAME KEY...", "[OPTIONS] --file FILE --write KEY...", "[OPTIONS] NAME --match GLOB"),
    "clear": ("[OPTIONS] NAME", "[OPTIONS] --file FILE --write"),
}

EPILOG = {
    "put": """\b
Examples:
  broker store put -p :9999 db counter 5
  broker store put db 192.0.2.7 '{22/tcp, 80/tcp}' --ttl 1h
  broker store put db lock "string:$HOSTNAME" --if-absent --ttl 30s

\b
It returns when the master has stored the value. Without --ttl the entry
stays, also when the old one would have expired.
Exit codes: 3 --if-absent and there is one, 4 not confirmed in time, 5 no
connection, 8 no master, or its database cannot.""",
    "del": """\b
Examples:
  broker store del -p :9999 db counter
  broker store del db --match 'tmp.*' --yes

\b
--match asks before it removes anything, and succeeds if there is nothing.
Exit codes: 3 no such key (the others are removed) or the answer was no,
4 not confirmed in time, 5 no connection, 8 no master.""",
    "clear": """\b
Examples:
  broker store clear -p :9999 db
  broker store clear --file old.sqlite --write --yes

\b
It asks before, unless told not to.
Exit codes: 2 nobody to ask and no --yes, 3 the answer was no, 4 not confirmed
in time, 5 no connection, 8 no master.""",
}


@with_option_groups
def put(
    ctx: TyperContext,
    words: Words = None,
    ttl: Ttl = None,
    if_absent: Annotated[bool, Option("--if-absent", help="Only if the key has no value yet.")] = False,
    *,
    where: WriteOptions,
) -> None:
    """Store a value at a key."""
    job, (key, value) = where.change(ctx.obj, words, "KEY VALUE")
    seconds = optional_duration("--ttl", ttl)

    from broker_cli.stores.writing import run_put

    run_put(job, literal("KEY", key), literal("VALUE", value), seconds, if_absent=if_absent)


@with_option_groups
def del_(ctx: TyperContext, words: Words = None, match: Match = None, yes: Yes = False, *, where: WriteOptions) -> None:
    """Remove keys."""
    job, names = where.change(ctx.obj, words, "KEY..." if match is None else "")
    wanted = key_filter(match)
    if wanted is None and yes:
        refuse("--yes goes with --match", "without it nothing is asked")
    keys = named_keys(names)

    from broker_cli.stores.writing import run_delete, run_delete_matching

    if wanted is None:
        run_delete(job, keys)
    else:
        run_delete_matching(job, wanted, yes=yes)


@with_option_groups
def clear(ctx: TyperContext, words: Words = None, yes: Yes = False, *, where: WriteOptions) -> None:
    """Remove all keys."""
    job, _ = where.change(ctx.obj, words, "")

    from broker_cli.stores.writing import run_clear

    run_clear(job, yes=yes)
