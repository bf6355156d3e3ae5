"""``broker doctor``: what can be said, and how it ends."""

from __future__ import annotations

import pytest

from broker_core import Cause, Endpoint, EndpointOptions
from broker_core.endpoint.diagnosis import ZEEK_PORTS
from counterparts import make_files, nobody


@pytest.mark.parametrize(
    ("args", "message"),
    [
        ("", "missing argument 'ADDR:PORT'"),
        ("x:y", "ADDR:PORT: 'x:y' is no address"),
        (":1 -o raw", "--output: this command prints human or ndjson, not raw"),
        (":1 --retry 1", "--retry and --reconnect mean nothing here"),
        (":1 --reconnect", "--retry and --reconnect mean nothing here"),
        (":1 --id x", "'x' is no endpoint id"),
        (":1 --tls x", "--tls: 'x'"),
    ],
)
async def test_what_cannot_be_meant_is_refused(run, args, message):
    result = await run("doctor", *args.split())
    assert result.code == 2
    assert message in result.err.splitlines()[0]
    assert result.out == ""


async def test_a_topic_that_cannot_be(run):
    result = await run("doctor", ":1", "")
    assert result.code == 2
    assert "the topic is empty" in result.err


async def test_all_is_well(run, hub):
    async with hub() as here:
        here.endpoint.make_subscriber("/a")
        result = await run("doctor", here.peer, "/a/b")
    assert (result.code, result.err) == (0, "")
    assert result.objects[0]["cause"] is None


async def test_no_such_subscription(run, hub):
    async with hub() as here:
        here.endpoint.make_subscriber("/a")
        result = await run("doctor", here.peer, "/b")
    assert (result.code, result.err) == (3, "")
    assert result.objects[0]["cause"] == Cause.NOT_SUBSCRIBED


@pytest.fixture
def closed_port(monkeypatch):
    for port in list(ZEEK_PORTS):  # this machine may have a Zeek
        monkeypatch.delitem(ZEEK_PORTS, port)
    with nobody() as port:
        yield port


async def test_no_connection(run, closed_port):
    result = await run("doctor", f":{closed_port}")
    assert (result.code, result.err) == (5, "")
    assert result.objects[0]["cause"] == "refused"


async def test_a_wrong_setting(run, tmp_path):
    files = make_files(tmp_path)
    args = ["--cert", files.certificate, "--cert-key", files.ca, "--ca", files.ca]
    result = await run("doctor", ":1", *args)
    assert (result.code, result.err) == (2, "")
    assert result.objects[0]["cause"] == "configuration"


async def test_certificates(run, tmp_path):
    files = make_files(tmp_path, "manager")
    async with Endpoint(EndpointOptions(credentials=files.credentials())) as endpoint:
        listener = await endpoint.listen(tls="verify")
        args = ["--cert", files.certificate, "--cert-key", files.key, "--ca", files.ca]
        result = await run("doctor", f"127.0.0.1:{listener.port}", *args)
    assert (result.code, result.err) == (0, "")
    (found,) = result.objects
    assert found["certificate"]["issuer"] == "OU=cluster CA, O=Zeek"
    assert found["certificate"]["hosts"] == ["127.0.0.1", "localhost"]


async def test_an_id_that_is_taken(run, hub):
    async with hub() as here, Endpoint() as other:
        await other.peer(here.peer)
        result = await run("doctor", here.peer, "--id", str(other.id))
    assert result.code == 5
    assert result.objects[0]["cause"] == "duplicate"
