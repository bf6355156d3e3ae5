"""What can stand where, from the command tree."""

from __future__ import annotations

import pytest

from broker_cli.completions import bash, fish, zsh
from broker_cli.completions.tree import (
    Slot,
    arguments_of,
    groups_of,
    inside,
    leaves_of,
    names_of,
    options_of,
    summary,
)
from broker_cli.manual.words import OPTION_VALUES
from broker_cli.tree import ALIASES


def option(path: str, name: str, commands):
    (found,) = [one for one in options_of(path, commands) if name in one.names]
    return found


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("publish", [Slot("TOPIC", "topics"), Slot("EVENT"), Slot("ARG", many=True)]),
        ("subscribe", [Slot("TOPIC", "topics", many=True)]),
        ("store get", [Slot("NAME", "stores"), Slot("KEY", many=True)]),
        ("store put", [Slot("NAME", "stores"), Slot("KEY"), Slot("VALUE")]),
        ("profile validate", [Slot("PROFILE", "profiles", many=True)]),
        ("profile add", [Slot("NAME")]),
        ("tls show", [Slot("FILE", "files", many=True)]),
        ("tls init", [Slot("DIR", "dirs"), Slot("NODE", many=True)]),
        ("status", [Slot("HOST:PORT|URL", "peers", many=True)]),
        ("listen", [Slot("ADDR:PORT")]),
        ("doctor", [Slot("ADDR:PORT", "peers"), Slot("TOPIC", "topics", many=True)]),
        ("store import", [Slot("NAME", "stores"), Slot("INPUT", "files")]),
        ("store diff", [Slot("NAME", "stores")]),
    ],
)
def test_arguments(path, expected, commands):
    assert arguments_of(path, commands) == expected


def test_options(commands):
    assert option("subscribe", "-p", commands).value == Slot("HOST:PORT", "peers")
    assert option("subscribe", "--peer", commands).repeatable
    assert option("publish", "--from", commands).value == Slot("FILE", "files")
    assert option("subscribe", "--profile", commands).value == Slot("PROFILE", "profiles")
    assert option("listen", "--clone", commands).value == Slot("NAME", "stores")
    assert option("listen", "-t", commands).value == Slot("TOPIC", "topics")
    assert option("subscribe", "--tls", commands).value == Slot("HOW", "words", ("auto", "off", "anon", "verify"))
    assert option("value show", "--in", commands).value.words == OPTION_VALUES["value show --in"]
    assert option("publish", "--in", commands).value.words == OPTION_VALUES["--in"]
    reconnect = option("subscribe", "--reconnect", commands)
    assert (reconnect.value, reconnect.optional) == (None, True)
    assert option("subscribe", "--no-tls-check-host", commands).value is None
    assert option("subscribe", "-h", commands).value is None


def test_hidden_options_are_not_offered(commands):
    names = {name for one in options_of("subscribe", commands) for name in one.names}
    assert "--debug" not in names
    assert "--id" not in names


def test_the_tree(commands):
    assert "store" in groups_of(commands)
    assert "store get" in leaves_of(commands)
    assert not set(groups_of(commands)) & set(leaves_of(commands))
    assert list(inside("tls", commands)) == ["init", "show", "curve"]
    assert names_of("publish") == ["publish", "pub"]
    assert summary(commands["tls show"]) == "Print what certificates say."


@pytest.mark.parametrize("script", [bash, zsh, fish])
def test_all_know_every_command_and_option(commands, script):
    text = script(commands)
    for name in (*commands, *ALIASES):
        assert all(word in text for word in name.split())
    for path in leaves_of(commands):
        for one in options_of(path, commands):
            for name in one.names:
                assert f"-l {name.lstrip('-')}" in text or f"-s {name.lstrip('-')}" in text or name in text
