"""``broker check topic``."""

# Typer reads the annotations when the program runs, so they are not postponed here.
from typing import Annotated

from typer import Argument, Exit, Option
from typer import Context as TyperContext

from broker_cli.commandline import with_option_groups
from broker_cli.context import Context
from broker_cli.options import PeerOptions
from broker_cli.parsing import count, duration, refuse

from .options import CheckOptions, Critical, Warning_

__all__ = ["EPILOG", "USAGE", "topic"]

USAGE = ("[OPTIONS] TOPIC",)

EPILOG = """\b
Examples:
  broker check topic -p zeek:9999 zeek/logs/ --within 1min
  broker check topic -p :9999 /alerts --event 'Notice::*' -n 3 --within 5min
  broker check topic -p :9999 /flows --within 10s -w 100: -c 10:5000

\b
-w and -c are for the messages a second; then it always takes all of --within.
--timeout is for what comes before: to connect and to subscribe. The program
that starts checks has a limit of its own, which has to be longer.
Exit codes: 0 OK, 1 WARNING, 2 CRITICAL (also: too few came), 3 UNKNOWN."""


@with_option_groups
def topic(
    ctx: TyperContext,
    topic_: Annotated[str, Argument(metavar="TOPIC", show_default=False, help="A prefix, as of broker subscribe.")],
    warning: Warning_ = None,
    critical: Critical = None,
    within: Annotated[str | None, Option("--within", metavar="DUR", help="How long to wait (30s).")] = None,
    event: Annotated[
        list[str] | None, Option("--event", metavar="GLOB", help="Count only events like this; repeatable.")
    ] = None,
    count_: Annotated[str | None, Option("--count", "-n", metavar="N", help="So many have to come (1).")] = None,
    *,
    options: CheckOptions,
    peers: PeerOptions,
) -> None:
    """Check that something comes on a topic."""
    context: Context = ctx.obj
    span = duration("--within", within or "30s")
    if not span:
        refuse(f"--within: '{within}' leaves no time")
    wanted = 1 if count_ is None else count("--count", count_, 0)
    addresses = peers.required(context)

    from broker_cli.checking.ranges import number, parse_range
    from broker_cli.checking.topics import TopicWishes, check_topic
    from broker_cli.selecting.globs import NameGlobs

    wishes = TopicWishes(
        topic=topic_,
        within=span,
        count=wanted,
        event=NameGlobs(event) if event else None,
        warning=None if warning is None else parse_range("--warning", warning, number),
        critical=None if critical is None else parse_range("--critical", critical, number),
    )
    target = f"{topic_} at {', '.join(map(str, addresses))}"
    raise Exit(check_topic(options.check(context, "topic", target, addresses, more=span), wishes))
