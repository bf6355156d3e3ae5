"""``broker record``: write what is published to a file."""

# Typer reads the annotations when the program runs, so they are not postponed here.
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

from typer import Argument, Option
from typer import Context as TyperContext

from broker_cli.commandline import with_option_groups
from broker_cli.context import Context
from broker_cli.options import ConnectOptions, DisplayOptions, PeerOptions
from broker_cli.parsing import count, duration, refuse
from broker_cli.receiving_options import ReceivingOptions, StopOptions
from broker_cli.selection_options import SelectionOptions
from broker_cli.sizes import byte_count

if TYPE_CHECKING:
    from broker_core.recordings import WriteMode

__all__ = ["EPILOG", "LEAST_AGE", "LEAST_SIZE", "USAGE", "record", "rotation"]

USAGE = ("[OPTIONS] FILE TOPIC...",)

EPILOG = """\b
Examples:
  broker record -p :9999 zeek.rec zeek/         then: broker info zeek.rec
  broker record zeek.rec zeek/ --for 1h --compress
  broker record zeek.rec zeek/ --rotate 100MB --keep 10

\b
Exit codes: 2 FILE exists, 4 fewer than -n (--timeout: none), 5 no connection,
6 connection lost for good, 7 FILE is damaged (--append), 8 disk full."""

LEAST_SIZE = 64 * 1024
"""Bytes of the smallest file that --rotate makes."""
LEAST_AGE = 1.0
"""Seconds of the shortest."""

_FILES = "Files"


def rotation(text: str) -> tuple[int | None, float | None]:
    """Bytes or seconds of ``--rotate``: ``100MB`` or ``1h``."""
    if text[-1:] == "m":
        refuse(f"--rotate: '{text}' could be minutes or megabytes", f"write {text}in or {text[:-1]}MB")
    if text[-1:] in set("snhdrc"):  # the last letters of times
        age = duration("--rotate", text)
        if age < LEAST_AGE:
            refuse(f"--rotate: '{text}' is less than a second")
        return None, age
    size = byte_count("--rotate", text)
    if size < LEAST_SIZE:
        refuse(f"--rotate: '{text}' is less than {LEAST_SIZE} bytes", "a size such as 100MB, or a time such as 1h")
    return size, None


@dataclass(frozen=True)
class _ReceivingOptions(ReceivingOptions):
    """As for messages that are shown, in words for a file."""

    idle: Annotated[str | None, Option("--idle", metavar="DUR", help="Stop when nothing came for so long.")] = None
    max_queue: Annotated[
        str | None, Option("--max-queue", metavar="N", help="How many may wait for a slow disk (2048).")
    ] = None
    on_overflow: Annotated[
        str | None,
        Option(
            "--on-overflow",
            metavar="HOW",
            help="If more: block (default), drop-old, drop-new or exit. What is dropped is noted in FILE.",
        ),
    ] = None


@with_option_groups
def record(
    ctx: TyperContext,
    peers: PeerOptions,
    file: Annotated[str, Argument(metavar="FILE", show_default=False, help="Where to write to.")],
    topics: Annotated[list[str], Argument(metavar="TOPIC", show_default=False, help='Prefixes; "" is all.')],
    *,
    stop: StopOptions,
    append: Annotated[bool, Option("--append", help="Add to FILE, also after a crash.")] = False,
    force: Annotated[bool, Option("--force", help="Overwrite FILE.")] = False,
    rotate: Annotated[
        str | None, Option("--rotate", metavar="SIZE|DUR", help="Write FILE.000001 and so on, each so big or long.")
    ] = None,
    keep: Annotated[
        str | None,
        Option("--keep", metavar="N", help="Of the files of --rotate keep only the last N.", rich_help_panel=_FILES),
    ] = None,
    compress: Annotated[bool, Option("--compress", help="Write less, with more work.", rich_help_panel=_FILES)] = False,
    sync: Annotated[
        str | None,
        Option(
            "--sync",
            metavar="DUR",
            help="See that it is on disk, even if the power fails, so often (1s); never: only at the end.",
            rich_help_panel=_FILES,
        ),
    ] = None,
    receive: Annotated[_ReceivingOptions, "Receiving"],
    select: SelectionOptions,
    connect: ConnectOptions,
    display: DisplayOptions,
) -> None:
    """Write what is published to a file, with times."""
    context: Context = ctx.obj
    settings = connect.extend(display.settings(context, ("human", "ndjson")), peers.required(context), context)
    selection = select.selection(topics, settings)
    size, age = (None, None) if rotate is None else rotation(rotate)
    if rotate is None and keep is not None:
        refuse("--keep goes with --rotate", "--rotate 100MB --keep 10 keeps the last gigabyte")
    if rotate is not None and (append or force):
        refuse("--rotate begins new files behind those that are there", "leave out --append and --force")
    if append and force:
        refuse("--append and --force exclude each other")
    mode: WriteMode = "append" if append else "replace" if force else "new"

    from broker_cli.recording import DEFAULT_SYNC, Recording, run_recording

    plan = Recording(
        path=file,
        topics=tuple(topics),
        ends=receive.ends(context, stop),
        mode=mode,
        compress=compress,
        rotate_size=size,
        rotate_age=age,
        keep=None if keep is None else count("--keep", keep),
        sync=None if sync == "never" else DEFAULT_SYNC if sync is None else duration("--sync", sync),
        capacity=receive.capacity,
        overflow=receive.policy(),
        ready_file=receive.ready_file,
        selection=selection,
    )
    run_recording(context, settings, plan)
