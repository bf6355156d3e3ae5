"""``python -m tests.soak``: an hour of a busy node's traffic, with disconnects, as fast as this machine does it.

A busy node handles a thousand events a second, 3.6 million in an hour; here a connection breaks at least every 30 s of
that hour. It ends with a table, and with status 1 when something was lost that had been confirmed, came twice or out of
order, when memory grew, or when a task or descriptor was left.
"""

from __future__ import annotations

import argparse
import sys
import time

import trio

from .driver import Goal, soak

_HOUR = 3600
_EVENTS = 1000  # a second
_BREAK = 30  # seconds


def main() -> None:
    """Run it."""
    parser = argparse.ArgumentParser(prog="python -m tests.soak", description="Traffic with disconnects, judged.")
    parser.add_argument("--messages", type=int, default=_HOUR * _EVENTS, help="default: %(default)s")
    parser.add_argument("--disconnects", type=int, default=_HOUR // _BREAK, help="default: %(default)s")
    parser.add_argument("--minutes", type=float, default=60, help="stop then at the latest (default: %(default)s)")
    parser.add_argument("--pace", type=float, default=1.0, help="seconds between two faults (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=0, help="of all random choices (default: from the clock)")
    options = parser.parse_args()
    seed = options.seed or time.time_ns() % 2**31
    _say(f"soak: seed {seed}, until {options.messages} messages and {options.disconnects} disconnects")
    goal = Goal(options.messages, options.disconnects, options.minutes * 60, options.pace)
    verdict = trio.run(soak, goal, seed, _say)
    for line in verdict.lines():
        _say(line)
    sys.exit(bool(verdict.problems))


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
