"""The tree of commands, and options that stand in front of a command."""

from __future__ import annotations

import pytest

from broker_cli.tree import COMMANDS, with_options_behind


@pytest.mark.parametrize(
    ("args", "behind"),
    [
        ("-p :9999 sub /x", "sub -p :9999 /x"),
        ("--profile status -v pub /t e 1", "pub --profile status -v /t e 1"),
        ("--tls=off -o text store get db a", "store get --tls=off -o text db a"),
        ("--reconnect sub /x", "sub --reconnect /x"),
        ("--reconnect=3 -vq sub store", "sub --reconnect=3 -vq store"),
        ("sub -p :1 /x", "sub -p :1 /x"),
        ("--version", "--version"),
        ("--help sub", "--help sub"),
        ("-v --help", "-v --help"),
        ("-p :1", "-p :1"),
        ("-p :1 nonsense", "-p :1 nonsense"),
        ("-p", "-p"),
        ("", ""),
    ],
)
def test_options_may_stand_in_front_of_the_command(args, behind):
    assert with_options_behind(args.split()) == behind.split()


async def test_it_makes_no_difference_where_options_stand(run):
    behind = await run("pub", "--dry-run", "-o", "text", "/t", "e", "5")
    assert behind == (0, "/t e(5)\n", "")
    assert await run("-o", "text", "--dry-run", "pub", "/t", "e", "5") == behind
    lost = await run("-p", "127.0.0.1:1", "sub", "/x")
    assert (lost.code, lost.err.splitlines()[0]) == (
        5,
        "broker: cannot peer with 127.0.0.1:1: connection refused (exit 5)",
    )


def test_every_command_says_what_it_does():
    entries = dict(COMMANDS)
    while entries:
        name, entry = entries.popitem()
        assert entry.summary.endswith("."), name
        assert len(entry.summary) <= 90
        entries |= {f"{name} {inner}": inside for inner, inside in entry.commands.items()}
