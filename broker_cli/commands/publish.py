"""``broker publish``: one event, one value, or a stream of them."""

# Typer reads the annotations when the program runs, so they are not postponed here.
from typing import TYPE_CHECKING, Annotated, Any

from typer import Argument, Option
from typer import Context as TyperContext

from broker_cli.commandline import OPTIONAL_VALUE, with_option_groups
from broker_cli.config import ENV_TIMEOUT
from broker_cli.context import Context
from broker_cli.names import is_event_name
from broker_cli.options import ConnectOptions, DisplayOptions, PeerOptions
from broker_cli.parsing import choice, count, literal, metadata_key, optional_duration, refuse

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["EPILOG", "USAGE", "publish"]

USAGE = (
    "[OPTIONS] TOPIC EVENT [ARG]...",
    "[OPTIONS] TOPIC --data LITERAL",
    "[OPTIONS] [TOPIC [EVENT]] --from FILE",
)

EPILOG = """\b
Examples:
  broker publish -p :9999 /test ping "hello" 5 -3 10.0.0.0/8 22/tcp
  broker publish zeek/x Intel::add string:"$ip" --wait-subscriber --timeout 9s
  broker subscribe /a -n 100 > a.ndjson; broker publish --from a.ndjson

\b
Types of arguments: 5 count, +5 int, 5.0 double, 5s interval, T bool, word
string, A::B enum, 10.0.0.1 addr, (1, 2) vector, {1, 2} set, {1 -> 2} table;
TYPE:VALUE forces one (string:5). --dry-run shows what was understood.
Exit codes: 2 usage, 4 no subscriber in time, 5 no connection, 6 not
delivered, 7 bad input, 8 refused, 9 some of it."""


@with_option_groups
def publish(
    ctx: TyperContext,
    peers: PeerOptions,
    topic: Annotated[str | None, Argument(metavar="TOPIC", show_default=False)] = None,
    event: Annotated[str | None, Argument(metavar="EVENT", show_default=False)] = None,
    args: Annotated[list[str] | None, Argument(metavar="ARG", show_default=False)] = None,
    data: Annotated[str | None, Option("--data", metavar="LITERAL", help="Publish this value, no event.")] = None,
    meta: Annotated[
        list[str] | None,
        Option("--meta", metavar="K=V", help="Metadata: network-timestamp=now, 200=VALUE."),
    ] = None,
    from_: Annotated[str | None, Option("--from", metavar="FILE", help="Publish what FILE holds; - is stdin.")] = None,
    in_: Annotated[
        str | None, Option("--in", metavar="FORMAT", help="How: ndjson (default), text, or lines (strings).")
    ] = None,
    keep_going: Annotated[bool, Option("--keep-going", help="Leave out bad lines of --from.")] = False,
    count_: Annotated[str | None, Option("--count", "-n", metavar="N", help="Publish it N times.")] = None,
    interval: Annotated[str | None, Option("--interval", "-i", metavar="DUR", help="Pause after each message.")] = None,
    wait_subscriber: Annotated[
        str | None, Option("--wait-subscriber", metavar=OPTIONAL_VALUE, help="First wait for N (1) subscribers.")
    ] = None,
    timeout: Annotated[str | None, Option("--timeout", metavar="DUR", help="Wait at most so long for them.")] = None,
    dry_run: Annotated[bool, Option("--dry-run", help="Only print what would be sent.")] = False,
    *,
    connect: ConnectOptions,
    display: DisplayOptions,
) -> None:
    """Publish an event, a value, or what a file holds."""
    context: Context = ctx.obj
    settings = display.settings(context)
    check = _Check(topic, event, args or [], data, from_)
    check.modes()
    times = 1 if count_ is None else count("--count", count_)
    pause = optional_duration("--interval", interval)
    wanted = None if wait_subscriber is None else count("--wait-subscriber", wait_subscriber or "1")
    limit = optional_duration("--timeout", timeout or context.environ.get(ENV_TIMEOUT) or None)
    addresses = () if dry_run else peers.required(context)
    settings = connect.extend(settings, addresses, context)

    from broker_cli.publishing import Plan, dry_run_plan, run_plan

    if from_ is None:
        if in_ is not None or keep_going:
            refuse("--in and --keep-going go with --from")
        plan = Plan(source=check.maker(meta or []), times=times, topic=topic)
    else:
        from broker_cli.reading import INPUT_FORMATS, make_reader

        if meta or count_ is not None:
            refuse("--meta and --count do not go with --from")
        form = choice("--in", in_ or "ndjson", INPUT_FORMATS)
        if form != "lines" and event is not None:
            refuse(f"EVENT does not go with --in {form}", "only --in lines makes events of the lines")
        if form == "lines" and topic is None:
            refuse("--in lines needs a TOPIC")
        plan = Plan(path=from_, reader=make_reader(form, topic, event), keep_going=keep_going, topic=topic)
    plan.interval, plan.wait_subscriber, plan.timeout = pause, wanted, limit
    if dry_run:
        dry_run_plan(context, settings, plan)
    else:
        run_plan(context, settings, plan)


class _Check:
    """The arguments of one call, which say together what is meant."""

    def __init__(
        self, topic: str | None, event: str | None, args: list[str], data: str | None, source: str | None
    ) -> None:
        self.topic = topic
        self.event = event
        self.args = args
        self.data = data
        self.source = source

    def modes(self) -> None:
        """Refuse what does not go together."""
        if self.source is not None and (self.data is not None or self.args):
            refuse("with --from the values come from the file", "give no --data and no event arguments")
        if self.source is None and self.topic is None:
            refuse("no TOPIC given", "broker publish TOPIC EVENT [ARG]..., or --from FILE")
        if self.data is not None and self.event is not None:
            refuse("--data publishes a bare value, so there is no EVENT")
        if self.source is None and self.data is None and self.event is None:
            refuse("no EVENT given", "use --data LITERAL for a value that is no event")
        if self.event is not None and not is_event_name(self.event):
            refuse(f"'{self.event}' is no name of an event", "use --data LITERAL for a value that is no event")

    def maker(self, meta: list[str]) -> "Callable[[], tuple[str, Any]]":
        """A function that makes the message to publish, anew each time."""
        from broker_core import Event, InvalidValue, now
        from broker_core.model.topics import check_topic

        topic = self.topic or ""
        try:
            check_topic(topic)
        except InvalidValue as error:
            refuse(f"TOPIC: {error}")
        if self.data is not None:
            if meta:
                refuse("--meta is for events")
            value = literal("--data", self.data)
            return lambda: (topic, value)
        name = self.event or ""
        args = [literal(f"argument {at} of {name}", text) for at, text in enumerate(self.args, 1)]
        entries = [metadata_key(text) for text in meta]
        fixed = {key: None if text == "now" and key == 1 else literal("--meta", text) for key, text in entries}

        def make() -> tuple[str, Any]:
            metadata = {key: now() if value is None else value for key, value in fixed.items()}
            return topic, Event(name, *args, metadata=metadata or None).value

        try:
            make()
        except InvalidValue as error:
            refuse(str(error))
        return make
