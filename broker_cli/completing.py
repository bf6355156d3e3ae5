"""``broker __complete KIND [PREFIX]``: candidates for the completion scripts of the shells, one per line.

The scripts start it when Tab is pressed, so it loads next to nothing. What it prints may come from peers: a candidate
is one line of visible characters, and the scripts quote it as text.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from .config import ENV_PROFILE
from .exit_codes import Failure
from .profiles.files import ConfigFile, read_config
from .remembering import can_offer, recall

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

__all__ = ["KINDS", "candidates", "complete"]

KINDS = ("peers", "profiles", "stores", "topics")


def complete(args: Sequence[str], environ: Mapping[str, str], stdout: int) -> int:
    """Write the candidates for *args*, a kind and the beginning of the word, to the file descriptor; the exit code."""
    if not 1 <= len(args) <= 2 or args[0] not in KINDS:
        return 2
    prefix = args[1] if len(args) == 2 else ""
    lines = "".join(f"{text}\n" for text in candidates(args[0], environ) if text.startswith(prefix))
    data = lines.encode("utf-8", "replace")
    while data:
        data = data[os.write(stdout, data) :]
    return 0


def candidates(kind: str, environ: Mapping[str, str]) -> list[str]:
    """All candidates of that *kind*; what the profile in use says comes first."""
    try:
        config = read_config(environ) or ConfigFile("")
    except Failure:  # there is no place to say so
        config = ConfigFile("")
    if kind == "profiles":
        found: Iterable[object] = config.profiles
    else:
        used = config.profiles.get(environ.get(ENV_PROFILE) or config.default, {})
        memory = recall(environ)
        preset = used.get({"topics": "topics", "peers": "peer"}.get(kind, ""), [])
        found = [*(preset if isinstance(preset, list) else [preset]), *getattr(memory, kind)]
    return list(dict.fromkeys(str(text) for text in found if can_offer(text)))
