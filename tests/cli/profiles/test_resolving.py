"""A flag comes before the environment, that before the profile, and that before the default: for every setting."""

from __future__ import annotations

import io

import pytest

from broker_cli.config import ENV_TIMEOUT, FORMATS, Profile, Settings
from broker_cli.context import Context
from broker_cli.exit_codes import ExitCode, Failure
from broker_cli.options import ConnectOptions, PeerOptions
from broker_cli.profiles.keys import KEYS
from broker_cli.profiles.resolving import (
    Origin,
    Setting,
    either,
    output_format,
    resolve,
    stdout_colour,
    time_limit,
    use_profile,
)
from broker_core import PeerAddress

LAB = Origin("profile", "lab", "f.toml")


def context(values=None, *, terminal=False, **environ) -> Context:
    profile = None if values is None else Profile(name="lab", file="f.toml", values=values)
    made = Context(stderr=io.StringIO(), environ=environ, stdout_is_terminal=terminal, stderr_is_terminal=False)
    made.profile = profile
    return made


def sample(name: str, place: str):
    """Some value, another one for each place."""
    match KEYS[name].form:
        case "texts":
            return (place,)
        case "switch":
            return True
    return place


@pytest.mark.parametrize("name", sorted(KEYS))
def test_who_comes_first(name):
    key = KEYS[name]
    environ = {key.variable: "environment"} if key.variable else {}
    everywhere = context({name: sample(name, "profile")}, **environ)
    found = resolve(everywhere, name, sample(name, "flag"))
    assert (found.value, found.origin, found.given) == (sample(name, "flag"), Origin("flag", f"--{name}"), True)
    found = resolve(everywhere, name)
    if key.variable:
        assert (found.value, found.origin) == (
            sample(name, "environment"),
            Origin("environment", key.variable),
        )
        assert not found.given
    found = resolve(context({name: sample(name, "profile")}), name)
    assert (found.value, found.origin) == (sample(name, "profile"), LAB)
    assert resolve(context({}), name) == resolve(context(), name) == Setting(name, None, Origin("default"))


def test_what_variables_hold_is_not_taken_from_there():
    names = KEYS["curve-dir"].held
    for name in names:
        found = resolve(context({"curve-dir": "profile"}, **{name: "secret"}), "curve-dir")
        assert found == Setting("curve-dir", "", Origin("environment", "ZEEK_CLUSTER_BACKEND_ZEROMQ_CURVE_*"))
        assert resolve(context(**{name: "secret"}), "curve-dir", "flag").origin == Origin("flag", "--curve-dir")
    assert resolve(context({"curve-dir": "profile"}, **dict.fromkeys(names, "")), "curve-dir").origin == LAB


@pytest.mark.parametrize("empty", [None, "", [], ()])
def test_what_is_empty_says_nothing(empty):
    made = context({"tls": "off", "peer": ("a",)}, BROKER_TLS="", BROKER_PEER=" ,,")
    assert resolve(made, "tls", empty).origin == LAB
    assert resolve(made, "peer", empty).texts == ("a",)


def test_a_switch_can_be_put_back():
    made = context({"tls-check-host": True, "reconnect": ""})
    assert resolve(made, "tls-check-host").on
    assert not resolve(made, "tls-check-host", flag=False).on
    assert resolve(made, "tls-check-host", flag=False).given
    assert resolve(made, "reconnect", "").given


def test_messages_say_who_said_it():
    assert resolve(context({"tls": "x"}), "tls").what == "f.toml: profile lab: tls"
    assert resolve(context(BROKER_TLS="x"), "tls").what == "BROKER_TLS"
    assert resolve(context(), "tls", "x").what == "--tls"
    assert resolve(context(), "tls").what == "--tls"
    assert [str(origin) for origin in (LAB, Origin("default"), Origin("environment", "E"))] == [
        "profile lab",
        "default",
        "E",
    ]


def test_of_two_that_exclude_each_other_the_one_said_first_counts():
    def pair(made, file=None, command=None):
        return either(resolve(made, "key-pass-file", file), resolve(made, "key-pass-command", command))

    made = context({"key-pass-command": "c"}, BROKER_TLS_KEY_PASS_FILE="e")
    assert pair(made).text == "e"
    assert pair(made, command="flag").text == "flag"
    assert pair(context({"key-pass-command": "c"})).text == "c"
    assert pair(context()).text is None
    with pytest.raises(Failure, match=r"^--key-pass-file and --key-pass-command exclude each other$"):
        pair(made, "a", "b")


# -- which profile ------------------------------------------------------------------------------------------------


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "config.toml"
    path.write_text('default-profile = "lab"\n[profile.lab]\ntls = "off"\n[profile.prod]\ntls = "verify"\n')
    return path


def used(made: Context, name=None, *, none=False) -> str:
    use_profile(made, name, none=none)
    return made.profile.name if made.profile else ""


def test_which_profile_is_used(file):
    made = context(BROKER_CONFIG=str(file))
    assert (used(made), used(made, "prod"), used(made, none=True)) == ("lab", "prod", "")
    made = context(BROKER_CONFIG=str(file), BROKER_PROFILE="prod")
    assert (used(made), used(made, "lab"), used(made, none=True)) == ("prod", "lab", "")
    with pytest.raises(Failure, match="--profile and --no-profile exclude each other"):
        used(made, "lab", none=True)


def test_without_a_profile_nothing_of_a_wrong_file_is_read(file):
    file.write_text("[")
    made = context(BROKER_CONFIG=str(file))
    assert used(made, none=True) == ""
    with pytest.raises(Failure, match="no TOML"):
        used(made)


def test_no_default_means_no_profile(file):
    file.write_text("[profile.lab]\n")
    assert used(context(BROKER_CONFIG=str(file))) == ""


@pytest.mark.parametrize(
    ("environ", "name", "message"),
    [
        ({"BROKER_PROFILE": "prox"}, None, "BROKER_PROFILE: there is no profile 'prox' in {file}"),
        ({}, "prox", "--profile: there is no profile 'prox' in {file}"),
        ({"BROKER_CONFIG": "", "HOME": "/nowhere"}, "x", "--profile: there is no profile 'x'; /nowhere/.config/broker"),
        ({"BROKER_CONFIG": ""}, "x", "--profile: there is no profile 'x'; neither HOME nor XDG_CONFIG_HOME says"),
    ],
)
def test_a_profile_that_is_not_there(file, environ, name, message):
    with pytest.raises(Failure) as caught:
        used(context(**({"BROKER_CONFIG": str(file)} | environ)), name)
    assert caught.value.code is ExitCode.USAGE
    assert caught.value.message.startswith(message.format(file=file))
    assert caught.value.hint


def test_a_default_that_is_not_there(file):
    file.write_text('default-profile = "gone"\n[profile.lab]\n')
    with pytest.raises(Failure, match="there is no profile 'gone'"):
        used(context(BROKER_CONFIG=str(file)))


def test_a_file_that_others_can_write_is_told(file):
    file.chmod(0o666)
    made = context(BROKER_CONFIG=str(file))
    assert used(made) == "lab"
    assert "can be written by everybody" in made.stderr.getvalue()
    assert not made.profile.private
    made = context(BROKER_CONFIG=str(file))
    assert used(made, none=True) == ""
    assert made.stderr.getvalue() == ""


# -- settings with a meaning of their own -----------------------------------------------------------------------------


def test_a_format_of_a_profile_is_not_meant_for_every_command():
    made = context({"output": "raw"}, terminal=True)
    assert output_format(made, None, FORMATS) == "raw"
    assert output_format(made, None, ("human", "ndjson")) == "human"
    assert output_format(made, "text", FORMATS) == "text"
    with pytest.raises(Failure, match="prints human or ndjson, not raw"):
        output_format(made, "raw", ("human", "ndjson"))
    with pytest.raises(Failure, match=r"^f.toml: profile lab: output: 'xml' is none of"):
        output_format(context({"output": "xml"}), None, FORMATS)


@pytest.mark.parametrize(
    ("profile", "flag", "environ", "expected"),
    [
        ("always", None, {}, True),
        ("always", "never", {}, False),
        ("always", None, {"NO_COLOR": "1"}, False),
        ("always", None, {"NO_COLOR": ""}, True),
        ("never", None, {"FORCE_COLOR": "1"}, True),
        ("never", None, {}, False),
        ("auto", None, {}, False),
    ],
)
def test_colours_of_a_profile_come_behind_the_environment(profile, flag, environ, expected):
    assert stdout_colour(context({"color": profile}, **environ), flag) is expected


def test_time_limits():
    made = context({"timeout": "3s"}, **{ENV_TIMEOUT: "2s"})
    assert (time_limit(made, "1s"), time_limit(made, None), time_limit(context({"timeout": "3"}), None)) == (1, 2, 3)
    assert time_limit(context(), None) is None
    with pytest.raises(Failure, match=r"^BROKER_TIMEOUT: 'soon' is no duration"):
        time_limit(context(**{ENV_TIMEOUT: "soon"}), None)


def test_a_whole_connection_from_a_profile(tmp_path):
    (tmp_path / "secret").write_text("phrase\n")
    made = context(
        {
            "peer": ("a:1,b:2", "a:1"),
            "connect-timeout": "2s",
            "retry": "3",
            "reconnect": "",
            "tls": "verify",
            "cert": "c",
            "tls-check-host": True,
            "key-pass-file": str(tmp_path / "secret"),
            "token-command": "echo hidden",
            "ws-zone": "+02:00",
        }
    )
    peers = PeerOptions().required(made)
    settings = ConnectOptions().extend(Settings(nul=True), peers, made)
    assert settings.peers == (PeerAddress("a", 1, "broker"), PeerAddress("b", 2, "broker"))
    assert (settings.connect_timeout, settings.retry, settings.reconnect, settings.tls) == (2, 3, None, "verify")
    assert (settings.credentials.certificate, settings.credentials.passphrase) == ("c", "phrase")
    assert settings.credentials.check_host
    assert settings.token == "hidden"
    assert str(settings.web_zone) == "UTC+02:00"
    assert settings.nul
    off = ConnectOptions(no_reconnect=True, tls_check_host=False).extend(Settings(), (), made)
    assert off.reconnect == 0
    assert not off.credentials.check_host
    with pytest.raises(Failure, match="--reconnect and --no-reconnect exclude each other"):
        ConnectOptions(no_reconnect=True, reconnect="3").extend(Settings(), (), made)
