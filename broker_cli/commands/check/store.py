"""``broker check store``."""

# Typer reads the annotations when the program runs, so they are not postponed here.
from typing import Annotated

from typer import Argument, Exit, Option
from typer import Context as TyperContext

from broker_cli.commandline import with_option_groups
from broker_cli.context import Context
from broker_cli.options import PeerOptions
from broker_cli.parsing import literal, refuse
from broker_cli.stores.target import Target, arguments, split_name

from .options import CheckOptions, Critical, Warning_

__all__ = ["EPILOG", "USAGE", "store"]

USAGE = ("[OPTIONS] NAME", "[OPTIONS] --file FILE")

EPILOG = """\b
Examples:
  broker check store -p zeek:9999 known_hosts -w 1000: -c 1:
  broker check store -p :9999 config --key string:mode --value string:live
  broker check store --file zeek.sqlite -c 1:1000000

\b
-w and -c are for the number of entries: 100 (at most), 1: (at least), 1:100.
Exit codes: 0 OK, 1 WARNING, 2 CRITICAL (also: no master, a key is missing or
has another value), 3 UNKNOWN (also: no such file)."""


@with_option_groups
def store(
    ctx: TyperContext,
    words: Annotated[list[str] | None, Argument(metavar="NAME", show_default=False)] = None,
    warning: Warning_ = None,
    critical: Critical = None,
    key: Annotated[
        list[str] | None, Option("--key", metavar="LITERAL", help="CRITICAL unless it is there; repeatable.")
    ] = None,
    value: Annotated[
        str | None, Option("--value", metavar="LITERAL", help="CRITICAL unless --key has this value.")
    ] = None,
    file: Annotated[
        str | None, Option("--file", "-f", metavar="FILE", help="Use this SQLite file or RocksDB directory.")
    ] = None,
    *,
    options: CheckOptions,
    peers: PeerOptions,
) -> None:
    """Check that a data store can be read, and what it holds."""
    context: Context = ctx.obj
    name, others = split_name(words or (), file)
    arguments(others, "", file)
    if file is not None and peers.peer:
        refuse("--file and --peer exclude each other")
    if value is not None and len(key or ()) != 1:
        refuse("--value goes with one --key")
    addresses = () if file is not None else peers.required(context)

    from broker_cli.checking.ranges import number, parse_range
    from broker_cli.checking.stores import StoreWishes, check_store
    from broker_core import MISSING

    wishes = StoreWishes(
        warning=None if warning is None else parse_range("--warning", warning, number),
        critical=None if critical is None else parse_range("--critical", critical, number),
        keys=tuple(literal("--key", text) for text in key or ()),
        value=MISSING if value is None else literal("--value", value),
    )
    target = file or f"{name} at {', '.join(map(str, addresses))}"
    raise Exit(
        check_store(options.check(context, "store", target, addresses), Target(name=name, path=file or ""), wishes)
    )
