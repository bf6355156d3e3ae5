"""``broker bench store``: how many operations a second a data store does."""

# Typer reads the annotations when the program runs, so they are not postponed here.
from typing import Annotated

from typer import Argument, Option
from typer import Context as TyperContext

from broker_cli.commandline import with_option_groups
from broker_cli.commands.bench.options import BenchOptions, size_of
from broker_cli.context import Context
from broker_cli.options import ConnectOptions, DisplayOptions
from broker_cli.parsing import choice, count, refuse, store_place

__all__ = ["EPILOG", "OPS", "USAGE", "store"]

USAGE = ("[OPTIONS] [NAME]",)

EPILOG = """\b
Examples:
  broker bench store                            put, one after the other
  broker bench store --window 64 --clients 2    many at a time
  broker bench store db -p :9999 --op incr      a store of a peer

\b
Each operation is timed until the master has confirmed it; a get is answered
by the copy in the client. The keys start with broker-bench/ and are removed.
Exit codes: 4 timed out, 5 no connection, 8 no such master."""

OPS = ("put", "get", "incr")
"""What --op may say."""


@with_option_groups
def store(
    ctx: TyperContext,
    name: Annotated[str, Argument(metavar="NAME", show_default=False, help="broker-bench without it.")] = (
        "broker-bench"
    ),
    op: Annotated[str | None, Option("--op", metavar="OP", help="put, get or incr.")] = None,
    window: Annotated[str | None, Option("--window", metavar="N", help="Operations of a client at a time (1).")] = None,
    keys: Annotated[str | None, Option("--keys", metavar="N", help="Different keys of each client (1000).")] = None,
    size: Annotated[str | None, Option("--size", metavar="BYTES", help="Of each value (128).")] = None,
    backend: Annotated[
        str | None,
        Option(
            "--backend",
            metavar="WHAT",
            help="Of our own master: memory, sqlite:PATH, rocksdb:PATH.",
            rich_help_panel="Without -p",
        ),
    ] = None,
    *,
    bench: BenchOptions,
    connect: ConnectOptions,
    display: DisplayOptions,
) -> None:
    """Measure a data store: confirmed operations a second, and their latency."""
    context: Context = ctx.obj
    settings = bench.settings(context, connect, display)
    if settings.peers and backend is not None:
        refuse("--backend is for our own master, and with -p the peer has it")
    if not name:
        refuse("NAME is empty")
    foreign = [address.transport for address in settings.peers if address.transport != "broker"]
    if foreign:
        message = f"--peer: data stores cannot be reached over {foreign[0]}://"
        refuse(message, "they need Broker's own protocol: -p HOST:PORT")
    kind, path = _backend(backend or "memory")

    from broker_cli.benching.planning import Operations, plan_store
    from broker_cli.benching.running import run_bench

    operations = Operations(
        name=name,
        op=choice("--op", op or "put", OPS),
        keys=1000 if keys is None else count("--keys", keys),
        size=size_of(size),
        window=1 if window is None else count("--window", window),
        backend=kind,
        path=path,
    )
    run_bench(context, settings, plan_store(settings, bench.scale(context, 10_000), operations))


def _backend(text: str) -> tuple[str, str]:
    try:
        _, kind, options = store_place(f"bench={text}")
    except Exception:  # noqa: BLE001  # its message is about another option
        refuse(f"--backend: '{text}' is none of memory, sqlite:PATH and rocksdb:PATH")
    return kind, options.get("path", "")
