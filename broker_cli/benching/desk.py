"""What a role in a measurement has around it: what to do, where to write down what it found, and its parent's words."""

from __future__ import annotations

import json
import os
from contextlib import suppress
from typing import TYPE_CHECKING

import trio

from .work import GO, STOP, Part

if TYPE_CHECKING:
    from broker_cli.pipes import InputLines

    from .work import Work

__all__ = ["Desk"]

_PROGRESS_PAUSE = 0.25


class Desk:
    """What a role has around it: what to do, where to write down what it found, and what its parent says."""

    def __init__(self, work: Work) -> None:
        self.work = work
        self.part = Part(client=work.client)
        self.done = 0
        """How far it is, for progress."""
        self.go = trio.Event()
        self.scope = trio.CancelScope()
        """The measured part: the parent may end it at any time."""

    def say(self, **members: object) -> None:
        """Tell the parent something."""
        with suppress(OSError):
            os.write(1, json.dumps(members).encode() + b"\n")

    async def ready(self) -> None:
        """Say that everything is prepared, and wait until it is time."""
        self.say(ready=True)
        await self.go.wait()

    async def listen(self, commands: InputLines, first: list[bytes]) -> None:
        """Act on what the parent says, until it is gone."""
        lines = first
        while True:
            for line in lines:
                if line == GO:
                    self.go.set()
                elif line == STOP:
                    self.go.set()
                    self.scope.cancel()
            lines = await commands.next()
            if not lines:
                os._exit(1)  # nobody is there who could be told anything

    async def tell_progress(self) -> None:
        """Say again and again how far it is."""
        told = 0
        while True:
            await trio.sleep(_PROGRESS_PAUSE)
            if self.done != told:
                told = self.done
                self.say(progress=told)
