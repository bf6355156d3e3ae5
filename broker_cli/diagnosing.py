"""What ``doctor`` does: examine, and tell as it goes."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

import trio

from broker_core import DEFAULT_LIMITS, Cause, EndpointId, diagnose

from .config import DEFAULT_CONNECT_TIMEOUT
from .exit_codes import ExitCode
from .output import encode_lines
from .output.diagnosis import diagnosis_json, note_lines, step_lines, verdict_lines
from .signals import run_until_stopped

if TYPE_CHECKING:
    from broker_core import Diagnosis, DiagnosisStep

    from .config import Settings
    from .context import Context
    from .signals import Stop

__all__ = ["run_doctor"]

_CODES = {None: ExitCode.DONE, Cause.NOT_SUBSCRIBED: ExitCode.NO, Cause.CONFIGURATION: ExitCode.USAGE}


def run_doctor(context: Context, settings: Settings, topics: tuple[str, ...]) -> ExitCode:
    """Examine the peer of *settings*; how the program ends."""
    (address,) = settings.peers
    output = context.output()
    human, colour = settings.output == "human", settings.colour
    width = context.width if context.stdout_is_terminal else None
    limits, timeout = DEFAULT_LIMITS, settings.connect_timeout
    if timeout != DEFAULT_CONNECT_TIMEOUT:
        limits = replace(limits, connect_timeout=timeout, handshake_timeout=timeout)
    own_id = None if settings.id is None else EndpointId.parse(settings.id)
    found: list[Diagnosis] = []

    async def show(steps: trio.MemoryReceiveChannel[DiagnosisStep]) -> None:
        async for step in steps:
            await output.write(encode_lines(step_lines(step, colour=colour, width=width)))

    async def body(stop: Stop) -> None:
        send, receive = trio.open_memory_channel["DiagnosisStep"](math.inf)
        with stop.scope:
            async with trio.open_nursery() as nursery:
                if human and context.verbosity >= 0:
                    nursery.start_soon(show, receive)
                async with send:
                    diagnosis = await diagnose(
                        address,
                        tls=settings.tls,
                        credentials=settings.credentials,
                        curve=settings.curve,
                        topics=topics,
                        id=own_id,
                        limits=limits,
                        token=settings.token,
                        on_step=send.send_nowait,
                    )
            found.append(diagnosis)
            lines = [diagnosis_json(diagnosis)]
            if human:
                notes = [] if context.verbosity < 0 else note_lines(diagnosis, colour=colour, width=width)
                lines = notes + verdict_lines(diagnosis, colour=colour, width=width)
            await output.write(encode_lines(lines))

    async def program() -> None:
        await run_until_stopped(context, body)

    trio.run(program)
    return _CODES.get(found[0].cause, ExitCode.CONNECT)
