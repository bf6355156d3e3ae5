"""``broker profile list`` and ``show``."""

from __future__ import annotations

import pytest

FILE = """\
default-profile = "lab"
[profile.lab]
peer = ":1"
tls = "off"
[profile.prod]
peer = ["h:1", "h:2"]
"""


@pytest.fixture
def profile(run, tmp_path):
    path = tmp_path / "config.toml"
    path.write_text(FILE)

    async def runner(*args: str, text: str = FILE, env=None, **options):
        path.write_text(text)
        return await run("profile", *args, env={"BROKER_CONFIG": str(path), **(env or {})}, **options)

    return runner


async def test_the_list(profile):
    result = await profile("list", "-o", "human")
    assert (result.code, result.out, result.err) == (0, "*  lab   :1        off\n   prod  h:1, h:2\n", "")
    assert [(one["name"], one["in_use"]) for one in (await profile("list")).objects] == [("lab", True), ("prod", False)]


@pytest.mark.parametrize(
    ("args", "env", "used"),
    [
        ((), {"BROKER_PROFILE": "prod"}, "prod"),
        (("--profile", "lab"), {"BROKER_PROFILE": "prod"}, "lab"),
        (("--no-profile",), {}, ""),
    ],
)
async def test_which_one_is_in_use(profile, args, env, used):
    found = (await profile("list", *args, env=env)).objects
    assert [one["name"] for one in found if one["in_use"]] == [used] * bool(used)
    assert [one["name"] for one in found if one["default"]] == ["lab"]


async def test_a_profile_in_use_that_is_not_there(profile):
    result = await profile("list", env={"BROKER_PROFILE": "gone"})
    assert result.code == 0
    assert result.err == "broker: 'gone' is to be used, and there is no such profile\n"


async def test_no_profiles(profile, run):
    result = await profile("list", text="")
    assert result.code == 3
    assert "broker profile add NAME -p HOST:PORT --use makes one" in result.err
    assert (await run("profile", "list")).code == 3


async def test_what_a_profile_says(profile):
    result = await profile("show", "-o", "human", env={"BROKER_TLS": "verify"})
    assert (result.code, result.out) == (0, "peer  :1\ntls   off\n")
    assert (await profile("show", "prod", "-o", "human")).out == "peer  h:1, h:2\n"
    assert (await profile("show", "--profile", "prod", "-o", "human")).out == "peer  h:1, h:2\n"


async def test_where_each_setting_comes_from(profile, tmp_path):
    result = await profile("show", "--origin", "-p", "x:9", "--retry", "2", env={"BROKER_TLS": "verify"})
    found = {one["name"]: (one["value"], one["origin"], one["source"]) for one in result.objects}
    assert found["peer"] == (["x:9"], "flag", "--peer")
    assert found["retry"] == ("2", "flag", "--retry")
    assert found["tls"] == ("verify", "environment", "BROKER_TLS")
    assert found["timeout"] == (None, "default", None)
    assert found["output"] == (None, "default", None)
    found = {one["name"]: one for one in (await profile("show", "--origin")).objects}
    assert (found["tls"]["origin"], found["tls"]["file"]) == ("profile", str(tmp_path / "config.toml"))


async def test_without_a_profile(profile):
    result = await profile("show", "--no-profile")
    assert result.code == 3
    result = await profile("show", "--no-profile", "--origin")
    assert result.code == 0
    assert {one["origin"] for one in result.objects} == {"default"}


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (("show", "lab", "--profile", "prod"), "give the profile either as an argument or as an option"),
        (("show", "lab", "-p", "x"), "options of other commands go with --origin"),
        (("show", "--no-tls-check-host"), "options of other commands go with --origin"),
        (("show", "labs"), "--profile: there is no profile 'labs'"),
        (("list", "-o", "raw"), "--output: this command prints human or ndjson, not raw"),
    ],
)
async def test_wrong_questions(profile, args, message):
    result = await profile(*args)
    assert result.code == 2
    assert message in result.err


async def test_other_commands_use_it(profile, run, hub, tmp_path):
    async with hub() as here:
        path = tmp_path / "config.toml"
        path.write_text(f'[profile.lab]\npeer = "{here.peer}"\noutput = "human"\n')
        result = await run("status", "--profile", "lab", env={"BROKER_CONFIG": str(path)})
        assert result.code == 0
        assert result.out.startswith("address ")
        result = await run("status", "--profile", "lab", "-o", "ndjson", env={"BROKER_CONFIG": str(path)})
        assert result.objects[0]["address"] == here.peer
        result = await run("status", env={"BROKER_CONFIG": str(path), "BROKER_PROFILE": "lab", "BROKER_PEER": ":1"})
        assert result.code == 5
        assert (await run("status", "--profile", "la", env={"BROKER_CONFIG": str(path)})).code == 2


async def test_a_wrong_file_stops_other_commands_but_not_without_it(run, tmp_path):
    (tmp_path / "config.toml").write_text("[")
    env = {"BROKER_CONFIG": str(tmp_path / "config.toml")}
    result = await run("publish", "--dry-run", "/t", "x", env=env)
    assert result.code == 2
    assert result.err.splitlines()[1] == "  hint: broker profile edit opens it in an editor"
    assert (await run("publish", "--dry-run", "/t", "x", "--no-profile", env=env)).code == 0
