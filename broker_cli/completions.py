"""Completion scripts for bash, zsh and fish. They hold the whole command tree, so Tab never starts the program."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from .app import ALIASES, COMMANDS
from .manual import OPTION_VALUES

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["bash", "fish", "zsh"]

_HEAD = "Written by python -m broker_cli.reference; do not edit."
_HELP = "Show this message and exit."


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


def bash(commands: Mapping[str, Any]) -> str:
    """The script for bash."""
    lines = [
        f"# {_HEAD}",
        "_broker() {",
        '    local current="${COMP_WORDS[COMP_CWORD]}" previous="" command="${COMP_WORDS[1]}"',
        "    ((COMP_CWORD > 0)) && previous=${COMP_WORDS[COMP_CWORD - 1]}",
        "    COMPREPLY=()",
        "    if ((COMP_CWORD == 1)); then",
        f'        COMPREPLY=($(compgen -W "{" ".join(COMMANDS)} --version --help" -- "$current"))',
        "        return",
        "    fi",
        '    case "$command $previous" in',
    ]
    for name, command in commands.items():
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
    for name, command in commands.items():
        words = " ".join(own for option in _options(command) for own in option.names)
        lines.append(f'    {"|".join(_names(name))}) COMPREPLY=($(compgen -W "{words}" -- "$current")) ;;')
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


def zsh(commands: Mapping[str, Any]) -> str:
    """The script for zsh."""
    lines = ["#compdef broker", f"# {_HEAD}", "", "_broker() {", "    local -a commands", "    commands=("]
    lines += [f"        '{name}:{_zsh_text(entry.summary)}'" for name, entry in COMMANDS.items()]
    lines += [
        "    )",
        "    if ((CURRENT == 2)); then",
        "        _describe -t commands command commands",
        "        _arguments '--version[Show the version and exit]' '(-h --help)'{-h,--help}'[Show a short help]'",
        "        return",
        "    fi",
        "    local command=${words[2]}",
        "    shift words",
        "    ((CURRENT--))",
        "    case $command in",
    ]
    for name, command in commands.items():
        lines.append(f"        {'|'.join(_names(name))})")
        lines.append("            _arguments -s \\")
        lines += [f"                {_zsh_option(option)} \\" for option in _options(command)]
        lines += ["                '*: :'", "            ;;"]
    return "\n".join([*lines, "    esac", "}", "", '_broker "$@"', ""])


def _fish_text(text: str) -> str:
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


def fish(commands: Mapping[str, Any]) -> str:
    """The script for fish."""
    lines = [f"# {_HEAD}", "complete -c broker -f"]
    for name, entry in COMMANDS.items():
        lines.append(f"complete -c broker -n __fish_use_subcommand -a {name} -d {_fish_text(entry.summary)}")
    lines.append("complete -c broker -n __fish_use_subcommand -l version -d 'Show the version and exit'")
    for name, command in commands.items():
        condition = _fish_text(f"__fish_seen_subcommand_from {' '.join(_names(name))}")
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
