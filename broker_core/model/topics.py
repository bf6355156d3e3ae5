"""Topics and filters. A topic is a str; subscriptions are plain string prefixes.

Topics that are not UTF-8 (a peer may send any bytes) are held with surrogate escapes, so that they survive.
Sources: manual section 2.2.1, spec data-model.md section 8.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from broker_core.errors import InvalidValue
from broker_core.limits import DEFAULT_LIMITS

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = [
    "CLONE_SUFFIX",
    "CONTROL_TOPIC",
    "ERRORS_TOPIC",
    "LOCAL_PREFIX",
    "MASTER_SUFFIX",
    "STATUSES_TOPIC",
    "check_topic",
    "join_topics",
    "minimal_filter",
    "split_topic",
    "store_of",
    "topic_from_bytes",
    "topic_matches",
    "topic_to_bytes",
]

CONTROL_TOPIC = "<$>"
MASTER_SUFFIX = "<$>/data/master"
CLONE_SUFFIX = "<$>/data/clone"
LOCAL_PREFIX = "<$>/local/"
ERRORS_TOPIC = "<$>/local/data/errors"
STATUSES_TOPIC = "<$>/local/data/statuses"


def topic_to_bytes(topic: str) -> bytes:
    """The bytes of *topic* on the wire."""
    return topic.encode("utf-8", "surrogateescape")


def topic_from_bytes(raw: bytes) -> str:
    """The reverse, for any bytes."""
    return raw.decode("utf-8", "surrogateescape")


def check_topic(topic: str, *, empty: bool = False) -> str:
    """*topic* when it can be sent: a str, not empty unless *empty*, at most 65535 bytes. Else :class:`InvalidValue`."""
    if not isinstance(topic, str):
        msg = f"a topic is a str, not {type(topic).__name__}"
        raise InvalidValue(msg)
    if not topic and not empty:
        msg = "the topic is empty; peers older than 2.8 cannot read such a message"
        raise InvalidValue(msg)
    try:
        length = len(topic) if topic.isascii() else len(topic_to_bytes(topic))
    except UnicodeEncodeError as error:
        msg = f"topic with a lone surrogate at {error.start}"
        raise InvalidValue(msg) from None
    if length > DEFAULT_LIMITS.max_topic:
        msg = f"topic of {length} bytes is longer than {DEFAULT_LIMITS.max_topic} (max_topic)"
        raise InvalidValue(msg)
    return topic


def topic_matches(prefix: str, topic: str) -> bool:
    """Whether a subscription to *prefix* gets *topic*: ``/foo`` gets ``/foo``, ``/foo/bar`` and ``/foobar``."""
    return topic.startswith(prefix)


def join_topics(one: str, other: str) -> str:
    """C++'s ``one / other``: one slash between the two, and no final one."""
    glue = "/" if one and other and not other.startswith("/") else ""
    joined = f"{one}{glue}{other}"
    return joined.removesuffix("/")


def split_topic(topic: str) -> list[str]:
    """The parts between slashes, without empty ones."""
    return [part for part in topic.split("/") if part]


def minimal_filter(prefixes: Iterable[str]) -> tuple[str, ...]:
    """The filter that *prefixes* make: sorted by bytes, no entry twice, none that another one covers."""
    kept: list[str] = []
    for prefix in sorted(set(prefixes), key=topic_to_bytes):
        if not kept or not prefix.startswith(kept[-1]):
            kept.append(prefix)
    return tuple(kept)


def store_of(topic: str) -> tuple[str, str] | None:
    """("NAME", "master" or "clone") when *topic* is the one of a data store, else None."""
    for suffix, role in ((MASTER_SUFFIX, "master"), (CLONE_SUFFIX, "clone")):
        if topic.endswith("/" + suffix):
            return topic[: -len(suffix) - 1], role
    return None
