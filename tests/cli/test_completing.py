"""``broker __complete``: what shells ask for when Tab is pressed."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from broker_cli.completing import KINDS, candidates, complete
from broker_cli.completions.tree import DYNAMIC

STATE = {"v": 1, "topics": ["/b", "/a b", "$(touch x)", "a\nb", "\x1b[2J"], "stores": ["db"], "peers": ["h:1"]}
CONFIG = 'default-profile = "lab"\n[profile.lab]\npeer = ["p:1"]\ntopics = ["/mine", "/b"]\n[profile.x]\npeer = "q:1"\n'


@pytest.fixture
def environ(tmp_path):
    (tmp_path / "state.json").write_text(json.dumps(STATE))
    (tmp_path / "config.toml").write_text(CONFIG)
    return {"BROKER_STATE": str(tmp_path / "state.json"), "BROKER_CONFIG": str(tmp_path / "config.toml")}


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("profiles", ["lab", "x"]),
        ("topics", ["/mine", "/b", "/a b", "$(touch x)"]),
        ("stores", ["db"]),
        ("peers", ["p:1", "h:1"]),
    ],
)
def test_what_there_is(environ, kind, expected):
    assert candidates(kind, environ) == expected


def test_the_profile_in_use_counts(environ):
    environ["BROKER_PROFILE"] = "x"
    assert candidates("peers", environ) == ["q:1", "h:1"]
    assert candidates("topics", environ) == ["/b", "/a b", "$(touch x)"]
    environ["BROKER_PROFILE"] = "gone"
    assert candidates("peers", environ) == ["h:1"]


@pytest.mark.parametrize(
    "content", ["[", "[profile.lab]\npeer = 5\n", "[profile]\nx = 1\n", "[profile.lab]\npeer = [1]\n"]
)
def test_a_wrong_file_is_in_nobodys_way(environ, tmp_path, content):
    (tmp_path / "config.toml").write_text(f'default-profile = "lab"\n{content}' if content != "[" else content)
    assert "h:1" in candidates("peers", environ)


def test_nothing_is_known_at_first():
    assert [candidates(kind, {}) for kind in KINDS] == [[], [], [], []]


def run(args, environ) -> tuple[int, str]:
    reading, writing = os.pipe()
    with os.fdopen(reading, encoding="utf-8") as found:
        try:
            code = complete(args, environ, writing)
        finally:
            os.close(writing)
        return code, found.read()


def test_one_line_each(environ):
    assert run(["topics"], environ) == (0, "/mine\n/b\n/a b\n$(touch x)\n")
    assert run(["topics", "/m"], environ) == (0, "/mine\n")
    assert run(["profiles", "zzz"], environ) == (0, "")


@pytest.mark.parametrize("args", [[], ["nonsense"], ["topics", "a", "b"]])
def test_other_questions_have_no_answer(args):
    assert run(args, {}) == (2, "")


def test_the_scripts_ask_for_what_there_is():
    assert set(DYNAMIC) == set(KINDS)


def test_it_is_quick_because_it_loads_nothing(environ):
    code = "import sys; sys.argv = ['broker', '__complete', 'topics']; from broker_cli.__main__ import main; main()"
    code += "; sys.stderr.write(' '.join(sys.modules))"
    process = subprocess.run(
        [sys.executable, "-c", code],
        env=os.environ | environ,
        capture_output=True,
        text=True,
        check=True,
        timeout=30,
    )
    assert process.stdout.splitlines()[0] == "/mine"
    heavy = {"typer", "trio", "rich", "msgpack", "broker_core", "broker_cli.app", "subprocess", "ssl"}
    assert not set(process.stderr.split()) & heavy
