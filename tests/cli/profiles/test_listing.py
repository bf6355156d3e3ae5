"""Profiles and settings as lines."""

from __future__ import annotations

import io
import json

from broker_cli.config import Profile
from broker_cli.context import Context
from broker_cli.profiles.files import ConfigFile
from broker_cli.profiles.keys import KEYS
from broker_cli.profiles.listing import (
    profile_lines,
    profile_rows,
    setting_lines,
    settings_in,
    settings_of,
)

CONFIG = ConfigFile(
    "f", "lab", profiles={"lab": {"peer": ["a:1", "b:2"], "tls": "off"}, "x": {"timeout": 1}, "bad": {"peeer": 1}}
)


def test_profiles_for_people():
    assert profile_lines(profile_rows(CONFIG, "x"), CONFIG, human=True) == [
        "   lab  a:1, b:2                                 off",
        "*  x    -",
        "   bad  profile bad has the unknown key 'peeer'",
    ]


def test_profiles_for_programs():
    lines = [json.loads(line) for line in profile_lines(profile_rows(CONFIG, "lab"), CONFIG, human=False)]
    assert lines == [
        {
            "type": "profile",
            "v": 1,
            "name": "lab",
            "peers": ["a:1", "b:2"],
            "tls": "off",
            "default": True,
            "in_use": True,
            "file": "f",
        },
        {
            "type": "profile",
            "v": 1,
            "name": "x",
            "peers": [],
            "tls": None,
            "default": False,
            "in_use": False,
            "file": "f",
        },
        {
            "type": "profile",
            "v": 1,
            "name": "bad",
            "peers": [],
            "tls": None,
            "default": False,
            "in_use": False,
            "file": "f",
            "error": "profile bad has the unknown key 'peeer'",
        },
    ]


def test_names_of_profiles_reach_no_terminal_raw():
    config = ConfigFile("f", profiles={"\x1b[2J": {"tls": "\x9b"}})
    assert all(line.isprintable() for line in profile_lines(profile_rows(config, ""), config, human=True))


def test_what_the_environment_holds_is_not_shown():
    made = Context(stderr=io.StringIO(), environ={KEYS["curve-dir"].held[0]: "s3cret"})
    found = [one for one in settings_of(made, {}) if one.name == "curve-dir"]
    (line,) = setting_lines(found, human=True, origins=True)
    assert line == "curve-dir  (not shown)  environment ZEEK_CLUSTER_BACKEND_ZEROMQ_CURVE_*"
    (line,) = setting_lines(found, human=False, origins=True)
    facts = json.loads(line)
    assert (facts["value"], facts["origin"]) == (None, "environment")
    assert facts["source"] == "ZEEK_CLUSTER_BACKEND_ZEROMQ_CURVE_*"
    (line,) = setting_lines([one._replace(value="d") for one in found], human=True, origins=False)
    assert line == "curve-dir  d"


PROFILE = Profile(name="lab", file="f", values={"peer": ("a:1",), "reconnect": "", "tls-check-host": True})


def context() -> Context:
    made = Context(stderr=io.StringIO(), environ={"BROKER_TLS": "off"})
    made.profile = PROFILE
    return made


def test_what_a_profile_says():
    assert setting_lines(settings_in(PROFILE), human=True, origins=False) == [
        "peer            a:1",
        "reconnect       true",
        "tls-check-host  true",
    ]
    assert settings_in(None) == []


def test_where_everything_comes_from():
    settings = settings_of(context(), {"retry": "3"})
    assert [one.name for one in settings] == list(KEYS)
    lines = setting_lines(settings, human=True, origins=True)
    assert lines[0] == "peer              a:1              profile lab"
    rows = [" ".join(line.split()) for line in lines]
    for expected in (
        "timeout - default",
        "connect-timeout 5s default",
        "retry 3 flag --retry",
        "reconnect true profile lab",
        "tls off environment BROKER_TLS",
    ):
        assert expected in rows


def test_settings_for_programs():
    found = {
        line["name"]: line
        for line in map(json.loads, setting_lines(settings_of(context(), {}), human=False, origins=True))
    }
    assert found["peer"] == {
        "type": "setting",
        "v": 1,
        "name": "peer",
        "value": ["a:1"],
        "default": None,
        "origin": "profile",
        "source": "lab",
        "file": "f",
    }
    assert (found["reconnect"]["value"], found["tls-check-host"]["value"]) == (True, True)
    assert (found["tls"]["value"], found["tls"]["origin"], found["tls"]["source"]) == (
        "off",
        "environment",
        "BROKER_TLS",
    )
    assert (found["retry"]["value"], found["retry"]["default"], found["retry"]["origin"]) == (None, "0", "default")
