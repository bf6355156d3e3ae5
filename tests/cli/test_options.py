"""Flags over environment over defaults."""

from __future__ import annotations

import io

import pytest

from broker_cli.config import ENV_CONNECT_TIMEOUT, ENV_OUTPUT, ENV_PEER, ENV_TLS, Settings
from broker_cli.context import Context
from broker_cli.exit_codes import ExitCode, Failure
from broker_cli.options import ConnectOptions, DisplayOptions, PeerOptions
from broker_core import PeerAddress


def context(terminal: bool = False, **environ: str) -> Context:
    return Context(stderr=io.StringIO(), environ=environ, stdout_is_terminal=terminal, stderr_is_terminal=False)


def test_the_format_is_for_people_on_a_terminal_only():
    assert DisplayOptions().settings(context(terminal=True)).output == "human"
    assert DisplayOptions().settings(context()).output == "ndjson"


def test_a_flag_beats_the_environment():
    made = context(**{ENV_OUTPUT: "raw"})
    assert DisplayOptions().settings(made).output == "raw"
    assert DisplayOptions(output="text").settings(made).output == "text"


def test_a_format_of_the_environment_is_not_meant_for_every_command():
    assert DisplayOptions().settings(context(**{ENV_OUTPUT: "raw"}), ("human", "ndjson")).output == "ndjson"
    with pytest.raises(Failure, match="prints human or ndjson, not raw"):
        DisplayOptions(output="raw").settings(context(), ("human", "ndjson"))


@pytest.mark.parametrize(
    ("options", "environ"), [({"output": "xml"}, {}), ({}, {ENV_OUTPUT: "xml"}), ({"color": "red"}, {})]
)
def test_unknown_words_are_usage_errors(options, environ):
    with pytest.raises(Failure) as caught:
        DisplayOptions(**options).settings(context(**environ))
    assert caught.value.code is ExitCode.USAGE


def test_colours_follow_the_flag_and_the_terminal():
    assert DisplayOptions(color="always").settings(context()).colour
    assert DisplayOptions().settings(context(terminal=True)).colour
    assert not DisplayOptions().settings(context(terminal=True, NO_COLOR="1")).colour


def test_how_much_to_say():
    made = context()
    DisplayOptions(verbose=2).settings(made)
    assert made.verbosity == 2
    DisplayOptions(quiet=True, verbose=2, debug=True).settings(made)
    assert (made.verbosity, made.debug) == (-1, True)


def test_connecting():
    made = context(**{ENV_TLS: "off", ENV_CONNECT_TIMEOUT: "2s"})
    settings = ConnectOptions().extend(Settings(output="raw", colour=True), (PeerAddress("h", 1),), made)
    assert settings == Settings(output="raw", colour=True, peers=(PeerAddress("h", 1),), tls="off", connect_timeout=2)
    chosen = ConnectOptions(connect_timeout="1min", retry="3", reconnect="", tls="anon", id="x")
    settings = chosen.extend(Settings(), (), made)
    assert (settings.connect_timeout, settings.retry, settings.reconnect) == (60, 3, None)
    assert (settings.tls, settings.id) == ("anon", "x")


@pytest.mark.parametrize(("text", "attempts"), [(None, 0), ("", None), ("0", 0), ("4", 4)])
def test_reconnecting(text, attempts):
    assert ConnectOptions(reconnect=text).extend(Settings(), (), context()).reconnect == attempts


@pytest.mark.parametrize(
    "options", [{"tls": "on"}, {"retry": "x"}, {"reconnect": "-1"}, {"connect_timeout": "5m"}], ids=str
)
def test_wrong_ways_to_connect(options):
    with pytest.raises(Failure) as caught:
        ConnectOptions(**options).extend(Settings(), (), context())
    assert caught.value.code is ExitCode.USAGE


def test_peers_come_from_flags_or_else_from_the_environment():
    made = context(**{ENV_PEER: "a:1, b:2,,a:1"})
    assert PeerOptions().required(made) == (PeerAddress("a", 1, "broker"), PeerAddress("b", 2, "broker"))
    assert PeerOptions(peer=["c:3", "d:4,c:3"]).required(made) == (
        PeerAddress("c", 3, "broker"),
        PeerAddress("d", 4, "broker"),
    )


def test_no_peer_says_how_to_give_one():
    with pytest.raises(Failure) as caught:
        PeerOptions().required(context())
    assert ENV_PEER in caught.value.hint
    assert PeerOptions().addresses(context()) == ()


def test_a_profile_is_chosen_before_anything_looks_at_options(tmp_path):
    path = tmp_path / "config.toml"
    path.write_text('[profile.lab]\npeer = "p:1"\noutput = "raw"\n')
    made = context(BROKER_CONFIG=str(path))
    display = DisplayOptions(profile="lab", verbose=1)
    display.prepare(made)
    assert made.verbosity == 1
    assert display.settings(made).output == "raw"
    assert PeerOptions().required(made) == (PeerAddress("p", 1, "broker"),)
    assert PeerOptions(peer=["q:1"]).required(made) == (PeerAddress("q", 1, "broker"),)
    made.environ["BROKER_PEER"] = "e:1"
    assert PeerOptions().required(made) == (PeerAddress("e", 1, "broker"),)
    DisplayOptions(no_profile=True).prepare(made)
    assert made.profile is None


def test_what_was_said_before_is_kept():
    before = Settings(nul=True, template="{topic}")
    assert ConnectOptions().extend(before, (), context()) == before
