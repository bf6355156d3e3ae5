"""Store commands."""

from __future__ import annotations

from broker_core.errors import DecodeError, EncodeError
from broker_core.messages.commands import decode_command, encode_command
from command_frames import command_frames
from tests.fuzz.seeds import SUBNORMALS


def target(data: bytes) -> bool:
    """Any bytes are a command or refused with DecodeError; what a command encodes to reads as one that encodes so.

    Sets that hold subnormal reals and zeros are refused by the encoder, as in the binary format.
    """
    try:
        command = decode_command(data)
    except DecodeError:
        return False
    try:
        encoded = encode_command(command)
    except EncodeError:
        assert any(mark in data for mark in SUBNORMALS)
    else:
        assert encode_command(decode_command(encoded)) == encoded
    return True


def seeds() -> list[bytes]:
    """Recorded commands, one of each content and length."""
    found = {(type(frame.command.content), len(frame.message.payload)): frame for frame in command_frames()}
    return [frame.message.payload for frame in found.values()][:60]
