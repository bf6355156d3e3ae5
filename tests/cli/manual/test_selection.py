"""What the manual says of selection, templates and commands is so."""

from __future__ import annotations

import re
import shlex

from broker_cli.executing import DEFAULT_JOBS, DEFAULT_LIMIT, Execution
from broker_cli.manual.parts import Code, Section
from broker_cli.manual.selection import COMMANDS, EXPRESSIONS, SELECTION, TEMPLATES
from broker_cli.output.templates import Template
from broker_cli.selecting.expressions import condition
from broker_cli.selecting.facts import ROOTS, Facts
from broker_cli.selecting.naming import naming_of
from broker_cli.selecting.paths import read_path
from broker_cli.selecting.scanning import Scanner
from broker_cli.selection_options import ExecOptions, SelectionOptions, ShowOptions
from broker_core import Event, Message
from broker_core.codecs.text import decode
from broker_core.declarations import Declarations

NAMING = naming_of(
    Declarations.parse(
        "type I: record { orig_h: addr; }; type C: record { id: I; }; global e: event(c: C, msg: string);"
    )
)


def code_of(section: Section) -> list[str]:
    return [line for paragraph in section.paragraphs if isinstance(paragraph, Code) for line in paragraph.lines]


def terms_of(section: Section) -> list[str]:
    tables = [paragraph for paragraph in section.paragraphs if not isinstance(paragraph, str | Code)]
    return [term for table in tables for term, _ in table]


def test_expressions_are_some():
    lines = code_of(EXPRESSIONS)
    assert len(lines) == 4
    for line in lines:
        condition(line)


def test_ways_are_some():
    paths = [word for term in terms_of(EXPRESSIONS)[:6] for word in term.split(", ")]
    for path in paths:
        scanner = Scanner(path)
        read_path(scanner, NAMING)
        assert scanner.at == len(path)
    assert set(paths) >= set(ROOTS) - {"metadata"}


def test_all_of_the_language_is_there():
    """A condition with each operator and function that the terms name."""
    words = " ".join(terms_of(EXPRESSIONS)[6:])
    for word in ("==", "!=", "<=", ">=", "<", ">", "in", "not in", "!in"):
        assert word in words
        condition(f"args[0] {word} {{5}}")
    for word in ("~", "!~"):
        assert word in words
        condition(f"args[0] {word} 'x'")
    for word in ("and", "or", "&&", "||"):
        assert word in words
        condition(f"T {word} F")
    for word in ("not", "!"):
        assert word in words
        condition(f"{word} T")
    for function in ("len(x)", "|x|", "type(x)", "str(x)", "lower(x)"):
        assert function in words
        condition(f"{function.replace('x', 'args[0]')} == 'count'")


def test_what_is_said_of_missing_parts_is_so():
    two, text = Message("/t", Event("e", 1, 2, 3).value), Message("/t", Event("e", 1, 2, 3, "a").value)
    for message in (two, text):
        assert not condition("args[3] != 5")(Facts(message))
        assert condition("not (args[3] == 5)")(Facts(message))


def test_templates_are_some():
    lines = code_of(TEMPLATES)
    assert len(lines) == 3
    for line in lines:
        assert Template(line).render(Message("/t", Event("e", "x", decode("5")).value))
    for field in re.findall(r"\{[a-z[\]0-9]+\}", " ".join(terms_of(TEMPLATES))):
        Template(field)
    for way in ("json", "typed", "text", "<20", ">20", "^20", "%H:%M:%S"):
        assert f":{way}" in " ".join(terms_of(TEMPLATES))
        Template(f"{{args[0]:{way}}}")
    assert Template(terms_of(TEMPLATES)[-1]).render(Message("/t", 1)) == "{ } \n \t \r \0 \x1b \\"


def test_commands_are_some(monkeypatch):
    monkeypatch.setattr("shutil.which", lambda name: f"/bin/{name}")
    for line in code_of(COMMANDS):
        words = shlex.split(line)
        Execution.parse(words[words.index("--exec") + 1], None, jobs=None, limit=None)
    options = ExecOptions.__annotations__
    assert f"N ({DEFAULT_JOBS})" in repr(options["exec_jobs"].__metadata__[0].help)
    assert f"({DEFAULT_LIMIT:g}s)" in options["exec_timeout"].__metadata__[0].help


def test_the_options_are_named():
    text = (
        repr(SELECTION.paragraphs)
        + repr(TEMPLATES.paragraphs)
        + repr(COMMANDS.paragraphs)
        + repr(EXPRESSIONS.paragraphs)
    )
    groups = (SelectionOptions, ExecOptions, ShowOptions)
    names = {
        name for group in groups for hint in group.__annotations__.values() for name in hint.__metadata__[0].param_decls
    }
    for name in names - {"--null", "--topics-only", "--big-ints", "--rate"}:  # their help says all
        assert name in text
