"""``broker store export``, ``import`` and ``diff``: all entries of a store."""

# Typer reads the annotations when the program runs, so they are not postponed here.
from typing import Annotated, get_args

from typer import Context as TyperContext
from typer import Option

from broker_cli.commandline import with_option_groups
from broker_cli.config import OutputFormat
from broker_cli.context import Context
from broker_cli.parsing import choice, refuse
from broker_cli.stores.target import ImportMode, Target, key_filter

from .options import ENTRY_FORMATS, LiveOptions, Match, StoreOptions, Words, WriteOptions, Yes

__all__ = ["EPILOG", "USAGE", "diff", "export", "import_"]

USAGE = {
    "export": ("[OPTIONS] NAME", "[OPTIONS] --file FILE"),
    "import": ("[OPTIONS] NAME INPUT", "[OPTIONS] --file FILE --write INPUT"),
    "diff": ("[OPTIONS] NAME --file FILE", "[OPTIONS] --file FILE --file FILE", "[OPTIONS] NAME NAME"),
}

EPILOG = {
    "export": """\b
Examples:
  broker store export -p :9999 db > db.ndjson
  broker store export --file zeek.sqlite | jq -c .key
  broker store export --file a.sqlite | broker store import db -

\b
A line of ndjson has key, value and, from a file, the expiry. Peers do not
tell when entries expire.
Exit codes: 4 not synchronized in time, 5 no connection, 8 no master.""",
    "import": """\b
Examples:
  broker store import -p :9999 db db.ndjson
  ssh zeek broker store export --file /a.sqlite | broker store import db -
  broker store import db db.ndjson --mode replace --dry-run

\b
INPUT is what export prints; - is stdin. --mode says what becomes of keys
that exist: merge (overwrite; default), skip (keep), or replace (overwrite,
and in the end remove all others). Entries keep the expiry in their line.
Exit codes: 4 not confirmed in time, 5 no connection, 7 bad line (those
before it are stored), 8 no master, 9 bad lines left out.""",
    "diff": """\b
Examples:
  broker store diff -p :9999 db --file db.sqlite
  broker store diff --file monday.ndjson --file tuesday.ndjson -o ndjson
  broker store export db | broker store diff other --file -

\b
Prints keys that are added, removed or changed in the second one. NAMEs come
first, then files: SQLite, RocksDB, or what export printed (- is stdin). When
entries expire is not compared.
Exit codes: 3 there are differences, 4 not synchronized in time, 5 no
connection, 8 no master.""",
}

_EXPORT_FORMATS: tuple[OutputFormat, ...] = (*ENTRY_FORMATS, "broker")


@with_option_groups
def export(ctx: TyperContext, words: Words = None, match: Match = None, *, where: StoreOptions) -> None:
    """Print all keys with their values."""
    job, _ = where.job(ctx.obj, words, "", _EXPORT_FORMATS)
    wanted = key_filter(match)

    from broker_cli.stores.reading import run_export

    run_export(job, wanted)


@with_option_groups
def import_(
    ctx: TyperContext,
    words: Words = None,
    mode: Annotated[
        str | None, Option("--mode", metavar="HOW", help="merge (default), skip or replace.", show_default=False)
    ] = None,
    dry_run: Annotated[bool, Option("--dry-run", help="Only tell what would be done.")] = False,
    keep_going: Annotated[bool, Option("--keep-going", help="Leave out bad lines.")] = False,
    yes: Yes = False,
    *,
    where: WriteOptions,
) -> None:
    """Store what export printed."""
    job, (path,) = where.change(ctx.obj, words, "INPUT", dry_run=dry_run)
    how = choice("--mode", mode or "merge", get_args(ImportMode))
    if keep_going and how == "replace":
        refuse("--keep-going does not go with --mode replace", "the keys of bad lines would be removed")

    from broker_cli.stores.importing import ImportPlan, run_import

    plan = ImportPlan(path=path, mode=how, dry_run=dry_run, keep_going=keep_going, yes=yes)
    run_import(job, plan)


@with_option_groups
def diff(
    ctx: TyperContext,
    words: Words = None,
    file: Annotated[
        list[str] | None,
        Option("--file", "-f", metavar="FILE", help="Compare this store file, or export; repeatable."),
    ] = None,
    *,
    where: LiveOptions,
) -> None:
    """Compare two stores, store files or exports."""
    context: Context = ctx.obj
    names, files = words or [], file or []
    if len(names) + len(files) != 2:
        refuse(f"two are needed to compare, not {len(names) + len(files)}", "NAME --file FILE, or two of one kind")
    settings = where.checked(context, ENTRY_FORMATS, online=bool(names))
    patience = where.patience(context)
    targets = [Target(name=name, timeout=patience) for name in names] + [Target(path=path) for path in files]

    from broker_cli.stores.comparing import run_diff

    run_diff(context, settings, targets)
