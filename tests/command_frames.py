"""The store commands in the recordings of C++ endpoints and of Zeek."""

from __future__ import annotations

import functools
from typing import NamedTuple

from broker_core.messages.binary_wire import parse_envelope
from broker_core.messages.commands import Command, decode_command
from broker_core.messages.envelopes import Message, MessageKind
from peer_links import recordings


class CommandFrame(NamedTuple):
    """One command of a scenario: *side* (acceptor or connector) sent *message*, which holds *command*."""

    scenario: str
    at: int
    side: str
    message: Message
    command: Command

    def __str__(self) -> str:
        return f"{self.scenario}-{self.at}"


@functools.cache
def command_frames(*names: str) -> tuple[CommandFrame, ...]:
    """The commands of the named scenarios, or of all, in order."""
    found = []
    for recording in recordings():
        if names and recording.name not in names:
            continue
        for at, (side, body) in enumerate(recording.frames):
            if at < recording.handshake_size or body is None:
                continue
            message = parse_envelope(body)
            if message.kind is MessageKind.COMMAND:
                found.append(CommandFrame(recording.name, at, side, message, decode_command(message.payload)))
    return tuple(found)
