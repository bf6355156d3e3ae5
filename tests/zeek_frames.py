"""The data messages in the recordings of a live Zeek."""

from __future__ import annotations

import functools
import json
from pathlib import Path
from typing import Any, NamedTuple

_RECORDINGS = Path(__file__).parent / "vectors" / "zeek-native.json"
_HEADER = 37
_DATA = 1


class DataFrame(NamedTuple):
    """One data message of a scenario."""

    scenario: str
    at: int
    from_zeek: bool
    topic: str
    payload: bytes

    def __str__(self) -> str:
        return f"{self.scenario}-{self.at}"


@functools.cache
def scenarios() -> dict[str, dict[str, Any]]:
    """The recordings by name."""
    loaded: dict[str, dict[str, Any]] = json.loads(_RECORDINGS.read_text())
    return loaded


@functools.cache
def data_frames(*names: str) -> list[DataFrame]:
    """The data messages of the named scenarios, or of all, in order."""
    found = []
    for name, scenario in scenarios().items():
        if names and name not in names:
            continue
        for at, record in enumerate(scenario["frames"]):
            frame = bytes.fromhex(record.get("frame", ""))
            if len(frame) < _HEADER or frame[32] != _DATA:
                continue
            start = _HEADER + int.from_bytes(frame[35:_HEADER], "big")
            topic = frame[_HEADER:start].decode()
            found.append(DataFrame(name, at, record["from"] == scenario["zeek"], topic, frame[start:]))
    return found


def steps(name: str) -> list[tuple[DataFrame, dict[str, Any]]]:
    """What the peer sent to Zeek in a scenario with steps, each with what is known about it.

    An event ``Rec::cmd`` only asks Zeek to print something; it has no step.
    """
    sent = [frame for frame in data_frames(name) if not frame.from_zeek and b"Rec::cmd" not in frame.payload]
    return list(zip(sent, scenarios()[name]["steps"], strict=True))
