"""What a file may say for each setting, and what the option would take for it."""

from __future__ import annotations

import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broker_cli import config
from broker_cli.app import load_all
from broker_cli.exit_codes import ExitCode, Failure
from broker_cli.profiles.keys import KEYS, as_preset, check_preset, unknown_key


def preset(name: str, toml: str):
    return as_preset(KEYS[name], tomllib.loads(f"x = {toml}")["x"], name)


@pytest.mark.parametrize(
    ("name", "toml", "expected"),
    [
        ("peer", '"a:1"', ("a:1",)),
        ("peer", '["a:1", "b:2"]', ("a:1", "b:2")),
        ("peer", "[]", ()),
        ("timeout", '"5s"', "5s"),
        ("timeout", "5", "5"),
        ("timeout", "0.25", "0.250000000"),
        ("retry", "3", "3"),
        ("reconnect", "true", ""),
        ("reconnect", "false", "0"),
        ("reconnect", "7", "7"),
        ("tls-check-host", "true", True),
        ("tls", '"verify"', "verify"),
    ],
)
def test_a_value_becomes_what_the_option_takes(name, toml, expected):
    assert preset(name, toml) == expected
    if expected:
        check_preset(KEYS[name], expected, name)


@pytest.mark.parametrize(
    ("name", "toml", "message"),
    [
        ("peer", "1", "peer is 1, and should be a string or an array of strings"),
        ("peer", '["a", 1]', "peer is an array, and"),
        ("peer", '[""]', "peer is an array, and"),
        ("tls", '""', "tls is empty, and should be a string"),
        ("tls", "true", "tls is true or false, and should be a string"),
        ("timeout", "true", 'timeout is true or false, and should be a string such as "5s"'),
        ("timeout", "-1", "timeout is -1, and"),
        ("timeout", "nan", "timeout is nan, and"),
        ("retry", '"3"', "retry is a string, and should be a whole number"),
        ("retry", "true", "retry is true or false, and"),
        ("retry", "-3", "retry is -3, and"),
        ("retry", "1.5", "retry is 1.5, and"),
        ("reconnect", '"yes"', "reconnect is a string, and should be true, false, or a whole number"),
        ("tls-check-host", "1", "tls-check-host is 1, and should be true or false"),
        ("ca", "{}", "ca is a table, and should be a string"),
    ],
)
def test_another_type_is_refused(name, toml, message):
    with pytest.raises(Failure) as caught:
        preset(name, toml)
    assert caught.value.code is ExitCode.USAGE
    assert caught.value.message.startswith(message)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("peer", ("a:1", "b:x")),
        ("peer", ("a:1,:0",)),
        ("timeout", "5m"),
        ("connect-timeout", "soon"),
        ("retry", "x"),
        ("reconnect", "x"),
        ("output", "xml"),
        ("color", "red"),
        ("tls", "on"),
        ("ws-zone", "Moon/Base"),
    ],
)
def test_a_value_that_the_option_refuses_is_refused(name, value):
    with pytest.raises(Failure, match=f"^f: {name}: "):
        check_preset(KEYS[name], value, f"f: {name}")


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("peers", "did you mean peer?"),
        ("time-out", "did you mean timeout?"),
        ("passphrase", "secrets stay out of this file: name a key-pass-file, or a key-pass-command that prints it"),
        ("Password", "secrets stay out of this file: name a key-pass-file, or a key-pass-command that prints it"),
        ("token", "secrets stay out of this file: name a token-file, or a token-command that prints it"),
        ("zzzz", "keys are long options that commands share, see PROFILES in broker(1)"),
    ],
)
def test_an_unknown_key_has_a_hint(name, hint):
    with pytest.raises(Failure) as caught:
        unknown_key(name, "profile x")
    assert (caught.value.message, caught.value.hint) == (f"profile x has the unknown key '{name}'", hint)


def test_every_key_is_an_option():
    options = {name for command in load_all().values() for param in command.params for name in param.opts}
    assert {f"--{name}" for name in KEYS} <= options


def test_every_variable_for_an_option_belongs_to_a_key():
    ours = {value for name, value in vars(config).items() if name.startswith("ENV_")}
    assert ours - {key.variable for key in KEYS.values()} == {
        config.ENV_PROFILE,
        config.ENV_CONFIG,
        config.ENV_STATE,
    }


_SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5)


@given(st.sampled_from(sorted(KEYS)), _SCALARS | st.lists(_SCALARS, max_size=3))
def test_a_value_is_taken_or_refused_in_one_line(name, value):
    key = KEYS[name]
    try:
        found = as_preset(key, value, "w")
        check_preset(key, found, "w")
    except Failure as failure:
        messages = failure.message.splitlines()
    else:
        messages = ["none"]
        assert isinstance(found, bool | str) or all(isinstance(one, str) for one in found)
    assert len(messages) == 1 or not str(value).isprintable()  # which is escaped when it is shown
