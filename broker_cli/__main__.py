"""``broker`` and ``python -m broker_cli``: runs a command, and turns every way it can end into one for the shell."""

from __future__ import annotations

import os
import signal
import sys
from itertools import pairwise
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
        if sys.argv[1:2] == ["__complete"]:  # for the shells' completion, and before anything is loaded for commands
            from .completing import complete

            return complete(sys.argv[2:], os.environ, 1)
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

    context.errors_as_json = _wants_json(args)  # known before the command line is read, which may fail
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
            error = Failure("a command is missing", ExitCode.USAGE)
            if not _is_plugin(args):
                return int(error.code)
        failure = error if isinstance(error, Failure) else _usage_failure(error) or explain(error)
        if context.debug and not isinstance(error, Failure):
            import traceback

            traceback.print_exception(error, file=context.stderr)
        if _is_plugin(args):
            from .checking import report_failure

            return report_failure(failure, context)
        _report(failure, context)
        return int(failure.code)


def _is_plugin(args: Sequence[str]) -> bool:
    """Whether it is ``check``: whoever starts that knows four states only, and reads them on stdout."""
    return list(args[:1]) == ["check"]


def _wants_json(args: Sequence[str]) -> bool:
    """Whether the options among *args* have ``--errors json``."""
    options = args[: args.index("--")] if "--" in args else args
    return "--errors=json" in options or ("--errors", "json") in pairwise(options)


def _inner(args: list[str], context: Context) -> int:
    """The plain program: it handles no errors."""
    from .app import make_command

    try:
        result: Any = make_command().main(args, prog_name="broker", standalone_mode=False, obj=context)
    finally:
        context.finish_output()
    return result if type(result) is int else 0


def _report(failure: Any, context: Context) -> None:
    """One line that says what went wrong, and one for what to do; with -q not for a mere no."""
    from .exit_codes import ExitCode

    if failure.code is ExitCode.NO and context.verbosity < 0:
        return
    if context.errors_as_json:
        code = failure.code.name.lower().replace("_", "-")
        context.tell_json("failure", code=code, exit=int(failure.code), message=failure.message, hint=failure.hint)
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
