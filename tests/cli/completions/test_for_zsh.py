"""The script for zsh, in zsh."""

from __future__ import annotations

import pytest

SHELL = "zsh"


def test_zsh_can_read_it(script, folder):
    script("zsh", "-n", "broker.zsh", folder=folder)


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
