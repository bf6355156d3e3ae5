"""One process of a measurement: ``python -m broker_cli.benching.worker``, started by its parent and by nobody else.

It reads what to do from stdin, and then the words ``go`` and ``stop``. It writes a JSON object a line to stdout:
``{"port": N}`` when it listens, ``{"ready": true}``, ``{"progress": N}`` from time to time, and at the end
``{"result": {...}}`` or ``{"error": {...}}``, or both. When its parent is gone, it ends.
"""

from __future__ import annotations

import json
import os
import sys
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import trio

from broker_cli.context import Context
from broker_cli.exit_codes import Failure, Interrupted, explain
from broker_cli.pipes import InputLines
from broker_cli.session import Session, run_session

from .desk import Desk
from .storing import operate, serve_store
from .talking import publish, receive
from .work import load_work

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

__all__ = ["main"]

_ROLES: dict[str, Callable[[Desk, Session], Awaitable[None]]] = {
    "pub": publish,
    "source": publish,
    "sub": receive,
    "sink": receive,
    "store": operate,
    "master": serve_store,
}


async def _program() -> None:
    commands = InputLines(0)
    lines = await commands.next()
    if not lines:
        return
    desk = Desk(load_work(lines[0]))
    role = _ROLES[desk.work.role]

    async def body(session: Session) -> None:
        async with trio.open_nursery() as nursery:
            nursery.start_soon(desk.listen, commands, lines[1:])
            nursery.start_soon(desk.tell_progress)
            await role(desk, session)
            nursery.cancel_scope.cancel()

    context = Context(environ={}, stdout_is_terminal=False, stderr_is_terminal=False, verbosity=-1)
    try:
        await run_session(context, desk.work.settings, body)
    finally:
        desk.say(result=json.loads(desk.part.dump()))


def main() -> None:
    """Play the role."""
    try:
        trio.run(_program)
    except Interrupted as end:
        sys.exit(128 + end.signum)
    except (Exception, BaseExceptionGroup) as error:  # noqa: BLE001  # the parent is told of every error
        failure: Any = _innermost(error)
        found = failure if isinstance(failure, Failure) else explain(failure)
        members = {"message": found.message, "code": int(found.code), "hint": found.hint}
        with suppress(OSError):
            os.write(1, json.dumps({"error": members}).encode() + b"\n")
        sys.exit(1)


def _innermost(error: BaseException) -> BaseException:
    while isinstance(error, BaseExceptionGroup) and error.exceptions:
        error = error.exceptions[0]
    return error


if __name__ == "__main__":
    main()
