"""``broker tls init``: what can be said."""

from __future__ import annotations

import pytest


@pytest.mark.parametrize(
    ("args", "message"),
    [
        ("", "missing argument 'DIR'"),
        ("DIR --days 0", "--days: '0' is no whole number of 1 or more"),
        ("DIR --days 40000", "--days: 40000 is more than 36500"),
        ("DIR a/b", "NODE: 'a/b' is no name"),
        ("DIR .a", "NODE: '.a' is no name"),
        ("DIR CA", "NODE: 'CA' is the name of the CA's files"),
        ("DIR a=", "NODE: a: '' is neither a host name nor an address"),
        ("DIR a=b,c_/d", "NODE: a: 'c_/d' is neither a host name nor an address"),
        ("DIR a=10.0.0.1 A", "NODE: 'a' is there twice"),
        ("DIR a --passphrase-file none", "--passphrase-file: none: no such file"),
        ("DIR a -o text", "prints human or ndjson, not text"),
    ],
)
async def test_what_cannot_be_meant_is_refused(run, tmp_path, args, message):
    result = await run("tls", "init", *args.replace("DIR", str(tmp_path / "new")).split())
    assert (result.code, result.out) == (2, "")
    assert message in result.err.splitlines()[0]
    assert not (tmp_path / "new").exists()


async def test_a_passphrase_is_not_longer_than_broker_can_take(run, tmp_path):
    secret = tmp_path / "secret"
    secret.write_text("x" * 128 + "\n")
    result = await run("tls", "init", str(tmp_path / "new"), "a", "--passphrase-file", str(secret))
    assert (result.code, result.out) == (2, "")
    assert "up to 127 bytes" in result.err
    secret.write_text("x" * 127 + "\n")
    assert (await run("tls", "init", str(tmp_path / "new"), "a", "--passphrase-file", str(secret))).code == 0
