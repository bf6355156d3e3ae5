"""Where the seeds of several targets come from: recorded connections, and one value of each kind."""

from __future__ import annotations

import functools
import json
from pathlib import Path

from broker_core.protocol.framing import frame_of
from peer_links import recordings
from web_sessions import frames_in, recorded_frame, scenarios

__all__ = ["SUBNORMALS", "recorded_frames", "recorded_streams", "recorded_web_frames", "value_rows"]

SUBNORMALS = tuple(bytes((4, sign, high)) for sign in (0x00, 0x80) for high in range(0x10))
"""How subnormal reals, and zeros, begin in the binary format: only values with some of them may be refused later."""
_VECTORS = Path(__file__).parents[1] / "vectors"
_EACH = 40  # seeds of one origin; more of them only slow a fuzzer down at first


@functools.cache
def value_rows(form: str) -> list[bytes]:
    """The recorded values in the form ``binary``, ``json`` or ``text``: a few of every length."""
    rows = [row[form] for row in json.loads((_VECTORS / "values.json").read_text()) if form in row]
    found = {bytes.fromhex(row) if form == "binary" else row.encode("utf-8", "surrogateescape") for row in rows}
    ordered = sorted(found, key=lambda row: (len(row), row))
    return ordered[:: max(1, len(ordered) // _EACH)]


@functools.cache
def recorded_frames(*, handshake: bool) -> list[bytes]:
    """The bodies of frames that C++ endpoints and Zeek sent, in the handshake or after it, each once."""
    found: dict[bytes, None] = {}
    for recording in recordings():
        size = recording.handshake_size
        for _, body in recording.frames[:size] if handshake else recording.frames[size:]:
            if body:
                found[body] = None
    ordered = sorted(found, key=lambda body: (len(body), body))
    return ordered[:: max(1, len(ordered) // _EACH)]


@functools.cache
def recorded_streams() -> list[bytes]:
    """What one side of each recorded connection sent after the handshake, as one stream."""
    streams = []
    for recording in recordings():
        for side in ("acceptor", "connector"):
            later = recording.frames[recording.handshake_size :]
            stream = b"".join([frame_of(body) for sender, body in later if sender == side and body])
            if stream:
                streams.append(stream[:4000])
    return streams[:_EACH]


@functools.cache
def recorded_web_frames() -> list[tuple[int, bytes]]:
    """Texts and closing frames that a live Zeek and its clients sent: opcode and payload, a few of every length."""
    found: dict[tuple[int, bytes], None] = {}
    for scenario in scenarios().values():
        for record in scenario["frames"]:
            found.update(dict.fromkeys(frames_in([recorded_frame(record)])))
    ordered = sorted(found, key=lambda frame: (len(frame[1]), frame))
    return ordered[:: max(1, len(ordered) // _EACH)]
