"""``broker profile add``, ``use``, ``edit`` and ``rm``."""

from __future__ import annotations

import tomllib

import pytest


@pytest.fixture
def path(tmp_path):
    return tmp_path / "config.toml"


@pytest.fixture
def profile(run, path):
    async def runner(*args: str, env=None, **options):
        return await run("profile", *args, env={"BROKER_CONFIG": str(path), **(env or {})}, **options)

    return runner


def content(path) -> dict:
    return tomllib.loads(path.read_text())


async def test_a_life(profile, path):
    assert await profile("add", "lab", "-p", ":1,:2", "--reconnect", "--tls", "off", "-o", "text", "--use") == (
        0,
        "",
        "",
    )
    assert (
        await profile("add", "prod", "-p", "h", "--timeout", "5s", "-v")
    ).err == f"{path} has the profile prod now\n"
    assert content(path) == {
        "default-profile": "lab",
        "profile": {
            "lab": {"peer": [":1", ":2"], "reconnect": True, "output": "text", "tls": "off"},
            "prod": {"peer": ["h"], "timeout": "5s"},
        },
    }
    assert (await profile("use", "prod", "-v")).err == "in use now: profile prod\n"
    assert (await profile("rm", "lab", "--yes")).code == 0
    assert (await profile("use", "--none")).code == 0
    assert content(path) == {"profile": {"prod": {"peer": ["h"], "timeout": "5s"}}}


async def test_the_environment_is_not_kept(profile, path):
    await profile("add", "lab", "--retry", "1", env={"BROKER_PEER": ":1", "BROKER_OUTPUT": "raw"})
    assert content(path) == {"profile": {"lab": {"retry": 1}}}


async def test_paths_and_commands(profile, path, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    await profile("add", "lab", "--ca", "ca.pem", "--token-command", "pass show x", "--no-reconnect")
    kept = content(path)["profile"]["lab"]
    assert kept == {"reconnect": False, "ca": f"{tmp_path}/ca.pem", "token-command": "pass show x"}


@pytest.mark.parametrize(
    ("args", "code", "message"),
    [
        (("add", "lab"), 2, "a profile without settings would say nothing"),
        (("add", "lab", "-p", "h:x"), 2, "--peer: 'h:x' is no address"),
        (("add", "lab", "--tls", "on"), 2, "--tls: 'on' is none of"),
        (("add", "old", "--tls", "off"), 2, "has a profile 'old' already"),
        (("use", "odl"), 2, "there is no profile 'odl'"),
        (("use",), 2, "give the name of a profile, or --none"),
        (("use", "old", "--none"), 2, "give the name of a profile, or --none"),
        (("rm", "odl", "--yes"), 2, "there is no profile 'odl'"),
        (("rm", "old"), 2, "this would remove profile old, and nobody can be asked here"),
        (("edit",), 2, "the editor 'exit 5;' failed (exit 5)"),
    ],
)
async def test_what_is_refused_changes_nothing(profile, path, args, code, message):
    path.write_text('[profile.old] # mine\ntls = "off"\n')
    result = await profile(*args, env={"EDITOR": "exit 5;"})
    assert result.code == code
    assert message in result.err
    assert path.read_text() == '[profile.old] # mine\ntls = "off"\n'


async def test_the_editor_opens_the_file_and_what_it_leaves_is_checked(profile, path):
    result = await profile("edit", env={"EDITOR": "printf '[profile.x]\\nretry = 1\\n' >"})
    assert (result.code, result.objects[0]["name"], result.objects[0]["ok"]) == (0, "x", True)
    result = await profile("edit", env={"EDITOR": "printf 'retry = x\\n' >>"})
    assert result.code == 7
    assert "no TOML" in result.err


async def test_the_editor_gets_a_file_to_begin_with(profile, path):
    assert (await profile("edit", env={"EDITOR": "true"})).code == 3
    assert path.read_text().startswith("# Profiles of broker(1)")
    assert path.stat().st_mode & 0o777 == 0o600
