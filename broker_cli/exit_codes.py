"""How the program ends: the exit codes, and the one table from errors to codes.

A script can rely on these numbers. 130, 143 and 141 are not in the enum: the program ends by the signal itself,
so that a shell sees INT, TERM and PIPE as it does with any other program.
"""

from __future__ import annotations

from enum import IntEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from broker_core import PeeringError

__all__ = ["EXIT_CODE_HELP", "ExitCode", "Failure", "Interrupted", "cannot_listen", "explain"]


class ExitCode(IntEnum):
    """The exit codes with their meaning."""

    DONE = 0
    """It did what it was asked to do."""
    BUG = 1
    """An internal error."""
    USAGE = 2
    """The command line is wrong: an unknown option, a literal that is none."""
    NO = 3
    """The answer is no: there is no such key, or two stores differ."""
    TIMEOUT = 4
    """Time is up: no subscriber came, fewer messages than asked for, or a store was not synchronized."""
    CONNECT = 5
    """No connection: refused, unknown name, no Broker, handshake timed out."""
    LOST = 6
    """The connection was lost for good, or messages were not confirmed."""
    BAD_INPUT = 7
    """Input data is wrong: line 17 is no message; or does not suit the type of what is stored."""
    REFUSED = 8
    """The other side said no: a peer, or the database of a store. Or there is no master that could say anything."""
    PARTIAL = 9
    """Some of the input was bad and left out (--keep-going), or some of the commands that were run failed (--exec)."""


EXIT_CODE_HELP = {
    ExitCode.DONE: "did what was asked",
    ExitCode.BUG: "internal error",
    ExitCode.USAGE: "wrong command line, or a literal that cannot be read",
    ExitCode.NO: "the answer is no: no such key, no such event, or stores differ",
    ExitCode.TIMEOUT: "timed out: no subscriber, fewer messages than -n, or a store not synchronized",
    ExitCode.CONNECT: "could not connect",
    ExitCode.LOST: "connection lost for good, or messages not confirmed",
    ExitCode.BAD_INPUT: "bad input data, or a stored value of another type",
    ExitCode.REFUSED: "the other side or the database refused, or a store has no master",
    ExitCode.PARTIAL: "part of the input (--keep-going) or of the commands (--exec) failed",
}
"""One line for each code, for manual pages."""


class Failure(Exception):  # it is not always an error: "no" and "timed out" are answers
    """The end of a command that did not do what it was asked: *message* is one line, *hint* the next step or ""."""

    def __init__(self, message: str, code: ExitCode, hint: str = "") -> None:
        super().__init__(message, code, hint)
        self.message = message
        self.code = code
        self.hint = hint

    def __str__(self) -> str:
        return self.message


def cannot_listen(error: PeeringError) -> Failure:
    """The failure of a command that was to listen where it cannot, as *error* of the library says."""
    message = f"cannot listen on {error.address}: {error.reason.removeprefix('cannot listen: ')}"
    return Failure(message, ExitCode.CONNECT, "port 0 takes any free one")


class Interrupted(Exception):  # not an error either
    """A signal ended the command, after it cleaned up; *signum* is to be raised again."""

    def __init__(self, signum: int) -> None:
        super().__init__(signum)
        self.signum = signum


def explain(error: BaseException) -> Failure:
    """What to tell the user about *error*, and the code to end with."""
    from broker_core import errors

    if isinstance(error, Failure):
        return error
    match error:
        case errors.PeerRefused():
            return Failure(str(error), ExitCode.REFUSED, error.hint)
        case errors.PeeringError():
            return Failure(str(error), ExitCode.CONNECT, error.hint)
        case errors.NoSuchKey():
            return Failure(str(error), ExitCode.NO)
        case errors.StoreTimeout() | errors.StaleData():
            return Failure(str(error), ExitCode.TIMEOUT, "--timeout DUR waits longer")
        case errors.TypeClash():
            return Failure(str(error), ExitCode.BAD_INPUT)
        case errors.StoreError():
            return Failure(str(error), ExitCode.REFUSED)
        case errors.UndeliveredError():
            return Failure(str(error), ExitCode.LOST, "the peer left or takes nothing; these may not have arrived")
        case errors.BadRecording():
            return Failure(str(error), ExitCode.BAD_INPUT)
        case errors.RecordingFailure():
            is_full = error.code is errors.EC.CANNOT_WRITE_FILE
            return Failure(str(error), ExitCode.REFUSED if is_full else ExitCode.USAGE)
        case errors.InvalidValue() | errors.ConfigurationError():
            return Failure(str(error), ExitCode.USAGE)
        case errors.CodecError():
            return Failure(str(error), ExitCode.BAD_INPUT)
    text = f"internal error: {type(error).__name__}: {error}"
    return Failure(text, ExitCode.BUG, "please report it; --debug shows the traceback")
