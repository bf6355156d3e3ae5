"""``broker store watch``, ``info`` and ``stats``: what a store is, and what happens to it."""

# Typer reads the annotations when the program runs, so they are not postponed here.
from typing import Annotated

from typer import Context as TyperContext
from typer import Option

from broker_cli.commandline import with_option_groups
from broker_cli.context import Context
from broker_cli.parsing import count, literal, optional_duration
from broker_cli.stores.target import Job, Target, arguments, split_name

from .options import ENTRY_FORMATS, LiveOptions, StoreOptions, Words

__all__ = ["EPILOG", "USAGE", "info", "stats", "watch"]

USAGE = {
    "watch": ("[OPTIONS] NAME",),
    "info": ("[OPTIONS] NAME", "[OPTIONS] --file FILE"),
    "stats": ("[OPTIONS] NAME", "[OPTIONS] --file FILE"),
}

EPILOG = {
    "watch": """\b
Examples:
  broker store watch -p :9999 db
  broker store watch db --key counter -o ndjson | jq .new
  broker store watch db --snapshot --reconnect > db.log

\b
Prints insert, update (with the old value), erase and expire. --snapshot
begins with an insert for every key that is there.
Exit codes: 4 not synchronized in time or fewer than -n events, 5 no
connection, 6 connection lost for good, 8 no master.""",
    "info": """\b
Examples:
  broker store info -p :9999 db
  broker store info --file zeek.sqlite -o ndjson | jq .entries

\b
Exit codes: 2 no such file, 4 not synchronized in time, 5 no connection,
8 no master, or no store file.""",
    "stats": """\b
Examples:
  broker store stats -p :9999 db
  broker store stats --file zeek.sqlite --top 3

\b
Sizes are those of key and value in Broker's own format. What expires is
known for files only.
Exit codes: 2 no such file, 4 not synchronized in time, 5 no connection,
8 no master, or no store file.""",
}


@with_option_groups
def watch(
    ctx: TyperContext,
    words: Words = None,
    key: Annotated[list[str] | None, Option("--key", metavar="KEY", help="Only this key; repeatable.")] = None,
    snapshot: Annotated[bool, Option("--snapshot", help="Begin with what is there.")] = False,
    count_: Annotated[str | None, Option("--count", "-n", metavar="N", help="Stop after N events.")] = None,
    for_: Annotated[str | None, Option("--for", metavar="DUR", help="Stop after this time.")] = None,
    ready_file: Annotated[
        str | None, Option("--ready-file", metavar="FILE", help="Create FILE when it has begun to watch.")
    ] = None,
    *,
    where: LiveOptions,
) -> None:
    """Print changes as they happen."""
    context: Context = ctx.obj
    settings = where.checked(context, ENTRY_FORMATS)
    name, others = split_name(words or (), None)
    arguments(others, "", None)
    target = Target(name=name, timeout=where.patience(context))
    job = Job(context=context, settings=settings, target=target)
    wanted = None if count_ is None else count("--count", count_)
    duration = optional_duration("--for", for_)
    keys = [literal("--key", text) for text in key or ()]

    from broker_cli.stores.watching import WatchPlan, run_watch

    plan = WatchPlan(keys=keys, snapshot=snapshot, count=wanted, duration=duration, ready_file=ready_file)
    run_watch(job, plan)


@with_option_groups
def info(ctx: TyperContext, words: Words = None, *, where: StoreOptions) -> None:
    """Tell what a store is and in which state."""
    job, _ = where.job(ctx.obj, words, "", ("human", "ndjson"))

    from broker_cli.stores.describing import run_info

    run_info(job)


@with_option_groups
def stats(
    ctx: TyperContext,
    words: Words = None,
    top: Annotated[
        str | None, Option("--top", metavar="N", help="How many of the biggest entries to show (5).")
    ] = None,
    *,
    where: StoreOptions,
) -> None:
    """Count entries by type and find the biggest."""
    job, _ = where.job(ctx.obj, words, "", ("human", "ndjson"))
    number = 5 if top is None else count("--top", top, 0)

    from broker_cli.stores.describing import run_stats

    run_stats(job, number)
