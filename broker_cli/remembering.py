"""What completion is to offer next time: topics, stores and peers of the last connections, in a small private file.

It is there for convenience only. So it is bounded, whatever peers send; it holds nothing that a shell or a terminal
could mistake for something else; and whatever goes wrong with it, the command goes on.
"""

from __future__ import annotations

import os
from contextlib import suppress
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from .config import ENV_STATE
from .dialects import NODE_TOPICS
from .exit_codes import Failure
from .profiles.files import read_config
from .profiles.replacing import replace_file

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from .context import Context

__all__ = [
    "LONGEST",
    "MOST_FILTERS",
    "MOST_PEERS",
    "MOST_STORES",
    "MOST_TOPICS",
    "Memory",
    "can_offer",
    "learnt",
    "recall",
    "remember",
]

MOST_TOPICS = 200
MOST_STORES = 100
MOST_PEERS = 50
MOST_FILTERS = 5000
"""How many subscriptions of peers are looked at."""
LONGEST = 256
"""Characters. What is longer nobody would want to see in a list."""
_MOST_BYTES = 4 * (MOST_TOPICS + MOST_STORES + MOST_PEERS) * LONGEST
_VERSION = 1


class Memory(NamedTuple):
    """What is remembered, the latest first."""

    topics: tuple[str, ...] = ()
    stores: tuple[str, ...] = ()
    peers: tuple[str, ...] = ()


_MOST = (MOST_TOPICS, MOST_STORES, MOST_PEERS)


def can_offer(text: object) -> bool:
    """Whether *text* can stand in a list of candidates: one line of characters that can be seen, and not too long."""
    return isinstance(text, str) and 0 < len(text) <= LONGEST and text.isprintable()


def _state_path(environ: Mapping[str, str]) -> str:
    """Where the file is, or would be; "" when nothing is to be remembered."""
    chosen = environ.get(ENV_STATE, "")
    if chosen:
        return "" if chosen == "off" else chosen
    folder, home = environ.get("XDG_STATE_HOME", ""), environ.get("HOME", "")
    if not folder.startswith("/"):
        folder = f"{home}/.local/state" if home else ""
    return f"{folder}/broker/last.json" if folder else ""


def recall(environ: Mapping[str, str]) -> Memory:
    """What is remembered; nothing when there is no such file, or it cannot be read."""
    path = _state_path(environ)
    if not path:
        return Memory()
    import json

    try:
        with open(path, "rb") as file:  # noqa: PTH123  # quicker, and this is waited for at every Tab
            found = json.loads(file.read(_MOST_BYTES))
    except (OSError, ValueError, RecursionError):
        return Memory()
    return _bounded([_list(found, name) for name in Memory._fields])


def _list(found: Any, name: str) -> list[Any]:
    value = found.get(name) if isinstance(found, dict) else None
    return value if isinstance(value, list) else []


def _bounded(lists: Iterable[Iterable[Any]]) -> Memory:
    kept = []
    for found, most in zip(lists, _MOST, strict=True):
        kept.append(tuple(dict.fromkeys(text for text in found if can_offer(text)))[:most])
    return Memory(*kept)


def learnt(topics: Iterable[str], filters: Iterable[str], peers: Iterable[str]) -> Memory:
    """What there is to remember of a connection: *topics* of this side, *filters* of its *peers*, and these.

    Of filters that are very long only the beginning is looked at.
    """
    from broker_core.model.topics import CONTROL_TOPIC, store_of

    stores, others = [], list(topics)
    for topic in islice(filters, MOST_FILTERS):
        store = store_of(topic)
        if store is not None:
            stores.append(store[0])
        else:
            others.append(topic)
    hidden = (CONTROL_TOPIC, NODE_TOPICS)
    return _bounded([[topic for topic in others if not topic.startswith(hidden)], stores, peers])


def remember(context: Context, learnt: Memory) -> None:
    """Put *learnt* in front of what is remembered. Does nothing where the user does not want it, or it cannot be."""
    path = _state_path(context.environ)
    if not path or not any(learnt):
        return
    try:
        if not _allowed(context.environ, path):
            return
        before = recall(context.environ)
        memory = _bounded([*new, *old] for new, old in zip(learnt, before, strict=True))
        if memory == before:
            return
        import json

        content = json.dumps({"v": _VERSION, **memory._asdict()}, ensure_ascii=True, indent=0)
        replace_file(path, content.encode(), durable=False)
    except OSError as error:
        context.detail(f"broker: {path}: {(error.strerror or str(error)).lower()}; completion will know less")


def _allowed(environ: Mapping[str, str], path: str) -> bool:
    if environ.get(ENV_STATE):
        return True
    try:
        config = read_config(environ)
    except Failure:
        return False  # it may say so
    if config is not None and not config.state:
        return False
    for folder in Path(path).parents:  # root, with sudo, leaves no files in other people's homes
        with suppress(FileNotFoundError):
            return folder.stat().st_uid == os.geteuid()
    return False
