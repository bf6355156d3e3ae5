"""What ``mypy --strict`` says of users' programs: nothing of a right one, and what is wrong of a wrong one."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import broker_core.blocking as broker

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = Path(__file__).with_name("program.py")

# With each line the codes of its errors.
WRONG = """\
import broker_core.blocking as broker
endpoint = broker.Endpoint()
endpoint.listen(1, "a")  # arg-type arg-type
endpoint.publish(5, "data")  # arg-type
endpoint.publish_batch("/topic")  # arg-type
endpoint.attach_master("name").get("key")  # union-attr
endpoint.attach_master("name", "memory")  # arg-type
number: int = endpoint.node_id()  # assignment
subscriber = endpoint.make_subscriber("/a")
topic, data = subscriber.get(1.0)  # misc
subscriber.poll()[0].topic  # attr-defined
endpoint.make_status_subscriber().get().context().node_id()  # union-attr
broker.Port(22)  # call-overload
broker.Port(22, "tcp")  # call-overload
broker.Data([1]).as_vector()[0].no_such_method()  # attr-defined
broker.Timespan(1) + 1  # operator
broker.Timespan(1) < 1  # operator
broker.Topic("a") / 1  # operator
broker.zeek.Event("a", metadata={"id": 1})  # dict-item
broker.no_such_name  # attr-defined
"""


@pytest.fixture(scope="module")
def mypy(tmp_path_factory):
    """Checks a program as its author would, who has this library installed: what mypy prints, line by line."""
    cache = tmp_path_factory.mktemp("cache")
    options = ["--strict", "--config-file=", "--follow-imports=silent", "--no-error-summary", f"--cache-dir={cache}"]

    def check(path):
        command = [sys.executable, "-m", "mypy", *options, path.name]
        run = subprocess.run(
            command,
            cwd=path.parent,
            env={"MYPYPATH": str(ROOT)},
            capture_output=True,
            text=True,
            check=False,
            timeout=110,
        )
        assert not run.stderr
        return [line for line in run.stdout.splitlines() if ": note: " not in line]

    return check


@pytest.mark.timeout(120)  # mypy reads the whole library
def test_a_right_program_has_the_types_that_it_says(mypy, tmp_path):
    assert mypy(Path(shutil.copy(PROGRAM, tmp_path))) == []


@pytest.mark.timeout(120)
def test_mistakes_are_found(mypy, tmp_path):
    path = tmp_path / "wrong.py"
    path.write_text(WRONG, encoding="utf-8")
    expected = [
        (number, code)
        for number, line in enumerate(WRONG.splitlines(), 1)
        for code in line.partition("  # ")[2].split()
    ]
    found = [re.fullmatch(r"wrong\.py:(\d+): error: .* \[([\w-]+)\]", line).groups() for line in mypy(path)]
    assert [(int(number), code) for number, code in found] == expected


def test_the_right_program_touches_every_name():
    text = PROGRAM.read_text(encoding="utf-8")
    assert [name for name in broker.__all__ if not re.search(rf"\bbroker\.{name}\b", text)] == []


def test_the_right_program_runs():
    run = subprocess.run(
        [sys.executable, str(PROGRAM)], cwd=ROOT, capture_output=True, text=True, check=False, timeout=50
    )
    assert (run.returncode, run.stdout, run.stderr) == (0, "", "")
