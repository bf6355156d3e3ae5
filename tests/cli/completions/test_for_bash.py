"""The script for bash, in bash."""

from __future__ import annotations

import shlex

import pytest

SHELL = "bash"

CASES = [
    ("broker p", {"publish", "peer", "profile", "ping", "pong"}),
    ("broker publish --wa", {"--wait-subscriber"}),
    ("broker pub --wa", {"--wait-subscriber"}),
    ("broker sub --on-overflow dr", {"drop-old", "drop-new"}),
    ("broker subscribe -o nd", {"ndjson"}),
    ("broker listen --tls ", {"auto", "off", "anon", "verify"}),
    ("broker publish --from some", {"some file"}),
    ("broker status --re", {"--retry", "--reconnect"}),
    ("broker st", {"status", "store"}),
    ("broker store in", {"incr", "insert", "info"}),
    ("broker store put --if", {"--if-absent"}),
    ("broker store import --mode ", {"merge", "skip", "replace"}),
    ("broker store get --file some", {"some file"}),
    ("broker store watch --sn", {"--snapshot"}),
    ("broker store get ", {"db", "my\\ store"}),
    ("broker profile show ", {"lab", "prod"}),
    ("broker sub -p ", {"h:9999", "//z:27759", "ws://z:27759"} - {"//z:27759"}),
    ("broker sub --timeout ", set()),
    ("broker pub /t ping ", set()),
    ("broker nonsense ", set()),
    ("broker nonsense --x", set()),
    ("broker tls sh", {"show"}),
]


def offered(line: str, script, folder) -> list[str]:
    words = shlex.split(line) + [""] * line.endswith(" ")
    quoted = " ".join(shlex.quote(word) for word in words)
    code = (
        f"source broker.bash; COMP_LINE={shlex.quote(line)} COMP_POINT={len(line)} COMP_WORDS=({quoted}) "
        f"COMP_CWORD={len(words) - 1}; _broker broker; printf '%s\\n' \"${{COMPREPLY[@]}}\""
    )
    return [found for found in script("bash", "-c", code, folder=folder).splitlines() if found]


@pytest.mark.parametrize(("line", "expected"), CASES)
def test_what_is_offered(line, expected, script, folder):
    found = offered(line, script, folder)
    assert set(found) == expected
    assert len(found) == len(expected)


def test_the_commands_of_a_group(script, folder):
    found = offered("broker store ", script, folder)
    assert {"get", "put", "diff", "--help"} <= set(found)
    assert "publish" not in found


def test_the_script_is_one_for_old_versions_too(folder, script):
    script("bash", "-n", "broker.bash", folder=folder)


def test_tab(shell, completions):
    for text, expected in completions:
        assert shell.completed(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("broker sub '$(", "broker sub '$(touch PWNED)' "),
        ('broker sub "$(', 'broker sub "\\$(touch PWNED)" '),
        ("broker sub \\$\\(", "broker sub \\$\\(touch\\ PWNED\\) "),
        ("broker sub it", "broker sub it\\'s "),
        ("broker sub 'it", "broker sub 'it'\\''s' "),
        ('broker sub "it', 'broker sub "it\'s" '),
        ("broker sub 'zeek:", "broker sub 'zeek::x:y' "),
        ('broker sub "t15', 'broker sub "t15'),  # has an exclamation mark, which history would act on
        ("broker publish --from oth", "broker publish --from other\\:file "),
        ("broker publish --from 'so", "broker publish --from 'some file' "),
        ("broker sub -- /te", "broker sub -- /test/a "),
    ],
)
def test_words_in_quotes(shell, text, expected):
    assert shell.completed(text) == expected


def test_without_its_usual_word_breaks(shell):
    shell.completed("COMP_WORDBREAKS=' '")
    shell._process.sendline("COMP_WORDBREAKS=${COMP_WORDBREAKS//[:=]/}")
    assert shell.completed("broker sub zeek:") == "broker sub zeek::x:y "
    assert shell.completed("broker sub --profile=l") == "broker sub --profile=lab "
    shell._process.sendline("COMP_WORDBREAKS+=:=")
    assert shell.completed("broker sub zeek:") == "broker sub zeek::x:y "


def test_the_cursor_may_be_inside_of_the_line(shell):
    shell._process.send("broker sub /te /other" + "\x02" * 7)
    assert shell.completed("") == "broker sub /test/a /other"


def test_no_topic_of_a_peer_is_run(shell, hostile, folder):
    for typed, topic in hostile:
        assert shell.args_after(f"broker sub {typed}") == ["sub", topic]
        assert shell.args_after(f"broker sub '{typed}") == ["sub", topic]
        if "!" not in topic:
            assert shell.args_after(f'broker sub "{typed}') == ["sub", topic]
    assert not (folder / "PWNED").exists()
