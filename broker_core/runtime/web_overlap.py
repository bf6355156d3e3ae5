"""What arrives twice while one connection to a WebSocket server takes the place of another.

A subscription cannot be changed (spec websocket-json.md section 2), so a new connection is made before the old one is
closed: nothing gets lost, but what the server sends in between comes on both. Each sends in the same order, so what
is twice is at the end of the old one and at the start of the new one.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from broker_core.messages.envelopes import Message

__all__ = ["Overlap"]


class Overlap:
    """The messages of the old connection since the new one was asked for, and which of the new one repeat them."""

    def __init__(self, old_topics: tuple[str, ...], new_topics: tuple[str, ...]) -> None:
        self._old_topics = old_topics
        self._new_topics = new_topics
        self._seen: deque[tuple[str, bytes]] = deque()
        self._found = False

    def note(self, messages: Iterable[Message]) -> None:
        """These came on the old connection."""
        self._seen.extend((one.topic, one.payload) for one in messages if one.topic.startswith(self._new_topics))

    def fresh(self, messages: Iterable[Message]) -> list[Message]:
        """Those of *messages*, which came first on the new connection, that the old one had not brought."""
        return [message for message in messages if not self._is_repeated(message)]

    @property
    def over(self) -> bool:
        """Whether nothing can be repeated any more."""
        return not self._seen

    def _is_repeated(self, message: Message) -> bool:
        if not self._seen or not message.topic.startswith(self._old_topics):
            return False
        key = message.topic, message.payload
        if not self._found and key in self._seen:  # here the repetition starts
            self._found = True
            while self._seen[0] != key:
                self._seen.popleft()
        if self._seen[0] == key:
            self._seen.popleft()
            return True
        self._seen.clear()
        return False
