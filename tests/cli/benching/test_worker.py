"""What a process says, and that it listens."""

from __future__ import annotations

import json
import subprocess
import sys

from broker_cli.benching.work import Work, dump_work
from broker_cli.config import Settings
from broker_core import PeerAddress

COMMAND = [sys.executable, "-m", "broker_cli.benching.worker"]


def test_without_anything_to_do_it_ends():
    done = subprocess.run(COMMAND, input=b"", capture_output=True, check=True, timeout=20)
    assert done.stdout == b""


def test_it_says_what_went_wrong_and_what_it_has():
    work = Work(role="pub", settings=Settings(peers=(PeerAddress.parse("127.0.0.1:1"),)), name="/x")
    process = subprocess.Popen(COMMAND, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    process.stdin.write(dump_work(work))
    process.stdin.flush()
    lines = [json.loads(line) for line in process.stdout]
    assert process.wait(20) == 1
    process.stdin.close()
    process.stdout.close()
    assert lines[0]["result"]["count"] == 0
    assert lines[1]["error"]["code"] == 5
    assert "connection refused" in lines[1]["error"]["message"]
