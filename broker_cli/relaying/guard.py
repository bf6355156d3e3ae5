"""Recognizes loops: what a relay has carried comes back to it, and would go round for ever.

Nothing on the way marks a message: over WebSocket there is no place for it, and endpoints that pass a native message on
put their own id into it. So the relay remembers what it carried to a side for a while, by topic and value. When the
same comes from that side, it is the message coming back, or somebody there published the same: one cannot be told from
the other. But when many do so, there is another way between the two networks: a second relay, a ring of relays.

From then on, for as long as that goes on, the same is carried only once within the time, whichever side it comes from;
where ways are of different speed, a message can come round on the way it went. That ends every loop. It costs the
repetitions of messages that are equal to the last bit, and only while there is a loop. A ring in one direction, in
which everything comes back on the way it went, does not show: there the relay has to be told to be always careful, or
the TTL of native messages helps, as far as endpoints on the way count it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from .rules import Side

__all__ = ["DEFAULT_WINDOW", "MOST_ALIKE", "MOST_DIFFERENT", "MOST_REMEMBERED", "LoopGuard"]

DEFAULT_WINDOW = 5.0
"""Seconds within which what comes back is recognized."""
MOST_REMEMBERED = 100_000
"""The latest messages of one direction that are remembered whatever the time; of more within the time some are not."""
MOST_DIFFERENT = 16
"""Different messages that may come back within the time before that counts as a loop."""
MOST_ALIKE = 100
"""Messages, different or not, likewise."""

_OTHER: dict[Side, Side] = {"a": "b", "b": "a"}


class _Memory:
    """Numbers of the last *span* seconds at least, and twice that at most: forgotten is a whole half at a time."""

    def __init__(self, span: float, most: int) -> None:
        self._span = span
        self._most = most
        self._newer: set[int] = set()
        self._older: set[int] = set()
        self._turn = float("-inf")
        """When the newer half was begun."""

    def age(self, now: float) -> None:
        """Forget what is too old at *now*, or too much."""
        past = now - self._turn
        if past >= self._span or len(self._newer) >= self._most:
            self._older = self._newer if past < 2 * self._span else set()
            self._newer, self._turn = set(), now

    def add(self, number: int) -> None:
        """Remember *number*."""
        self._newer.add(number)

    def __contains__(self, number: int) -> bool:
        return number in self._newer or number in self._older

    def __len__(self) -> int:
        return len(self._newer) + len(self._older)


class LoopGuard:
    """Remembers what went where. Times are seconds of a steady clock. *always*: careful without evidence of a loop."""

    def __init__(self, window: float = DEFAULT_WINDOW, *, always: bool = False, most: int = MOST_REMEMBERED) -> None:
        self.engaged = always
        """Whether what was carried already is held back."""
        self.on_engaged: Callable[[Side], None] = lambda _: None
        """Called with the side that so much comes back from."""
        self._always = always
        self._window = window
        self._carried: dict[Side, _Memory] = {side: _Memory(window, most) for side in _OTHER}
        self._different: set[int] = set()
        self._alike = 0
        self._since = float("-inf")
        """When these two were begun."""

    def tick(self, now: float) -> None:
        """Tell the time, at least once for every few hundred messages."""
        for memory in self._carried.values():
            memory.age(now)
        if now - self._since >= self._window:
            if not self._alike:  # a whole window without anything that came back
                self.engaged = self._always
            self._different, self._alike, self._since = set(), 0, now

    def holds_back(self, side: Side, topic: str, name: str, payload: bytes) -> bool:
        """Whether what comes from *side* on *topic*, to be called *name* on the other, is not to be carried."""
        echo = hash((topic, payload))
        if echo in self._carried[_OTHER[side]]:
            self._alike += 1
            if not self.engaged:
                self._different.add(echo)
                if len(self._different) > MOST_DIFFERENT or self._alike > MOST_ALIKE:
                    self.engaged = True
                    self.on_engaged(side)
            return self.engaged
        return self.engaged and hash((name, payload)) in self._carried[side]

    def note(self, side: Side, name: str, payload: bytes) -> None:
        """What came from *side* is carried to the other one, where it is called *name*."""
        self._carried[side].add(hash((name, payload)))
