"""The program as a whole: its commands, their help, and how little it loads."""

from __future__ import annotations

import subprocess
import sys

import pytest

from broker_cli.app import load_all, make_command
from broker_cli.tree import ALIASES, COMMANDS
from broker_core.recordings import RecordingHeader, RecordingWriter

ALL = [name for name in load_all() if name]
HEAVY = ("trio", "rich", "msgpack", "pydantic", "broker_core", "ssl", "asyncio")


@pytest.mark.parametrize("name", ALL)
def test_the_list_of_commands_says_what_their_own_help_says(name):
    command, entries = make_command(), COMMANDS
    for word in name.split():
        command, entry = command.get_command(None, word), entries[word]
        entries = entry.commands
    assert command.name == word
    assert command.help.split("\n")[0] == entry.summary


def test_all_commands_are_those_of_all_groups():
    assert [name for name in ALL if " " not in name] == list(COMMANDS)
    assert [name for name in ALL if name.startswith("store ")] == [
        f"store {verb}" for verb in COMMANDS["store"].commands
    ]
    assert load_all()[""].list_commands(None) == list(COMMANDS)


def test_short_names_are_the_same_commands():
    group = make_command()
    for short, name in ALIASES.items():
        assert group.get_command(None, short).name == name
    assert group.get_command(None, "nonsense") is None
    assert group.list_commands(None) == list(COMMANDS)


@pytest.mark.parametrize("name", ["", *ALL])
def test_help_fits_a_terminal(name, capsys):
    make_command().main([*name.split(), "--help"], prog_name="broker", standalone_mode=False)
    lines = capsys.readouterr().out.splitlines()
    assert 15 <= len(lines) <= 40
    assert max(map(len, lines)) <= 80
    assert "  Examples:" in lines
    if name:
        assert any("Exit codes:" in line for line in lines)


def loaded(*args: str) -> set[str]:
    """The modules that a run of the program has loaded when it ends."""
    code = f"""
import sys
sys.argv = ["broker", *{args!r}]
sys.stdout = sys.stderr
import atexit
atexit.register(lambda: sys.__stdout__.write(" ".join(sys.modules)))
from broker_cli.__main__ import main
sys.exit(main())
"""
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=30)
    assert "Traceback" not in run.stderr
    return set(run.stdout.split())


@pytest.mark.parametrize(
    "args",
    [
        ("--help",),
        ("publish", "--help"),
        ("sub", "-h"),
        ("nonsense",),
        ("pub", "--nonsense"),
        ("store",),
        ("store", "nonsense"),
        ("store", "get", "--help"),
        ("store", "put", "db"),
    ],
)
def test_help_and_usage_errors_load_nothing_heavy(args):
    found = loaded(*args)
    assert "typer" in found
    assert not found & set(HEAVY)


def test_other_commands_are_not_loaded():
    found = loaded("peer", "--help")
    assert "broker_cli.commands.peer" in found
    assert not found & {f"broker_cli.commands.{name}" for name in COMMANDS if name != "peer"}
    found = loaded("store", "get", "--help")
    assert {name for name in found if name.startswith("broker_cli.commands.store.")} == {
        "broker_cli.commands.store.read",
        "broker_cli.commands.store.options",
    }


def test_a_dry_run_loads_neither_rich_nor_pydantic():
    found = loaded("publish", "--dry-run", "/t", "ping")
    assert "broker_core" in found
    assert not found & {"rich", "pydantic"}


@pytest.mark.parametrize("name", ALL)
def test_the_help_of_no_command_loads_anything_heavy(name):
    assert not loaded(*name.split(), "--help") & set(HEAVY)


NOT_EVERYWHERE = {
    "trio",
    "rich",
    "msgpack",
    "sqlite3",
    "sqlite_utils",
    "rocksdict",
    "h11",
    "wsproto",
    "prometheus_client",
    "cryptography",
    "tomllib",
    "asyncio",
    "pydantic",
    "broker_core",
    "broker_core.endpoint.endpoint",
}
"""What takes time to load, and not every command needs."""
ENDPOINT = {"trio", "broker_core", "broker_core.endpoint.endpoint"}


@pytest.mark.parametrize(
    ("args", "needed"),
    [
        ("help zeek", set()),
        ("profile list", set()),
        ("tls show {recording}", {"broker_core", "cryptography", "trio"}),
        ("value parse 5", {"broker_core", "msgpack"}),
        ("value convert --from text {empty}", {"broker_core", "msgpack", "trio"}),
        ("publish --dry-run /t e 5", {"broker_core", "trio"}),
        ("publish --dry-run /t e --from {log} --in zeek", {"broker_core", "trio"}),
        ("info {recording}", {"broker_core", "trio", "msgpack"}),
        ("replay --dry-run {recording}", {"broker_core", "trio", "msgpack"}),
        ("publish -p 127.0.0.1:1 /t e 5", ENDPOINT),
        ("subscribe -p 127.0.0.1:1 /t", ENDPOINT),
        ("top -p 127.0.0.1:1 /t", ENDPOINT | {"rich"}),
        ("request -p 127.0.0.1:1 /t e --reply-topic /r", ENDPOINT),
        ("status 127.0.0.1:1", ENDPOINT),
        ("status http://127.0.0.1:1", {"trio", "broker_core", "h11"}),
        ("store get -p 127.0.0.1:1 db a", ENDPOINT),
    ],
)
def test_no_command_loads_what_it_does_not_use(args, needed, tmp_path):
    with RecordingWriter(tmp_path / "recording", RecordingHeader(created=1)) as writer:
        writer.add([], 1)
    (tmp_path / "empty").write_text("")
    (tmp_path / "log").write_text('{"ts":1.5,"uid":"C1"}\n')
    files = {name: str(tmp_path / name) for name in ("recording", "empty", "log")}
    found = loaded(*(word.format(**files) for word in args.split()))
    assert "typer" in found
    assert found & NOT_EVERYWHERE <= needed
