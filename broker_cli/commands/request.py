"""``broker request``: an event, and the event that answers it."""

# Typer reads the annotations when the program runs, so they are not postponed here.
import re
from dataclasses import replace
from typing import Annotated

from typer import Argument, Option
from typer import Context as TyperContext

from broker_cli.commandline import with_option_groups
from broker_cli.context import Context
from broker_cli.names import is_event_name
from broker_cli.options import ConnectOptions, DisplayOptions, PeerOptions
from broker_cli.parsing import count, refuse
from broker_cli.type_options import TypeOptions

__all__ = ["EPILOG", "USAGE", "request"]

USAGE = ("[OPTIONS] TOPIC EVENT [ARG]... --reply-topic TOPIC",)

EPILOG = """\b
Examples:
  broker request -p :9999 /rec/in Rec::ping 1 hello --reply-topic /rec/out \\
      --reply-event Rec::pong --match 0      the reply to this ping
  broker request -p :27761 zeek/control/$ID Control::id_value_request \\
      string:Site::local_nets --reply-topic zeek/control/ --match 0 \\
      --reply-event 'Control::*_response'    a variable; ID: broker peer
  broker request /job start string:$(uuidgen) --match 0 --reply-topic /done

\b
It subscribes, waits until somebody is subscribed to TOPIC, and publishes.
Replies are printed as broker subscribe prints; the time goes to stderr.
--match counts arguments from 0. ARGs, --sig: as in broker publish.
Exit codes: 2 usage, 4 no reply or too few, 5 no connection, 6 connection
lost for good, 8 refused (WebSocket), 130/143 ended by INT/TERM."""

_MATCH = re.compile(r"(\d{1,9})(?:=(\d{1,9}))?", re.ASCII)


@with_option_groups
def request(
    ctx: TyperContext,
    peers: PeerOptions,
    topic: Annotated[str, Argument(metavar="TOPIC", show_default=False)],
    event: Annotated[str, Argument(metavar="EVENT", show_default=False)],
    args: Annotated[list[str] | None, Argument(metavar="ARG", show_default=False)] = None,
    reply_topic: Annotated[
        list[str] | None, Option("--reply-topic", metavar="TOPIC", help="Replies come on this prefix; repeatable.")
    ] = None,
    reply_event: Annotated[
        list[str] | None, Option("--reply-event", metavar="GLOB", help="Only events like this are replies (any).")
    ] = None,
    match: Annotated[
        list[str] | None,
        Option("--match", metavar="N[=M]", help="Argument N of a reply must be argument M (N) sent."),
    ] = None,
    replies: Annotated[
        str | None, Option("--replies", metavar="K", help="Wait for K replies (1); 0: all in time.")
    ] = None,
    timeout: Annotated[str | None, Option("--timeout", metavar="DUR", help="For all of it (5s).")] = None,
    *,
    types: TypeOptions,
    connect: ConnectOptions,
    display: DisplayOptions,
) -> None:
    """Publish an event, and print the events that answer it."""
    context: Context = ctx.obj
    words = args or []
    if not is_event_name(event):
        refuse(f"'{event}' is no name of an event")
    if not reply_topic:
        refuse("no --reply-topic given", "the prefix on which replies come, such as --reply-topic /reply")
    matches = tuple(_position(text, len(words)) for text in match or ())
    wanted = 1 if replies is None else count("--replies", replies, 0)
    declarations = types.for_event(context, event)

    from broker_cli.arguments import event_arguments

    values = event_arguments(event, words, declarations)
    settings = connect.extend(display.settings(context), peers.required(context), context)

    from broker_cli.profiles.resolving import time_limit

    limit = time_limit(context, timeout)

    from broker_cli.requesting import DEFAULT_TIMEOUT, Asking, Request, run_request
    from broker_cli.selecting.globs import NameGlobs
    from broker_core import Event, InvalidValue
    from broker_core.model.topics import check_topic

    try:
        check_topic(topic)
        for prefix in reply_topic:
            check_topic(prefix, empty=True)
        names = NameGlobs(reply_event) if reply_event else None
        sent = Event(event, *values)
    except InvalidValue as error:
        refuse(str(error))
    asking = Asking(topics=tuple(dict.fromkeys(reply_topic)), event=names, matches=matches)
    patience = DEFAULT_TIMEOUT if limit is None else limit
    run_request(
        context,
        replace(settings, declarations=declarations),
        Request(topic=topic, event=sent, asking=asking, replies=wanted, timeout=patience),
    )


def _position(text: str, given: int) -> tuple[int, int]:
    """The places of ``N=M``, or ``N`` for the same in both; *given* arguments are sent."""
    found = _MATCH.fullmatch(text)
    if found is None:
        refuse(f"--match: '{text}' is not N=M", "such as 0=1: argument 0 of the reply is argument 1 that was sent")
    here = int(found[2] or found[1])
    if here >= given:
        refuse(f"--match: {text}: there is no argument {here} to send", "arguments are counted from 0")
    return int(found[1]), here
