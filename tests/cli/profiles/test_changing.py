"""The file is changed by commands: what is kept, what is refused, and what is told."""

from __future__ import annotations

import io
import tomllib

import pytest

from broker_cli.context import Context
from broker_cli.exit_codes import ExitCode, Failure
from broker_cli.profiles.changing import (
    add_profile,
    as_toml,
    choose_profile,
    make_file,
    remove_profile,
    writable_path,
)
from broker_cli.profiles.files import read_config
from broker_cli.profiles.resolving import use_profile
from broker_cli.profiles.writing import NEW_FILE


@pytest.fixture
def path(tmp_path):
    return tmp_path / "folder" / "config.toml"


@pytest.fixture
def context(path):
    return Context(
        stderr=io.StringIO(), environ={"BROKER_CONFIG": str(path)}, stdout_is_terminal=False, stderr_is_terminal=True
    )


def add(context, name="lab", *, force=False, default=False, **values):
    values = {word.replace("_", "-"): value for word, value in (values or {"peer": ("a:1",)}).items()}
    add_profile(context, name, values, force=force, default=default)


def told(context) -> str:
    return context.stderr.getvalue()


def test_where_it_is():
    with pytest.raises(Failure, match="neither HOME nor XDG_CONFIG_HOME") as caught:
        writable_path(Context(environ={}))
    assert "BROKER_CONFIG=FILE" in caught.value.hint


def test_the_first_profile_makes_the_file(context, path):
    add(context)
    assert path.read_text() == NEW_FILE + '\n[profile.lab]\npeer = ["a:1"]\n'
    assert path.stat().st_mode & 0o777 == 0o600
    assert told(context) == f"{path} has the profile lab now\n"


def test_what_is_kept_is_what_options_take_again(context, path, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    given = {
        "peer": ("a:1", "b:2"),
        "timeout": "5s",
        "retry": "3",
        "reconnect": "",
        "tls-check-host": False,
        "ca": "ca.pem",
        "event-file": ("x.zeek",),
        "output": None,
        "cert": "",
        "topics": (),
    }
    add_profile(context, "lab", given, force=False, default=True)
    kept = tomllib.loads(path.read_text())["profile"]["lab"]
    assert kept == {
        "peer": ["a:1", "b:2"],
        "timeout": "5s",
        "retry": 3,
        "reconnect": True,
        "tls-check-host": False,
        "ca": f"{tmp_path}/ca.pem",
        "event-file": [f"{tmp_path}/x.zeek"],
    }
    use_profile(context, None)
    assert context.profile.values == {
        **{name: value for name, value in given.items() if value not in (None, ()) and name != "cert"},
        "ca": f"{tmp_path}/ca.pem",
        "event-file": (f"{tmp_path}/x.zeek",),
    }


@pytest.mark.parametrize(("text", "expected"), [("", True), ("0", False), ("7", 7)])
def test_attempts(text, expected):
    assert as_toml("reconnect", text) is expected or as_toml("reconnect", text) == expected != True  # noqa: E712


@pytest.mark.parametrize(
    ("name", "values", "message"),
    [
        ("-x", {"tls": "off"}, "'-x' is no name for a profile"),
        ("a b", {"tls": "off"}, "'a b' is no name for a profile"),
        ("lab", {"tls": "on"}, "--tls: 'on' is none of"),
        ("lab", {"tls": None, "ca": "", "peer": ()}, "a profile without settings would say nothing"),
        ("lab", {"token_file": "a", "token_command": "b"}, "--token-file and --token-command exclude each other"),
    ],
)
def test_what_is_not_kept(context, path, name, values, message):
    with pytest.raises(Failure) as caught:
        add(context, name, **values)
    assert caught.value.code is ExitCode.USAGE
    assert caught.value.message.startswith(message)
    assert not path.exists()


def test_a_profile_is_replaced_only_by_force(context, path):
    add(context, tls="off")
    before = path.read_text()
    with pytest.raises(Failure, match="has a profile 'lab' already"):
        add(context, tls="anon")
    assert path.read_text() == before
    add(context, tls="anon", force=True)
    assert read_config(context.environ).profiles == {"lab": {"tls": "anon"}}


def test_choosing(context, path):
    add(context)
    add(context, "prod", default=True)
    assert read_config(context.environ).default == "prod"
    choose_profile(context, "lab")
    assert read_config(context.environ).default == "lab"
    choose_profile(context, "")
    assert read_config(context.environ).default == ""
    assert told(context).endswith("in use now: profile lab\nin use now: no profile\n")
    with pytest.raises(Failure, match="there is no profile 'labs'"):
        choose_profile(context, "labs")


def test_a_wrong_profile_is_not_chosen(context, path):
    add(context)
    path.write_text(path.read_text() + "[profile.bad]\nx = 1\n")
    with pytest.raises(Failure, match="profile bad has the unknown key 'x'"):
        choose_profile(context, "bad")


def test_a_variable_that_hides_the_choice_is_told(context):
    context.environ["BROKER_PROFILE"] = "prod"
    add(context, default=True)
    assert "BROKER_PROFILE is prod, which comes before the choice in the file" in told(context)


def test_removing(context, path):
    add(context, default=True)
    remove_profile(context, "lab", lambda: None)
    assert read_config(context.environ).profiles == {}
    assert "now there is none" in told(context)
    with pytest.raises(Failure, match="there is no profile 'lab'"):
        remove_profile(context, "lab", lambda: None)


def test_whoever_does_not_agree_keeps_it(context, path):
    add(context)
    before = path.read_text()

    def refuse() -> None:
        message = "no"
        raise Failure(message, ExitCode.NO)

    with pytest.raises(Failure):
        remove_profile(context, "lab", refuse)
    assert path.read_text() == before


def test_a_wrong_profile_can_be_removed(context, path):
    add(context)
    path.write_text(path.read_text() + "[profile.bad]\nx = 1\n")
    remove_profile(context, "bad", lambda: None)
    assert list(read_config(context.environ).profiles) == ["lab"]


def test_a_file_that_cannot_be_written(context, path):
    path.parent.mkdir()
    path.mkdir()
    with pytest.raises(Failure, match="is a directory"):
        add(context)
    context.environ["BROKER_CONFIG"] = "/dev/null"
    with pytest.raises(Failure, match=r"^/dev/null: is no regular file$"):
        add(context)


def test_a_wrong_file_is_not_touched(context, path):
    path.parent.mkdir()
    path.write_text("[")
    with pytest.raises(Failure, match="no TOML"):
        add(context)
    assert path.read_text() == "["


def test_making_the_file(path):
    make_file(str(path))
    assert path.read_text() == NEW_FILE
    path.write_text("# mine\n")
    make_file(str(path))
    assert path.read_text() == "# mine\n"
