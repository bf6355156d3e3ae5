"""The script for bash, 4.3 and later.

bash takes a word apart at ``:``, ``=`` and more, and puts what a function answers into the command line as it is. So
the script puts the word together again, and quotes every candidate; none is ever expanded.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .tree import HEAD, arguments_of, groups_of, inside, leaves_of, names_of, options_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .tree import Commands, Slot

__all__ = ["bash"]

_START = r"""
_broker_trim() { # takes from the candidate what bash leaves in front of it: all up to the last break in the raw word
    local breaks=${raw//\\?/}
    [[ -n $_broker_breaks && $raw != [\'\"]* ]] || return
    breaks=${breaks//[^$_broker_breaks]/}
    while [[ -n $breaks ]]; do
        candidate=${candidate#*["$_broker_breaks"]} breaks=${breaks:1}
    done
}

_broker_plain() { # the raw word without its quotes, as far as they are usual
    typed=$raw
    case $raw in
    \'*) typed=${raw:1}; return ;;
    \"*) typed=${raw:1} ;;
    esac
    typed=${typed//\\\\/$'\1'} typed=${typed//\\/} typed=${typed//$'\1'/\\}
}

_broker_offer() { # those of the candidates that begin with the raw word
    local typed candidate
    _broker_plain
    for candidate; do
        [[ $candidate == "$typed"* ]] || continue
        case $raw in
        \'*)
            candidate=${candidate//\'/\'\\\'\'}
            candidate=${candidate/%\'\\\'\'/\'\\\'} ;; # bash closes a quotation unless the word ends with a quote
        \"*)
            [[ $candidate != *!* ]] || continue # there is no way to write it that history leaves alone
            candidate=${candidate//\\/\\\\} candidate=${candidate//\"/\\\"}
            candidate=${candidate//\$/\\\$} candidate=${candidate//\`/\\\`}
            candidate=${candidate/%\"/\"\"} ;;
        *) printf -v candidate %q "$candidate" ;;
        esac
        _broker_trim
        COMPREPLY+=("$prefix$candidate")
    done
}

_broker_complete() { # offers what is of the kind, whose words are behind it
    local found=() kind=$1 typed candidate
    shift
    case $kind in
    files | dirs)
        _broker_plain
        compopt -o filenames 2>/dev/null
        mapfile -t found < <(compgen "-${kind:0:1}" -- "${typed/#\~\//$HOME/}")
        for candidate in "${found[@]}"; do
            _broker_trim
            COMPREPLY+=("$prefix$candidate")
        done ;;
    words) _broker_offer "$@" ;;
    ?*)
        mapfile -t found < <(command "$_broker_program" __complete "$kind" 2>/dev/null)
        _broker_offer "${found[@]}" ;;
    esac
}
"""

_MAIN = r"""
_broker() {
    local IFS=$' \t\n' _broker_breaks="" _broker_program=${1:-broker} words=() kind=() options=()
    local line=${COMP_LINE:0:COMP_POINT} at word raw prefix="" command="" position=0 past=""
    _broker_program=${_broker_program/#\~\//$HOME/}
    for word in @ = :; do [[ $COMP_WORDBREAKS != *"$word"* ]] || _broker_breaks+=$word; done
    COMPREPLY=()
    for ((at = 0; at <= COMP_CWORD; at++)); do # what bash took apart belongs together if no blank is between
        if [[ $at == 0 || $line == [[:blank:]]* ]]; then
            words+=("")
            line=${line#"${line%%[![:blank:]]*}"}
        fi
        word=${COMP_WORDS[at]}
        if ((at == COMP_CWORD)) || [[ $line != "$word"* ]]; then word=$line; fi
        words[-1]+=$word
        line=${line#"$word"}
    done
    raw=${words[-1]}
    unset 'words[-1]'
    for ((at = 1; at < ${#words[@]}; at++)); do
        word=${words[at]}
        if [[ $word == -- && -z $past ]]; then
            past=1
        elif [[ -z $past && $word == -?* && $word != [-+][.0-9]* ]]; then
            kind=()
            if [[ $word != *=* ]] && _broker_option "$word"; then
                ((++at < ${#words[@]})) || { _broker_complete "${kind[@]}"; return; }
            fi
        elif [[ -z $command || " $_broker_groups " == *" $command "* ]]; then
            _broker_command "$word"
        else
            ((++position))
        fi
    done
    if [[ -z $past && $raw == --*=* ]]; then
        if _broker_option "${raw%%=*}"; then
            [[ $_broker_breaks == *=* ]] || prefix=${raw%%=*}=
            raw=${raw#*=}
            _broker_complete "${kind[@]}"
        fi
    elif [[ -z $past && $raw == -* ]]; then
        _broker_options
        _broker_offer "${options[@]}"
    elif [[ -z $command || " $_broker_groups " == *" $command "* ]]; then
        _broker_commands
        _broker_offer "${options[@]}" --help
    else
        kind=()
        _broker_argument $((position + 1))
        _broker_complete "${kind[@]}"
    fi
}
complete -F _broker broker
"""


def bash(commands: Commands) -> str:
    """The script for bash."""
    lines = [f"# {HEAD}", f"_broker_groups='{' '.join(groups_of(commands))}'", *_START.rstrip().splitlines(), ""]
    lines += ["_broker_command() { # takes the word into the command", '    case "$command $1" in']
    for path in ("", *groups_of(commands)):
        for name in inside(path, commands):
            full = f"{path} {name}".strip()
            patterns = "|".join(f'"{path} {word}"' for word in (names_of(name) if not path else [name]))
            lines.append(f'    {patterns}) command="{full}" ;;')
    lines += ['    *) command+="${command:+ }$1" ;;', "    esac", "}", ""]
    lines += ["_broker_commands() { # the words behind the command", '    case "$command" in']
    for path in ("", *groups_of(commands)):
        more = " --version" * (not path)
        lines.append(f'    "{path}") options=({" ".join(inside(path, commands))}{more}) ;;')
    lines += ["    esac", "}", ""]
    lines += ["_broker_options() { # the options of the command", '    case "$command" in']
    lines.append('    "") options=(--help --version) ;;')
    for path in groups_of(commands):
        lines.append(f'    "{path}") options=(--help) ;;')
    for path in leaves_of(commands):
        names = " ".join(name for option in options_of(path, commands) for name in option.names)
        lines.append(f'    "{path}") options=({names}) ;;')
    lines += ["    esac", "}", ""]
    lines += ["_broker_option() { # what stands behind the option $1; fails when nothing does"]
    lines += ['    case "$command $1" in', *_values(commands), "    *) return 1 ;;", "    esac", "}", ""]
    lines += ["_broker_argument() { # what the argument number $1 is", '    case "$command $1" in']
    for path in leaves_of(commands):
        for at, slot in enumerate(arguments_of(path, commands), 1):
            if slot.kind:
                pattern = f'"{path} "*' if slot.many else f'"{path} {at}"'
                lines.append(f"    {pattern}) kind=({_kind(slot)}) ;;")
    lines += ["    esac", "}"]
    return "\n".join([*lines, *_MAIN.rstrip().splitlines(), ""])


def _kind(slot: Slot) -> str:
    return " ".join([slot.kind, *slot.words])


def _values(commands: Commands) -> Iterator[str]:
    """The options with values. What is the same for all commands that have the option is said once."""
    found: dict[str, dict[str, list[str]]] = {}
    for path in leaves_of(commands):
        for option in options_of(path, commands):
            for name in option.names:
                kind = "-" if option.value is None else _kind(option.value)
                found.setdefault(name, {}).setdefault(kind, []).append(path)
    common: dict[str, list[str]] = {}
    for name, kinds in found.items():
        usual = max(kinds, key=lambda kind: len(kinds[kind]))
        for kind, paths in kinds.items():
            if kind != usual:
                patterns = "|".join(f'"{path} {name}"' for path in paths)
                yield f"    {patterns}) {'return 1' if kind == '-' else f'kind=({kind})'} ;;"
        if usual != "-":
            common.setdefault(usual, []).append(name)
    for kind, names in common.items():
        patterns = "|".join(f'*" {name}"' for name in names)
        yield f"    {patterns}) kind=({kind}) ;;"
