"""How results look. Machine formats are promises; what is made for people may change."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence

    from broker_cli.config import Settings
    from broker_cli.context import Context
    from broker_core import Message

__all__ = ["Formatter", "encode_lines", "make_formatter"]


class Formatter(Protocol):
    """Turns messages into lines. ``message.value`` may raise DecodeError; that goes to the caller."""

    def line(self, message: Message) -> str | None:
        """The line for one message, without a line end; None when the format cannot show it."""

    def lines(self, messages: Sequence[Message]) -> list[str]:
        """The lines for messages that came together; stops with the first error."""


def make_formatter(context: Context, settings: Settings, *, received: bool = True) -> Formatter:
    """The formatter for messages. *received*: with number, time and sender, where the format has them."""
    match settings.output:
        case "human":
            if context.stdout_is_terminal or settings.colour:
                from .terminal import TerminalLines

                return TerminalLines(context.width, colour=settings.colour, verbose=context.verbosity > 0)
            from .human import HumanLines

            return HumanLines(verbose=context.verbosity > 0)
        case "ndjson":
            from .json_lines import JsonLines

            formatter: Formatter = JsonLines(received=received)
        case _:
            from .plain import PlainLines

            formatter = PlainLines(settings.output)
    if context.stdout_is_terminal:
        from .plain import ShieldedLines

        return ShieldedLines(formatter)
    return formatter


def encode_lines(lines: Sequence[str]) -> bytes:
    """The bytes to write for *lines*; surrogate escapes become the bytes they stand for."""
    return ("\n".join(lines) + "\n").encode("utf-8", "surrogateescape") if lines else b""
