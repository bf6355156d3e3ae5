"""Questions before something is lost: asked at a terminal, answered by ``--yes`` elsewhere."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from broker_cli.exit_codes import ExitCode, Failure
from broker_cli.pipes import InputLines

if TYPE_CHECKING:
    from broker_cli.context import Context

__all__ = ["check_consent", "confirm"]


def check_consent(context: Context, deed: str, *, yes: bool, stdin_is_free: bool = True) -> None:
    """Raise :class:`Failure` when the user neither agreed to *deed* already nor can be asked."""
    if not (yes or (stdin_is_free and context.stderr_is_terminal and os.isatty(context.stdin))):
        message = f"this would {deed}, and nobody can be asked here"
        raise Failure(message, ExitCode.USAGE, "give --yes to agree")


async def confirm(context: Context, deed: str, *, yes: bool) -> None:
    """Return when the user agrees to *deed*, and raise :class:`Failure` otherwise."""
    if yes:
        return
    context.ask(f"{deed[:1].upper()}{deed[1:]}? [y/N] ")
    answer = await InputLines(context.stdin).next()
    if not answer or answer[0].strip().lower() not in {b"y", b"yes"}:
        message = "nothing was changed"
        raise Failure(message, ExitCode.NO)
