"""The targets: the modules in ``targets/``, by name.

Each has ``target(data)``, whose docstring begins with what must hold for any *data*, and which tells whether the data
was accepted; and ``seeds()``, good inputs to start from. Nothing of the library is imported before one is loaded.
"""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["INPUTS", "NAMES", "Target", "kept", "load"]

INPUTS = Path(__file__).parent / "inputs"
"""Where inputs are kept, in a directory for each target."""
NAMES = tuple(sorted(path.stem for path in (Path(__file__).parent / "targets").glob("*.py")))


class Target(NamedTuple):
    """One target. *accepts* is its function, *seeds* are inputs of which most are accepted."""

    name: str
    accepts: Callable[[bytes], bool]
    seeds: list[bytes]


def load(name: str) -> Target:
    """The target *name*, one of :data:`NAMES`."""
    module = import_module(f"tests.fuzz.targets.{name}")
    return Target(name, module.target, module.seeds())


def kept(name: str) -> list[bytes]:
    """The inputs that are kept for the target *name*."""
    folder = INPUTS / name
    return [path.read_bytes() for path in sorted(folder.iterdir())] if folder.is_dir() else []
