"""``broker tls``: what it makes works between endpoints, and what it prints can be used as it is."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import UTC, datetime, timedelta

import pytest
import trio
import trustme

from broker_cli.app import load_all
from broker_core import Endpoint, EndpointOptions, TlsCredentials

SOON = 10


def credentials(folder, name, **changes):
    files = {"certificate": f"{name}.crt", "key": f"{name}.key", "ca_file": "ca.crt"}
    return TlsCredentials(**{key: str(folder / file) for key, file in files.items()}, **changes)


async def test_the_files_are_good_for_a_peering(run, tmp_path):
    folder, secret = tmp_path / "pki", tmp_path / "secret"
    secret.write_text("open sesame\n")
    made = await run("tls", "init", str(folder), "here=127.0.0.1")
    assert made.code == 0
    assert [(line["type"], line.get("name")) for line in made.objects] == [("ca", None), ("node", "here")]
    assert made.objects[0]["new"] is True
    later = await run("tls", "init", str(folder), "there", "--passphrase-file", str(secret))
    assert later.code == 0
    assert later.objects[0]["new"] is False
    assert later.objects[1]["encrypted"] is True
    assert "open sesame" not in later.out + later.err
    one = EndpointOptions(tls="verify", credentials=credentials(folder, "here"))
    two = EndpointOptions(
        tls="verify", credentials=credentials(folder, "there", passphrase="open sesame", check_host=True)
    )
    with trio.fail_after(SOON):
        async with Endpoint(one) as here, Endpoint(two) as there:
            listener = await here.listen(tls="verify")
            info = await there.peer("127.0.0.1", listener.port)
            assert info.tls.endswith("(certificate verified)")
            messages = here.make_subscriber("/t")
            await there.wait_for_subscribers("/t")
            await there.publish("/t", "hello")
            assert (await messages.get()).value == "hello"


async def test_what_is_printed_is_for_zeek_and_for_a_shell(run, tmp_path):
    folder, secret = tmp_path / 'a "b"', tmp_path / "secret file"
    secret.write_text("open sesame")
    args = ["tls", "init", str(folder), "n=10.0.0.1,x", "--passphrase-file", str(secret), "-o", "human"]
    result = await run(*args)
    assert result.code == 0
    quoted = str(folder).replace('"', '\\"')
    assert f'redef Broker::ssl_cafile = "{quoted}/ca.crt";' in result.out.splitlines()
    assert f'redef Broker::ssl_certificate = "{quoted}/n.crt";' in result.out.splitlines()
    assert f'redef Broker::ssl_keyfile = "{quoted}/n.key";' in result.out.splitlines()
    assert f'redef Broker::ssl_passphrase = "..."; # what {secret} holds' in result.out.splitlines()
    assert "node n (for 10.0.0.1, x)" in result.out
    exports = "\n".join(line for line in result.out.splitlines() if line.startswith(("export ", "#")))
    program = f"{exports}\nexec {sys.executable} -c 'import json, os; print(json.dumps(dict(os.environ)))'"
    shell = await trio.run_process(["sh", "-c", program], capture_stdout=True)
    environ = json.loads(shell.stdout)
    assert {name: value for name, value in environ.items() if name.startswith("BROKER_TLS_")} == {
        "BROKER_TLS_CA": f"{folder}/ca.crt",
        "BROKER_TLS_CERT": f"{folder}/n.crt",
        "BROKER_TLS_KEY": f"{folder}/n.key",
        "BROKER_TLS_KEY_PASS_FILE": str(secret),
    }


async def test_the_options_that_are_printed_exist(run, tmp_path):
    secret = tmp_path / "secret"
    secret.write_text("x")
    result = await run("tls", "init", str(tmp_path), "n", "--passphrase-file", str(secret), "-o", "human")
    (line,) = [line for line in result.out.splitlines() if "or as options: " in line]
    words = line.partition("or as options: ")[2].split()
    known = {name for param in load_all()["publish"].params for name in param.opts}
    assert set(words[::2]) == {"--ca", "--cert", "--cert-key", "--key-pass-file"}
    assert set(words[::2]) <= known


async def test_nothing_is_overwritten_unless_told(run, tmp_path):
    folder = str(tmp_path / "pki")
    assert (await run("tls", "init", folder, "a", "b")).code == 0
    again = await run("tls", "init", folder, "c", "b")
    assert (again.code, again.out) == (7, "")
    assert "b.crt is there already" in again.err
    assert "--force" in again.err
    assert not (tmp_path / "pki" / "c.crt").exists()
    before = (tmp_path / "pki" / "ca.crt").read_bytes()
    forced = await run("tls", "init", folder, "c", "b", "--force", "--days", "3")
    assert forced.code == 0
    assert [line["name"] for line in forced.objects[1:]] == ["c", "b"]
    assert (tmp_path / "pki" / "ca.crt").read_bytes() == before


async def test_a_ca_alone_is_made_once(run, tmp_path):
    folder = str(tmp_path / "pki")
    assert "# new CA" in (await run("tls", "init", folder, "-o", "human")).out
    again = await run("tls", "init", folder)
    assert (again.code, again.out) == (7, "")
    assert "has a CA already" in again.err


async def test_what_certificates_say(run, tmp_path):
    folder = tmp_path / "pki"
    await run("tls", "init", str(folder), "n=10.0.0.1", "--days", "30")
    result = await run("tls", "show", str(folder / "n.crt"), str(folder / "ca.crt"))
    assert result.code == 0
    node, ca = result.objects
    assert (node["type"], node["subject"], node["hosts"], node["ca"]) == ("certificate", "CN=n", ["10.0.0.1"], False)
    assert (node["days_left"], node["state"], node["issuer"]) == (29, "valid", ca["subject"])
    human = await run("tls", "show", str(folder / "n.crt"), "-o", "human")
    assert "subject   CN=n" in human.out
    assert "(29 days left)" in human.out


async def test_an_expired_certificate_is_a_no(run, tmp_path):
    path = tmp_path / "old.crt"
    now = datetime.now(UTC)
    dates = {"not_before": now - timedelta(days=9), "not_after": now - timedelta(days=1)}
    trustme.CA().issue_cert("x", common_name="old", **dates).cert_chain_pems[0].write_to_path(str(path))
    result = await run("tls", "show", str(path))
    assert result.code == 3
    assert (result.objects[0]["state"], result.objects[0]["days_left"]) == ("expired", -2)
    assert "CN=old" in result.objects[0]["subject"]
    assert "is expired" in result.err


@pytest.mark.parametrize("command", [["init", "pki", "a"], ["show", "a.crt"]])
def test_without_the_package_it_says_how_to_get_it(tmp_path, command):
    program = (
        "import sys; sys.modules['cryptography'] = None\n"
        "from broker_cli.__main__ import main\nsys.argv[1:] = ['tls', *sys.argv[1:]]\nsys.exit(main())"
    )
    run = subprocess.run(
        [sys.executable, "-c", program, *command], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert (run.returncode, run.stdout) == (2, "")
    assert run.stderr.splitlines() == [
        "broker: this needs the package cryptography (exit 2)",
        "  hint: pip install 'broker-toolkit[tls]'",
    ]
