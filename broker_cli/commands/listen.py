"""``broker listen``: be the endpoint that others connect to."""

# Typer reads the annotations when the program runs, so they are not postponed here.
from dataclasses import replace
from typing import Annotated

from typer import Argument, Option
from typer import Context as TyperContext

from broker_cli.commandline import with_option_groups
from broker_cli.context import Context
from broker_cli.log_options import LogOutputOptions
from broker_cli.options import DisplayOptions
from broker_cli.parsing import listen_address, store_place
from broker_cli.receiving_options import StopOptions
from broker_cli.selection_options import ExecOptions, SelectionOptions, ShowOptions
from broker_cli.tls_options import AccessOptions
from broker_cli.type_options import NamingOptions
from broker_cli.web_options import ServeOptions

__all__ = ["EPILOG", "USAGE", "listen"]

USAGE = ("[OPTIONS] [[ADDR:]PORT]",)

EPILOG = """\b
Examples:
  broker listen --topic /test         then: broker publish -p :9999 /test ...
  broker listen '*:9999' --forward    a hub for others, on every interface
  broker listen --store db=sqlite:db.sqlite   a data store for others

\b
Whoever reaches the port can take part: Broker knows no passwords. Exit codes:
3 no --until-event, 4 fewer than -n, 5 cannot listen, 9 --exec failed."""


@with_option_groups
def listen(
    ctx: TyperContext,
    place: Annotated[
        str,
        Argument(metavar="ADDR:PORT", show_default=False, help="Default 127.0.0.1:9999; *:PORT is everywhere."),
    ] = "127.0.0.1:9999",
    topic: Annotated[
        list[str] | None,
        Option("--topic", "-t", metavar="TOPIC", help="Show messages on this prefix; repeatable."),
    ] = None,
    forward: Annotated[
        bool, Option("--forward/--no-forward", help="Pass on (on --topic, or all) between peers.", show_default=False)
    ] = False,
    store: Annotated[
        list[str] | None,
        Option("--store", metavar="NAME=WHAT", help="Host a store: memory, sqlite:PATH, rocksdb:PATH."),
    ] = None,
    clone: Annotated[
        list[str] | None, Option("--clone", metavar="NAME", help="Keep a copy of a peer's store; repeatable.")
    ] = None,
    once: Annotated[bool, Option("--once", help="Stop when the first peer has left.")] = False,
    *,
    stop: StopOptions,
    ready_file: Annotated[
        str | None, Option("--ready-file", metavar="FILE", help="Write ADDR:PORT to FILE once peers can come.")
    ] = None,
    id_: Annotated[str | None, Option("--id", metavar="UUID", help="Take this endpoint id.", hidden=True)] = None,
    select: Annotated[SelectionOptions, "Selection"],
    show: Annotated[ShowOptions, "Appearance"],
    run: ExecOptions,
    logs: Annotated[LogOutputOptions, "Zeek logs"],
    types: NamingOptions,
    serve: ServeOptions,
    access: AccessOptions,
    display: DisplayOptions,
) -> None:
    """Accept peers, and show what they publish."""
    context: Context = ctx.obj
    credentials = access.credentials(context)
    tls = access.tls_mode(context, "verify" if credentials else "anon")
    curve = access.curve(context, needed=serve.zmq is not None)
    settings = display.settings(context, logs.formats)
    settings = replace(settings, tls=tls, credentials=credentials, curve=curve, id=id_)
    settings = show.extend(types.extend(settings, context), display)
    settings = logs.extend(settings, chosen=display.output, others=(*select.given, *show.given, *run.given))
    selection = select.selection(topic or (), settings)
    execution = run.execution(settings)
    host, port = listen_address(place)
    ends = stop.ends()

    serving = serve.serving(
        access.token(context, preset=serve.takes_token), certified=credentials is not None and credentials.wanted
    )

    from broker_cli.subscribing import Listening, Serving, run_listening

    plan = Listening(
        topics=tuple(topic or ()),
        ends=ends,
        overflow="drop_oldest" if context.stdout_is_terminal and execution is None else "block",
        ready_file=ready_file,
        selection=selection,
        execution=execution,
        rate=show.rate,
        host=host,
        port=port,
        forward=forward,
        once=once,
        masters=tuple(store_place(text) for text in store or ()),
        clones=tuple(clone or ()),
        serving=serving or Serving(),
    )
    run_listening(context, settings, plan)
