"""The options that ``broker store`` commands share: which store is meant, and what may be done to it."""

from __future__ import annotations

import pytest

from broker_core import StoreFile


@pytest.mark.parametrize(
    ("args", "message"),
    [
        ("get", "no NAME given"),
        ("get db", "no peer given"),
        ("get db -p :1", "no KEY given"),
        ("get --file x", "no KEY given"),
        ("get --file x -p :1 a", "--file and --peer exclude each other"),
        ("put --file x a 1", "--file is only read"),
        ("clear --file x --yes", "--file is only read"),
        ("import --file x -", "--file is only read"),
        ("put -p :1 db a 1 --timeout 5m", "--timeout: '5m' could be minutes or milliseconds"),
        ("get -p :1 db 10.0.0.300", "KEY: "),
        ("get -p :1 db a --write", "no such option"),
        ("watch -p :1 db --file x", "no such option"),
        ("nonsense", "no such command 'nonsense'"),
    ],
)
async def test_what_cannot_be_meant_is_refused(run, args, message):
    result = await run("store", *args.split())
    assert (result.code, result.out) == (2, "")
    assert message in result.err.splitlines()[0]


async def test_a_name_with_a_file_is_told_as_such(run):
    result = await run("store", "put", "--file", "x", "--write", "db", "a", "1")
    assert result.err.splitlines() == [
        "broker: '1' is one argument too many (exit 2)",
        "  hint: with --file there is no NAME",
    ]


async def test_what_a_file_needs_to_be_changed_is_said(run):
    result = await run("store", "put", "--file", "x", "a", "1")
    assert result.err.splitlines()[1] == "  hint: with --write it is changed; stop what uses it before"


async def test_a_file_takes_the_place_of_the_peers_in_the_environment(run, tmp_path):
    path = str(tmp_path / "db")
    StoreFile.create(path, "sqlite").close()
    assert await run("store", "keys", "--file", path, env={"BROKER_PEER": "127.0.0.1:1"}) == (0, "", "")


async def test_the_timeout_can_come_from_the_environment(run):
    result = await run("store", "get", "-p", ":1", "db", "a", env={"BROKER_TIMEOUT": "soon"})
    assert (result.code, result.err.splitlines()[0]) == (2, "broker: BROKER_TIMEOUT: 'soon' is no duration (exit 2)")


async def test_numbers_are_keys_wherever_they_stand(run, tmp_path):
    path = str(tmp_path / "db")
    StoreFile.create(path, "sqlite").close()
    assert (await run("store", "put", "-5", "--file", path, "-0.5", "--write")).code == 0
    assert (await run("store", "get", "-5", "--file", path, "-o", "text")).out == "-0.5\n"
