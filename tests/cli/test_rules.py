"""The file of rules for WebSocket clients."""

from __future__ import annotations

import pytest

from broker_cli.exit_codes import ExitCode, Failure
from broker_cli.rules import read_rules

GOOD = """
origins = ["https://dashboard.example"]

[[user]]
name = "dashboard"
token-file = "dashboard.token"
publish = []
subscribe = ["zeek/logs/", "zeek/intel"]

[[user]]
name = "control"
token-file = "control.token"
publish = ["zeek/control/"]

[[user]]
publish = []
subscribe = ["public/"]
"""


def test_users_with_their_tokens_and_topics(tmp_path):
    (tmp_path / "rules.toml").write_text(GOOD)
    (tmp_path / "dashboard.token").write_text("d-secret\n")
    (tmp_path / "control.token").write_text("c-secret\r\nmore lines are not read\n")
    access = read_rules(str(tmp_path / "rules.toml"))
    assert access.origins == ("https://dashboard.example",)
    dashboard, control, guest = access.users
    assert access.admit("Bearer d-secret") is dashboard
    assert (dashboard.name, dashboard.publish, dashboard.subscribe) == ("dashboard", (), ("zeek/logs/", "zeek/intel"))
    assert access.admit("Bearer c-secret") is control
    assert (control.publish, control.subscribe) == (("zeek/control/",), ("",))
    assert access.admit(None) is guest
    assert guest.name == "user 3"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "expected one [[user]] or more"),
        ("user = 5", "expected one [[user]] or more"),
        ("[[user]", "no TOML"),
        ("\xff", "no TOML"),
        ("[[users]]", "the file has the unknown key 'users'"),
        ("[[user]]\npublsh = []", "user 1 has the unknown key 'publsh'"),
        ("[[user]]\ntoken = 'x'", "user 1 has the unknown key 'token'"),
        ("[[user]]\npublish = '/x'", "user 1: publish is an array of strings"),
        ("[[user]]\nsubscribe = [5]", "user 1: subscribe is an array of strings"),
        ("[[user]]\nname = 5", "user 1: name and token-file are strings"),
        ("[[user]]\ntoken-file = 'nowhere'", "nowhere: no such file or directory"),
        ("[[user]]\ntoken-file = 'blank'", "expected one line of 1 to 4096 bytes"),
        ("[[user]]\ntoken-file = 'two'", "characters that no HTTP header can carry"),
        ("[[user]]\n[[user]]", "each user of a WebSocket server needs a token of its own"),
        ("origins = 'x'\n[[user]]", "origins is an array of strings"),
    ],
)
def test_what_is_wrong_is_said_in_one_line(tmp_path, text, words):
    path = tmp_path / "rules.toml"
    path.write_text(text, encoding="latin-1")
    (tmp_path / "blank").write_text("\n")
    (tmp_path / "two").write_text("two words\n")
    with pytest.raises(Failure) as caught:
        read_rules(str(path))
    assert caught.value.code is ExitCode.USAGE
    assert caught.value.message.startswith(f"--ws-rules: {path}: ")
    assert words in caught.value.message
    assert "\n" not in caught.value.message


def test_a_file_that_is_not_there_or_too_long(tmp_path):
    with pytest.raises(Failure, match="no such file"):
        read_rules(str(tmp_path / "no"))
    (tmp_path / "long").write_text("#" * (1024 * 1024 + 1))
    with pytest.raises(Failure, match="more than 1048576 bytes"):
        read_rules(str(tmp_path / "long"))
