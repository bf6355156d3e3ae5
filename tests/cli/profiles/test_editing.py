"""The editor that the user has chosen."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

import pytest

from broker_cli.exit_codes import ExitCode, Failure
from broker_cli.profiles.editing import run_editor


def editor(folder, name: str, text: str) -> str:
    path = folder / name
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)
    return str(path)


def test_visual_comes_before_editor_and_may_have_options(tmp_path):
    file = tmp_path / "a file"
    first = editor(tmp_path, "first", 'printf "%s|" first "$@" > "$2"')
    second = editor(tmp_path, "second", 'printf second > "$1"')
    run_editor({"VISUAL": f"{first} --wait", "EDITOR": second}, str(file))
    assert file.read_text() == f"first|--wait|{file}|"
    run_editor({"VISUAL": "", "EDITOR": second}, str(file))
    assert file.read_text() == "second"


def test_an_editor_that_fails(tmp_path):
    with pytest.raises(Failure, match=r"^the editor 'false' failed \(exit 1\)$") as caught:
        run_editor({"EDITOR": "false"}, str(tmp_path))
    assert caught.value.code is ExitCode.USAGE


def test_the_usual_editor_is_vi(tmp_path, monkeypatch):
    editor(tmp_path, "vi", 'echo vi > "$1"')
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    run_editor({}, str(tmp_path / "f"))
    assert (tmp_path / "f").read_text() == "vi\n"


def test_ctrl_c_is_for_the_editor(tmp_path):
    """It interrupts both, as a terminal does, and the editor ends in its own way."""
    os.mkfifo(tmp_path / "never")
    path = editor(tmp_path, "ed", f"trap 'echo caught; exit 0' INT\necho ready\nread line < {tmp_path}/never")
    code = (
        f"from broker_cli.profiles.editing import run_editor\nrun_editor({{'EDITOR': {path!r}}}, 'f')\nprint('after')"
    )
    with subprocess.Popen([sys.executable, "-uc", code], stdout=subprocess.PIPE, text=True, process_group=0) as process:
        assert process.stdout.readline() == "ready\n"
        os.killpg(process.pid, signal.SIGINT)
        assert process.stdout.read().split() == ["caught", "after"]
        assert process.wait(timeout=20) == 0
