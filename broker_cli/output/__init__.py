"""How results look. Machine formats are promises; what is made for people may change."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence

    from broker_cli.config import Settings
    from broker_cli.context import Context
    from broker_core import ForeignMessage, Message

    from .named import NamedEvents

__all__ = ["Formatter", "encode_lines", "event_names", "make_formatter"]


class Formatter(Protocol):
    """Turns messages into lines. ``message.value`` may raise DecodeError; that goes to the caller.

    Nothing is counted then, so that the same messages can be asked for again one by one.
    """

    def line(self, message: Message) -> str | None:
        """The line for one message, without a line end; None when the format cannot show it."""

    def lines(self, messages: Sequence[Message]) -> list[str]:
        """The lines for messages that came together; stops with the first error."""

    def foreign(self, message: ForeignMessage) -> str:
        """The line for a message in another format than Broker's, for which :meth:`line` raises DecodeError."""


def event_names(settings: Settings, *, with_types: bool = False) -> NamedEvents | None:
    """What the arguments of events are called; None when nothing is known of them, or the format has no names."""
    if settings.declarations is None or settings.output not in {"human", "ndjson", "plain"}:
        return None
    from .named import NamedEvents
    from .untagged import untagged

    write = partial(untagged, big_ints_as_strings=settings.big_ints_as_strings)
    return NamedEvents(settings.declarations, write, with_types=with_types)


def make_formatter(
    context: Context, settings: Settings, *, received: bool = True, with_types: bool = False
) -> Formatter:
    """The formatter for messages. *received*: with number, time and sender, where the format has them.

    *with_types* shows to people how arguments are declared.
    """
    named = event_names(settings, with_types=with_types)
    terminal = context.stdout_is_terminal
    if settings.template is not None:
        from broker_cli.selecting.naming import naming_of

        from .stamps import Stamper
        from .templates import Template, TemplateLines

        stamps = settings.stamps if settings.stamps not in {None, "none"} else "wall"
        template = Template(settings.template, naming_of(settings.declarations), Stamper(stamps, context.clock))
        return TemplateLines(template, shielded=terminal)
    match settings.output:
        case "human":
            return _for_people(context, settings, named)
        case "ndjson":
            from .json_lines import JsonLines

            formatter: Formatter = JsonLines(received=received, clock=context.clock, named=named)
        case "plain":
            from .untagged import UntaggedLines

            quoted = settings.big_ints_as_strings
            formatter = UntaggedLines(received=received, clock=context.clock, big_ints_as_strings=quoted, named=named)
        case _:
            from .plain import PlainLines

            formatter = PlainLines(settings.output)
    if terminal:
        from .plain import ShieldedLines

        return ShieldedLines(formatter)
    return formatter


def _for_people(context: Context, settings: Settings, named: NamedEvents | None) -> Formatter:
    verbose = context.verbosity > 0
    stamps = None
    if settings.stamps not in {None, "none"}:
        from .stamps import Stamper

        stamps = Stamper(settings.stamps, context.clock)
    if context.stdout_is_terminal or settings.colour:
        from .terminal import TerminalLines

        return TerminalLines(context.width, colour=settings.colour, verbose=verbose, stamps=stamps, named=named)
    from .human import HumanLines

    return HumanLines(verbose=verbose, stamps=stamps, named=named)


def encode_lines(lines: Sequence[str], end: str = "\n") -> bytes:
    """The bytes to write for *lines*, each with *end* behind it; surrogate escapes become the bytes they stand for."""
    return (end.join(lines) + end).encode("utf-8", "surrogateescape") if lines else b""
