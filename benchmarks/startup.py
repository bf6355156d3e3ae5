"""How long do `broker --help`, a completion and a one-shot publish take, compared with only importing what they use?

The one-shot publish goes to a `broker listen` that is up and subscribed, once with encryption as by default.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from .command_line import running, wait_for
from .harness import broker_command, median, print_table

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["main"]

RUNS = 15


def seconds(command: Sequence[str]) -> float:
    environ = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    started = time.perf_counter()
    subprocess.run(command, check=True, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, env=environ)
    return time.perf_counter() - started


def measure() -> dict[str, list[float]]:
    """Seconds of every run by command line, all commands in turn so that they see the same machine."""
    broker = broker_command()
    with tempfile.TemporaryDirectory() as folder:
        ready = Path(folder) / "ready"
        with running("listen", "0", "--tls", "auto", "--topic", "/benchmark", "--ready-file", str(ready)):
            event = ["-p", wait_for(ready), "/benchmark", "tick", "1"]
            commands = {
                "broker --help": [broker, "--help"],
                "broker subscribe --help": [broker, "subscribe", "--help"],
                "completion of a topic": [broker, "__complete", "topics", "/"],
                'python -c "import typer"': [sys.executable, "-c", "import typer"],
                "broker publish": [broker, "publish", *event],
                "broker publish --tls off": [broker, "publish", "--tls", "off", *event],
                'python -c "import typer, trio"': [sys.executable, "-c", "import typer, trio"],
            }
            times: dict[str, list[float]] = {name: [] for name in commands}
            for _ in range(RUNS):
                for name, command in commands.items():
                    times[name].append(seconds(command))
    return times


def main() -> None:
    times = measure()
    middle = {name: median(values) for name, values in times.items()}
    help_text, command_help, completion, typer, encrypted, plain, both = middle
    floor = {help_text: typer, command_help: typer, completion: typer, encrypted: both, plain: both}
    rows = [
        [
            name,
            f"{middle[name] * 1e3:.0f}",
            f"{min(times[name]) * 1e3:.0f}",
            f"{middle[name] / middle[floor[name]]:.2f}" if name in floor else "1",
        ]
        for name in times
    ]
    print_table("Start-up", ["command", "median ms", "best ms", "ratio"], rows)
