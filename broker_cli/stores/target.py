"""Which store a command is about, and which arguments are left for it: words of the command line, checked."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from fnmatch import translate
from typing import TYPE_CHECKING, Any, Literal

from broker_cli.parsing import refuse

if TYPE_CHECKING:
    from collections.abc import Sequence

    from broker_cli.config import Settings
    from broker_cli.context import Context

__all__ = ["ImportMode", "Job", "KeyFilter", "Target", "arguments", "key_filter", "split_name"]

ImportMode = Literal["merge", "skip", "replace"]
"""What an import does to keys that exist: overwrites them, keeps them, or overwrites them and removes the others."""

KeyFilter = Callable[[Any], bool]
"""Whether a key is wanted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """A store at a peer, by *name*, or the file *path*. One of both is "".

    *timeout* is how many seconds the master has to be found and to answer; None is the library's default.
    """

    name: str = ""
    path: str = ""
    writable: bool = False
    timeout: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One command on one store: where it runs, how it prints, and what it is about."""

    context: Context
    settings: Settings
    target: Target


def split_name(words: Sequence[str], path: str | None) -> tuple[str, list[str]]:
    """The name of the store, which is the first of the *words* unless a file takes its place, and the others."""
    if path is not None:
        return "", list(words)
    if not words:
        refuse("no NAME given", "the name of the store at the peer; or --file FILE instead")
    if not words[0]:
        refuse("NAME is empty")
    return words[0], list(words[1:])


def arguments(words: Sequence[str], shape: str, path: str | None) -> list[str]:
    """*words*, if there are as many as *shape* says: ``KEY VALUE``, ``KEY [BY]``, ``KEY...``."""
    names = shape.split()
    least = sum(not name.startswith("[") for name in names)
    if len(words) < least:
        refuse(f"no {names[len(words)].removesuffix('...')} given")
    if len(words) > len(names) and not shape.endswith("..."):
        hint = "" if path is None else "with --file there is no NAME"
        refuse(f"'{words[len(names)]}' is one argument too many", hint)
    return list(words)


def key_filter(pattern: str | None) -> KeyFilter | None:
    """Whether a key matches the shell *pattern*: strings by themselves, other keys by their literal."""
    if pattern is None:
        return None
    from broker_core.codecs import text

    matches = re.compile(translate(pattern)).match

    def wanted(key: Any) -> bool:
        if type(key) is bytes:
            return matches(key.decode("utf-8", "surrogateescape")) is not None
        return matches(key if type(key) is str else text.encode(key)) is not None

    return wanted
