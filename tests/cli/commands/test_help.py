"""``broker help``."""

from __future__ import annotations

import pytest

from broker_cli.guides import GUIDES


async def test_without_words_it_lists_the_guides(run):
    code, text, err = await run("help")
    assert (code, err) == (0, "")
    for name, guide in GUIDES.items():
        assert f"  {name}" in text
        assert guide.summary in text


@pytest.mark.parametrize("name", GUIDES)
async def test_a_guide(run, name):
    code, text, _ = await run("help", name)
    assert code == 0
    assert text.startswith(GUIDES[name].sections[0].title + "\n")
    assert "\x1b" not in text


async def test_a_guide_on_a_terminal_has_bold_headings(run):
    shown = await run("help", "zeek", terminal=True)
    assert shown.out.startswith("\x1b[1mWHAT ZEEK NEEDS\x1b[0m\n")
    shown = await run("help", "zeek", terminal=True, env={"NO_COLOR": "1", "COLUMNS": "60"})
    lines = shown.out.splitlines()
    assert lines[0] == "WHAT ZEEK NEEDS"
    assert max(len(line) for line in lines if not line.startswith("    ")) <= 60


@pytest.mark.parametrize("words", [("publish",), ("pub",), ("store",), ("store", "get")])
async def test_the_help_of_a_command(run, capsys, words):
    code, text, _ = await run("help", *words)
    assert code == 0
    assert (await run(*words, "--help")).code == 0
    assert text == capsys.readouterr().out
    assert text.startswith(f"Usage: broker {' '.join(words)} ")


@pytest.mark.parametrize(
    ("words", "message", "hint"),
    [
        (("litrals",), "no guide or command 'litrals'", "did you mean literals? broker help lists the guides"),
        (("store", "gett"), "no guide or command 'store gett'", "did you mean get? broker help lists the guides"),
        (("publish", "x"), "no guide or command 'publish x'", "broker help lists the guides"),
        (("\x1b[2J",), "no guide or command '\\x1b[2J'", "broker help lists the guides"),
    ],
)
async def test_what_there_is_not(run, words, message, hint):
    assert await run("help", *words) == (2, "", f"broker: {message} (exit 2)\n  hint: {hint}\n")
