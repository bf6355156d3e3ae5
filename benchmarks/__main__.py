"""``python -m benchmarks [NAME...]``: all questions, or those that are named."""

from __future__ import annotations

import argparse
import os
import sys
from importlib import import_module

from .harness import machine

QUESTIONS = (
    "throughput",
    "tls",
    "websocket",
    "zeromq",
    "relay",
    "latency",
    "command_line",
    "recordings",
    "live",
    "startup",
    "memory",
    "stores",
    "blocking",
)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="Measure, and print ratios.")
    parser.add_argument("name", nargs="*", metavar="NAME", help=", ".join(QUESTIONS))
    names = parser.parse_args().name or QUESTIONS
    for name in names:
        if name not in QUESTIONS:
            parser.error(f"there is no benchmark {name!r}; there are {', '.join(QUESTIONS)}")
    os.environ.update(BROKER_CONFIG="/dev/null", BROKER_STATE="off")  # no profile of whoever measures
    print(f"# Benchmarks\n\n{machine()}")
    failed = False
    for name in names:
        try:
            import_module(f"benchmarks.{name}").main()
        except RuntimeError as error:  # the other questions have answers all the same
            failed = True
            print(f"\n{name} failed: {error}")
    sys.exit(failed)


if __name__ == "__main__":
    main()
