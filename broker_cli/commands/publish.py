"""``broker publish``: one event, one value, or a stream of them."""

# Typer reads the annotations when the program runs, so they are not postponed here.
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated

from typer import Argument, Option
from typer import Context as TyperContext

from broker_cli.commandline import OPTIONAL_VALUE, with_option_groups
from broker_cli.context import Context
from broker_cli.log_options import LogInputOptions
from broker_cli.names import is_event_name
from broker_cli.options import ConnectOptions, DisplayOptions, PeerOptions
from broker_cli.pace_options import PaceOptions
from broker_cli.parsing import choice, count, refuse
from broker_cli.profiles.resolving import time_limit
from broker_cli.type_options import TypeOptions

if TYPE_CHECKING:
    from broker_cli.publishing import Plan
    from broker_core.declarations import Declarations

__all__ = ["EPILOG", "USAGE", "publish"]

USAGE = (
    "[OPTIONS] TOPIC EVENT [ARG]...",
    "[OPTIONS] TOPIC --data LITERAL",
    "[OPTIONS] [TOPIC [EVENT]] --from FILE",
)

EPILOG = """\b
Examples:
  broker publish -p :9999 /test ping hello 5 -3 10.0.0.0/8 22/tcp string:"$x"
  broker publish /t ping hi 5 --sig 'ping(msg: string, n: double)' --dry-run
  broker subscribe /a -n 100 > a.ndjson; broker publish --from a.ndjson

\b
ARG is 5 count, +5 int, 5.0 double, 5s interval, T bool, word string, A::B
enum, 10.0.0.1 addr, (1, 2) vector, {1, 2} set, {1 -> 2} table; see broker
help literals. On zmq:// Zeek's topics have dots. Exit codes: 4 no subscriber
in time, 5 no connection, 6 not delivered, 7 bad input, 8 refused, 9 partial."""


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
        Option(
            "--meta",
            metavar="K=V",
            help="Metadata: network-timestamp=now, or 200=VALUE (200 and up are free); repeatable.",
            rich_help_panel="Arguments",
        ),
    ] = None,
    template: Annotated[
        bool,
        Option(
            "--template",
            help="Fill {n}, {now}, {uuid} and {env:NAME} in arguments, anew for each message; {{ is a brace.",
            rich_help_panel="Arguments",
        ),
    ] = False,
    from_: Annotated[str | None, Option("--from", metavar="FILE", help="Publish what FILE holds; - is stdin.")] = None,
    in_: Annotated[
        str | None, Option("--in", metavar="FORMAT", help="How: ndjson (default), plain, text, lines, zeek.")
    ] = None,
    keep_going: Annotated[bool, Option("--keep-going", help="Leave out bad lines of --from.")] = False,
    count_: Annotated[str | None, Option("--count", "-n", metavar="N", help="Publish it N times.")] = None,
    wait_subscriber: Annotated[
        str | None, Option("--wait-subscriber", metavar=OPTIONAL_VALUE, help="First wait for N (1) subscribers.")
    ] = None,
    timeout: Annotated[str | None, Option("--timeout", metavar="DUR", help="Wait at most so long for them.")] = None,
    dry_run: Annotated[bool, Option("--dry-run", help="Only print what would be sent.")] = False,
    *,
    log: LogInputOptions,
    pace: PaceOptions,
    types: TypeOptions,
    connect: ConnectOptions,
    display: DisplayOptions,
) -> None:
    """Publish an event, a value, or what a file holds."""
    context: Context = ctx.obj
    settings = display.settings(context)
    check = _Check(context, topic, event, args or [], data, from_)
    check.modes()
    wanted = None if wait_subscriber is None else count("--wait-subscriber", wait_subscriber or "1")
    limit = time_limit(context, timeout)
    addresses = () if dry_run else peers.required(context)
    settings = connect.extend(settings, addresses, context)
    declarations = types.for_event(context, event)
    settings = replace(settings, declarations=declarations)

    from broker_cli.publishing import dry_run_plan, run_plan

    if from_ is None:
        if in_ is not None or keep_going:
            refuse("--in and --keep-going go with --from")
        plan = check.repeated(meta or [], declarations, template=template)
        plan.times = pace.times(count_)
    else:
        stamped = in_ == "zeek" and meta == ["network-timestamp=ts"]
        if (meta and not stamped) or count_ is not None or template:
            hint = "only --meta network-timestamp=ts, with --in zeek" if meta else ""
            refuse("--meta, --count and --template do not go with --from", hint)
        plan = check.lines(in_, declarations, keep_going=keep_going, timed=pace.recorded, log=log, stamped=stamped)
    plan.duration, plan.schedule = pace.seconds(), pace.schedule(lines=from_ is not None)
    plan.wait_subscriber, plan.timeout = wanted, limit
    if dry_run:
        dry_run_plan(context, settings, plan)
    else:
        run_plan(context, settings, plan)


class _Check:
    """The arguments of one call, which say together what is meant."""

    def __init__(
        self,
        context: Context,
        topic: str | None,
        event: str | None,
        args: list[str],
        data: str | None,
        source: str | None,
    ) -> None:
        self.context = context
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

    def repeated(self, meta: list[str], declarations: "Declarations | None", *, template: bool) -> "Plan":
        """The plan for one message, which is made anew each time."""
        from broker_cli.message_making import ValueMaker, make_event_maker
        from broker_cli.publishing import Plan
        from broker_core import InvalidValue
        from broker_core.model.topics import check_topic

        topic = self.topic or ""
        try:
            check_topic(topic)
        except InvalidValue as error:
            refuse(f"TOPIC: {error}")
        if self.data is not None:
            if meta:
                refuse("--meta is for events")
            value = ValueMaker("--data", self.data, self.context.environ if template else None)
            return Plan(source=lambda: (topic, value.make()), topic=topic)
        environ = self.context.environ if template else None
        maker = make_event_maker(self.context, self.event or "", self.args, declarations, meta=meta, environ=environ)
        return Plan(source=lambda: (topic, maker.make()), topic=topic)

    def lines(
        self,
        form: str | None,
        declarations: "Declarations | None",
        *,
        keep_going: bool,
        timed: bool,
        log: LogInputOptions,
        stamped: bool,
    ) -> "Plan":
        """The plan for what a file holds."""
        from broker_cli.publishing import Plan
        from broker_cli.reading import INPUT_FORMATS, make_reader

        chosen = choice("--in", form or "ndjson", INPUT_FORMATS)
        plan = Plan(path=self.source, keep_going=keep_going, topic=self.topic)
        if chosen == "zeek":
            name, known = self.source or "", declarations
            plan.reader = log.reader(self.topic, self.event, file=name, known=known, timed=timed, stamped=stamped)
            return plan
        log.refuse_with(chosen)
        if chosen not in {"lines", "plain"} and self.event is not None:
            refuse(f"EVENT does not go with --in {chosen}", "only lines, plain and zeek make events of the lines")
        if chosen == "lines" and self.topic is None:
            refuse("--in lines needs a TOPIC")
        if declarations is None and not timed and chosen != "plain":
            plan.reader = make_reader(chosen, self.topic, self.event)
            return plan
        from broker_cli.typed_reading import make_typed_reader
        from broker_core import InvalidValue

        try:
            plan.reader = make_typed_reader(chosen, self.topic, self.event, declarations, timed=timed)
        except InvalidValue as error:
            refuse(f"--in {chosen}: {error.problem}", error.hint)
        return plan
