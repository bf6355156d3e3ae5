"""What all checks can be told."""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Annotated

from typer import Option

from broker_cli.context import Context
from broker_cli.options import ConnectOptions, DisplayOptions
from broker_cli.parsing import choice
from broker_cli.profiles.resolving import time_limit

if TYPE_CHECKING:
    from broker_cli.checking.running import Check
    from broker_core import PeerAddress

__all__ = ["CheckOptions", "Critical", "Warning_"]

Warning_ = Annotated[str | None, Option("--warning", "-w", metavar="RANGE", help="WARNING outside of this range.")]
Critical = Annotated[str | None, Option("--critical", "-c", metavar="RANGE", help="CRITICAL outside of this range.")]


@dataclass(frozen=True)
class CheckOptions(DisplayOptions, ConnectOptions):
    """How to connect, how long, and what to print."""

    # Whoever starts a plugin reads its line from a pipe, so a pipe makes no difference here.
    output: Annotated[
        str | None, Option("--output", "-o", metavar="FORMAT", help="nagios (default), ndjson or prometheus.")
    ] = None  # type: ignore[assignment]  # other words than elsewhere
    timeout: Annotated[
        str | None, Option("--timeout", "-t", metavar="DUR", help="CRITICAL when it takes longer (10s).")
    ] = None

    def check(
        self, context: Context, name: str, target: str, peers: "tuple[PeerAddress, ...]", *, more: float = 0.0
    ) -> "Check":
        """The check *name* of *target* at *peers*, which may take *more* seconds than usual."""
        from broker_cli.checking.running import DEFAULT_TIMEOUT, Check
        from broker_cli.checking.verdicts import FORMS
        from broker_cli.config import Settings

        form = choice("--output", self.output or "nagios", FORMS)
        limit = time_limit(context, self.timeout)
        return Check(
            context=context,
            settings=replace(self.extend(Settings(), peers, context), output="ndjson"),
            form=form,
            name=name,
            target=target,
            timeout=(DEFAULT_TIMEOUT if limit is None else limit) + more,
        )
