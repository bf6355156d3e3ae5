"""A status document for people: names and values, and tables of what there are several of.

What this toolkit serves is known, so its peers and stores get the columns that matter. Anything else, such as what
C++ Broker serves, is laid out by its form alone, and nothing is left out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from broker_cli.context import escape

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

__all__ = ["document_lines"]

Tree = dict[str, Any]

_INDENT = "  "
_GAP = "  "
_NARROWEST = 40
"""Columns below which lines are longer rather than unreadable."""
_COLUMNS = {
    "peerings": ("address", "direction", "transport", "tls", "sent", "received", "queued", "dropped"),
    "stores": ("role", "backend", "entries", "clones", "synchronized", "pending"),
}
"""What people want to know first of each."""
_UNDERNEATH = {"peerings": ("name", "version", "missed", "stalls", "nodes", "subscriptions"), "stores": ()}
"""What gets a line of its own under the row."""
_SHORT = {"direction": "dir", "transport": "over", "synchronized": "synced"}


def document_lines(document: Tree, width: int, *, everything: bool = False) -> list[str]:
    """*document* as lines of at most *width* columns where that can be; *everything*: no selection of columns."""
    return list(_tree(document, max(width, _NARROWEST), everything=everything))


def _tree(tree: Tree, width: int, *, everything: bool) -> Iterator[str]:
    margin = max((len(escape(name)) for name, member in tree.items() if not _is_group(member)), default=0) + len(_GAP)
    for name, member in tree.items():
        label = escape(name)
        if not _is_group(member):
            lines = _folded(member, width - margin)
            for at, line in enumerate(lines):
                yield f"{'' if at else label:<{margin}}{line}"
            continue
        yield f"{label} ({len(member)})"
        items = _items(member)
        columns = () if everything else _COLUMNS.get(name, ())
        if columns and all("role" in item or "address" in item for _, item in items):
            lines = _table(items, columns, _UNDERNEATH[name])
        else:
            lines = _table(items, tuple(dict.fromkeys(column for _, item in items for column in item)))
            if any(_is_branch(leaf) for _, item in items for leaf in item.values()) or _widest(lines) > width - 2:
                lines = _blocks(items, width - 2, everything=everything)
        for line in lines:
            yield _INDENT + line


def _is_branch(member: Any) -> bool:
    return isinstance(member, dict | list) and bool(member)


def _is_group(member: Any) -> bool:
    """Whether *member* is several of a kind: objects in an array, or by name."""
    inner = member.values() if isinstance(member, dict) else member if isinstance(member, list) else ()
    return bool(inner) and all(isinstance(one, dict) for one in inner)


def _items(group: Any) -> list[tuple[str, Tree]]:
    """The members of a group with their names; "" in an array."""
    return list(group.items()) if isinstance(group, dict) else [("", item) for item in group]


def _blocks(items: Sequence[tuple[str, Tree]], width: int, *, everything: bool) -> list[str]:
    lines: list[str] = []
    for at, (name, item) in enumerate(items, 1):
        lines.append(escape(name) if name else f"{at}.")
        lines += [_INDENT + line for line in _tree(item, width - len(_INDENT), everything=everything)]
    return lines


# -- tables -----------------------------------------------------------------------------------------------------------


def _table(items: Sequence[tuple[str, Tree]], columns: Sequence[str], underneath: Sequence[str] = ()) -> list[str]:
    """One row for each item. Where there are lines *underneath*, the item's name is the first of them."""
    if not underneath and any(name for name, _ in items):
        heads, rows = ["name"], [[escape(name)] for name, _ in items]
    else:
        heads, rows = [], [[] for _ in items]
    for column in columns:
        if all(column not in item for _, item in items):
            continue
        heads.append(_SHORT.get(column, escape(column)))
        for row, (_, item) in zip(rows, items, strict=True):
            row.append(_cell(column, item.get(column)))
    widths = [max(len(cell) for cell in cells) for cells in zip(heads, *rows, strict=True)]
    numbers = [
        all(cell.replace(".", "").isdecimal() or cell == "-" for cell in cells) for cells in zip(*rows, strict=True)
    ]
    lines = [_row(heads, widths, numbers)]
    for row, (name, item) in zip(rows, items, strict=True):
        lines.append(_row(row, widths, numbers))
        if underneath:
            lines.append(f"{_INDENT}id {escape(name)}")
            lines += [f"{_INDENT}{line}" for key in underneath if key in item for line in _named(key, item[key])]
    return lines


def _row(cells: Sequence[str], widths: Sequence[int], numbers: Sequence[bool]) -> str:
    padded = [
        cell.rjust(width) if number else cell.ljust(width)
        for cell, width, number in zip(cells, widths, numbers, strict=True)
    ]
    return _GAP.join(padded).rstrip()


def _cell(column: str, value: Any) -> str:
    if column == "address" and value == "":
        return "this process"
    text = _scalar(value)
    return text.split(" ")[0] if column == "tls" else text  # without the cipher


def _named(name: str, value: Any) -> list[str]:
    values = value if isinstance(value, list) else [value]
    label = {"subscriptions": "wants"}.get(name, name)
    if name == "nodes":
        values = [_node(one) for one in values]
    texts = [_topic(one) for one in values] or ["nothing"]
    return [f"{label if at == 0 else ' ' * len(label)} {text}" for at, text in enumerate(texts)]


def _node(value: Any) -> Any:
    """The name of a node of a cluster, or its id where it has none."""
    return (value.get("name") or value.get("id")) if isinstance(value, dict) else value


def _topic(value: Any) -> str:
    return '"" (all)' if value == "" else _scalar(value)


def _widest(lines: Sequence[str]) -> int:
    return max(map(len, lines), default=0)


# -- values -----------------------------------------------------------------------------------------------------------


def _scalar(value: Any) -> str:
    if value is None:
        return "-"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, dict | list):
        return "none" if not value else ", ".join(_parts(value))
    return escape(str(value)) or '""'


def _parts(value: Tree | list[Any]) -> list[str]:
    if isinstance(value, list):
        return [_topic(one) for one in value]
    return [f"{escape(name)} {_scalar(member)}" for name, member in value.items()]


def _folded(value: Any, width: int) -> list[str]:
    """*value* on as few lines as there is room for; each item of an array on one of its own."""
    if isinstance(value, list) and value:
        return [_topic(one) for one in value]
    if not isinstance(value, dict) or not value:
        return [_scalar(value)]
    lines: list[str] = []
    for part in _parts(value):
        if lines and len(lines[-1]) + 2 + len(part) <= width:
            lines[-1] += f", {part}"
        else:
            if lines:
                lines[-1] += ","
            lines.append(part)
    return lines
