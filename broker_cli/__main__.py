"""``broker`` and ``python -m broker_cli``: runs a command, and turns every way it can end into one for the shell."""

from __future__ import annotations

import signal
import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .context import Context

__all__ = ["main", "run"]


def main() -> int:
    """The whole program, on this process: its arguments, its streams, its signals."""
    try:
        # Python ignores it; before there is a network to write to, a closed pipe may as well end the program.
        signal.signal(signal.SIGPIPE, signal.SIG_DFL)
        from .context import Context

        return run(sys.argv[1:], Context())
    except KeyboardInterrupt:
        return _die(signal.SIGINT)


def _die(signum: int) -> int:
    signal.signal(signum, signal.SIG_DFL)
    signal.raise_signal(signum)
    return 128 + signum  # the signal is blocked


def run(args: Sequence[str], context: Context) -> int:
    """Run the command line *args*; the exit code. With context.owns_process a signal ends the process itself."""
    from .exit_codes import ExitCode, Failure, Interrupted, explain

    try:
        return _inner(list(args), context)
    except Interrupted as end:
        if end.__cause__ is not None:
            context.warn(explain(end.__cause__).message)
        return _die(end.signum) if context.owns_process else 128 + end.signum
    except KeyboardInterrupt:
        if context.owns_process:
            raise
        return 128 + signal.SIGINT
    except Exception as error:  # noqa: BLE001  # every error becomes a message here
        if type(error).__name__ == "NoArgsIsHelpError":  # of Typer, which has no public name for it
            context.stderr.write(f"{error}\n")
            return int(ExitCode.USAGE)
        failure = error if isinstance(error, Failure) else _usage_failure(error) or explain(error)
        if context.debug and not isinstance(error, Failure):
            import traceback

            traceback.print_exception(error, file=context.stderr)
        _report(failure, context)
        return int(failure.code)


def _inner(args: list[str], context: Context) -> int:
    """The plain program: it handles no errors."""
    from .app import make_command

    result: Any = make_command().main(args, prog_name="broker", standalone_mode=False, obj=context)
    return result if type(result) is int else 0


def _report(failure: Any, context: Context) -> None:
    """One line that says what went wrong, and one for what to do; with -q not for a mere no."""
    from .exit_codes import ExitCode

    if failure.code is ExitCode.NO and context.verbosity < 0:
        return
    context.tell(f"broker: {failure.message} (exit {int(failure.code)})")
    if failure.hint:
        context.tell(f"  hint: {failure.hint}")


def _usage_failure(error: Exception) -> Any:
    """What Typer found wrong with the command line, as a failure; None for other errors."""
    if not hasattr(error, "format_message"):
        return None
    from .exit_codes import ExitCode, Failure

    path = getattr(getattr(error, "ctx", None), "command_path", "broker")
    kind = type(error).__name__
    hint = f"see {path} --help"
    own = "" if kind in {"BadParameter", "MissingParameter"} else getattr(error, "message", "")
    text = str(own or error.format_message()).splitlines()[0]
    text, _, suggestion = text.partition(" Did you mean ")
    if kind == "NoSuchOption":
        option = getattr(error, "option_name", "")
        suggestion = " or ".join(list(getattr(error, "possibilities", None) or ())[:2])
        if not option.startswith("--"):
            hint = f"an argument that starts with '-' goes behind --, or as string:{option}...; {hint}"
    if suggestion:
        hint = f"did you mean {suggestion.rstrip('?')}? {hint}"
    return Failure(text[:1].lower() + text[1:].rstrip("."), ExitCode.USAGE, hint)


if __name__ == "__main__":
    sys.exit(main())
