"""``broker subscribe``: what can be said."""

from __future__ import annotations

import re
import shlex

import pytest
import trio

from broker_cli.commands.subscribe import EPILOG
from broker_cli.receiving_options import OVERFLOW_POLICIES
from broker_core import ConfigurationError, Count, Event
from broker_core.errors import BrokerError


@pytest.mark.parametrize(
    ("args", "message"),
    [
        ("", "missing argument 'TOPIC'"),
        ("/t", "no peer given"),
        ("/t -p x:0", "--peer: 'x:0' has port 0"),
        ("/t -p :1 -n x", "--count: 'x'"),
        ("/t -p :1 --for x", "--for: 'x' is no duration"),
        ("/t -p :1 --idle 5m", "--idle: '5m' could be"),
        ("/t -p :1 --timeout x", "--timeout: 'x'"),
        ("/t -p :1 --max-queue 0", "--max-queue: '0'"),
        ("/t -p :1 --on-overflow drop", "--on-overflow: 'drop' is none of block, drop-old, drop-new, exit"),
        ("/t -p :1 -o xml", "--output: 'xml'"),
        ("/t -p :1 --where foo", "--where: at character 1: 'foo' is no name here"),
        ("/t -p :1 --where args[0]=5", "--where: at character 8: '=' is no comparison; write =="),
        ("/t -p :1 --sample 2", "--sample: '2' is no part"),
        ("/t -p :1 --format {x}", "--format: at character 2: 'x' is no name here"),
        ("/t -p :1 --format {topic} -o raw", "--format and --output exclude each other"),
        ("/t -p :1 --ts wall", "--ts: -o ndjson has no place for it"),
        ("/t -p :1 -o human -0", "--null: -o human is for people"),
        ("/t -p :1 --exec no-such-program-anywhere", "--exec: no program no-such-program-anywhere was found"),
        ("/t -p :1 --exec-jobs 2", "--exec-jobs and --exec-timeout go with --exec"),
        ("/t -p :1 --id x", "'x' is no endpoint id"),
    ],
)
async def test_what_cannot_be_meant_is_refused(run, args, message):
    result = await run("subscribe", *args.split())
    assert result.code == 2
    assert message in result.err.splitlines()[0]


async def test_variables_are_checked_as_flags_are(run):
    result = await run("sub", "/t", env={"BROKER_PEER": "a:b"})
    assert result.code == 2
    assert "BROKER_PEER: 'a:b' is no address" in result.err
    result = await run("sub", "/t", "-p", ":1", env={"BROKER_TIMEOUT": "soon"})
    assert "BROKER_TIMEOUT: 'soon'" in result.err


@pytest.mark.parametrize("command", ["subscribe", "listen"])
async def test_help_fits_a_screen(run, capsys, command):
    assert (await run(command, "--help")).code == 0
    lines = capsys.readouterr().out.splitlines()
    assert 20 < len(lines) <= 40
    assert max(map(len, lines)) <= 80


async def test_examples_of_the_help(run, hub):
    """Those with the new options; the others are run elsewhere."""
    async with hub() as here, trio.open_nursery() as nursery:
        nursery.start_soon(here.publish, "/test", Event("ping", "a", Count(5)), Event("ping", "b", Count(6)))
        options = ("--where", "args[1] > 5", "--format", "{ts} {args[0]}")
        assert f"broker subscribe /test {shlex.join(options)}" in EPILOG
        result = await run("subscribe", "/test", *options, "-n", "1", env={"BROKER_PEER": here.peer})
    assert (result.code, result.err) == (0, "")
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}[+-]\d\d:\d\d b\n", result.out)


def test_the_policies_are_those_of_the_library():
    from broker_core.runtime.queues import check_overflow

    for policy in OVERFLOW_POLICIES.values():
        assert check_overflow(policy) == policy
    with pytest.raises(ConfigurationError) as caught:
        check_overflow("drop-old")
    assert isinstance(caught.value, BrokerError)
