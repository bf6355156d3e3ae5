"""The command tree as completion sees it: for every option and argument, what can stand there."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import takewhile
from typing import Any, NamedTuple

from broker_cli.guides import GUIDES
from broker_cli.manual.words import OPTION_VALUES
from broker_cli.tree import ALIASES, COMMANDS

__all__ = [
    "DYNAMIC",
    "HEAD",
    "Commands",
    "Option",
    "Slot",
    "arguments_of",
    "groups_of",
    "inside",
    "leaves_of",
    "names_of",
    "options_of",
    "summary",
]

HEAD = "Written by python -m broker_cli.reference; do not edit."
_HELP = "Show this message and exit"

Commands = Mapping[str, Any]
"""Every command by its words, with blanks between them; the program itself is ""."""

DYNAMIC = ("peers", "profiles", "stores", "topics")
"""What ``broker __complete`` knows."""

_KINDS = {
    "FILE": "files",
    "DIR": "dirs",
    "TOPIC": "topics",
    "PREFIX": "topics",
    "PROFILE": "profiles",
    "HOST:PORT": "peers",
    "STORE": "stores",
}
"""By metavar. All others are free text."""

_SPECIAL = {
    ("store", "NAME"): "stores",
    ("store", "INPUT"): "files",
    ("check", "NAME"): "stores",
    ("doctor", "ADDR:PORT"): "peers",
    ("relay", "A"): "peers",
    ("relay", "B"): "peers",
}
"""By command and metavar, for arguments."""


class Slot(NamedTuple):
    """A place for one word."""

    metavar: str
    kind: str = ""
    """files, dirs, words, one of :data:`DYNAMIC`, or "" for free text."""
    words: tuple[str, ...] = ()
    many: bool = False
    """Whether the words behind it are of the same kind."""


class Option(NamedTuple):
    """One option with all its names."""

    names: tuple[str, ...]
    text: str
    value: Slot | None
    """None for a flag, and for an option whose value may be left out."""
    optional: bool = False
    """Whether it may have a value, with an equals sign."""
    repeatable: bool = False


def options_of(path: str, commands: Commands) -> list[Option]:
    """The options of the command *path* that its help shows."""
    found = []
    for param in commands[path].params:
        if param.param_type_name != "option" or param.hidden:
            continue
        metavar = param.metavar or ""
        names = [*(f"{path} {name}" for name in param.opts), *param.opts]
        values = next((OPTION_VALUES[name] for name in names if name in OPTION_VALUES), ())
        optional = metavar.startswith("[=")
        slot = None
        if metavar and not optional:
            slot = Slot(metavar, "words", values) if values else Slot(metavar, _kind(metavar, param.opts))
        text = param.help.rstrip(".")
        found.append(Option(tuple(param.opts), text, slot, optional, param.multiple or param.count))
        if param.secondary_opts:
            found.append(Option(tuple(param.secondary_opts), f"Not: {text}", None))
    return [*found, Option(("--help", "-h"), _HELP, None)]


def _kind(metavar: str, names: tuple[str, ...] | list[str] = ()) -> str:
    return "stores" if "--clone" in names else _KINDS.get(metavar.split("|", maxsplit=1)[0], "")


def arguments_of(path: str, commands: Commands) -> list[Slot]:
    """What the words behind the command *path* are, one after the other."""
    command = commands[path]
    arguments = [param for param in command.params if param.param_type_name == "argument"]
    if [param.metavar for param in arguments] == ["ARG"]:  # which of them are there depends on options; the usage says
        words = takewhile(lambda word: not word.startswith("--"), command.usage[0].replace("[OPTIONS]", "").split())
        return [_named(word.strip("[].").removesuffix("..."), path, many="..." in word) for word in words]
    return [_named(param.metavar or "", path, many=param.nargs == -1) for param in arguments]


def _named(metavar: str, path: str, *, many: bool) -> Slot:
    if metavar == "GUIDE":
        return Slot(metavar, "words", (*GUIDES, *COMMANDS), many)
    return Slot(metavar, _SPECIAL.get((path.split(maxsplit=1)[0], metavar)) or _kind(metavar), (), many)


def names_of(command: str) -> list[str]:
    """*command*, and the shorter names for it."""
    return [command, *(alias for alias, name in ALIASES.items() if name == command)]


def inside(group: str, commands: Commands) -> dict[str, Any]:
    """The commands in *group* ("" is the program) by their last word."""
    above = f"{group} " if group else ""
    return {
        path[len(above) :]: command
        for path, command in commands.items()
        if path and path.startswith(above) and " " not in path[len(above) :]
    }


def groups_of(commands: Commands) -> list[str]:
    """The commands that hold commands, without the program."""
    return [path for path in commands if path and inside(path, commands)]


def leaves_of(commands: Commands) -> dict[str, Any]:
    """The commands that do something."""
    return {path: command for path, command in commands.items() if path and not inside(path, commands)}


def summary(command: Any) -> str:
    """The first line of its help."""
    return str(command.help.split("\n")[0])
