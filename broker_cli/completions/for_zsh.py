"""The script for zsh. It quotes candidates by itself, as long as they reach it in arrays."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .tree import DYNAMIC, HEAD, arguments_of, inside, names_of, options_of, summary

if TYPE_CHECKING:
    from .tree import Commands, Option, Slot

__all__ = ["zsh"]

_OFFER = r"""
_broker_offer() { # offers what is of the kind that is the last argument; those before it are for compadd
    local -a found
    found=("${(@f)$(command ${~${(Q)broker_program}} __complete $@[-1] 2>/dev/null)}")
    found=(${found:#})
    compadd "${@[1,-2]}" -a found
}
"""

_ACTIONS = {"files": "_files", "dirs": "_files -/", "": " "} | {kind: f"_broker_offer {kind}" for kind in DYNAMIC}


def _text(text: str) -> str:
    for char in "\\[]:'":
        text = text.replace(char, "'\\''" if char == "'" else f"\\{char}")
    return text


def _action(slot: Slot) -> str:
    return f"({' '.join(slot.words)})" if slot.words else _ACTIONS[slot.kind]


def _option(option: Option) -> str:
    text = f"[{_text(option.text)}]"
    value = ""
    if option.optional:
        value = "::N: "
    elif option.value is not None:
        value = f":{_text(option.value.metavar)}:{_action(option.value)}"
    names = [name + _join(option, name) for name in option.names]
    if option.repeatable:
        return " ".join(f"'*{name}{text}{value}'" for name in names)
    others = " ".join(option.names)
    return " ".join(f"'({others}){name}{text}{value}'" for name in names)


def _join(option: Option, name: str) -> str:
    """How the value follows the name: only behind ``=``, behind ``=`` or a blank, or also without any."""
    if option.optional:
        return "=-"
    return "" if option.value is None else "=" if name.startswith("--") else "+"


def _argument(at: int, slot: Slot) -> str:
    place = "*" if slot.many else str(at)
    return f"'{place}:{_text(slot.metavar)}:{_action(slot)}'"


def zsh(commands: Commands) -> str:
    """The script for zsh."""
    start = ["_broker() {", "    local broker_program=${words[1]}", '    _broker_commands "$@"', "}", ""]
    functions = _function("", commands)
    return "\n".join([f"#compdef broker\n# {HEAD}", *_OFFER.splitlines(), "", *start, *functions, '_broker "$@"', ""])


def _function(group: str, commands: Commands) -> list[str]:
    """The function for the words behind *group*, and behind it those for the groups inside."""
    found = inside(group, commands)
    name = "_".join(["_broker_commands", *group.split()])
    lines = [f"{name}() {{", "    local -a commands", "    commands=("]
    lines += [f"        '{word}:{_text(summary(command))}'" for word, command in found.items()]
    version = "" if group else "'--version[Show the version and exit]' "
    lines += [
        "    )",
        "    if ((CURRENT == 2)); then",
        "        _describe -t commands command commands",
        f"        _arguments {version}'(-h --help)'{{-h,--help}}'[Show a short help]'",
        "        return",
        "    fi",
        "    local command=${words[2]}",
        "    shift words",
        "    ((CURRENT--))",
        "    case $command in",
    ]
    groups: list[str] = []
    for word in found:
        path = f"{group} {word}".strip()
        lines.append(f"        {'|'.join(names_of(word) if not group else [word])})")
        if inside(path, commands):
            lines.append(f"            {name}_{word}")
            groups += _function(path, commands)
        else:
            specs = [_option(option) for option in options_of(path, commands)]
            specs += [_argument(at, slot) for at, slot in enumerate(arguments_of(path, commands), 1)]
            lines.append("            _arguments -s \\")
            lines += [f"                {spec} \\" for spec in specs[:-1]]
            lines.append(f"                {specs[-1]}")
        lines.append("            ;;")
    return [*lines, "    esac", "}", "", *groups]
