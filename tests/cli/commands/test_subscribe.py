"""``broker subscribe``: what can be said."""

from __future__ import annotations

import pytest

from broker_cli.commands.subscribe import OVERFLOW_POLICIES
from broker_core import ConfigurationError
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
    assert "--timeout: 'soon'" in result.err


def test_the_policies_are_those_of_the_library():
    from broker_core.runtime.queues import check_overflow

    for policy in OVERFLOW_POLICIES.values():
        assert check_overflow(policy) == policy
    with pytest.raises(ConfigurationError) as caught:
        check_overflow("drop-old")
    assert isinstance(caught.value, BrokerError)
