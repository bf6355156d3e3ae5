"""Ways into a message: ``args[0]``, ``args[1]["key"]``, ``metadata[1]``, and with declarations ``args[0].id.orig_h``.

A way that leads nowhere, because there are fewer arguments or there is no such key, leads to MISSING.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from broker_core import Count, Table

from .comparing import contains, equals
from .facts import MISSING, ROOTS, metadata_value, name_of_event
from .naming import Field

if TYPE_CHECKING:
    from collections.abc import Callable

    from .facts import Facts
    from .naming import Naming
    from .scanning import Scanner

__all__ = ["MAX_NAMED", "MAX_REMEMBERED", "MAX_STEPS", "Path", "compile_path", "read_path"]

_WITHOUT_PARTS = frozenset({"topic", "event", "from", "size"})
MAX_STEPS = 64
"""How far a way may lead into a value."""
MAX_NAMED = 20
"""How many names of arguments a message lists."""
MAX_REMEMBERED = 4096
"""Events whose names are remembered at a time."""


class Path(NamedTuple):
    """Where to start, and the steps from there: keys, or fields."""

    root: str
    steps: tuple[Any, ...]


def read_path(scanner: Scanner, naming: Naming | None, others: tuple[str, ...] = ()) -> Path:
    """The path that is next; *naming* knows the names besides those that every message has.

    *others* are names that the caller knows, for the message that says which there are.
    """
    name = scanner.name()
    if name not in ROOTS and not (naming and name in naming.arguments):
        if not name:
            scanner.expect("a name")
        known = [*ROOTS, *others]
        if naming is None:
            scanner.fail(f"'{name}' is no name here; there are {', '.join(known)}; arguments: --sig or --event-file")
        known += sorted(naming.arguments)[:MAX_NAMED]
        scanner.fail(f"'{name}' is no name here; there are {', '.join(known)}")
    scanner.at += len(name)
    root = name if name in ROOTS else "args"
    steps: list[Any] = [] if name in ROOTS else [Field(name)]
    while True:
        text, at = scanner.text, scanner.at
        char = text[at : at + 1]
        if not char or char not in "[.$":
            return Path(root, tuple(steps))
        if root in _WITHOUT_PARTS:
            scanner.fail(f"{root} has no parts")
        if len(steps) == MAX_STEPS:
            scanner.fail(f"more than {MAX_STEPS} steps")
        scanner.at += 1
        if char == "[":
            key = scanner.key()
            if not steps and root in {"args", "metadata"} and (type(key) not in {Count, int}):
                scanner.fail(f"expected a number, as in {root}[1]", at + 1)
            steps.append(key)
            continue
        field = scanner.name()
        if not field:
            scanner.expect("the name of a field")
        if naming is None or root != "args":
            scanner.fail("names of arguments and fields need --sig or --event-file, and args in front", at + 1)
        if field not in naming.names:
            scanner.fail(f"'{field}' is no argument or field of what is declared", at + 1)
        scanner.at += len(field)
        steps.append(Field(field))


def compile_path(path: Path, naming: Naming | None) -> Callable[[Facts], Any]:
    """A function that goes this way in a message."""
    get = ROOTS[path.root]
    steps = path.steps
    if not steps:
        return get
    if any(type(step) is Field for step in steps):
        assert naming is not None  # noqa: S101  # read_path() saw to it
        return _named(get, steps, naming)
    if path.root == "metadata":
        first, rest = int(steps[0]), steps[1:]

        def entry(facts: Facts) -> Any:
            entries = get(facts)
            return MISSING if entries is MISSING else _walk(metadata_value(entries, first), rest)

        return entry
    if path.root == "args" and len(steps) == 1:
        index = int(steps[0])

        def argument(facts: Facts) -> Any:
            parts = facts.parts
            if parts is None:
                return MISSING
            try:
                return parts[1][index]
            except IndexError:
                return MISSING

        return argument
    return lambda facts: _walk(get(facts), steps)


def _named(get: Callable[[Facts], Any], steps: tuple[Any, ...], naming: Naming) -> Callable[[Facts], Any]:
    known: dict[str, tuple[Any, ...] | None] = {}

    def find(facts: Facts) -> Any:
        name = name_of_event(facts)
        if name is MISSING:
            return MISSING
        if name not in known:
            if len(known) >= MAX_REMEMBERED:
                known.clear()
            known[name] = naming.indexes(name, steps)
        found = known[name]
        return MISSING if found is None else _walk(get(facts), found)

    return find


def _walk(value: Any, steps: tuple[Any, ...]) -> Any:
    for step in steps:
        kind = type(value)
        if kind is tuple:
            if type(step) is not Count and type(step) is not int:
                return MISSING
            try:
                value = value[step]
            except IndexError:
                return MISSING
        elif kind is Table:
            value = _entry(value, step)
        else:
            return MISSING
    return value


def _entry(table: Table, key: Any) -> Any:
    if key in table:
        return table[key]
    if not contains(key, table):  # numbers are looked for as every type
        return MISSING
    return next((value for other, value in table.pairs() if equals(other, key) is True), MISSING)
