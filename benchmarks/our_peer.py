"""One role of a measurement, played by our library: ``python -m benchmarks.our_peer ROLE --option value``.

A role reports to its parent in JSON lines on standard output, and a role that has nothing more to do waits until its
standard input ends.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from typing import TYPE_CHECKING

import trio

from broker_core import Count, Endpoint, EndpointOptions, Event, TlsCredentials

from .events import KINDS, TOPIC, make_event

if TYPE_CHECKING:
    from argparse import Namespace

HOST = "127.0.0.1"


def say(**facts: object) -> None:
    print(json.dumps(facts), flush=True)


async def parent_is_done() -> None:
    """Until standard input ends."""
    await trio.to_thread.run_sync(sys.stdin.readline)


def endpoint(arguments: Namespace | None = None) -> Endpoint:
    """Without TLS, unless the arguments say otherwise; the certificates are those of ``broker tls init DIR node``."""
    if arguments is None or not arguments.certificates:
        return Endpoint(EndpointOptions(tls=arguments.tls if arguments else "off"))
    folder = arguments.certificates
    credentials = TlsCredentials(certificate=f"{folder}/node.crt", key=f"{folder}/node.key", ca_file=f"{folder}/ca.crt")
    return Endpoint(EndpointOptions(tls=arguments.tls, credentials=credentials))


async def receive(arguments: Namespace) -> None:
    """Events until `count` have come behind `warm` others; every argument of each is looked at."""
    async with endpoint(arguments) as ep:
        subscriber = ep.make_subscriber(TOPIC)
        listener = await ep.listen(HOST, 0, tls=arguments.tls)
        say(port=listener.port)
        seen, started = 0, 0.0
        async for message in subscriber:
            event = Event.from_value(message.value)
            tuple(event.args)
            seen += 1
            if seen == arguments.warm:
                started = time.monotonic()
                say(mark="warm")
            elif seen == arguments.warm + arguments.count:
                break
        say(seconds=time.monotonic() - started)
        await parent_is_done()


async def publish(arguments: Namespace) -> None:
    """Events as fast as they are taken, until killed."""
    async with endpoint(arguments) as ep:
        say(tls=(await ep.peer(HOST, arguments.port)).tls)
        await ep.wait_for_subscribers(TOPIC)
        number = 0
        while True:
            await ep.publish(TOPIC, make_event(arguments.kind, number))
            number += 1


async def serve(arguments: Namespace) -> None:
    """`count` events for whoever connects and subscribes; ends when all have been confirmed."""
    async with endpoint() as ep:
        listener = await ep.listen(HOST, 0)
        say(port=listener.port)
        await ep.wait_for_subscribers(TOPIC)
        started = time.monotonic()
        for number in range(arguments.count):
            await ep.publish(TOPIC, make_event(arguments.kind, number))
        await ep.flush(arguments.patience)
        say(seconds=time.monotonic() - started)
        await parent_is_done()


async def ping(arguments: Namespace) -> None:
    """Round trips, one after the other."""
    times = []
    async with endpoint() as ep:
        subscriber = ep.make_subscriber(f"{TOPIC}/pong")
        await ep.peer(HOST, arguments.port)
        await ep.wait_for_subscribers(f"{TOPIC}/ping")
        for number in range(arguments.warm + arguments.count):
            started = time.perf_counter()
            await ep.publish(f"{TOPIC}/ping", Event("ping", Count(number)))
            message = await subscriber.get()
            tuple(Event.from_value(message.value).args)
            times.append(time.perf_counter() - started)
    say(times=times[arguments.warm :])


async def pong(_: Namespace) -> None:
    """The other side of `ping`."""
    async with endpoint() as ep:
        subscriber = ep.make_subscriber(f"{TOPIC}/ping")
        listener = await ep.listen(HOST, 0)
        say(port=listener.port)
        async for message in subscriber:
            await ep.publish(f"{TOPIC}/pong", Event("pong", *Event.from_value(message.value).args))


async def lines(arguments: Namespace) -> None:
    """`count` short lines as bare strings, as fast as they are taken; reports when it starts."""
    async with endpoint() as ep:
        await ep.peer(HOST, arguments.port)
        await ep.wait_for_subscribers(TOPIC)
        say(started=time.monotonic())
        for number in range(arguments.count):
            await ep.publish(TOPIC, f"line {number}")
        await ep.flush()
        say(flushed=time.monotonic())
        await parent_is_done()


async def relay(_: Namespace) -> None:
    """A middle endpoint that passes on and subscribes to nothing."""
    async with endpoint() as ep:
        ep.forward([TOPIC])
        listener = await ep.listen(HOST, 0)
        say(port=listener.port)
        await parent_is_done()


async def collect(arguments: Namespace) -> None:
    """Takes lines from a relay until `count` are there; checks that none is missing, twice or out of order."""
    async with endpoint() as ep:
        subscriber = ep.make_subscriber(TOPIC)
        await ep.peer(HOST, arguments.port)
        say(ready=True)
        seen = 0
        with trio.move_on_after(arguments.patience):
            async for message in subscriber:
                if message.value != f"line {seen}":
                    sys.exit(f"expected line {seen}, got {message.value!r}")
                seen += 1
                if seen == arguments.count:
                    break
                if arguments.pause and not seen % 1000:
                    await trio.sleep(arguments.pause)
        say(seen=seen, ended=time.monotonic())
        await parent_is_done()


async def soak(arguments: Namespace) -> None:
    """A subscriber that keeps up; reports every `step` messages and waits until the parent has looked at its memory."""
    async with endpoint() as ep:
        subscriber = ep.make_subscriber(TOPIC)
        listener = await ep.listen(HOST, 0)
        say(port=listener.port)
        seen = 0
        async for message in subscriber:
            tuple(Event.from_value(message.value).args)
            seen += 1
            if not seen % arguments.step:
                say(seen=seen)
                await parent_is_done()
            if seen == arguments.count:
                break


async def paced(arguments: Namespace) -> None:
    """`rate` events a second on `topics` topics, a portion every `pause` seconds, until the parent has seen enough."""
    async with endpoint() as ep:
        listener = await ep.listen(HOST, 0)
        say(port=listener.port)
        await ep.wait_for_subscribers(f"{TOPIC}/0")
        say(subscribed=True)
        events = [make_event(arguments.kind, number) for number in range(1000)]
        sent, started = 0, time.monotonic()
        async with trio.open_nursery() as nursery:

            async def publish_all() -> None:
                nonlocal sent
                while True:
                    due = int((time.monotonic() - started) * arguments.rate)
                    while sent < due:
                        await ep.publish(f"{TOPIC}/{sent % arguments.topics}", events[sent % 1000])
                        sent += 1
                    await trio.sleep(arguments.pause)

            nursery.start_soon(publish_all)
            await parent_is_done()
            nursery.cancel_scope.cancel()
        say(rate=sent / (time.monotonic() - started))


ROLES = {role.__name__: role for role in (receive, publish, serve, ping, pong, lines, relay, collect, soak, paced)}


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("role", choices=ROLES)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--kind", default="twelve", choices=KINDS)
    parser.add_argument("--warm", type=int, default=500)
    parser.add_argument("--count", type=int, default=5000)
    parser.add_argument("--rate", type=float, default=20_000)
    parser.add_argument("--topics", type=int, default=10)
    parser.add_argument("--step", type=int, default=100_000)
    parser.add_argument("--pause", type=float, default=0.0)
    parser.add_argument("--patience", type=float, default=120.0)
    parser.add_argument("--tls", default="off", choices=("off", "anon", "verify"))
    parser.add_argument("--certificates", default="")
    arguments = parser.parse_args()
    trio.run(ROLES[arguments.role], arguments)


if __name__ == "__main__":
    main()
