"""Topics as objects that ``/`` joins, and what the calls of this face take in place of one.

Sources: manual section 2.2.1; C++ bindings 1.4.0 (``Topic`` and what its endpoint makes of topics).
"""

from __future__ import annotations

from collections.abc import Iterable

from broker_core.model.topics import join_topics, topic_from_bytes

__all__ = ["AnyTopic", "Topic", "topic_text", "topic_texts"]


class Topic:
    """A topic: ``Topic("/zeek") / Topic("logs")``. Immutable, and equal to one of the same text.

    The text may be given as bytes; what is not UTF-8 in them is held as surrogate escapes.
    Raises TypeError for anything else.
    """

    __slots__ = ("_text",)

    def __init__(self, text: str | bytes) -> None:
        if not isinstance(text, str | bytes):
            msg = f"a topic is made from a str, not from {type(text).__name__}"
            raise TypeError(msg)
        self._text = text if isinstance(text, str) else topic_from_bytes(text)

    def string(self) -> str:
        """The text."""
        return self._text

    def __truediv__(self, other: Topic | str) -> Topic:
        if isinstance(other, Topic | str):
            return Topic(join_topics(self._text, topic_text(other)))
        return NotImplemented

    def __eq__(self, other: object) -> bool:
        return self._text == other._text if isinstance(other, Topic) else NotImplemented

    def __hash__(self) -> int:
        return hash((Topic, self._text))

    def __str__(self) -> str:
        return self._text

    __repr__ = __str__


AnyTopic = Topic | str | bytes
"""What every call of this face takes as a topic."""


def topic_text(topic: AnyTopic) -> str:
    """The text of *topic*; raises TypeError when it is none."""
    if type(topic) is str:
        return topic
    return topic.string() if isinstance(topic, Topic) else Topic(topic).string()


def topic_texts(topics: AnyTopic | Iterable[AnyTopic]) -> list[str]:
    """The texts of one topic, or of any iterable of topics; raises TypeError when one is none."""
    if isinstance(topics, Topic | str | bytes) or not isinstance(topics, Iterable):
        return [topic_text(topics)]
    return [topic_text(topic) for topic in topics]
