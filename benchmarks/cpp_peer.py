#!/usr/bin/python3
"""One role of a measurement, played by Zeek's own Python bindings of C++ Broker (Debian: python3-broker).

Run by path under the system's Python, which does not have our package, so it imports nothing of it; blocking_peer.py
runs it with our synchronous API in place of the bindings. The roles, their options and what they report are those of
our_peer.py and store_peer.py; the events are those of events.py.
"""

import argparse
import datetime
import ipaddress
import json
import sys
import time

import broker

TOPIC = "/benchmark"

BEFORE = (
    datetime.datetime(2026, 5, 1, 12, 0, 0, 123456, tzinfo=datetime.timezone.utc),
    "CHhAvVGS1DHFjwGM9",
    ipaddress.ip_address("192.168.1.17"),
    broker.Port(51234, broker.Port.TCP),
    ipaddress.ip_address("203.0.113.80"),
    broker.Port(443, broker.Port.TCP),
    broker.Enum("Notice::LOG"),
    "ssl",
)
AFTER = (0.25, datetime.timedelta(seconds=1.5), True)


def say(**facts):
    print(json.dumps(facts), flush=True)


def make_event(kind, number):
    if kind == "one":
        return broker.zeek.Event("tick", broker.Count(number))
    return broker.zeek.Event("connection_seen", *BEFORE, broker.Count(number), *AFTER)


def endpoint():
    options = broker.BrokerOptions()
    options.disable_ssl = True
    return broker.Endpoint(broker.Configuration(options))


def connect(ep, port):
    status = ep.make_status_subscriber(True)
    if not ep.peer("127.0.0.1", port, 1.0):
        sys.exit("cannot peer with port %d" % port)
    while True:
        notice = status.get()
        if isinstance(notice, broker.Status) and notice.code() == broker.SC.PeerAdded:
            # Nothing tells when the peer's subscriptions are known.
            time.sleep(0.5)
            return


def receive(arguments):
    ep = endpoint()
    subscriber = ep.make_subscriber(TOPIC)
    say(port=ep.listen("127.0.0.1", 0))
    started = 0.0
    for seen in range(1, arguments.warm + arguments.count + 1):
        _, data = subscriber.get()
        event = broker.zeek.Event(data)
        event.name()
        event.args()
        if seen == arguments.warm:
            started = time.monotonic()
            say(mark="warm")
    say(seconds=time.monotonic() - started)
    sys.stdin.readline()


def publish(arguments):
    ep = endpoint()
    connect(ep, arguments.port)
    number = 0
    while True:  # until the parent has its numbers
        ep.publish(TOPIC, make_event(arguments.kind, number))
        number += 1


def ping(arguments):
    ep = endpoint()
    subscriber = ep.make_subscriber(TOPIC + "/pong")
    connect(ep, arguments.port)
    times = []
    for number in range(arguments.warm + arguments.count):
        started = time.perf_counter()
        ep.publish(TOPIC + "/ping", broker.zeek.Event("ping", broker.Count(number)))
        _, data = subscriber.get()
        broker.zeek.Event(data).args()
        times.append(time.perf_counter() - started)
    say(times=times[arguments.warm :])


def pong(arguments):
    ep = endpoint()
    subscriber = ep.make_subscriber(TOPIC + "/ping")
    say(port=ep.listen("127.0.0.1", 0))
    for _ in range(arguments.warm + arguments.count):
        _, data = subscriber.get()
        event = broker.zeek.Event(data)
        ep.publish(TOPIC + "/pong", broker.zeek.Event("pong", *event.args()))
    sys.stdin.readline()


def store(arguments):
    """The puts and gets of store_peer.py. A put here never waits; the first get tells that all are done."""
    ep = endpoint()
    kind = {"memory": broker.Backend.Memory, "sqlite": broker.Backend.SQLite}[arguments.backend]
    master = ep.attach_master("benchmark", kind, {"path": arguments.path} if arguments.path else {})
    keys = ["198.51.100.%d:%d" % (number % 250, number) for number in range(arguments.count)]
    started = time.perf_counter()
    for number, key in enumerate(keys):
        master.put(key, (broker.Count(number), "established", 0.25))
    master.get(keys[-1])
    unawaited = time.perf_counter() - started
    started = time.perf_counter()
    for key in keys[: arguments.single]:
        master.get(key)
    say(unawaited=unawaited, gets=time.perf_counter() - started)


def calls(arguments):
    """Seconds of single calls between two endpoints of this process."""
    first, second = endpoint(), endpoint()
    subscriber = first.make_subscriber(TOPIC)
    status = second.make_status_subscriber(True)
    second.peer("127.0.0.1", first.listen("127.0.0.1", 0), 0.0)
    status.get()
    time.sleep(0.5)
    events = [make_event("one", number) for number in range(arguments.count)]
    publishing = time.perf_counter()
    for event in events:
        second.publish(TOPIC, event)
    publishing = (time.perf_counter() - publishing) / len(events)
    time.sleep(1)  # until the queue is as full as it gets
    there = subscriber.available()
    getting = time.perf_counter()
    for _ in range(there):
        subscriber.get()
    getting = (time.perf_counter() - getting) / there
    master = first.attach_master("benchmark", broker.Backend.Memory, {})
    master.put("key", 1)
    answers = []
    for _ in range(arguments.single):
        started = time.perf_counter()
        master.get("key")
        answers.append(time.perf_counter() - started)
    say(publish=publishing, get=getting, answers=answers)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("role", choices=["receive", "publish", "ping", "pong", "store", "calls"])
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--kind", default="twelve", choices=["twelve", "one"])
    parser.add_argument("--warm", type=int, default=500)
    parser.add_argument("--count", type=int, default=5000)
    parser.add_argument("--single", type=int, default=1000)
    parser.add_argument("--backend", default="memory", choices=["memory", "sqlite"])
    parser.add_argument("--path", default="")
    arguments = parser.parse_args()
    globals()[arguments.role](arguments)


if __name__ == "__main__":
    main()
