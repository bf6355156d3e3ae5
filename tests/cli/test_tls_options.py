"""Options that name certificates and secrets."""

from __future__ import annotations

import io
import os

import pytest

from broker_cli import config
from broker_cli.config import Settings
from broker_cli.context import Context
from broker_cli.exit_codes import ExitCode, Failure
from broker_cli.options import ConnectOptions
from broker_cli.tls_options import AccessOptions, read_secret
from broker_core import CurveKeys, PeerAddress


def context(**environ):
    return Context(environ=environ)


def test_without_any_there_are_no_credentials():
    assert AccessOptions().credentials(context()) is None
    assert AccessOptions().token(context()) is None


def test_options_come_before_the_environment(tmp_path):
    secret = tmp_path / "pass"
    secret.write_text("phrase\n")
    surroundings = context(
        **{
            config.ENV_TLS_CA: "env-ca",
            config.ENV_TLS_CA_DIR: "env-dir",
            config.ENV_TLS_CERT: "env-cert",
            config.ENV_TLS_KEY: "env-key",
            config.ENV_TLS_KEY_LOG: "env-log",
            config.ENV_TLS_KEY_PASS_FILE: str(secret),
        }
    )
    found = AccessOptions().credentials(surroundings)
    assert (found.ca_file, found.ca_dir, found.certificate, found.key) == ("env-ca", "env-dir", "env-cert", "env-key")
    assert (found.key_log, found.passphrase, found.check_host) == ("env-log", "phrase", False)
    given = AccessOptions(ca="a", ca_dir="b", cert="c", cert_key="d", tls_key_log="e", tls_check_host=True)
    found = given.credentials(surroundings)
    assert (found.ca_file, found.ca_dir, found.certificate, found.key, found.key_log) == ("a", "b", "c", "d", "e")
    assert found.check_host


def test_a_token_is_the_first_line_of_its_file(tmp_path):
    (tmp_path / "token").write_text("s3cret\nnot this\n")
    assert AccessOptions(token_file=str(tmp_path / "token")).token(context()) == "s3cret"
    assert AccessOptions().token(context(**{config.ENV_TOKEN_FILE: str(tmp_path / "token")})) == "s3cret"


def test_a_secret_can_come_from_a_pipe():
    reading, writing = os.pipe()
    os.write(writing, b"from a pipe")
    os.close(writing)
    try:
        assert read_secret("--token-file", f"/dev/fd/{reading}") == "from a pipe"
    finally:
        os.close(reading)


@pytest.mark.parametrize("content", [b"", b"\nx", b"a" * 4097, b"\xff\n"])
def test_what_is_no_secret_is_refused_without_being_shown(tmp_path, content):
    path = tmp_path / "secret"
    path.write_bytes(content)
    with pytest.raises(Failure) as caught:
        read_secret("--key-pass-file", str(path))
    assert caught.value.code is ExitCode.USAGE
    assert caught.value.message.startswith(f"--key-pass-file: {path}: ")
    assert "aaaa" not in caught.value.message


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(Failure, match="no such file or directory"):
        read_secret("--token-file", str(tmp_path / "no"))


# -- keys of ZeroMQ clusters ---------------------------------------------------------------------------------------

KEYS = CurveKeys.generate()
FIELDS = ("server_public", "server_secret", "client_public", "client_secret")
VARIABLES = {variable: getattr(KEYS, name) for name, variable in zip(FIELDS, config.ZEEK_CURVE_VARIABLES, strict=True)}


def test_without_any_there_are_no_keys():
    assert AccessOptions().curve(context()) is None
    assert AccessOptions(curve_dir="").curve(context(**dict.fromkeys(config.ZEEK_CURVE_VARIABLES, ""))) is None


def test_keys_come_from_a_directory_or_from_zeeks_variables(tmp_path):
    KEYS.save(tmp_path)
    assert AccessOptions(curve_dir=str(tmp_path)).curve(context()) == KEYS
    assert AccessOptions().curve(context(**VARIABLES)) == KEYS
    assert AccessOptions().curve(with_profile(curve_dir=str(tmp_path))) == KEYS


def test_a_flag_comes_before_variables_and_these_before_the_profile(tmp_path):
    other = CurveKeys.generate()
    other.save(tmp_path)
    made = with_profile(curve_dir="nowhere")
    made.environ = VARIABLES
    assert AccessOptions(curve_dir=str(tmp_path)).curve(made) == other
    assert AccessOptions().curve(made) == KEYS


def test_keys_that_nobody_needs_are_not_read():
    """Whoever has Zeek's variables set talks to other peers, too."""
    wrong = context(**{config.ZEEK_CURVE_VARIABLES[1]: "s3cret"})
    assert AccessOptions().curve(wrong, needed=False) is None
    assert AccessOptions().curve(with_profile(curve_dir="nowhere"), needed=False) is None
    with pytest.raises(Failure, match=r"^--curve-dir: there is no directory with CURVE keys at nowhere"):
        AccessOptions(curve_dir="nowhere").curve(wrong, needed=False)
    web = ConnectOptions().extend(Settings(), (PeerAddress("h", 1), PeerAddress("h", 1, "ws")), wrong)
    assert web.curve is None
    with pytest.raises(Failure) as caught:
        ConnectOptions().extend(Settings(), (PeerAddress("h", 1), PeerAddress("h", 1, "zmq")), wrong)
    assert caught.value.code is ExitCode.USAGE
    assert caught.value.message == f"{config.ZEEK_CURVE_VARIABLES[1]} has 6 characters, and a key in Z85 has 40"


def test_what_is_wrong_with_keys_says_who_named_them(tmp_path):
    (tmp_path / "client_secretkey").write_text("s3cret\n")
    with pytest.raises(Failure) as caught:
        AccessOptions(curve_dir=str(tmp_path)).curve(context())
    assert caught.value.code is ExitCode.USAGE
    assert caught.value.message == (
        f"--curve-dir: {tmp_path}/client_secretkey has 6 characters, and a key in Z85 has 40"
    )
    with pytest.raises(Failure, match=r"^f: profile lab: curve-dir: .*client_secretkey has 6 characters"):
        AccessOptions().curve(with_profile(curve_dir=str(tmp_path)))


@pytest.mark.parametrize(
    ("folder", "modes", "told"),
    [
        (0o700, {}, ""),
        (0o700, {"client_secretkey": 0o644}, ""),
        (0o755, {}, ""),
        (0o755, {"client_publickey": 0o644, "server_publickey": 0o644}, ""),
        (0o755, {"client_secretkey": 0o640}, ""),
        (0o755, {"client_secretkey": 0o644}, "client_secretkey"),
        (0o711, {"client_secretkey": 0o604, "server_secretkey": 0o604}, "client_secretkey and server_secretkey"),
    ],
)
def test_secret_keys_that_everybody_can_read_are_told(tmp_path, folder, modes, told):
    made, where = context(), tmp_path / "curve"
    made.stderr = io.StringIO()
    for file in KEYS.save(where).values():
        file.chmod(modes.get(file.name, 0o600))
    where.chmod(folder)
    assert AccessOptions(curve_dir=str(where)).curve(made) == KEYS
    text = f"broker: {where}: everybody can read {told}; chmod -R go-rwx would help\n"
    assert made.stderr.getvalue() == text * bool(told)


# -- profiles -----------------------------------------------------------------------------------------------------


def with_profile(*, private=True, **values):
    made = context()
    made.profile = config.Profile(
        name="lab", file="f", values={name.replace("_", "-"): value for name, value in values.items()}, private=private
    )
    return made


def test_secrets_can_come_from_commands():
    assert AccessOptions(token_command="echo s3cret").token(context()) == "s3cret"
    assert AccessOptions(key_pass_command="echo phrase").credentials(context()).passphrase == "phrase"
    assert AccessOptions().token(with_profile(token_command="echo mine")) == "mine"


def test_what_a_command_prints_is_checked_without_being_shown():
    with pytest.raises(Failure) as caught:
        AccessOptions(token_command="printf 'aaaa\\377'").token(context())
    assert caught.value.message == "--token-command: the line is not UTF-8"
    with pytest.raises(Failure, match=r"^f: profile lab: token-command: expected one line of 1 to 4096 bytes$"):
        AccessOptions().token(with_profile(token_command="true"))


def test_commands_of_a_file_that_others_can_write_are_not_run(tmp_path):
    made = with_profile(private=False, token_command=f"touch {tmp_path}/run; echo x")
    with pytest.raises(Failure) as caught:
        AccessOptions().token(made)
    assert caught.value.message == "f: profile lab: token-command: not run, since others can write the file"
    assert list(tmp_path.iterdir()) == []
    assert AccessOptions(token_command="echo flag").token(made) == "flag"


def test_a_flag_for_the_one_hides_the_other_of_the_profile(tmp_path):
    (tmp_path / "token").write_text("file\n")
    made = with_profile(token_command="exit 1")
    assert AccessOptions(token_file=str(tmp_path / "token")).token(made) == "file"


def test_only_flags_count_when_asked_to():
    made = with_profile(token_command="exit 1")
    assert AccessOptions().token(made, preset=False) is None
    assert AccessOptions(token_command="echo x").token(made, preset=False) == "x"


def test_the_mode_of_a_listener_has_a_default_of_its_own():
    assert AccessOptions().tls_mode(context(), "anon") == "anon"
    assert AccessOptions().tls_mode(with_profile(tls="verify"), "anon") == "verify"
    assert AccessOptions(tls="off").tls_mode(with_profile(tls="verify"), "anon") == "off"
