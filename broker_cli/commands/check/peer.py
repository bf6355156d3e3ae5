"""``broker check peer``."""

# Typer reads the annotations when the program runs, so they are not postponed here.
from typing import TYPE_CHECKING, Annotated

from typer import Argument, Exit, Option
from typer import Context as TyperContext

from broker_cli.commandline import with_option_groups
from broker_cli.context import Context
from broker_cli.options import PeerOptions
from broker_cli.parsing import count, peer_address, refuse

from .options import CheckOptions, Critical, Warning_

if TYPE_CHECKING:
    from broker_core import PeerAddress

__all__ = ["EPILOG", "USAGE", "peer"]

USAGE = ("[OPTIONS] HOST:PORT",)

EPILOG = """\b
Examples:
  broker check peer zeek:9999 -w 100ms -c 500ms
  broker check peer zeek:9999 --subscribed zeek/control/ --cert-days 30,7 ...
  broker check peer ws://manager:27759 -t 3s
  broker check peer zmq://manager:27760 --subscribed zeek.cluster.worker

\b
-w and -c are for the round trip: 500ms, 10ms:500ms, @1s:2s (WARNING inside).
Exit codes: 0 OK, 1 WARNING, 2 CRITICAL (also: cannot be reached), 3 UNKNOWN."""


@with_option_groups
def peer(
    ctx: TyperContext,
    address: Annotated[str | None, Argument(metavar="HOST:PORT", show_default=False, help="The endpoint.")] = None,
    warning: Warning_ = None,
    critical: Critical = None,
    subscribed: Annotated[
        list[str] | None, Option("--subscribed", metavar="TOPIC", help="CRITICAL unless it wants this; repeatable.")
    ] = None,
    cert_days: Annotated[
        str | None,
        Option("--cert-days", metavar="W[,C]", help="WARNING (CRITICAL) if its certificate ends in fewer days."),
    ] = None,
    *,
    options: CheckOptions,
    peers: PeerOptions,
) -> None:
    """Check that an endpoint is there and answers."""
    context: Context = ctx.obj
    where = _only(context, address, peers)

    from broker_cli.checking.peers import PeerWishes, check_peer
    from broker_cli.checking.ranges import Range, parse_range, time

    days: list[Range | None] = [None, None]
    if cert_days is not None:
        first, comma, second = cert_days.partition(",")
        least = [count("--cert-days", first, 0), count("--cert-days", second, 0) if comma else 0]
        days = [Range(float(number), float("inf")) for number in least]
    wishes = PeerWishes(
        warning=None if warning is None else parse_range("--warning", warning, time),
        critical=None if critical is None else parse_range("--critical", critical, time),
        topics=tuple(subscribed or ()),
        cert_warning=days[0],
        cert_critical=days[1],
    )
    raise Exit(check_peer(options.check(context, "peer", str(where), (where,)), wishes))


def _only(context: Context, address: str | None, peers: PeerOptions) -> "PeerAddress":
    """The endpoint that is meant."""
    if address is not None and peers.peer:
        refuse("give the endpoint either as an argument or with -p")
    if address is not None:
        return peer_address(address, "HOST:PORT")
    found = peers.required(context)
    if len(found) > 1:
        refuse("one endpoint can be checked at a time", "broker check peer HOST:PORT")
    return found[0]
