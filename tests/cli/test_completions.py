"""Completion scripts, run by the shells that they are for."""

from __future__ import annotations

import shutil
import subprocess

import pytest

from broker_cli.app import ALIASES, load_all
from broker_cli.completions import bash, fish, zsh

CASES = [
    (["broker", "p"], {"publish", "peer"}),
    (["broker", "publish", "--wa"], {"--wait-subscriber"}),
    (["broker", "pub", "--wa"], {"--wait-subscriber"}),
    (["broker", "sub", "--on-overflow", "dr"], {"drop-old", "drop-new"}),
    (["broker", "subscribe", "-o", "n"], {"ndjson"}),
    (["broker", "listen", "--tls", ""], {"auto", "off", "anon", "verify"}),
    (["broker", "publish", "--from", "some-f"], {"some-file"}),
    (["broker", "publish", "--in", "l"], {"lines"}),
    (["broker", "status", "--re"], {"--retry", "--reconnect"}),
    (["broker", "st"], {"status", "store"}),
    (["broker", "store", "in"], {"incr", "insert", "info"}),
    (["broker", "store", "put", "--if"], {"--if-absent"}),
    (["broker", "store", "import", "--mode", ""], {"merge", "skip", "replace"}),
    (["broker", "store", "get", "--file", "some-f"], {"some-file"}),
    (["broker", "store", "watch", "--sn"], {"--snapshot"}),
]


@pytest.fixture(scope="module")
def commands():
    return load_all()


@pytest.fixture
def folder(tmp_path, commands):
    (tmp_path / "some-file").touch()
    for name, script in (("bash", bash), ("zsh", zsh), ("fish", fish)):
        (tmp_path / f"broker.{name}").write_text(script(commands))
    return tmp_path


def shell(name: str, *args: str, folder) -> str:
    path = shutil.which(name)
    if path is None:
        pytest.skip(f"{name} is not installed")
    run = subprocess.run([path, *args], cwd=folder, capture_output=True, text=True, check=False, timeout=30)
    assert (run.returncode, run.stderr) == (0, "")
    return run.stdout


@pytest.mark.parametrize(("words", "expected"), CASES)
def test_bash(words, expected, folder):
    quoted = " ".join(f"'{word}'" for word in words)
    script = f"source broker.bash; COMP_WORDS=({quoted}); COMP_CWORD={len(words) - 1}; _broker; echo ${{COMPREPLY[@]}}"
    assert set(shell("bash", "-c", script, folder=folder).split()) == expected


def test_bash_knows_the_commands_of_a_group(folder):
    script = "source broker.bash; COMP_WORDS=(broker store ''); COMP_CWORD=2; _broker; echo ${COMPREPLY[@]}"
    found = shell("bash", "-c", script, folder=folder).split()
    assert {"get", "put", "diff", "--help"} <= set(found)
    assert "publish" not in found


def test_bash_offers_nothing_for_free_values(folder):
    script = "source broker.bash; COMP_WORDS=(broker sub -p ''); COMP_CWORD=3; _broker; echo ${COMPREPLY[@]}"
    assert shell("bash", "-c", script, folder=folder).split() == []


@pytest.mark.parametrize(("words", "expected"), CASES)
def test_fish(words, expected, folder):
    script = f"source broker.fish; complete -C '{' '.join(words)}'"
    found = {line.split("\t")[0] for line in shell("fish", "--no-config", "-c", script, folder=folder).splitlines()}
    assert found == expected


def test_zsh_can_read_it(folder):
    shell("zsh", "-n", "broker.zsh", folder=folder)


def test_all_know_every_command_and_option(commands):
    for script in (bash, zsh, fish):
        text = script(commands)
        for name in (*commands, *ALIASES):
            assert all(word in text for word in name.split())
        for command in commands.values():
            for param in command.params:
                if param.param_type_name == "option":
                    word = param.opts[0].lstrip("-")
                    assert param.hidden or f"-l {word}" in text or f"--{word}" in text
