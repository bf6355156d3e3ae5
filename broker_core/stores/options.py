"""From the name of a backend and its options to an open one. Source: manual section 2.4.2, spec store-protocol.md 9."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, get_args

from broker_core.errors import BackendFailure
from broker_core.limits import DEFAULT_LIMITS, Limits

from .memory import MemoryBackend
from .settings import suggestion

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .backend import Backend

__all__ = ["BackendKind", "open_backend"]

BackendKind = Literal["memory", "sqlite", "rocksdb"]


def open_backend(kind: str, options: Mapping[str, Any] | None = None, limits: Limits = DEFAULT_LIMITS) -> Backend:
    """Open the database that *options* describe, creating it if need be; *kind* is a :data:`BackendKind`.

    May wait for the disk. Raises :class:`BackendFailure` with what is wrong: the kind, an option, or the database.
    """
    if kind == "memory":
        return MemoryBackend(options)
    # The others' libraries take long to load (70 and 15 ms), and most programs need none of them.
    if kind == "sqlite":
        from .sqlite import SqliteBackend  # noqa: PLC0415

        return SqliteBackend(options, limits)
    if kind == "rocksdb":
        from .rocksdb import RocksBackend  # noqa: PLC0415

        return RocksBackend(options)
    kinds = get_args(BackendKind)
    msg = f"there is no backend {kind!r}{suggestion(kind, kinds)} (there are {', '.join(kinds)})"
    raise BackendFailure(msg)
