"""``broker ping``: is somebody there who answers, and how quickly?"""

# Typer reads the annotations when the program runs, so they are not postponed here.
from typing import Annotated

from typer import Argument, Option
from typer import Context as TyperContext

from broker_cli.commandline import with_option_groups
from broker_cli.context import Context
from broker_cli.options import ConnectOptions, DisplayOptions, PeerOptions
from broker_cli.parsing import count, duration, refuse

__all__ = ["EPILOG", "USAGE", "ping"]

_LONGEST_PAYLOAD = 16 * 1024 * 1024

_PANEL = "Pings"

USAGE = ("[OPTIONS] TOPIC",)

EPILOG = """\b
Examples:
  broker ping -p :9999 /test -n 0 -i 200ms   until Ctrl-C
  broker ping -p :9999 /test --flood -n 1000 -o broker | sort -n | tail -1

\b
broker pong answers it, or C++ broker-node --mode=pong. Pongs do not say whose
they are, so only one should ping on a topic at a time. -o broker prints ns.
broker peer and broker status need nobody who answers.
Exit codes: 4 no answer at all, 5 no connection, 6 connection lost for good,
8 refused, 9 some were lost, 130/143 ended by INT/TERM."""


@with_option_groups
def ping(
    ctx: TyperContext,
    peers: PeerOptions,
    topic: Annotated[str, Argument(metavar="TOPIC", show_default=False, help="Where somebody answers pings.")],
    count_: Annotated[str | None, Option("--count", "-n", metavar="N", help="Send N pings (10); 0: no end.")] = None,
    interval: Annotated[str | None, Option("--interval", "-i", metavar="DUR", help="From ping to ping (1s).")] = None,
    flood: Annotated[bool, Option("--flood", help="No pauses: the next one as soon as one is answered.")] = False,
    timeout: Annotated[str | None, Option("--timeout", metavar="DUR", help="A ping is lost after this (1s).")] = None,
    wait: Annotated[
        str | None,
        Option("--wait", metavar="DUR", help="Look so long for somebody who answers (10s).", rich_help_panel=_PANEL),
    ] = None,
    size: Annotated[
        str | None, Option("--size", metavar="BYTES", help="Length of the payload (0).", rich_help_panel=_PANEL)
    ] = None,
    *,
    connect: ConnectOptions,
    display: DisplayOptions,
) -> None:
    """Measure the round trip to whoever answers pings on TOPIC."""
    context: Context = ctx.obj
    if flood and interval is not None:
        refuse("--flood and --interval exclude each other")
    times = 10 if count_ is None else count("--count", count_, 0)
    pause = 0.0 if flood else duration("--interval", interval or "1s")
    patience, search = duration("--timeout", timeout or "1s"), duration("--wait", wait or "10s")
    length = 0 if size is None else count("--size", size, 0)
    if length > _LONGEST_PAYLOAD:
        refuse(f"--size: {size} bytes are more than {_LONGEST_PAYLOAD}")
    if not topic:
        refuse("TOPIC is empty")

    from broker_cli.pinging.lines import PING_FORMATS

    settings = connect.extend(display.settings(context, PING_FORMATS), peers.required(context), context)

    from broker_cli.pinging import Pinging, run_ping

    plan = Pinging(topic=topic, count=times, interval=pause, timeout=patience, wait=search, size=length)
    run_ping(context, settings, plan)
