"""The roles of ``web_peer`` with zeekpy, an independent client for Zeek's WebSocket interface.

zeekpy reads the annotations of its handlers when it runs, so they are not postponed here.
"""

import argparse
import datetime as dt
import ipaddress
import sys
import time

import zeekpy

from .events import TOPIC
from .our_peer import HOST, say

BEFORE = [
    dt.datetime(2026, 5, 1, 12, 0, 0, 123000, dt.UTC),
    "CHhAvVGS1DHFjwGM9",
    ipaddress.ip_address("192.168.1.17"),
    zeekpy.port(51234, "tcp"),
    ipaddress.ip_address("203.0.113.80"),
    zeekpy.port(443, "tcp"),
    zeekpy.enum("Notice::LOG"),
    "ssl",
]
AFTER = [0.25, dt.timedelta(seconds=1.5), True]


def connect(arguments: argparse.Namespace, topics: list[str]) -> zeekpy.Zeek:
    return zeekpy.Zeek(f"ws://{HOST}:{arguments.port}/v1/messages/json", topics=topics)


def receive(arguments: argparse.Namespace) -> None:
    """Events until `count` have come behind `warm` others; zeekpy converts every argument for its handlers."""
    zeek = connect(arguments, [TOPIC])
    seen, started, last = 0, 0.0, arguments.warm + arguments.count

    def note() -> None:
        nonlocal seen, started
        seen += 1
        if seen == arguments.warm:
            started = time.monotonic()
        elif seen == last:
            zeek.stop()

    @zeek.on("tick")  # type: ignore[untyped-decorator]
    def tick(_number: zeekpy.count) -> None:
        note()

    @zeek.on("connection_seen")  # type: ignore[untyped-decorator]
    def connection_seen(  # as many as the event has
        _at: dt.datetime,
        _uid: str,
        _orig: zeekpy.addr,
        _orig_port: zeekpy.port,
        _resp: zeekpy.addr,
        _resp_port: zeekpy.port,
        _note: zeekpy.enum,
        _service: str,
        _number: zeekpy.count,
        _score: float,
        _duration: dt.timedelta,
        _local: bool,
    ) -> None:
        note()

    with zeek:
        say(ready=True)
        zeek.consume()
        say(seconds=time.monotonic() - started)
    sys.stdin.readline()


def publish(arguments: argparse.Namespace) -> None:
    """`warm` and `count` events as fast as they are taken."""
    with connect(arguments, []) as zeek:
        say(ready=True)
        sys.stdin.readline()
        for number in range(arguments.warm + arguments.count):
            if arguments.kind == "one":
                zeek.publish(TOPIC, "tick", [zeekpy.count(number)])
            else:
                zeek.publish(TOPIC, "connection_seen", [*BEFORE, zeekpy.count(number), *AFTER])
        say(done=True)
        sys.stdin.readline()


ROLES = {"receive": receive, "publish": publish}


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.zeekpy_peer")
    parser.add_argument("role", choices=ROLES)
    parser.add_argument("--kind", default="twelve")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--count", type=int, default=0)
    parser.add_argument("--warm", type=int, default=1)
    arguments = parser.parse_args()
    ROLES[arguments.role](arguments)


if __name__ == "__main__":
    main()
