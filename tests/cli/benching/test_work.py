"""What travels between the processes."""

from __future__ import annotations

from datetime import timedelta, timezone

from broker_cli.benching.work import Part, Work, dump_work, load_work
from broker_cli.config import Settings
from broker_core import PeerAddress, TlsCredentials


def test_work_arrives_as_it_was():
    settings = Settings(
        peers=(PeerAddress.parse("wss://a:1"),),
        credentials=TlsCredentials(ca_file="x", passphrase="secret"),
        token="t",
        web_zone=timezone(timedelta(hours=2)),
    )
    work = Work(role="pub", settings=settings, count=5, rate=1.5)
    line = dump_work(work)
    assert line.count(b"\n") == 1
    assert b"secret" not in line
    assert load_work(line.strip()) == work


def test_a_part_arrives_as_it_was():
    import json

    part = Part(client=2, count=10, unconfirmed=1, bytes=100, start=1.5, end=2.0)
    part.latency.add(1000)
    again = Part.load(json.loads(part.dump()))
    assert again.dump() == part.dump()
    assert again.seconds == 0.5
    assert Part(start=2, end=1).seconds == 0
