"""Completion scripts for bash, zsh and fish. They hold the whole command tree, so Tab never starts the program."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from .app import ALIASES
from .manual import OPTION_VALUES

__all__ = ["bash", "fish", "zsh"]

_HEAD = "Written by python -m broker_cli.reference; do not edit."
_HELP = "Show this message and exit."


Commands = Mapping[str, Any]
"""Every command by its words, with blanks between them; the program itself is ""."""


class _Option(NamedTuple):
    names: tuple[str, ...]
    text: str
    metavar: str
    """"" for a flag."""
    values: tuple[str, ...]
    repeatable: bool

    @property
    def optional(self) -> bool:
        """Whether the value may be left out."""
        return self.metavar.startswith("[=")


def _options(command: Any) -> list[_Option]:
    found = []
    for param in command.params:
        if param.param_type_name != "option" or param.hidden:
            continue
        names = (*param.opts, *param.secondary_opts)
        values = next((tuple(OPTION_VALUES[name]) for name in names if name in OPTION_VALUES), ())
        repeatable = param.multiple or param.count
        found.append(_Option(names, param.help.rstrip("."), param.metavar or "", values, repeatable))
    return [*found, _Option(("--help", "-h"), _HELP.rstrip("."), "", (), repeatable=False)]


def _names(command: str) -> list[str]:
    return [command, *(alias for alias, name in ALIASES.items() if name == command)]


def _inside(group: str, commands: Commands) -> dict[str, Any]:
    """The commands in *group* ("" is the program) by their last word."""
    above = f"{group} " if group else ""
    return {
        path[len(above) :]: command
        for path, command in commands.items()
        if path and path.startswith(above) and " " not in path[len(above) :]
    }


def _groups(commands: Commands) -> list[str]:
    """The commands that hold commands, without the program."""
    return [path for path in commands if path and _inside(path, commands)]


def _leaves(commands: Commands) -> dict[str, Any]:
    """The commands that do something."""
    return {path: command for path, command in commands.items() if path and not _inside(path, commands)}


def _summary(command: Any) -> str:
    return str(command.help.split("\n")[0])


def bash(commands: Commands) -> str:
    """The script for bash."""
    lines = [
        f"# {_HEAD}",
        "_broker() {",
        '    local current="${COMP_WORDS[COMP_CWORD]}" previous="" command="${COMP_WORDS[1]}"',
        "    ((COMP_CWORD > 0)) && previous=${COMP_WORDS[COMP_CWORD - 1]}",
        "    COMPREPLY=()",
        "    if ((COMP_CWORD == 1)); then",
        f'        COMPREPLY=($(compgen -W "{" ".join(_inside("", commands))} --version --help" -- "$current"))',
        "        return",
        "    fi",
        '    case "$command" in',
    ]
    for group in _groups(commands):
        lines += [
            f"    {group})",
            "        if ((COMP_CWORD == 2)); then",
            f'            COMPREPLY=($(compgen -W "{" ".join(_inside(group, commands))} --help" -- "$current"))',
            "            return",
            "        fi",
            '        command+=" ${COMP_WORDS[2]}" ;;',
        ]
    lines += ["    esac", '    case "$command $previous" in']
    leaves = _leaves(commands)
    for name, command in leaves.items():
        for option in _options(command):
            if not option.metavar or option.optional:
                continue
            patterns = "|".join(f'"{word} {own}"' for word in _names(name) for own in option.names)
            if option.values:
                words = " ".join(option.values)
                lines.append(f'    {patterns}) COMPREPLY=($(compgen -W "{words}" -- "$current")); return ;;')
            elif option.metavar == "FILE":
                lines.append(f'    {patterns}) COMPREPLY=($(compgen -f -- "$current")); return ;;')
            else:
                lines.append(f"    {patterns}) return ;;")
    lines += ["    esac", "    [[ $current == -* ]] || return", '    case "$command" in']
    for name, command in leaves.items():
        words = " ".join(own for option in _options(command) for own in option.names)
        patterns = "|".join(f'"{word}"' for word in _names(name))
        lines.append(f'    {patterns}) COMPREPLY=($(compgen -W "{words}" -- "$current")) ;;')
    return "\n".join([*lines, "    esac", "}", "complete -F _broker broker", ""])


def _zsh_text(text: str) -> str:
    for char in "\\[]:'":
        text = text.replace(char, "'\\''" if char == "'" else f"\\{char}")
    return text


def _zsh_option(option: _Option) -> str:
    text = f"[{_zsh_text(option.text)}]"
    value = ""
    if option.metavar and not option.optional:
        action = f"({' '.join(option.values)})" if option.values else "_files" if option.metavar == "FILE" else " "
        value = f":{_zsh_text(option.metavar)}:{action}"
    names = [name + ("=-" if option.optional else "") for name in option.names]
    if option.optional:
        value = f"::{_zsh_text('N')}: "
    if option.repeatable:
        return " ".join(f"'*{name}{text}{value}'" for name in names)
    others = " ".join(option.names)
    return " ".join(f"'({others}){name}{text}{value}'" for name in names)


def zsh(commands: Commands) -> str:
    """The script for zsh."""
    return "\n".join([f"#compdef broker\n# {_HEAD}\n", *_zsh_function("", commands), '_broker "$@"', ""])


def _zsh_function(group: str, commands: Commands) -> list[str]:
    """The function for the words behind *group*, and behind it those for the groups inside."""
    inside = _inside(group, commands)
    name = "_".join(["_broker", *group.split()])
    lines = [f"{name}() {{", "    local -a commands", "    commands=("]
    lines += [f"        '{word}:{_zsh_text(_summary(command))}'" for word, command in inside.items()]
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
    for word, command in inside.items():
        path = f"{group} {word}".strip()
        lines.append(f"        {'|'.join(_names(word) if not group else [word])})")
        if _inside(path, commands):
            lines.append(f"            {name}_{word}")
            groups += _zsh_function(path, commands)
        else:
            lines.append("            _arguments -s \\")
            lines += [f"                {_zsh_option(option)} \\" for option in _options(command)]
            lines.append("                '*: :'")
        lines.append("            ;;")
    return [*lines, "    esac", "}", "", *groups]


def _fish_text(text: str) -> str:
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


def fish(commands: Commands) -> str:
    """The script for fish."""
    lines = [f"# {_HEAD}", "complete -c broker -f"]
    for group in ("", *_groups(commands)):
        inside = _inside(group, commands)
        condition = "__fish_use_subcommand"
        if group:
            seen = f"__fish_seen_subcommand_from {group}"
            condition = _fish_text(f"{seen}; and not __fish_seen_subcommand_from {' '.join(inside)}")
        for word, command in inside.items():
            lines.append(f"complete -c broker -n {condition} -a {word} -d {_fish_text(_summary(command))}")
    lines.append("complete -c broker -n __fish_use_subcommand -l version -d 'Show the version and exit'")
    for name, command in _leaves(commands).items():
        *groups, word = name.split()
        parts = [f"__fish_seen_subcommand_from {group}" for group in groups]
        parts.append(f"__fish_seen_subcommand_from {' '.join([word] if groups else _names(word))}")
        condition = _fish_text("; and ".join(parts))
        for option in _options(command):
            words = [f"complete -c broker -n {condition}"]
            words += [f"-l {own[2:]}" if own.startswith("--") else f"-s {own[1:]}" for own in option.names]
            if option.values:
                words.append(f"-x -a {_fish_text(' '.join(option.values))}")
            elif option.metavar == "FILE":
                words.append("-r -F")
            elif option.metavar and not option.optional:
                words.append("-x")
            lines.append(" ".join([*words, f"-d {_fish_text(option.text)}"]))
    return "\n".join([*lines, ""])
