"""``broker tls curve``: the keys work in a cluster, what is printed can be used as it is, and no secret is shown."""

from __future__ import annotations

import json
import re
import stat
import sys

import pytest
import trio

from broker_cli import config
from broker_core import CurveKeys
from cluster_links import LIMIT, central, member, pushed, pusher

FILES = ("server_publickey", "server_secretkey", "client_publickey", "client_secretkey")


def secrets(folder):
    return [(folder / name).read_text().strip() for name in FILES if name.endswith("secretkey")]


async def test_keys_that_are_good_for_a_cluster(run, tmp_path):
    folder = tmp_path / "zeromq" / "curve"
    result = await run("tls", "curve", str(folder))
    assert (result.code, result.err) == (0, "")
    assert result.objects == [
        {"type": "curve-keys", "v": 1, "directory": str(folder), **{name: str(folder / name) for name in FILES}}
    ]
    assert not any(secret in result.out for secret in secrets(folder))
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE((folder / name).stat().st_mode) for name in FILES} == {0o600}
    keys = CurveKeys.from_directory(folder)
    with trio.fail_after(LIMIT):
        async with central(keys) as broker, member(broker.address, curve=keys) as endpoint:
            assert endpoint.peers()[0].tls == "CURVE"


async def test_as_an_array(run, tmp_path):
    result = await run("tls", "curve", str(tmp_path / "keys"), "-o", "json")
    assert result.code == 0
    (line,) = json.loads(result.out)
    assert line["type"] == "curve-keys"


async def test_what_is_printed_is_for_zeek_and_for_a_shell(run, tmp_path):
    folder = tmp_path / 'a "b" $c'
    result = await run("tls", "curve", str(folder), "-o", "human")
    assert (result.code, result.err) == (0, "")
    lines = result.out.splitlines()
    assert not any(secret in result.out for secret in secrets(folder))
    assert lines[0] == f"# new CURVE keys in {folder}: {', '.join(FILES)}"
    assert f"cluster_backend_zeromq.curve_dir = {folder}" in lines
    assert "cluster_backend_zeromq.use_curve_encryption = 1" in lines
    for name in FILES:
        (line,) = [one for one in lines if one.startswith(f"redef Cluster::Backend::ZeroMQ::curve_{name} = ")]
        shown = (folder / name).read_text().strip() if name.endswith("publickey") else "..."
        assert line.startswith(f'redef Cluster::Backend::ZeroMQ::curve_{name} = "{shown}";')
        assert line.endswith(";" if name.endswith("publickey") else f"# what {folder / name} holds")
    exports = "\n".join(line for line in lines if line.startswith(("export ", "#")))
    program = f"{exports}\nexec {sys.executable} -c 'import json, os; print(json.dumps(dict(os.environ)))'"
    shell = await trio.run_process(["sh", "-c", program], capture_stdout=True)
    environ = json.loads(shell.stdout)
    assert set(config.ZEEK_CURVE_VARIABLES) <= set(environ)
    assert CurveKeys.from_environment(environ) == CurveKeys.from_directory(folder)


async def test_a_path_with_control_characters_is_shown_harmlessly(run, tmp_path):
    result = await run("tls", "curve", str(tmp_path / "a\x1b[2J"), "-o", "human")
    assert result.code == 0
    assert "\x1b" not in result.out


@pytest.mark.parametrize("name", FILES)
async def test_keys_are_never_replaced(run, tmp_path, name):
    (tmp_path / name).write_text("precious")
    result = await run("tls", "curve", str(tmp_path))
    assert (result.code, result.out) == (7, "")
    assert result.err == (
        f"broker: {tmp_path}/{name} is there already, and CURVE keys are not replaced (exit 7)\n"
        "  hint: take another directory\n"
    )
    assert [file.read_text() for file in tmp_path.iterdir()] == ["precious"]


async def test_without_pyzmq(run, tmp_path, monkeypatch):
    monkeypatch.setattr("broker_core.runtime.zmq_support.find_spec", lambda _: None)
    result = await run("tls", "curve", str(tmp_path / "keys"))
    assert (result.code, result.out) == (2, "")
    assert result.err.startswith("broker: making CURVE keys needs pyzmq, which is not installed: pip install")
    assert not (tmp_path / "keys").exists()


@pytest.mark.parametrize(
    ("args", "message"),
    [
        ("", "missing argument 'DIR'"),
        ("FILE", "cannot write CURVE keys: FILE: file exists"),
        ("FILE/x", "cannot write CURVE keys: FILE/x: not a directory"),
        ("keys -o raw", "prints human or ndjson, not raw"),
    ],
)
async def test_what_cannot_be_meant_is_refused(run, tmp_path, args, message):
    file = tmp_path / "file"
    file.write_text("")
    result = await run("tls", "curve", *args.replace("FILE", str(file)).split())
    assert result.code == (7 if "FILE" in args else 2)
    assert result.out == ""
    assert message.replace("FILE", str(file)) in result.err.splitlines()[0]


# -- what the keys are used for -----------------------------------------------------------------------------------


@pytest.fixture
def folder(tmp_path):
    """A directory with keys, as zeekctl has them."""
    CurveKeys.generate().save(tmp_path / "curve")
    return tmp_path / "curve"


async def test_messages_through_a_cluster_that_encrypts(start, run, folder):
    keys = CurveKeys.from_directory(folder)
    variables = {
        name: (folder / file).read_text().strip() for name, file in zip(config.ZEEK_CURVE_VARIABLES, FILES, strict=True)
    }
    async with central(keys) as broker:
        peer = ("-p", str(broker.address))
        where = ("--curve-dir", str(folder))
        async with start("subscribe", *peer, "/t", "-n", "2", "-o", "text", "-v", *where) as subscriber:
            await subscriber.says("TLS: CURVE")
            told = ("--wait-subscriber", "--timeout", "10s")
            result = await run("publish", *peer, *told, "/t/1", "hello", "1", *where)
            assert (result.code, result.err) == (0, "")
            result = await run("publish", *peer, *told, "/t/2", "hello", "2", env=variables)
            assert (result.code, result.err) == (0, "")
            assert await subscriber.ends() == 0
        assert subscriber.out.decode().splitlines() == ["/t/1 hello(1)", "/t/2 hello(2)"]
        profile = folder.parent / "config.toml"
        profile.write_text(f'[profile.lab]\npeer = "{broker.address}"\ncurve-dir = "curve"\n')
        result = await run("status", "--profile", "lab", env={"BROKER_CONFIG": str(profile)})
        assert result.code == 0, result
        assert result.objects[0]["tls"] == "CURVE"
        assert broker.refused == 0


async def test_a_cluster_that_listen_serves(start, run, folder):
    where = ("--curve-dir", str(folder))
    async with start("listen", "0", "--zmq", "0", "-t", "/t", "-n", "1", "-o", "text", *where) as listener:
        await listener.says("zmq://")
        address = re.search(r"zmq://[^\s\",]+", listener.err.decode())[0]
        result = await run("publish", "-p", address, "/t", "hello", "1")
        assert result.code == 5
        told = ("--wait-subscriber", "--timeout", "10s")
        result = await run("publish", "-p", address, *told, "/t", "hello", "1", *where)
        assert (result.code, result.err) == (0, "")
        assert await listener.ends() == 0
    assert listener.out == b"/t hello(1)\n"


async def test_a_sink_for_logs(start, folder):
    """With keys that nobody is there to publish anything with: there is no peer at all."""
    variables = {
        name: (folder / file).read_text().strip() for name, file in zip(config.ZEEK_CURVE_VARIABLES, FILES, strict=True)
    }
    async with start("subscribe", "--log-sink", "0", "-n", "2", "-o", "ndjson", **variables) as sink:
        await sink.says("with CURVE")
        place = re.search(r"listening for logs on (\S+)", sink.err.decode())[1]
        async with pusher(f"tcp://{place}", CurveKeys.from_directory(folder)) as zeek:
            for parts in pushed():
                await zeek.push(*parts)
            assert await sink.ends() == 0
    assert len(sink.out.splitlines()) == 2


async def test_a_sink_does_not_do_without_the_keys_that_are_there(run, folder):
    """Zeek ends itself when it meets a sink without them."""
    (folder / "server_secretkey").unlink()
    result = await run("subscribe", "--log-sink", "0", "--curve-dir", str(folder))
    assert (result.code, result.out) == (2, "")
    assert "a server needs the keys server_secretkey, client_publickey; not there: server_secretkey" in result.err
    result = await run("subscribe", "--log-sink", "0", env={config.ZEEK_CURVE_VARIABLES[0]: "x"})
    assert (result.code, result.out) == (2, "")
    assert "has 1 character, and a key" in result.err


@pytest.mark.parametrize("command", [("publish", "/t", "hello"), ("subscribe", "/t"), ("status",), ("ping", "/t")])
async def test_keys_of_another_cluster(run, folder, command):
    async with central(CurveKeys.generate()) as broker:
        result = await run(*command, "-p", str(broker.address), "--curve-dir", str(folder))
        assert result.code == (5 if command == ("status",) else 8)
        text = result.out if command == ("status",) else result.err
        assert "the CURVE key of the server is probably another one" in text


async def test_a_client_key_that_the_cluster_does_not_know(run, tmp_path, folder):
    keys, other = CurveKeys.from_directory(folder), CurveKeys.generate()
    stranger = CurveKeys(
        server_public=keys.server_public, client_public=other.client_public, client_secret=other.client_secret
    )
    stranger.save(tmp_path / "stranger")
    async with central(keys) as broker:
        result = await run("publish", "-p", str(broker.address), "/t", "x", "--curve-dir", str(tmp_path / "stranger"))
        assert (result.code, result.out) == (8, "")
        line, hint = result.err.splitlines()
        assert line == (
            f"broker: cannot peer with {broker.address}: "
            "the central broker does not know the CURVE key of this client (exit 8)"
        )
        assert hint == "  hint: the keys are in zeekctl's directory spool/zeromq/curve on the manager"
        assert broker.refused > 0


async def test_no_keys_for_a_cluster_that_encrypts(run, folder):
    async with central(CurveKeys.from_directory(folder)) as broker:
        result = await run("publish", "-p", str(broker.address), "/t", "x")
        assert (result.code, result.out) == (5, "")
        assert result.err.splitlines()[0] == (
            f"broker: cannot peer with {broker.address}: the cluster encrypts with CURVE, and there are no keys here "
            "(exit 5)"
        )


async def test_keys_for_a_cluster_that_does_not_encrypt(run, folder):
    async with central() as broker:
        result = await run("publish", "-p", str(broker.address), "/t", "x", "--curve-dir", str(folder))
        assert (result.code, result.out) == (5, "")
        assert len(result.err.splitlines()) == 2
        assert "CURVE" in result.err.splitlines()[0]
        assert broker.refused == 0


async def test_keys_that_do_not_suffice(run, folder):
    (folder / "client_secretkey").unlink()
    async with central() as broker:
        result = await run("publish", "-p", str(broker.address), "/t", "x", "--curve-dir", str(folder))
        assert (result.code, result.out) == (2, "")
        assert result.err.startswith(
            "broker: CURVE: a client needs the keys server_publickey, client_publickey, client_secretkey; "
            "not there: client_secretkey"
        )


async def test_other_transports_are_not_disturbed(run, hub, folder):
    """Zeek's variables may be set, and wrong, wherever broker runs."""
    async with hub() as there:
        wrong = {config.ZEEK_CURVE_VARIABLES[0]: "x"}
        for more, env in ((("--curve-dir", str(folder)), {}), ((), wrong)):
            result = await run("status", there.peer, *more, env=env)
            assert (result.code, result.err) == (0, "")


async def test_no_secret_is_shown(run, folder):
    hidden = secrets(folder)
    async with central(CurveKeys.generate()) as broker:
        for command in (["status"], ["doctor"], ["peer"], ["subscribe", "/x", "-p"]):
            result = await run(*command, str(broker.address), "-vv", "--debug", "--curve-dir", str(folder))
            assert result.code not in {0, 2}, result.err
            assert not any(secret in result.out + result.err for secret in hidden)
