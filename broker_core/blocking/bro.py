"""The old name of :mod:`broker_core.blocking.zeek`, which the C++ bindings still have."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING

from . import zeek

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["Event"]


class Event(zeek.Event):
    """The old name of :class:`broker_core.blocking.zeek.Event`. Warns with a DeprecationWarning."""

    __slots__ = ()

    def __init__(self, *args: object, metadata: Mapping[int, object] | None = None) -> None:
        warnings.warn("bro.Event is the old name of zeek.Event", DeprecationWarning, stacklevel=2)
        super().__init__(*args, metadata=metadata)
