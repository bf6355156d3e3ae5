"""``broker profile validate``: profiles are tried without the surroundings."""

from __future__ import annotations

import pytest
import trustme


@pytest.fixture
def path(tmp_path):
    return tmp_path / "config.toml"


@pytest.fixture
def validate(run, path):
    async def validator(text: str, *args: str, **options):
        path.write_text(text)
        env = {"BROKER_CONFIG": str(path), "BROKER_TLS": "nonsense", "BROKER_PEER": "nonsense:x"}
        return await run("profile", "validate", *args, env=env, **options)

    return validator


GOOD = '[profile.lab]\npeer = "127.0.0.1:1"\ntimeout = 5\nreconnect = true\n'


async def test_a_good_profile(validate):
    result = await validate(GOOD)
    assert (result.code, result.err) == (0, "")
    assert result.objects == [{"type": "profile-check", "v": 1, "name": "lab", "ok": True, "problems": [], "peers": []}]
    assert (await validate(GOOD, "-o", "human")).out == "lab: ok\n"


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ('tsl = "off"', "has the unknown key 'tsl'"),
        ('tls = "on"', "tls: 'on' is none of auto, off, anon, verify"),
        ("retry = true", "retry is true or false, and should be a whole number, 0 or more"),
        ('peer = "h:x"', "peer: 'h:x' is no address"),
        ('ca = "no.pem"', "ca: {folder}/no.pem: no such file or directory"),
        ('ca-dir = "config.toml"', "ca-dir: {folder}/config.toml: no directory"),
        ('ca = "."', "ca: {folder}: is a directory"),
        ('tls-key-log = "no/log"', "tls-key-log: {folder}/no: no such file or directory"),
        ('token-file = "/dev/null"', "token-file: /dev/null: expected one line of 1 to 4096 bytes"),
        ('token-command = "exit 4"', "token-command: the command failed (exit 4)"),
        ('cert-key = "config.toml"', "cert-key: it belongs to no cert"),
        ('cert = "config.toml"', "cert: {folder}/config.toml: "),
        ('ca = "config.toml"', "ca: {folder}/config.toml: "),
        ('curve-dir = "no"', "curve-dir: {folder}/no: no such file or directory"),
        ('curve-dir = "."', "curve-dir: there are no CURVE keys in {folder} (files server_publickey, "),
        ('event-file = ["a.zeek"]', "event-file: {folder}/a.zeek: no such file or directory"),
    ],
)
async def test_what_is_wrong_is_told(validate, path, line, problem):
    result = await validate(f"[profile.lab]\n{line}\n[profile.other]\n")
    assert result.code == 7
    lab, other = result.objects
    assert (lab["ok"], other["ok"]) == (False, True)
    (found,) = lab["problems"]
    assert found.startswith(problem.format(folder=path.parent))
    assert result.err == "broker: 1 of 2 profiles do not work (exit 7)\n"


async def test_the_file_itself(validate, path):
    result = await validate(f'default-profile = "gone"\n{GOOD}', "-o", "human")
    assert result.code == 7
    assert result.out == f"{path}: default-profile is 'gone', and there is no such profile\nlab: ok\n"
    result = await validate(f'default-profile = "gone"\n{GOOD}', "lab")
    assert result.code == 0
    path.chmod(0o666)
    result = await validate(GOOD)
    assert result.objects[0]["name"] is None
    assert result.objects[0]["problems"] == ["can be written by everybody"]


async def test_no_file_no_profiles_no_such_profile(validate, run, path):
    result = await validate("[")
    assert result.code == 7
    assert "no TOML" in result.err
    assert (await validate("")).code == 3
    assert (await run("profile", "validate")).code == 3
    result = await validate(GOOD, "labs")
    assert result.code == 2
    assert "did you mean lab?" in result.err


@pytest.fixture
def pki(tmp_path):
    from cryptography.hazmat.primitives import serialization

    ca = trustme.CA()
    ca.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    own = ca.issue_cert("localhost")
    own.private_key_and_cert_chain_pem.write_to_path(str(tmp_path / "own.pem"))
    key = serialization.load_pem_private_key(own.private_key_pem.bytes(), None)
    secret = serialization.BestAvailableEncryption(b"phrase")
    form = serialization.PrivateFormat.PKCS8
    (tmp_path / "key.pem").write_bytes(key.private_bytes(serialization.Encoding.PEM, form, secret))
    other = trustme.CA().issue_cert("localhost")
    other.private_key_pem.write_to_path(str(tmp_path / "other.pem"))


@pytest.mark.parametrize(
    ("more", "problem"),
    [
        ("", ""),
        ('cert-key = "key.pem"\nkey-pass-command = "echo phrase"', ""),
        ('cert-key = "key.pem"\nkey-pass-command = "echo wrong"', "cert: {folder}/own.pem: "),
        ('cert-key = "key.pem"', "cert: {folder}/own.pem: "),
        ('cert-key = "other.pem"', "cert: {folder}/own.pem: key values mismatch"),
    ],
)
async def test_certificates_are_loaded(validate, path, pki, more, problem):
    result = await validate(f'[profile.lab]\nca = "ca.pem"\ncert = "own.pem"\n{more}\n')
    found = result.objects[0]["problems"]
    assert len(found) == bool(problem)
    assert result.code == (7 if problem else 0)
    for one in found:
        assert one.startswith(problem.format(folder=path.parent))
        assert "phrase" not in one


async def test_peers_are_tried_when_asked_to(validate, hub):
    async with hub() as here:
        text = f'[profile.lab]\npeer = ["{here.peer}", "127.0.0.1:1"]\n[profile.one]\npeer = "{here.peer}"\n'
        result = await validate(text, "--connect")
        assert result.code == 5
        lab, one = result.objects
        assert lab["peers"] == [
            {"address": here.peer, "error": None},
            {"address": "127.0.0.1:1", "error": "connection refused"},
        ]
        assert (lab["ok"], one["ok"]) == (False, True)
        result = await validate(text, "one", "--connect", "-o", "human")
        assert (result.code, result.out) == (0, f"one: {here.peer}: ok\n")


async def test_nothing_is_asked_at_the_terminal_for_a_passphrase(validate, pki):
    """OpenSSL would, and wait."""
    result = await validate('[profile.lab]\ncert = "own.pem"\ncert-key = "key.pem"\n', terminal=True)
    assert result.code == 7
