"""``broker relay``: carry messages between two networks."""

# Typer reads the annotations when the program runs, so they are not postponed here.
from dataclasses import replace
from typing import Annotated, get_args

from typer import Argument, Option
from typer import Context as TyperContext

from broker_cli.commandline import with_option_groups
from broker_cli.config import Tls
from broker_cli.context import Context
from broker_cli.options import ConnectOptions, DisplayOptions
from broker_cli.parsing import choice, count, duration, optional_duration, peer_address, refuse
from broker_cli.profiles.resolving import resolve

__all__ = ["EPILOG", "LOOP_GUARDS", "USAGE", "relay"]

USAGE = ("[OPTIONS] A B",)

EPILOG = """\b
Examples:
  broker relay :9999 ws://zeek:27759 --topic /demo/
  broker relay zeek-1 zeek-2 --from-a zeek/ --map zeek/=site-1/zeek/
  broker relay a:9999 b:9999 --topic '' --exclude secret/ -o ndjson

\b
The networks do not become one: only messages are passed on. It connects again
for ever. Exit codes: 5 no connection, 6 lost for good or not confirmed."""

LOOP_GUARDS = ("auto", "on", "off")
"""What --loop-guard may say."""
_RULES = "Rules"
_SIDES = "Sides"
_RUN = "Begin, end and progress"


@with_option_groups
def relay(
    ctx: TyperContext,
    a: Annotated[
        str, Argument(metavar="A", show_default=False, help="Where to connect to on one side, as for --peer,")
    ],
    b: Annotated[str, Argument(metavar="B", show_default=False, help="and on the other.")],
    topic: Annotated[
        list[str] | None, Option("--topic", "-t", metavar="PREFIX", help="Carry these topics both ways; '' is all.")
    ] = None,
    from_a: Annotated[list[str] | None, Option("--from-a", metavar="PREFIX", help="Carry these from A to B.")] = None,
    from_b: Annotated[list[str] | None, Option("--from-b", metavar="PREFIX", help="Carry these from B to A.")] = None,
    one_way: Annotated[bool, Option("--one-way", help="Carry nothing from B to A.")] = False,
    exclude: Annotated[list[str] | None, Option("--exclude", metavar="PREFIX", help="But do not carry these.")] = None,
    map_: Annotated[
        list[str] | None, Option("--map", metavar="X=Y", help="X... at A is Y... at B, both ways; repeatable.")
    ] = None,
    event: Annotated[
        list[str] | None,
        Option("--event", metavar="GLOB", help="Carry only events with such names.", rich_help_panel=_RULES),
    ] = None,
    count_: Annotated[
        str | None, Option("--count", "-n", metavar="N", help="Stop after N messages.", rich_help_panel=_RUN)
    ] = None,
    for_: Annotated[
        str | None, Option("--for", metavar="DUR", help="Stop after this time.", rich_help_panel=_RUN)
    ] = None,
    interval: Annotated[
        str | None,
        Option("--interval", metavar="DUR", help="How often -o ndjson prints the counts (10s).", rich_help_panel=_RUN),
    ] = None,
    on_overflow: Annotated[
        str | None, Option("--on-overflow", metavar="HOW", help="Slow side: block, drop-old, drop-new or exit.")
    ] = None,
    max_queue: Annotated[
        str | None,
        Option("--max-queue", metavar="N", help="How many may wait for a slow side (2048).", rich_help_panel=_RULES),
    ] = None,
    loop_guard: Annotated[
        str | None,
        Option(
            "--loop-guard",
            metavar="HOW",
            help="Carry the same only once in a while: auto (if much comes back), on or off.",
            rich_help_panel=_RULES,
        ),
    ] = None,
    loop_window: Annotated[
        str | None,
        Option("--loop-window", metavar="DUR", help="How long that while is (5s).", rich_help_panel=_RULES),
    ] = None,
    tls_a: Annotated[
        str | None, Option("--tls-a", metavar="HOW", help="As --tls, for side A only.", rich_help_panel=_SIDES)
    ] = None,
    tls_b: Annotated[
        str | None, Option("--tls-b", metavar="HOW", help="As --tls, for side B only.", rich_help_panel=_SIDES)
    ] = None,
    ready_file: Annotated[
        str | None,
        Option("--ready-file", metavar="FILE", help="Create FILE when it is ready.", rich_help_panel=_RUN),
    ] = None,
    *,
    connect: ConnectOptions,
    display: DisplayOptions,
) -> None:
    """Carry messages between two networks, over any two transports."""
    context: Context = ctx.obj
    settings = display.settings(context, ("human", "ndjson"))
    addresses = peer_address(a, "A"), peer_address(b, "B")
    guard = choice("--loop-guard", loop_guard or "auto", LOOP_GUARDS)

    from broker_cli.receiving_options import OVERFLOW_POLICIES
    from broker_cli.relaying.bridge import Relay, run_relay
    from broker_cli.relaying.guard import DEFAULT_WINDOW
    from broker_cli.relaying.rules import Rules, parse_map, parse_prefix

    rules = Rules(
        both=tuple(parse_prefix("--topic", text) for text in topic or ()),
        from_a=tuple(parse_prefix("--from-a", text) for text in from_a or ()),
        from_b=tuple(parse_prefix("--from-b", text) for text in from_b or ()),
        exclude=tuple(parse_prefix("--exclude", text) for text in exclude or ()),
        maps=tuple(parse_map(text) for text in map_ or ()),
        one_way=one_way,
    )
    if addresses[0] == addresses[1] and not rules.maps:
        refuse("A and B are the same", "--map X=Y would publish it there under other names")
    plan = Relay(
        rules=rules,
        events=tuple(event or ()),
        guard=guard,
        window=_some_time("--loop-window", loop_window, DEFAULT_WINDOW),
        capacity=None if max_queue is None else count("--max-queue", max_queue),
        overflow=OVERFLOW_POLICIES[choice("--on-overflow", on_overflow or "block", OVERFLOW_POLICIES)],
        count=None if count_ is None else count("--count", count_),
        duration=optional_duration("--for", for_),
        interval=_some_time("--interval", interval, 10.0),
        ndjson=display.output == "ndjson",
        ready_file=ready_file,
    )
    settings = connect.extend(settings, addresses, context)
    if resolve(context, "reconnect", "0" if connect.no_reconnect else connect.reconnect).text is None:
        settings = replace(settings, reconnect=None)  # a relay is there to stay
    sides = []
    for address, option, tls in ((addresses[0], "--tls-a", tls_a), (addresses[1], "--tls-b", tls_b)):
        how = settings.tls if tls is None else choice(option, tls, get_args(Tls))
        curve = None if tls == "off" else settings.curve  # of two clusters only one may encrypt
        sides.append(replace(settings, peers=(address,), tls=how, curve=curve, id=None))
    run_relay(context, (sides[0], sides[1]), plan)


def _some_time(option: str, text: str | None, default: float) -> float:
    seconds = default if text is None else duration(option, text)
    if seconds <= 0:
        refuse(f"{option}: '{text}' is no time at all")
    return seconds
