"""``broker record``: what can be said."""

from __future__ import annotations

import pytest

from broker_cli.commands.record import LEAST_AGE, LEAST_SIZE, rotation
from broker_cli.exit_codes import Failure
from broker_core.recordings.rotation import SMALLEST_FILE


@pytest.mark.parametrize(
    ("args", "message"),
    [
        ("", "missing argument 'FILE'"),
        ("f", "missing argument 'TOPIC"),
        ("f /t", "no peer given"),
        ("f /t -p :1 -n 0", "--count: '0'"),
        ("f /t -p :1 --for x", "--for: 'x' is no duration"),
        ("f /t -p :1 --idle 5m", "--idle: '5m' could be"),
        ("f /t -p :1 --timeout x", "--timeout: 'x'"),
        ("f /t -p :1 --max-queue 0", "--max-queue: '0'"),
        ("f /t -p :1 --on-overflow drop", "--on-overflow: 'drop' is none of"),
        ("f /t -p :1 --rotate x", "--rotate: 'x' is no size"),
        ("f /t -p :1 --rotate 10m", "--rotate: '10m' could be minutes or megabytes"),
        ("f /t -p :1 --rotate 1KB", f"--rotate: '1KB' is less than {LEAST_SIZE} bytes"),
        ("f /t -p :1 --rotate 10ms", "--rotate: '10ms' is less than a second"),
        ("f /t -p :1 --keep 5", "--keep goes with --rotate"),
        ("f /t -p :1 --rotate 1h --keep 0", "--keep: '0'"),
        ("f /t -p :1 --rotate 1h --append", "--rotate begins new files"),
        ("f /t -p :1 --rotate 1h --force", "--rotate begins new files"),
        ("f /t -p :1 --append --force", "--append and --force exclude each other"),
        ("f /t -p :1 --sync often", "--sync: 'often'"),
        ("f /t -p :1 -o text", "this command prints human or ndjson, not text"),
        ("f /t -p :1 --where (", "--where:"),
    ],
)
async def test_what_cannot_be_meant_is_refused(run, args, message, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    result = await run("record", *args.split())
    assert result.code == 2
    assert message in result.err.splitlines()[0]
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("100MB", (100_000_000, None)),
        ("64KiB", (LEAST_SIZE, None)),
        ("65536", (LEAST_SIZE, None)),
        ("1G", (10**9, None)),
        ("1h", (None, 3600.0)),
        ("1hr", (None, 3600.0)),
        ("1s", (None, LEAST_AGE)),
        ("90sec", (None, 90.0)),
        ("5min", (None, 300.0)),
        ("1d", (None, 86400.0)),
        ("1000ms", (None, 1.0)),
    ],
)
def test_sizes_and_times_of_files(text, found):
    assert rotation(text) == found


@pytest.mark.parametrize("text", ["65535", "63KiB", "0.9s", "999ms", "5 parsecs"])
def test_too_small(text):
    with pytest.raises(Failure, match="--rotate"):
        rotation(text)


def test_the_bound_is_that_of_the_library():
    assert LEAST_SIZE == SMALLEST_FILE
