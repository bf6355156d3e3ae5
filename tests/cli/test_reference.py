"""Manual pages, and that what is committed is what the command tree says."""

from __future__ import annotations

import shutil
import subprocess
import sys

import pytest

from broker_cli.app import load_all
from broker_cli.guides import GUIDES
from broker_cli.reference import files, guide_page, main, man_page
from broker_cli.tree import COMMANDS


def test_the_committed_files_are_fresh():
    run = subprocess.run(
        [sys.executable, "-m", "broker_cli.reference", "--check"],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert (run.returncode, run.stderr) == (0, "")


def test_files_do_not_depend_on_the_surroundings(monkeypatch):
    before = files()
    monkeypatch.setenv("COLUMNS", "33")
    monkeypatch.setenv("BROKER_PEER", "x:1")
    monkeypatch.setenv("LANG", "de_DE.UTF-8")
    assert files() == before
    assert set(before) == {
        *("man/" + "-".join(["broker", *name.split()]) + ".1" for name in load_all()),
        *(f"man/broker-{name}.7" for name in GUIDES),
        "completions/broker.bash",
        "completions/broker.zsh",
        "completions/broker.fish",
    }


def test_stale_files_are_found_and_mended(tmp_path, capsys):
    assert main(["--check"], tmp_path) == 1
    assert "man/broker.1 is not what the command tree says; run: make docs" in capsys.readouterr().err
    assert main([], tmp_path) == 0
    assert main(["--check"], tmp_path) == 0
    (tmp_path / "man" / "broker.1").write_text("old")
    (tmp_path / "man" / "broker-gone.1").write_text("left over")
    assert main(["--check"], tmp_path) == 1
    assert main([], tmp_path) == 0
    assert not (tmp_path / "man" / "broker-gone.1").exists()
    assert main(["--check"], tmp_path) == 0


def test_other_arguments_are_refused(capsys):
    assert main(["--chek"]) == 2
    assert "usage" in capsys.readouterr().err


@pytest.mark.parametrize("name", [name for name in load_all() if name])
def test_a_page_has_every_option(name):
    commands = load_all()
    page = man_page(name, commands).replace("\\-", "-")
    for param in commands[name].params:
        if param.param_type_name == "option":
            assert all(option in page for option in param.opts)
    for section in ("NAME", "SYNOPSIS", "DESCRIPTION", "OPTIONS", "EXIT STATUS", "EXAMPLES", "SEE ALSO"):
        assert f".SH {section}\n" in page


@pytest.mark.parametrize("name", GUIDES)
def test_a_guide_is_a_page_of_section_7(name):
    page = guide_page(name).replace("\\-", "-")
    assert f'.TH "BROKER-{name.upper()}" "7"' in page
    assert f"broker-{name}(7)" in files()["man/broker.1"].replace("\\-", "-")


def test_the_page_of_a_group_lists_its_commands():
    page = files()["man/broker-store.1"].replace("\\-", "-")
    for verb in COMMANDS["store"].commands:
        assert f"broker-store-{verb}(1)" in page
    assert "broker-store(1)" in files()["man/broker-store-get.1"].replace("\\-", "-")


def test_nothing_of_the_text_is_taken_for_a_roff_command():
    for name, text in files().items():
        if name.startswith("man/"):
            for line in text.splitlines():
                assert not line.startswith("'")
                assert not line.startswith(".") or line.split()[0] in {
                    '.\\"', ".TH", ".SH", ".PP", ".TP", ".nf", ".fi", ".RS", ".RE", ".br"
                }  # fmt: skip


def test_pages_are_good_roff(tmp_path):
    if shutil.which("mandoc") is None:
        pytest.skip("mandoc is not installed")
    main([], tmp_path)
    for page in sorted((tmp_path / "man").glob("*.1")):
        run = subprocess.run(
            ["mandoc", "-T", "lint", "-W", "warning", str(page)],
            capture_output=True,
            text=True,
            check=False,
            timeout=30,
        )
        problems = [line for line in run.stdout.splitlines() if "missing date" not in line]
        assert problems == []
