"""``broker profile validate``: what it is asked."""

from __future__ import annotations


async def test_some_or_all(run, tmp_path):
    (tmp_path / "config.toml").write_text('[profile.a]\n[profile.b]\ntls = "on"\n[profile.c]\n')
    env = {"BROKER_CONFIG": str(tmp_path / "config.toml")}
    result = await run("profile", "validate", env=env)
    assert (result.code, [one["name"] for one in result.objects]) == (7, ["a", "b", "c"])
    result = await run("profile", "validate", "c", "a", env=env)
    assert (result.code, [one["name"] for one in result.objects]) == (0, ["c", "a"])
