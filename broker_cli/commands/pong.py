"""``broker pong``: answer pings."""

# Typer reads the annotations when the program runs, so they are not postponed here.
from dataclasses import replace
from typing import Annotated

from typer import Argument, Option
from typer import Context as TyperContext

from broker_cli.commandline import with_option_groups
from broker_cli.config import Tls
from broker_cli.context import Context
from broker_cli.options import ConnectOptions, DisplayOptions, PeerOptions
from broker_cli.parsing import count, listen_address, optional_duration, refuse

__all__ = ["EPILOG", "USAGE", "pong"]

USAGE = ("[OPTIONS] TOPIC", "[OPTIONS] TOPIC --listen [ADDR:]PORT")

EPILOG = """\b
Examples:
  broker pong /test --listen 9999     then: broker ping -p :9999 /test
  broker pong /test -p hub:9999       for others who are connected to hub
  broker pong /test -p :9999 -n 100 -o ndjson | tail -1

\b
It answers broker ping and C++ broker-node --mode=ping. A hub in between has
to forward (broker listen --forward). It ends with -n, --for or Ctrl-C.
Exit codes: 5 no connection or cannot listen, 6 connection lost for good,
8 refused, 130/143 ended by INT/TERM."""


@with_option_groups
def pong(
    ctx: TyperContext,
    peers: PeerOptions,
    topic: Annotated[str, Argument(metavar="TOPIC", show_default=False, help="Answer pings on this prefix.")],
    listen: Annotated[
        str | None, Option("--listen", metavar="[ADDR:]PORT", help="Wait here for peers; *:PORT is everywhere.")
    ] = None,
    count_: Annotated[str | None, Option("--count", "-n", metavar="N", help="Stop after N pings.")] = None,
    for_: Annotated[str | None, Option("--for", metavar="DUR", help="Stop after this time.")] = None,
    ready_file: Annotated[
        str | None, Option("--ready-file", metavar="FILE", help="Create FILE, with the address, when it is ready.")
    ] = None,
    *,
    connect: ConnectOptions,
    display: DisplayOptions,
) -> None:
    """Answer the pings of others on TOPIC."""
    context: Context = ctx.obj
    times = None if count_ is None else count("--count", count_)
    limit = optional_duration("--for", for_)
    if not topic:
        refuse("TOPIC is empty")
    if listen is not None and peers.peer:
        refuse("--listen and --peer exclude each other")

    from broker_cli.pinging.lines import PONG_FORMATS

    settings = display.settings(context, PONG_FORMATS)
    place = None
    if listen is None:
        settings = connect.extend(settings, peers.required(context), context)
    else:
        from broker_cli.receiving import Ends
        from broker_cli.subscribing import Listening

        host, port = listen_address(listen, "--listen")
        settings = connect.extend(settings, (), context)
        usual: Tls = "verify" if settings.credentials else "anon"  # as broker listen
        settings = replace(settings, tls=connect.tls_mode(context, usual))
        place = Listening(topics=(), ends=Ends(), host=host, port=port)

    from broker_cli.pinging import Answering, run_pong

    run_pong(
        context,
        settings,
        Answering(topic=topic, count=times, duration=limit, listening=place, ready_file=ready_file),
    )
