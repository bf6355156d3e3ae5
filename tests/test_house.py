"""The rules of the house that no other tool checks: see CONTRIBUTING.md."""

from __future__ import annotations

import enum
import importlib
import inspect
import os
import re
import shlex
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

import pytest

import broker_core
from broker_cli.tree import with_options_behind

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("broker_core", "broker_cli")
MAX_LINES = 500

MODULES = sorted(path.relative_to(ROOT) for package in PACKAGES for path in (ROOT / package).rglob("*.py"))
# A face only gathers names, and a private module is proved through those that it serves.
OWN_TESTS = [path for path in MODULES if not path.name.startswith("_")]
TESTED_ELSEWHERE: dict[str, str] = {
    # module: why it has no test module of its own
}

PYTHON_FILES = [
    *MODULES,
    *sorted(
        path.relative_to(ROOT) for folder in ("tests", "benchmarks", "demo") for path in (ROOT / folder).rglob("*.py")
    ),
]
NOT_OURS = {".git", ".venv", ".coverage", ".hypothesis", "__pycache__", "build", "dist"}
TEXT_SUFFIXES = {
    ".py",
    ".md",
    ".toml",
    ".json",
    ".sh",
    ".yml",
    ".cfg",
    ".txt",
    ".1",
    ".bash",
    ".fish",
    ".zsh",
    ".log",
    "",
}


def module_name(path: Path) -> str:
    return ".".join(path.with_suffix("").parts).removesuffix(".__init__")


def text_files() -> list[Path]:
    found = []
    for path in sorted(ROOT.rglob("*")):
        parts = path.relative_to(ROOT).parts
        if any(part in NOT_OURS or part.endswith((".egg-info", "_cache")) for part in parts):
            continue
        if path.is_file() and path.suffix in TEXT_SUFFIXES:
            found.append(path)
    return found


# -- the public face ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", broker_core.__all__)
def test_a_public_name_is_there_and_says_what_it_is(name):
    thing = getattr(broker_core, name)
    if not (inspect.isclass(thing) or inspect.isfunction(thing)):
        return  # a constant or a type alias: its module documents it
    text = (vars(thing) if inspect.isclass(thing) else {"__doc__": thing.__doc__}).get("__doc__")
    assert text, f"broker_core.{name} has no docstring"
    assert not text.startswith(f"{name}("), f"broker_core.{name} has only the docstring that dataclass makes"
    if inspect.isclass(thing) and issubclass(thing, enum.Enum):
        assert text != enum.Enum.__doc__


def test_the_face_lists_each_name_once():
    assert len(set(broker_core.__all__)) == len(broker_core.__all__)


@pytest.mark.parametrize("path", [path for path in MODULES if path.name != "__init__.py"], ids=str)
def test_a_module_lists_what_it_offers(path):
    if path.name == "_version.py":
        return
    module = importlib.import_module(module_name(path))
    assert hasattr(module, "__all__"), f"{path} has no __all__"
    assert len(set(module.__all__)) == len(module.__all__)
    for name in module.__all__:
        assert hasattr(module, name), f"{path} lists {name} and has no such thing"


def test_packages_export_only_what_a_module_of_theirs_lists():
    """So that an internal helper does not become public by an import in a face."""
    for package in ("broker_core", "broker_core.model"):
        face = importlib.import_module(package)
        listed: set[str] = set()
        for path in MODULES:
            name = module_name(path)
            if name.startswith(f"{package}.") and path.name != "__init__.py":
                listed.update(getattr(importlib.import_module(name), "__all__", ()))
        exported = getattr(face, "__all__", None) or [name for name in vars(face) if not name.startswith("_")]
        modules = {name for name in exported if inspect.ismodule(getattr(face, name))}
        assert set(exported) - modules - {"__version__"} <= listed


# -- modules ----------------------------------------------------------------------------------------------------


def own_test_modules(path: Path) -> list[Path]:
    """Where the tests of a module may be: beside the mirrored path, or flat in the folder of its package."""
    package, *folders = path.parent.parts
    top = ["cli"] if package == "broker_cli" else []
    name = f"test_{path.name}"
    return [Path("tests", *top, *folders, name), Path("tests", *top, *folders[:1], name), Path("tests", *top, name)]


def test_each_module_has_a_test_module():
    missing = [
        f"{path}: {own_test_modules(path)[0]}"
        for path in OWN_TESTS
        if str(path) not in TESTED_ELSEWHERE and not any((ROOT / test).exists() for test in own_test_modules(path))
    ]
    assert not missing, f"no tests for {', '.join(missing)}"


def test_the_list_of_exceptions_is_not_stale():
    for name, reason in TESTED_ELSEWHERE.items():
        assert reason
        assert (ROOT / name).exists(), f"{name} is excused from tests and does not exist"
        assert not any((ROOT / test).exists() for test in own_test_modules(Path(name))), f"{name} has tests of its own"


@pytest.mark.parametrize("path", PYTHON_FILES, ids=str)
def test_a_module_is_of_one_subject(path):
    lines = (ROOT / path).read_text(encoding="utf-8").count("\n")
    assert lines <= MAX_LINES, f"{path} has {lines} lines; at {MAX_LINES} a module has two subjects"


SLEEPS = re.compile(r"time\.sleep\(|trio\.sleep\(\s*(?!0\s*\))[\d.]|\bsleep\(\s*(?!0\s*\))[\d.]")


def test_no_test_sleeps():
    for path in (ROOT / "tests").rglob("*.py"):
        if path == Path(__file__):
            continue
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            assert not SLEEPS.search(line), f"{path.relative_to(ROOT)}:{number} sleeps; wait for what should happen"


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("time.sleep(1)", True),
        ("await trio.sleep(0.1)", True),
        ("await trio.sleep( .5 )", True),
        ("await sleep(2)", True),
        ("await trio.sleep(0)", False),
        ("await trio.sleep(delay)", False),
        ("await trio.sleep_forever()", False),
    ],
)
def test_the_search_for_sleeps_finds_them(line, found):
    assert bool(SLEEPS.search(line)) is found


# -- texts ------------------------------------------------------------------------------------------------------

# What belongs to the machine or the people that something was written on, and not to the project. In two halves, so
# that this file does not hold them.
FOREIGN = re.compile(
    "|".join(
        "".join(halves)
        for halves in (
            (r"(?<![\w.])/wor", r"k/"),
            (r"(?<![\w.])/ho", r"me/\w"),
            (r"(?<![\w.])/tm", r"p/\w"),
            (r"\bclau", r"de\b"),
            (r"\banthro", r"pic\b"),
            (r"\bopen", r"ai\b"),
            (r"\bchat", r"gpt\b"),
            (r"\bco-?pi", r"lot\b"),
            (r"\bL", r"LM\b"),
            (r"\bsub-?ag", r"ent"),
            (r"\bAI (assist", r"ant|helper|model)"),
            (r"\blanguage mo", r"del\b"),
        )
    ),
    re.IGNORECASE,
)


def test_no_file_mentions_the_machine_it_was_written_on():
    files = text_files()
    assert len(files) > 50
    for path in files:
        text = path.read_text(encoding="utf-8", errors="replace")
        found = FOREIGN.search(text)
        assert not found, f"{path.relative_to(ROOT)} mentions {found[0]!r}"


@pytest.mark.parametrize("text", ["see /wo*rk/x", "as Cl*aude says", "an L*LM", "a sub*agent"])
def test_the_search_for_foreign_words_finds_them(text):
    assert FOREIGN.search(text.replace("*", ""))


@pytest.mark.parametrize("text", ["the network/", "homework/", "zeek-agent", "a WebSocket session"])
def test_the_search_for_foreign_words_leaves_others_alone(text):
    assert not FOREIGN.search(text)


# -- the command line and its texts -----------------------------------------------------------------------------


@cache
def commands() -> dict[str, Any]:
    """The commands of ``broker`` by name (those of a group with its name in front), and the program itself as ""."""
    from broker_cli.app import load_all
    from broker_cli.tree import ALIASES

    found = load_all()
    return found | {short: found[name] for short, name in ALIASES.items()}


def options(command: Any) -> set[str]:
    names = {"--help", "-h"}
    for parameter in command.params:
        if parameter.param_type_name == "option":
            names.update(parameter.opts, parameter.secondary_opts)
    return names


def test_commands_and_options_say_what_they_do():
    for name, command in commands().items():
        assert command.help, f"broker {name} has no help"
        for parameter in command.params:
            if parameter.param_type_name == "option":
                assert parameter.help, f"broker {name} {parameter.opts[0]} has no help"


def documented_lines() -> list[tuple[str, str]]:
    """Each command line in the code blocks and code spans of the documents, continued lines joined, with its file."""
    found = []
    for path in [*ROOT.glob("*.md"), ROOT / "demo" / "README.md", ROOT / "benchmarks" / "README.md"]:
        if not path.exists():
            continue
        text = path.read_text(encoding="utf-8")
        found += [(path.name, span) for span in re.findall(r"`((?:broker|make) [^`\n]+)`", text)]
        for block in re.findall(r"```(?:sh|console|bash)\n(.*?)```", text, re.DOTALL):
            found += [(path.name, line.removeprefix("$ ")) for line in block.replace("\\\n", " ").splitlines()]
    return found


def words_of(line: str) -> list[list[str]]:
    """The simple commands of a shell line, as words."""
    lexer = shlex.shlex(line, posix=True, punctuation_chars="|&;<>")
    lexer.whitespace_split = True
    lexer.commenters = "#"
    parts: list[list[str]] = [[]]
    for word in lexer:
        if set(word) <= set("|&;<>"):
            parts.append([])
        else:
            parts[-1].append(word)
    return [part for part in parts if part]


def test_commands_in_the_documents_exist():
    seen = set()
    for file, line in documented_lines():
        for program, *given in words_of(line):
            words = with_options_behind(given)
            if program == "make":
                targets = re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
                assert words[:1] == [] or words[0] in targets, f"{file}: {line}: no such target"
            if program != "broker":
                continue
            names = [word for word in words if not word.startswith("-")]
            name = names[0] if names else ""
            if name and hasattr(commands().get(name), "list_commands"):
                name = " ".join(names[:2])
            assert name in commands(), f"{file}: {line}: there is no broker {name}"
            seen.add(name)
            known = options(commands()[name]) | (options(commands()[""]) if not name else set())
            for word in words:
                if re.match(r"--?[a-z]", word) and not re.match(r"-\d", word):
                    option = word.partition("=")[0]
                    assert option in known, f"{file}: {line}: broker {name} has no option {option}"
    assert {"publish", "subscribe", "listen", "peer", "status"} <= seen


def programs_of_the_readme() -> list[str]:
    return re.findall(r"```python\n(.*?)```", (ROOT / "README.md").read_text(encoding="utf-8"), re.DOTALL)


@pytest.mark.parametrize("number", range(len(programs_of_the_readme())))
def test_a_program_in_the_readme_does_what_it_says(number, tmp_path):
    program = programs_of_the_readme()[number]
    command = [sys.executable, "-c", program]
    run = subprocess.run(command, capture_output=True, text=True, check=False, timeout=30, cwd=tmp_path)
    assert (run.returncode, run.stderr) == (0, "")
    said = {comment.strip() for comment in re.findall(r"#(.*)", program)}
    assert run.stdout
    assert set(run.stdout.splitlines()) <= said


def test_the_demo_works():
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    run = subprocess.run(
        ["sh", "demo/demo.sh"],
        cwd=ROOT,
        env=os.environ | {"PATH": path},
        capture_output=True,
        text=True,
        check=False,
        timeout=50,
    )
    assert run.returncode == 0, run.stderr
    assert run.stdout.count('zeek/demo/conn connection_observed("') == 9
    assert run.stdout.count("zeek/demo/ssh password_guesses(2015-03-30T14:4") == 4
    assert "All 13 messages arrived" in run.stdout
