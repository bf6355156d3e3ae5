"""The script for fish. It quotes candidates by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .tree import DYNAMIC, HEAD, arguments_of, groups_of, inside, leaves_of, names_of, options_of, summary

if TYPE_CHECKING:
    from .tree import Commands, Option, Slot

__all__ = ["fish"]

_FUNCTIONS = r"""
function __broker_path --description 'The words of the command, and how many arguments are in front of the cursor'
    set -l words (commandline -opc)
    set -l path
    set -l count 0
    set -l skip 0
    set -l past 0
    for word in $words[2..-1]
        if test $skip = 1
            set skip 0
        else if test $past = 0; and string match -q -- -- $word
            set past 1
        else if test $past = 0; and string match -qr '^-[^.0-9]' -- $word
            contains -- $word $__broker_valued; and set skip 1
        else if contains -- "$path" '' $__broker_groups
            set -l alias (string replace -rf -- "^$word=" '' $__broker_aliases)
            test -z "$path"; and test -n "$alias"; and set word $alias
            set path (string join ' ' -- $path $word)
        else
            set count (math $count + 1)
        end
    end
    echo $path
    echo $count
end

function __broker_is --description 'Whether that is the command'
    set -l place (__broker_path)
    test "$place[1]" = "$argv"
end

function __broker_wants --description 'Whether the argument under the cursor is of that kind'
    set -l place (__broker_path)
    set -l next (math $place[2] + 1)
    contains -- "$place[1] $next $argv" $__broker_arguments
    or contains -- "$place[1] * $argv" $__broker_arguments
end

function __broker_offer --description 'What is of that kind'
    set -l words (commandline -opc)
    set -l program (string replace -r '^~' -- $HOME $words[1])
    command $program __complete $argv 2>/dev/null
end
"""


def _text(text: str) -> str:
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


def _values(slot: Slot) -> str:
    """What completes *slot*, as an option of ``complete``."""
    if slot.kind == "files":
        return "-r -F"
    if slot.kind == "dirs":
        return "-x -a '(__fish_complete_directories)'"
    if slot.kind in DYNAMIC:
        return f"-x -a '(__broker_offer {slot.kind})'"
    return f"-x -a {_text(' '.join(slot.words))}" if slot.words else "-x"


def _option(option: Option) -> str:
    words = [f"-l {name[2:]}" if name.startswith("--") else f"-s {name[1:]}" for name in option.names]
    if option.value is not None:
        words.append(_values(option.value))
    return " ".join([*words, f"-d {_text(option.text)}"])


def _valued(commands: Commands) -> list[str]:
    """The options that are followed by a value, in most of the commands that have them."""
    votes: dict[str, int] = {}
    for path in leaves_of(commands):
        for option in options_of(path, commands):
            for name in option.names:
                votes[name] = votes.get(name, 0) + (1 if option.value is not None else -1)
    return [name for name, count in votes.items() if count > 0]


def fish(commands: Commands) -> str:
    """The script for fish."""
    aliases = [f"{alias}={name}" for name in inside("", commands) for alias in names_of(name)[1:]]
    places: list[str] = []
    wanted: dict[str, Slot] = {}
    for path in leaves_of(commands):
        for at, slot in enumerate(arguments_of(path, commands), 1):
            if slot.kind:
                name = f"{path} {at}" if slot.kind == "words" else slot.kind
                places.append(f"{path} {'*' if slot.many else at} {name}")
                wanted[name] = slot
    lines = [
        f"# {HEAD}",
        f"set -g __broker_groups {' '.join(map(_text, groups_of(commands)))}",
        f"set -g __broker_aliases {' '.join(map(_text, aliases))}",
        f"set -g __broker_valued {' '.join(_valued(commands))}",
        f"set -g __broker_arguments {' '.join(map(_text, places))}",
        *_FUNCTIONS.splitlines(),
        "",
        "complete -c broker -f",
    ]
    for group in ("", *groups_of(commands)):
        condition = _text(f"__broker_is {group}".strip())
        lines += [
            f"complete -c broker -n {condition} -a {word} -d {_text(summary(command))}"
            for word, command in inside(group, commands).items()
        ]
    lines.append("complete -c broker -n __broker_is -l version -d 'Show the version and exit'")
    for name, slot in wanted.items():
        how = "-F" if slot.kind == "files" else _values(slot).removeprefix("-x ")
        lines.append(f"complete -c broker -n {_text(f'__broker_wants {name}')} {how}")
    for path in leaves_of(commands):
        condition = _text(f"__broker_is {path}")
        lines += [f"complete -c broker -n {condition} {_option(option)}" for option in options_of(path, commands)]
    return "\n".join([*lines, ""])
