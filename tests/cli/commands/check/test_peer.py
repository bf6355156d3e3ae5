"""``broker check peer``: what can be said; whatever is wrong is UNKNOWN, in one line on stdout."""

from __future__ import annotations

import pytest


@pytest.mark.parametrize(
    ("args", "message"),
    [
        ("", "no peer given"),
        ("h:0", "HOST:PORT: 'h:0' has port 0"),
        (":1 -p :2", "give the endpoint either as an argument or with -p"),
        ("-p :1,:2", "one endpoint can be checked at a time"),
        (":1 -w x", "--warning: 'x' is no duration"),
        (":1 -w 10: -c 2:1", "--critical: '2:1' starts behind its end"),
        (":1 --cert-days x", "--cert-days: 'x'"),
        (":1 --cert-days 30,", "--cert-days: ''"),
        (":1 -t x", "--timeout: 'x'"),
        (":1 -o human", "--output: 'human' is none of nagios, ndjson, prometheus"),
        (":1 -x", "no such option: -x"),
        (":1 :2", "got unexpected extra argument(s) (:2)"),
        (":1 --profile nonsense", "--profile: there is no profile 'nonsense'"),
    ],
)
async def test_what_cannot_be_meant_is_unknown(run, args, message, tmp_path):
    result = await run("check", "peer", *args.split(), env={"XDG_CONFIG_HOME": str(tmp_path)})
    assert result.code == 3
    assert result.out.startswith(f"BROKER UNKNOWN - {message}")
    assert result.out.count("\n") == 1


async def test_presets(run, hub):
    async with hub() as here:
        environ = {"BROKER_PEER": here.peer, "BROKER_TIMEOUT": "15s", "BROKER_OUTPUT": "text"}
        result = await run("check", "peer", env=environ)
        assert (result.code, result.out[:12]) == (0, "BROKER OK - ")
        result = await run("check", "peer", env=environ | {"BROKER_TIMEOUT": "soon"})
        assert (result.code, result.out) == (3, "BROKER UNKNOWN - BROKER_TIMEOUT: 'soon' is no duration\n")


@pytest.mark.parametrize(
    ("args", "message"),
    [
        ((), "a command is missing"),
        (("pere",), "no such command 'pere'"),
        (("-x",), "no such option: -x"),
        (("topic",), "missing argument 'TOPIC'"),
    ],
)
async def test_the_group_itself(run, args, message):
    result = await run("check", *args)
    assert (result.code, result.out) == (3, f"BROKER UNKNOWN - {message}\n")


async def test_the_installed_program(hub, start):
    """Exit code and line, as a scheduler sees them."""
    async with hub() as here, start("check", "peer", here.peer) as program:
        assert await program.ends() == 0
        assert program.out.startswith(b"BROKER OK - ")
        assert program.err == b""
    async with start("check", "peer", "--nonsense") as program:
        assert await program.ends() == 3
        assert program.out == b"BROKER UNKNOWN - no such option: --nonsense\n"
