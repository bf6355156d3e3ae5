"""Where the file with profiles is, what it says, and who else can write it."""

from __future__ import annotations

import os

import pytest

from broker_cli.exit_codes import ExitCode, Failure
from broker_cli.profiles.files import (
    MOST_BYTES,
    ConfigFile,
    config_path,
    danger,
    is_profile_name,
    make_profile,
    parse_config,
    read_config,
)


@pytest.mark.parametrize(
    ("environ", "expected"),
    [
        ({"BROKER_CONFIG": "here", "HOME": "/h", "XDG_CONFIG_HOME": "/x"}, "here"),
        ({"HOME": "/h", "XDG_CONFIG_HOME": "/x"}, "/x/broker/config.toml"),
        ({"HOME": "/h", "XDG_CONFIG_HOME": "x"}, "/h/.config/broker/config.toml"),
        ({"HOME": "/h", "XDG_CONFIG_HOME": "", "BROKER_CONFIG": ""}, "/h/.config/broker/config.toml"),
        ({}, ""),
    ],
)
def test_where_the_file_is(environ, expected):
    assert config_path(environ) == expected


def test_no_file_is_fine_unless_it_was_named(tmp_path):
    assert read_config({}) is None
    assert read_config({"HOME": str(tmp_path)}) is None
    with pytest.raises(Failure, match=r"^BROKER_CONFIG: .*/no: no such file or directory$"):
        read_config({"BROKER_CONFIG": str(tmp_path / "no")})
    assert read_config({"BROKER_CONFIG": "/dev/null"}) == ConfigFile("/dev/null")


def test_what_is_no_file(tmp_path):
    with pytest.raises(Failure, match="is a directory"):
        read_config({"BROKER_CONFIG": str(tmp_path)})


def test_a_file_may_be_long_but_not_longer(tmp_path):
    path = tmp_path / "config.toml"
    path.write_bytes(b"#" * MOST_BYTES)
    assert read_config({"BROKER_CONFIG": str(path)}).profiles == {}
    path.write_bytes(b"#" * (MOST_BYTES + 1))
    with pytest.raises(Failure, match=f"more than {MOST_BYTES} bytes"):
        read_config({"BROKER_CONFIG": str(path)})


def test_what_it_says():
    text = b'default-profile = "lab"\nstate = false\n[profile.lab]\ntls = "off"\n[profile."b c"]\n'
    config = parse_config("f", text)
    assert config == ConfigFile("f", "lab", state=False, profiles={"lab": {"tls": "off"}, "b c": {}})


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        (b"x", "f: no TOML: ", "broker profile edit"),
        (b"\xff = 1", "f: no TOML: ", "broker profile edit"),
        (b'profile = "lab"\n', "f: profile should be a table", 'default-profile = "NAME" says which one to use'),
        (b'profile = "lab"\n[profile.lab]\n', "f: no TOML: ", "broker profile edit"),
        (b"[profil.lab]\n", "f has the unknown key 'profil'", "did you mean profile?"),
        (b"[lab]\n", "f has the unknown key 'lab'", "profiles are [profile.NAME]"),
        (b"default-profile = 1\n", "f: default-profile should be a string", ""),
        (b'state = "off"\n', "f: state should be true or false", ""),
        (b'[profile]\npeer = "a"\n', "f: profile.peer should be a table", "[profile.NAME] and below it peer = ..."),
    ],
)
def test_a_wrong_file_says_where(text, message, hint):
    with pytest.raises(Failure) as caught:
        parse_config("f", text)
    assert caught.value.code is ExitCode.USAGE
    assert caught.value.message.startswith(message)
    assert caught.value.hint.startswith(hint)


def test_a_profile_has_paths_relative_to_its_file(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", "/h")
    config = ConfigFile(
        f"{tmp_path}/config.toml",
        profiles={"lab": {"ca": "pki/ca.pem", "cert": "/c.pem", "cert-key": "~/k", "event-file": ["a", "/b"]}},
    )
    values = make_profile(config, "lab").values
    assert values["ca"] == f"{tmp_path}/pki/ca.pem"
    assert (values["cert"], values["cert-key"]) == ("/c.pem", "/h/k")
    assert values["event-file"] == (f"{tmp_path}/a", "/b")


def test_a_wrong_profile_does_not_stop_the_others():
    config = ConfigFile("f", profiles={"good": {"tls": "off"}, "bad": {"tsl": "off"}})
    assert make_profile(config, "good").values == {"tls": "off"}
    with pytest.raises(Failure, match=r"^f: profile bad has the unknown key 'tsl'$") as caught:
        make_profile(config, "bad")
    assert caught.value.hint == "did you mean tls?"


def test_a_profile_that_is_not_there():
    config = ConfigFile("f", profiles={"lab": {}, "prod": {}})
    with pytest.raises(Failure) as caught:
        make_profile(config, "labs")
    assert (caught.value.message, caught.value.hint) == ("f: there is no profile 'labs'", "did you mean lab?")
    with pytest.raises(Failure) as caught:
        make_profile(config, "zzz", "--profile")
    assert caught.value.message == "--profile: there is no profile 'zzz' in f"
    assert caught.value.hint == "there are: lab, prod"


@pytest.mark.parametrize("kind", ["key-pass", "token"])
def test_a_secret_has_one_place(kind):
    config = ConfigFile("f", profiles={"lab": {f"{kind}-file": "a", f"{kind}-command": "b"}})
    with pytest.raises(Failure, match=f"{kind}-file and {kind}-command, which exclude each other"):
        make_profile(config, "lab")


@pytest.mark.parametrize("name", ["lab", "a.b-c_d@1+2", "ü"])
def test_names(name):
    assert is_profile_name(name)


@pytest.mark.parametrize("name", ["", "-x", ".x", "~x", "a b", "a/b", "$x", "a\n"])
def test_what_is_no_name(name):
    assert not is_profile_name(name)


@pytest.mark.parametrize(
    ("mode", "group", "expected"),
    [
        (0o600, None, ""),
        (0o644, None, ""),
        (0o664, None, ""),
        (0o664, 12345, "can be written by its group"),
        (0o602, None, "can be written by everybody"),
        (0o666, None, "can be written by everybody"),
    ],
)
def test_who_else_can_write_it(tmp_path, mode, group, expected):
    path = tmp_path / "config.toml"
    path.touch()
    path.chmod(mode)
    facts = list(path.stat())
    if group is not None:
        facts[5] = group
    assert danger(os.stat_result(facts)) == expected
    facts[4] = os.getuid() + 12345
    assert danger(os.stat_result(facts)) == "belongs to somebody else"
    facts[4] = 0
    assert danger(os.stat_result(facts)) == expected
