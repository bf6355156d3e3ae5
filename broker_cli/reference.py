"""Writes the manual pages and the shell completions from the command tree: ``python -m broker_cli.reference``.

With ``--check`` it writes nothing, and fails when a file is not what it would write. The files depend on nothing but
the command tree: no dates, no widths of terminals.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .app import load_all
from .commandline import option_help
from .completions import bash, fish, zsh
from .guides import GUIDES
from .manual.commands import COMMAND_SECTIONS
from .manual.general import EXIT_STATUS, PROGRAM_SECTIONS
from .manual.parts import Code, Section
from .tree import ALIASES

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

__all__ = ["files", "guide_page", "main", "man_page"]

_ROOT = Path(__file__).resolve().parent.parent


def _roff(text: str) -> str:
    """*text* with what roff would act on escaped."""
    text = text.replace("\\", "\\e").replace("-", "\\-").replace("'", "\\(aq").replace("`", "\\(ga")
    text = text.replace("^", "\\(ha").replace("~", "\\(ti")
    return re.sub(r"^\.", r"\\&.", text, flags=re.MULTILINE)


def _section(section: Section) -> Iterator[str]:
    yield f".SH {_roff(section.title)}"
    for at, paragraph in enumerate(section.paragraphs):
        if at and isinstance(paragraph, str | Code):
            yield ".PP"
        if isinstance(paragraph, str):
            yield _roff(paragraph)
        elif isinstance(paragraph, Code):
            yield from (".nf", ".RS 2", *map(_roff, paragraph.lines), ".RE", ".fi")
        else:
            for term, text in paragraph:
                yield from (".TP", f"\\fB{_roff(term)}\\fR", _roff(text))


def _epilog(epilog: str) -> list[Section]:
    """The blocks of an epilog as sections: ``Examples:`` and preformatted lines, or notes."""
    sections = []
    for block in re.split(r"\n\n+", epilog.replace("\b\n", "").strip()):
        lines = block.split("\n")
        if lines[0] == "Examples:":
            examples = [line[2:] for line in lines[1:] if line.startswith("  ")]
            notes = [line for line in lines[1:] if not line.startswith("  ")]
            sections.append(Section("EXAMPLES", (Code(tuple(examples)), *notes)))
            continue
        text = re.split(r"\s*Exit codes:", " ".join(lines))[0]  # they have a section of their own
        if text:
            sections.append(Section("NOTES", (text,)))
    return sections


def _title(path: str) -> str:
    return "-".join(["broker", *path.split()])


def man_page(name: str, commands: Mapping[str, Any]) -> str:
    """The page for the command *name*, one of *commands*; "" is the program."""
    command = commands[name]
    title = _title(name)
    summary = _summary(command)
    lines = [
        '.\\" Written by python -m broker_cli.reference; do not edit.',
        f'.TH "{_roff(title.upper())}" "1" "" "broker\\-toolkit" "User Commands"',
        ".SH NAME",
        f"{_roff(title)} \\- {_roff(summary[:1].lower() + summary[1:])}",
        ".SH SYNOPSIS",
    ]
    call = f"broker {name}".strip()
    for at, words in enumerate(command.usage):
        lines += [".br"] * bool(at) + [f"\\fB{_roff(call)}\\fR {_roff(words)}"]
    lines += [".SH DESCRIPTION", _roff(command.help)]
    shortened = [alias for alias, long in ALIASES.items() if long == name]
    if shortened:
        lines += [".PP", _roff(f"broker {shortened[0]} is the same.")]
    inside = [path for path in commands if path and path.rpartition(" ")[0] == name]
    if inside:
        entries = tuple((f"{_title(path)}(1)", f"{_summary(commands[path])}.") for path in inside)
        lines += _section(Section("COMMANDS", (entries,)))
    lines += _section(Section("OPTIONS", (tuple(_options(command)),)))
    notes = _epilog(command.epilog)
    examples = [section for section in notes if section.title == "EXAMPLES"]
    for section in [note for note in notes if note not in examples]:
        lines += _section(section)
    for section in PROGRAM_SECTIONS if not name else (*COMMAND_SECTIONS.get(name, ()), EXIT_STATUS):
        lines += _section(section)
    for section in examples:
        lines += _section(section)
    group = name.rpartition(" ")[0]
    others = f"{_title(group)}(1), " * bool(group) + "broker(1), broker-literals(7), broker-formats(7)"
    others = others if name else ", ".join([*(f"{_title(guide)}(7)" for guide in GUIDES), "zeek(8)"])
    return "\n".join([*lines, ".SH SEE ALSO", _roff(others), ""])


def guide_page(name: str) -> str:
    """The page for the guide *name*."""
    guide = GUIDES[name]
    title = _title(name)
    lines = [
        '.\\" Written by python -m broker_cli.reference; do not edit.',
        f'.TH "{_roff(title.upper())}" "7" "" "broker\\-toolkit" "Guides"',
        ".SH NAME",
        f"{_roff(title)} \\- {_roff(guide.summary[:1].lower() + guide.summary[1:].rstrip('.'))}",
    ]
    for section in guide.sections:
        lines += _section(section)
    others = ", ".join(["broker(1)", *(f"{_title(other)}(7)" for other in GUIDES if other != name)])
    return "\n".join([*lines, ".SH SEE ALSO", _roff(others), ""])


def _summary(command: Any) -> str:
    """The first line of its help, without a full stop."""
    return str(command.help.split("\n")[0].rstrip("."))


def _options(command: Any) -> Iterator[tuple[str, str]]:
    for param in command.params:
        if param.param_type_name == "option":  # also those that the short help leaves out
            yield option_help(param)
    yield "-h, --help", "Show a short help and exit."


def files() -> dict[str, str]:
    """Path from the project's root to content, of everything that is generated."""
    commands = load_all()
    pages = {f"man/{_title(name)}.1": man_page(name, commands) for name in commands}
    pages |= {f"man/{_title(name)}.7": guide_page(name) for name in GUIDES}
    scripts = {"bash": bash, "zsh": zsh, "fish": fish}
    return pages | {f"completions/broker.{shell}": script(commands) for shell, script in scripts.items()}


def main(args: Sequence[str], root: Path = _ROOT) -> int:
    """Write the files below *root*, or with ``--check`` tell which are stale; the exit code."""
    if list(args) not in ([], ["--check"]):
        sys.stderr.write("usage: python -m broker_cli.reference [--check]\n")
        return 2
    wanted = files()
    present = {
        path.relative_to(root).as_posix() for pattern in ("man/*", "completions/*") for path in root.glob(pattern)
    }
    stale = sorted(
        name
        for name in wanted.keys() | present
        if name not in wanted or name not in present or (root / name).read_text(encoding="utf-8") != wanted[name]
    )
    if args:
        for name in stale:
            sys.stderr.write(f"{name} is not what the command tree says; run: make docs\n")
        return 1 if stale else 0
    for name in stale:
        path = root / name
        if name in wanted:
            path.parent.mkdir(exist_ok=True)
            path.write_text(wanted[name], encoding="utf-8")
        else:
            path.unlink()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
