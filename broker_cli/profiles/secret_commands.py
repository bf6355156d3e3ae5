"""Secrets that a program tells, such as a password manager: ``key-pass-command`` and ``token-command``."""

from __future__ import annotations

import os
import select
import time
from typing import TYPE_CHECKING

from broker_cli.parsing import refuse

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["PATIENCE", "run_secret"]

PATIENCE = 60.0
"""Seconds that a program has; a person may have to type something into it."""


def run_secret(
    what: str, command: str, most: int, *, patience: float = PATIENCE, clock: Callable[[], float] = time.monotonic
) -> bytes:
    """What the shell *command* prints, at most one byte more than *most*. It cannot read our standard input.

    Raises a usage error when it fails, or takes longer than *patience* seconds.
    """
    import subprocess

    deadline = clock() + patience
    found = b""
    shell = ["/bin/sh", "-c", command]
    with subprocess.Popen(shell, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE) as process:  # noqa: S603  # the user's
        assert process.stdout is not None  # noqa: S101  # as asked for
        try:
            poll = select.poll()
            poll.register(process.stdout, select.POLLIN)
            while len(found) <= most:
                if not poll.poll(max(0.0, deadline - clock()) * 1000):
                    refuse(f"{what}: the command has not ended within {patience:g} seconds")
                data = os.read(process.stdout.fileno(), most + 1 - len(found))
                if not data:
                    break
                found += data
            else:
                return found
            try:
                code = process.wait(max(0.0, deadline - clock()))
            except subprocess.TimeoutExpired:
                refuse(f"{what}: the command has not ended within {patience:g} seconds")
        finally:
            process.kill()
    if code:
        refuse(f"{what}: the command failed (exit {code})", "what it said is above, if it said anything")
    return found
