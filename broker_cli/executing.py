"""Runs a command for each message, several at a time, and sees that each of them ends.

There is no shell in between: the command line is split once, before anything has come, and what came from the network
only ever becomes a whole word of it, a variable of the environment, or standard input.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import signal
import subprocess
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

import trio

from broker_core import DecodeError, ForeignMessage

from .complaints import Complaints
from .exit_codes import ExitCode, Failure
from .output import make_formatter
from .output.foreign import foreign_problem
from .output.templates import Template, field_text
from .parsing import refuse
from .selecting.facts import Facts
from .selecting.scanning import ExpressionError
from .wording import counted

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping, Sequence

    from broker_core import Message

    from .config import Settings
    from .context import Context
    from .selecting.naming import Naming
    from .selecting.selection import Selection

__all__ = ["DEFAULT_JOBS", "DEFAULT_LIMIT", "Commands", "Execution", "environment"]

DEFAULT_JOBS = 4
"""Commands at a time."""
DEFAULT_LIMIT = 60.0
"""Seconds that a command may take."""
_PATIENCE = 2.0
"""Seconds between TERM and KILL for a command that takes too long."""
_HASTE = 0.5
"""The same when the program itself was told to end."""

_FIELD = re.compile(r"\{[A-Za-z_][^{}\s]*\}")
_FIELD_INSIDE = re.compile(r"\{(?:topic|event|args|metadata|value|from|size|ts|seq)\b[^{}]*\}")
_SCRIPT_FOLLOWS = re.compile(r"-[A-Za-z]*c")
_OURS = re.compile(r"BROKER_(?:TOPIC|EVENT|FROM|ARGC|ARG_[0-9]+)")


@dataclass(frozen=True)
class Execution:
    """What to run: words, of which templates are filled in for each message."""

    words: tuple[str | Template, ...]
    jobs: int = DEFAULT_JOBS
    limit: float = DEFAULT_LIMIT

    @classmethod
    def parse(cls, text: str, naming: Naming | None, *, jobs: int | None, limit: float | None) -> Execution:
        """From the command line *text*. Raises a usage error for one that cannot be run, or not safely."""
        try:
            words = shlex.split(text)
        except ValueError as error:
            refuse(f"--exec: {str(error).lower()}: {text}")
        if not words:
            refuse("--exec: there is no command")
        if _FIELD.fullmatch(words[0]):
            refuse("--exec: what is run cannot come from a message", "the first word is the program")
        if shutil.which(words[0]) is None:
            refuse(f"--exec: no program {words[0]} was found", "name a program in PATH, or one with its path")
        made = tuple(_word(word, before, naming) for before, word in zip(["", *words], words, strict=False))
        return cls(made, DEFAULT_JOBS if jobs is None else jobs, DEFAULT_LIMIT if limit is None else limit)

    def argv(self, message: Message) -> list[bytes]:
        """The words for *message*. Raises DecodeError."""
        texts = [word if isinstance(word, str) else word.render(message) for word in self.words]
        return [_as_bytes(text) for text in texts]


def _word(word: str, before: str, naming: Naming | None) -> str | Template:
    if not _FIELD.fullmatch(word):
        if inside := _FIELD_INSIDE.search(word):
            hint = 'a field is a word of its own; inside a script use "$BROKER_EVENT", "$BROKER_ARG_0" ...'
            refuse(f"--exec: {inside[0]} is only a part of the word '{word}'", hint)
        return word
    if _SCRIPT_FOLLOWS.fullmatch(before):
        hint = f"sh -c 'the script' sh '{word}' hands it over safely, as \"$1\""
        refuse(f"--exec: {word} behind {before} would run what came from the network", hint)
    try:
        return Template(word, naming)
    except ExpressionError as error:
        refuse(f"--exec: {word}: {error}", "words in braces are fields as in --format")


def _as_bytes(text: str) -> bytes:
    """*text* for another program, which cannot be given NUL bytes."""
    return text.replace("\0", "\\x00").encode("utf-8", "surrogateescape")


def environment(base: Mapping[str, str], message: Message) -> dict[bytes, bytes]:
    """The variables of *base*, and those that say what *message* is. Raises DecodeError."""
    variables = {name: value for name, value in base.items() if not _OURS.fullmatch(name)}
    variables |= {"BROKER_TOPIC": message.topic, "BROKER_FROM": str(message.sender)}
    parts = Facts(message).parts
    if parts is not None:
        name, args, _ = parts
        variables |= {"BROKER_EVENT": name, "BROKER_ARGC": str(len(args))}
        variables |= {f"BROKER_ARG_{at}": field_text(arg) for at, arg in enumerate(args)}
    return {os.fsencode(name): _as_bytes(value) for name, value in variables.items()}


class Commands:
    """Takes messages as a ``Printer`` does, and runs a command for each that *selection* lets through."""

    at_once: int | None = 1

    def __init__(
        self, context: Context, settings: Settings, execution: Execution, selection: Selection | None = None
    ) -> None:
        self.taken = 0
        """How many messages were given to it."""
        self.shown = 0
        """For how many a command was started."""
        self.selection = selection
        self._context = context
        self._failures = Complaints(context, "commands that fail")
        self._foreign = Complaints(context, "messages of that kind")
        self._execution = execution
        self._formatter = make_formatter(replace(context, stdout_is_terminal=False), replace(settings, output="ndjson"))
        self._slots = trio.Semaphore(execution.jobs)
        self._nursery: trio.Nursery | None = None

    @property
    def failed(self) -> int:
        """How many commands failed, or could not be started."""
        return self._failures.total

    async def run(self, main: Callable[[], Awaitable[None]]) -> None:
        """Run *main*, which gives messages to :meth:`show`, and wait for the commands; cancelled, they are ended.

        Raises the :class:`Failure` of *main*, or one because commands failed.
        """
        failure: Failure | None = None
        async with trio.open_nursery() as self._nursery:
            try:
                await main()
            except Failure as caught:  # what runs may finish
                failure = caught
        if failure is not None:
            raise failure
        if self.failed:
            message = f"{self.failed} of {counted(self.shown, 'command')} failed"
            raise Failure(message, ExitCode.PARTIAL)

    async def ready(self) -> None:
        """Wait until a command may be started."""
        async with self._slots:
            pass

    async def show(self, messages: Sequence[Message], most: int | None = None) -> None:
        """Start a command for each of *messages*, at most *most*; waits while too many run."""
        assert self._nursery is not None  # noqa: S101  # only run() gives it messages
        self.taken += len(messages)
        if self.selection is not None:
            messages = self.selection.select(messages, most)
        for message in messages:
            if isinstance(message, ForeignMessage):
                self._foreign.tell(f"no command for a message on {message.topic}: {foreign_problem(message)}")
                continue
            await self._slots.acquire()
            self.shown += 1
            self._nursery.start_soon(self._run, message)

    def summary(self, dropped: int) -> str:
        """What there was, in words."""
        parts = [f"ran {counted(self.shown, 'command')}"]
        if self.failed:
            parts.append(f"{self.failed} failed")
        if self.selection is not None:
            parts += self.selection.summary()
        if self._foreign.total:
            parts.append(f"{self._foreign.total} left out")
        if dropped:
            parts.append(f"{dropped} messages dropped because the commands were too slow")
        return ", ".join(parts)

    # -- one command --------------------------------------------------------------------------------------------

    async def _run(self, message: Message) -> None:
        try:
            problem = await self._outcome(message)
        finally:
            self._slots.release()
        if problem:
            self._failures.tell(f"the command for a message on {message.topic} {problem}")

    async def _outcome(self, message: Message) -> str:
        """What went wrong; "" if nothing."""
        try:
            line = self._formatter.lines((message,))[0].encode("utf-8", "surrogateescape") + b"\n"
            process = await self._start(self._execution.argv(message), environment(self._context.environ, message))
        except OSError as error:
            return f"cannot be started: {(error.strerror or str(error)).lower()}"
        except (DecodeError, ValueError) as error:  # no value, or none that can be handed over
            return f"cannot be started: {error}"
        try:
            with trio.move_on_after(self._execution.limit) as limit:
                await _attend(process, line)
            if limit.cancelled_caught:
                await _end(process, _PATIENCE)
                return f"was ended after {self._execution.limit:g} s"
        finally:
            if process.returncode is None:  # the program ends
                with trio.CancelScope(shield=True):
                    await _end(process, _HASTE)
        code = process.returncode or 0
        if code < 0:
            return f"was ended by {_signal_name(-code)}"
        return f"ended with exit code {code}" if code else ""

    async def _start(self, words: list[bytes], variables: dict[bytes, bytes]) -> trio.Process:
        try:
            errors: int | None = self._context.stderr.fileno()
        except (OSError, ValueError):
            errors = None
        start = partial(trio.lowlevel.open_process, words, stdin=subprocess.PIPE, env=variables)
        # A group of its own: Ctrl-C is for us, and we end the whole group.
        with trio.CancelScope(shield=True):
            process: trio.Process = await start(stdout=self._context.stdout, stderr=errors, process_group=0)
        return process


async def _attend(process: trio.Process, line: bytes) -> None:
    """Give *process* its input and wait for its end."""
    async with trio.open_nursery() as nursery:
        nursery.start_soon(_feed, process, line)
        await process.wait()
        nursery.cancel_scope.cancel()


async def _feed(process: trio.Process, line: bytes) -> None:
    assert process.stdin is not None  # noqa: S101  # a pipe was asked for
    with suppress(trio.BrokenResourceError, trio.ClosedResourceError):
        async with process.stdin:
            await process.stdin.send_all(line)


async def _end(process: trio.Process, patience: float) -> None:
    """TERM, and KILL for one that does not end by that."""
    _tell(process, signal.SIGTERM)
    try:
        with trio.move_on_after(patience):
            await process.wait()
    finally:
        if process.returncode is None:
            _tell(process, signal.SIGKILL)
            with trio.CancelScope(shield=True):
                await process.wait()


def _tell(process: trio.Process, signum: int) -> None:
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signum)


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name.removeprefix("SIG")
    except ValueError:
        return f"signal {number}"
