"""The program listens on this machine only unless asked; no secret is on a command line, on a screen or in a log."""

from __future__ import annotations

import os
import re
import stat
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest
import trio

from broker_cli import config
from broker_cli.app import load_all
from broker_core import Endpoint, WebAccess, WebUser
from tests.endpoint.test_exposure import EVERYWHERE, LOOPBACK, listening

SECRET = "correct-horse-battery"
SOUNDS_SECRET = re.compile(r"pass|token|secret|credential|auth|pin\b|private", re.IGNORECASE)
NAMES_A_FILE = {"FILE", "DIR", "COMMAND"}


@pytest.fixture
def secret_file(tmp_path):
    path = tmp_path / "secret"
    path.write_text(SECRET + "\n")
    return str(path)


# -- reach ------------------------------------------------------------------------------------------------------


async def test_listen_takes_this_machine_only(start):
    async with start("listen", "0", "--ws", "0", "--http", "0", "--zmq", "0", "--for", "20s") as program:
        await program.says("listening on")
        found = listening(f"/proc/{program.process.pid}/fd")
        assert len({port for _, port in found}) == 5
        assert {address for address, _ in found} <= LOOPBACK


async def test_a_sink_for_logs_takes_this_machine_only(start):
    async with start("subscribe", "--log-sink", "0", "--for", "20s") as program:
        await program.says("listening for logs on")
        found = listening(f"/proc/{program.process.pid}/fd")
        assert len({port for _, port in found}) == 1
        assert {address for address, _ in found} <= LOOPBACK


@pytest.mark.parametrize("arguments", [["*:0"], ["0", "--ws", "*:0"], ["0", "--http", "*:0"], ["0", "--zmq", "*:0"]])
async def test_listen_takes_every_interface_where_asked(start, arguments):
    async with start("listen", *arguments, "--for", "20s") as program:
        await program.says("listening on")
        found = {address for address, _ in listening(f"/proc/{program.process.pid}/fd")}
        assert found & EVERYWHERE
        assert len(arguments) == 1 or found & LOOPBACK


async def test_other_commands_do_not_listen(start):
    async with Endpoint() as there:
        listener = await there.listen()
        async with start("subscribe", "-p", f":{listener.port}", "/x") as program:
            with trio.fail_after(20):
                await there.wait_for_subscribers("/x")
            assert listening(f"/proc/{program.process.pid}/fd") == set()


# -- secrets on the command line ----------------------------------------------------------------------------------


def secret_options():
    """The options of all commands that sound like a secret."""
    for path, command in load_all().items():
        for param in command.params:
            names = [name for name in param.opts if name.startswith("-") and SOUNDS_SECRET.search(name)]
            if names:
                yield path, names, param


def test_no_option_takes_a_secret_itself():
    found = list(secret_options())
    assert found, "there are options for tokens and passphrases"
    for path, names, param in found:
        takes_nothing = getattr(param, "is_flag", False)
        assert takes_nothing or param.metavar in NAMES_A_FILE, f"{path} {names} takes {param.metavar}"
        assert takes_nothing or names[0].endswith(("-file", "-command")), f"{path}: {names} does not say what it takes"
        assert not param.envvar or str(param.envvar).endswith("_FILE")


def test_no_variable_of_the_environment_holds_a_secret():
    """Other users may not read it, but every child process inherits it, and many programs log theirs."""
    for name in config.__all__:
        variable = getattr(config, name)
        if name.startswith("ENV_") and SOUNDS_SECRET.search(variable):
            assert variable.endswith("_FILE"), variable


async def test_a_url_with_a_password_is_refused_and_not_repeated_with_it(run):
    result = await run("status", f"ws://user:{SECRET}@127.0.0.1:1")
    assert result.code != 0
    assert SECRET not in result.out + result.err


# -- secrets in what is shown ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("command", [["status"], ["doctor"], ["peer"], ["subscribe", "/x", "-p"]])
async def test_a_token_is_never_shown(run, secret_file, command):
    async with Endpoint() as there:
        access = WebAccess(users=(WebUser(name="one", token="another"),))
        listener = await there.listen_web(access=access, tls="off")
        where = f"ws://127.0.0.1:{listener.port}"
        result = await run(*command, where, "-vv", "--debug", "--token-file", secret_file, "--for", "1s")
        if result.code == 2:  # no such option here
            result = await run(*command, where, "-vv", "--token-file", secret_file)
        assert result.code not in (0, 2), result.err
        assert SECRET not in result.out + result.err


async def test_a_passphrase_is_never_shown(run, secret_file, tmp_path):
    key = tmp_path / "key.pem"
    key.write_text("-----BEGIN ENCRYPTED PRIVATE KEY-----\nMIIB\n-----END ENCRYPTED PRIVATE KEY-----\n")
    files = ("--cert", str(key), "--cert-key", str(key), "--key-pass-file", secret_file, "--ca", str(key))
    for command in (("listen", "0", "--for", "1s"), ("status", "127.0.0.1:1")):
        result = await run(*command, "-vv", "--tls", "verify", *files)
        assert result.code != 0
        assert result.err
        assert SECRET not in result.out + result.err


async def test_a_server_with_a_token_does_not_show_it(start, secret_file):
    async with start("listen", "0", "--ws", "0", "--http", "0", "--token-file", secret_file, "-vv") as program:
        await program.says("ws://127.0.0.1:")
        command_line = await trio.Path(f"/proc/{program.process.pid}/cmdline").read_bytes()
        ports = re.findall(rb"(?:ws|http)://127\.0\.0\.1:(\d+)", program.err)
        for port in ports:
            with suppress(trio.BrokenResourceError):
                async with await trio.open_tcp_stream("127.0.0.1", int(port)) as stream:
                    await stream.send_all(b"GET /v1/status/json HTTP/1.0\r\nAuthorization: Bearer nonsense\r\n\r\n")
                    with trio.move_on_after(2):
                        while data := await stream.receive_some():
                            assert SECRET.encode() not in data
        program.process.terminate()
        await program.ends()
        assert SECRET.encode() not in program.out + program.err + command_line


def test_a_crash_shows_no_values_of_variables():
    """Rich's tracebacks show local variables unless told not to; Python's own do not."""
    code = (
        "import sys; from broker_cli import app, __main__ as program\n"
        "def crash(*_):\n    secret = sys.stdin.read()\n    raise RuntimeError(len(secret))\n"
        "app.make_command = crash\nsys.argv = ['broker', '--debug', 'status']\nsys.exit(program.main())"
    )
    ended = subprocess.run([sys.executable, "-c", code], input=SECRET, capture_output=True, text=True, check=False)
    assert ended.returncode not in (0, 2)
    assert SECRET not in ended.stdout + ended.stderr
    for path in Path(config.__file__).parent.rglob("*.py"):
        text = path.read_text()
        assert text.count("typer.Typer(") == text.count("pretty_exceptions_enable=False"), path
        assert "show_locals" not in text
        assert "rich.traceback" not in text


# -- files --------------------------------------------------------------------------------------------------------


@pytest.fixture
def open_mask():
    before = os.umask(0o022)
    yield
    os.umask(before)


async def test_a_ready_file_is_written_beside_and_renamed(start, tmp_path, open_mask):
    """So a reader never sees half of it, and a link that somebody planted is replaced, not followed."""
    victim, ready = tmp_path / "victim", tmp_path / "ready"
    victim.write_text("precious")
    ready.symlink_to(victim)
    async with start("listen", "0", "--ready-file", str(ready), "--for", "20s") as program:
        await program.says("listening on")
        with trio.fail_after(10):
            while ready.is_symlink():
                await trio.lowlevel.checkpoint()
        assert ready.read_text().startswith("127.0.0.1:")
    assert victim.read_text() == "precious"


async def test_a_key_log_is_for_its_owner_only(start, tmp_path, open_mask):
    """Whoever reads it can read the traffic."""
    log = tmp_path / "keys"
    async with start("listen", "0", "--tls", "anon", "--tls-key-log", str(log), "--for", "20s") as program:
        await program.says("listening on")
        port = int(re.search(rb"127\.0\.0\.1:(\d+)", program.err)[1])
        async with Endpoint() as other:
            await other.peer("127.0.0.1", port)
        with trio.fail_after(10):
            while not log.exists():
                await trio.lowlevel.checkpoint()
    assert stat.S_IMODE(log.stat().st_mode) == 0o600
