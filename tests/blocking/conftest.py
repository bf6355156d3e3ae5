"""Endpoints for the tests of this folder, and examples of the manual."""

from __future__ import annotations

import ipaddress
import threading
from textwrap import dedent

import pytest

import broker_core.blocking as broker


@pytest.fixture(name="endpoint")
def make_endpoint():
    """Makes endpoints that are shut down after the test."""
    made = []

    def make(*args):
        made.append(broker.Endpoint(*args))
        return made[-1]

    yield make
    for one in made:
        one.shutdown()


@pytest.fixture(name="run")
def make_run():
    """Runs an example as written, with `broker` being ours, and gives the names that it has made."""
    made = []

    def run(example, **names):
        names |= {"broker": broker, "ipaddress": ipaddress}
        made.append(names)
        exec(compile(dedent(example), "manual", "exec"), names)
        return names

    yield run
    for names in made:
        for thing in names.values():
            if isinstance(thing, broker.Endpoint):
                thing.shutdown()


@pytest.fixture(name="zeek")
def make_zeek(endpoint):
    """Does as ping.zeek: answers ping(n) with pong(n), five times. Its port, and its thread."""
    ep = endpoint()
    sub = ep.make_subscriber("/topic/test")

    def work():
        for _ in range(5):
            _, data = sub.get()
            ep.publish("/topic/test", broker.zeek.Event("pong", *broker.zeek.Event(data).args()))

    thread = threading.Thread(target=work)
    thread.start()
    return ep.listen("127.0.0.1", 0), thread


@pytest.fixture(name="make_endpoint")
def make_plain_endpoint(endpoint):
    """``make_endpoint(ttl=5)``: an endpoint with these options that speaks plain TCP."""

    def make(**options):
        return endpoint(broker.Configuration(broker.BrokerOptions(disable_ssl=True, **options)))

    return make
