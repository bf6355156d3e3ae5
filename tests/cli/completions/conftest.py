"""Real shells: bash, zsh and fish, with the scripts loaded, a state to complete from, and Tab to be pressed."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pexpect  # type: ignore[import-untyped]
import pytest

from broker_cli.app import load_all
from broker_cli.completions import bash, fish, zsh

HOSTILE = [
    *("$(touch PWNED)", "`touch PWNED`", ";touch PWNED", "|touch PWNED", "&touch PWNED&", ">PWNED", "<(touch PWNED)"),
    *("$HOME", "${HOME}", "*", "?", "[a]", "{a,b}", "~", "#c", "!x", "!!", "\\", "\\n", "%s", "-x", "(x)", "^a^b"),
    *(" a  b", "'q", "'q'", '"q', "x/<$>/y", "a:b:c", "::a=b@c", "ünï", "日本", "a'b\"c`d$e\\f g;h"),
]
"""Topics that a peer could have, to make completion run something."""
TOPICS = [f"t{number:02}{text}" for number, text in enumerate(HOSTILE)]
STATE: dict[str, Any] = {
    "v": 1,
    "topics": ["/test/a", "zeek::x:y", "$(touch PWNED)", "it's", *TOPICS],
    "stores": ["db", "my store"],
    "peers": ["h:9999", "ws://z:27759"],
}
CONFIG = '[profile.lab]\npeer = ":1"\n[profile.prod]\npeer = ":2"\n'
SOON = 15


@pytest.fixture(scope="session")
def commands():
    """The whole command tree."""
    return load_all()


@pytest.fixture(scope="session")
def folder(tmp_path_factory, commands):
    """Where the shells run: with the scripts, and files to complete."""
    path = tmp_path_factory.mktemp("shells")
    for name, script in (("bash", bash), ("zsh", zsh), ("fish", fish)):
        (path / f"broker.{name}").write_text(script(commands))
    (path / "state.json").write_text(json.dumps(STATE))
    (path / "config.toml").write_text(CONFIG)
    (path / "some file").touch()
    (path / "other:file").touch()
    (path / "a folder").mkdir()
    (path / "bin").mkdir()
    program = path / "bin" / "broker"
    program.write_text(
        "#!/bin/sh\n"
        f'if [ "$1" = __complete ]; then exec {sys.executable} -m broker_cli "$@"; fi\n'
        f"printf '%s\\0' \"$@\" > {path}/args\n"
        "echo RA''N\n"
    )
    program.chmod(0o755)
    return path


def environment(folder: Path) -> dict[str, str]:
    kept = {name: os.environ[name] for name in ("PYTHONPATH", "COVERAGE_PROCESS_START") if name in os.environ}
    return kept | {
        "PATH": f"{folder}/bin:{os.environ['PATH']}",
        "HOME": str(folder),
        "XDG_CONFIG_HOME": str(folder),
        "ZDOTDIR": str(folder),
        "BROKER_STATE": f"{folder}/state.json",
        "BROKER_CONFIG": f"{folder}/config.toml",
        "TERM": "dumb",
        "LC_ALL": "C.UTF-8",
        "HISTFILE": "/dev/null",
        "INPUTRC": "/dev/null",
        "fish_greeting": "",
        "PS1": "$ ",
    }


def run_script(name: str, *args: str, folder: Path) -> str:
    """What a shell prints for a script."""
    path = shutil.which(name)
    if path is None:
        pytest.skip(f"{name} is not installed")
    run = subprocess.run(
        [path, *args], cwd=folder, env=environment(folder), capture_output=True, text=True, check=False, timeout=30
    )
    assert (run.returncode, run.stderr) == (0, "")
    return run.stdout


class Shell:
    """An interactive shell at which somebody types."""

    def __init__(self, folder: Path, command: list[str], setup: str) -> None:
        if shutil.which(command[0]) is None:
            pytest.skip(f"{command[0]} is not installed")
        self.folder = folder
        self._process = pexpect.spawn(
            command[0],
            command[1:],
            cwd=str(folder),
            env=environment(folder),
            encoding="utf-8",
            timeout=SOON,
            dimensions=(50, 250),
        )
        self._process.delaybeforesend = None
        (folder / "setup").write_text(setup)
        self._process.sendline("source ./setup; echo GO''ON")
        self._process.expect("GOON")

    def completed(self, text: str) -> str:
        """The line after *text* and Tab were typed."""
        self._process.send(f"{text}\t\x07")  # Ctrl-G is bound to write the line into a file, and to clear it
        self._process.expect("DUMPED")
        return (self.folder / "line").read_text().rstrip("\n")

    def args_after(self, text: str) -> list[str]:
        """What the program gets when *text*, Tab and Enter were typed."""
        (self.folder / "args").unlink(missing_ok=True)
        self._process.send(f"{text}\t\r")
        self._process.expect("RAN")
        return (self.folder / "args").read_text().split("\0")[:-1]

    def close(self) -> None:
        """End it."""
        self._process.close(force=True)


def start_bash(folder: Path) -> Shell:
    setup = r"""
source ./broker.bash
bind 'set bell-style none'; bind 'set completion-query-items 0'; bind 'set page-completions off'
bind 'set enable-bracketed-paste off'
dump() { printf '%s\n' "$READLINE_LINE" > line; READLINE_LINE=; echo DUMP''ED; }
bind -x '"\C-g": dump'
"""
    return Shell(folder, ["bash", "--norc", "--noprofile", "-i"], setup)


def start_zsh(folder: Path) -> Shell:
    (folder / "functions").mkdir(exist_ok=True)
    shutil.copy(folder / "broker.zsh", folder / "functions" / "_broker")
    setup = r"""
PS1='$ '; fpath=($PWD/functions $fpath); autoload -Uz compinit; compinit -u -D
unsetopt BEEP; setopt NO_LIST_BEEP
dump() { print -r -- "$BUFFER" > line; BUFFER=; print DUMP''ED; }
zle -N dump; bindkey '^G' dump
"""
    return Shell(folder, ["zsh", "-f", "-i"], setup)


def start_fish(folder: Path) -> Shell:
    setup = r"""
source ./broker.fish
function dump; commandline > line; commandline ''; echo DUMP''ED; end
bind \cg dump
"""
    return Shell(folder, ["fish", "--no-config", "-i"], setup)


@pytest.fixture(scope="session")
def script():
    """``script("bash", "-c", ..., folder=folder)``: the output of a shell."""
    return run_script


STARTERS = {"bash": start_bash, "zsh": start_zsh, "fish": start_fish}


@pytest.fixture(scope="module")
def shell(request, folder):
    """The shell that the module of tests names in SHELL."""
    made = STARTERS[request.module.SHELL](folder)
    yield made
    made.close()


SAME_EVERYWHERE = [
    ("broker sub /te", "broker sub /test/a "),
    ("broker pub /te", "broker pub /test/a "),
    ("broker sub -n 5 /te", "broker sub -n 5 /test/a "),
    ("broker sub /x /te", "broker sub /x /test/a "),
    ("broker pub /x ping /te", "broker pub /x ping /te"),
    ("broker sub zeek", "broker sub zeek::x:y "),
    ("broker sub zeek:", "broker sub zeek::x:y "),
    ("broker sub zeek::x", "broker sub zeek::x:y "),
    ("broker sub --profile p", "broker sub --profile prod "),
    ("broker sub --profile=l", "broker sub --profile=lab "),
    ("broker sub --no-prof", "broker sub --no-profile "),
    ("broker sub /x --no-prof", "broker sub /x --no-profile "),
    ("broker sub -p ws", "broker sub -p ws://z:27759 "),
    ("broker sub -p ws:", "broker sub -p ws://z:27759 "),
    ("broker peer h", "broker peer h:9999 "),
    ("broker store get m", "broker store get my\\ store "),
    ("broker store get db m", "broker store get db m"),
    ("broker listen --clone d", "broker listen --clone db "),
    ("broker profile use l", "broker profile use lab "),
    ("broker profile rm --yes p", "broker profile rm --yes prod "),
    ("broker publish --from so", "broker publish --from some\\ file "),
    ("broker publish --from=so", "broker publish --from=some\\ file "),
    ("broker tls init a", "broker tls init a\\ folder/"),
    ("broker store ge", "broker store get "),
    ("broker help lit", "broker help literals "),
    ("broker help subs", "broker help subscribe "),
    ("broker store get ping -o nd", "broker store get ping -o ndjson "),
    ("broker sub ping --on-overflow dr", "broker sub ping --on-overflow drop-"),
]
"""What is typed before Tab, and what the line is after it, in every shell."""


@pytest.fixture(scope="session")
def completions():
    """What is typed, and what Tab makes of it."""
    return SAME_EVERYWHERE


@pytest.fixture(scope="session")
def hostile():
    """What is typed, and the topic that it is the beginning of."""
    return [(topic[:3], topic) for topic in TOPICS]
