"""The script for fish, in fish."""

from __future__ import annotations

import pytest

SHELL = "fish"

CASES = [
    ("broker publish --wa", {"--wait-subscriber"}),
    ("broker sub --on-overflow dr", {"drop-old", "drop-new"}),
    ("broker st", {"status", "store"}),
    ("broker store in", {"incr", "insert", "info"}),
    ("broker store import --mode ", {"merge", "skip", "replace"}),
    ("broker store get ", {"db", "my store"}),
    ("broker profile show ", {"lab", "prod"}),
    ("broker sub -p ", {"h:9999", "ws://z:27759"}),
    ("broker sub --timeout ", set()),
    ("broker pub /t ping ", set()),
    ("broker sub store in", set()),
]


@pytest.mark.parametrize(("line", "expected"), CASES)
def test_what_is_offered(line, expected, script, folder):
    found = script("fish", "--no-config", "-c", f"source broker.fish; complete -C '{line}'", folder=folder)
    assert {one.split("\t")[0] for one in found.splitlines()} == expected


def test_tab(shell, completions):
    for text, expected in completions:
        assert shell.completed(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("broker sub '$(", "broker sub '$(touch PWNED)' "),
        ("broker sub \\$\\(", "broker sub \\$\\(touch\\ PWNED\\) "),
        ("broker sub it", "broker sub it\\'s "),
        ('broker sub "it', 'broker sub "it\'s" '),
        ("broker sub -- /te", "broker sub -- /test/a "),
    ],
)
def test_words_in_quotes(shell, text, expected):
    assert shell.completed(text) == expected


def test_no_topic_of_a_peer_is_run(shell, hostile, folder):
    for typed, topic in hostile:
        assert shell.args_after(f"broker sub {typed}") == ["sub", topic]
    assert not (folder / "PWNED").exists()
