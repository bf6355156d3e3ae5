"""zeekpy, an independent client for Zeek's WebSocket interface, works against the server of an endpoint."""

from __future__ import annotations

import asyncio
import ipaddress
from dataclasses import make_dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
import trio
import zeekpy

from broker_core import Count, Endpoint, EnumValue, Event, Port, Set, Table, Timespan, Timestamp, WebAccess, WebUser
from pairs import SOON, options

if TYPE_CHECKING:
    from collections.abc import Callable

    from broker_core import WebStyle

# zeekpy uses its own library in a way that this finds old-fashioned.
pytestmark = pytest.mark.filterwarnings("ignore:connect.. must be used as a context manager:DeprecationWarning")


# A Zeek record travels as a vector of its fields. zeekpy cannot read postponed annotations of a dataclass.
Rule = make_dataclass("Rule", [("target", zeekpy.addr), ("priority", zeekpy.count), ("comment", str | None)])


def zeek(port: int, topics: list[str]) -> zeekpy.Zeek:
    return zeekpy.Zeek(f"ws://127.0.0.1:{port}/v1/messages/json", topics=topics)


async def in_thread(function: Callable[[], None]) -> None:
    with trio.fail_after(2 * SOON):
        await trio.to_thread.run_sync(function, abandon_on_cancel=True)


@pytest.mark.parametrize("style", ["broker", "zeek"])
async def test_it_publishes_every_type_that_it_has(style: WebStyle) -> None:
    async with Endpoint(options()) as endpoint:
        port = (await endpoint.listen_web(style=style)).port
        subscriber = endpoint.make_subscriber("/test/")

        def publish() -> None:
            with zeek(port, []) as client:
                client.publish(
                    "/test/x",
                    "all_types",
                    [
                        None,
                        True,
                        zeekpy.count(2**63 - 1),
                        -5,
                        0.1,
                        "grüße \n\x07",
                        zeekpy.enum("Notice::LOG"),
                        ipaddress.ip_address("2001:db8::1"),
                        ipaddress.ip_network("10.0.0.0/8"),
                        zeekpy.port(22, "tcp"),
                        timedelta(milliseconds=1500),
                        [zeekpy.count(1), "two"],
                        {zeekpy.count(1)},
                        {"k": zeekpy.count(2)},
                    ],
                )

        await in_thread(publish)
        event = Event.from_value((await subscriber.get(SOON)).value)
        assert event.name == "all_types"
        assert tuple(event.args) == (
            None,
            True,
            Count(2**63 - 1),
            -5,
            0.1,
            "grüße \n\x07",
            EnumValue("Notice::LOG"),
            ipaddress.ip_address("2001:db8::1"),
            ipaddress.ip_network("10.0.0.0/8"),
            Port(22, "tcp"),
            Timespan(1_500_000_000),
            (Count(1), "two"),
            Set([Count(1)]),
            Table({"k": Count(2)}),
        )


async def test_its_handlers_get_what_is_published_here() -> None:
    got: list[object] = []
    async with Endpoint(options()) as endpoint:
        port = (await endpoint.listen_web(style="zeek")).port
        client = zeek(port, ["/test/"])

        @client.on("rules")
        def rules(
            identity: zeekpy.count,
            found: list[Rule],  # type: ignore[valid-type]
            at: datetime,
            names: set[str],
            ready: bool,
        ) -> None:
            got.extend((identity, found, at.astimezone(UTC).year, names, ready))
            client.stop()

        def consume() -> None:
            with client:
                client.consume(timeout=SOON)

        async with trio.open_nursery() as nursery:
            nursery.start_soon(in_thread, consume)
            await endpoint.wait_for_subscribers("/test/x")
            record = (ipaddress.ip_address("10.0.0.1"), Count(7), None)
            moment = Timestamp(1_777_636_800_000_000_000)
            await endpoint.publish("/test/x", Event("rules", Count(3), (record,), moment, Set(["a", "b"]), True))
    assert got == [3, [Rule(ipaddress.ip_address("10.0.0.1"), zeekpy.count(7), None)], 2026, {"a", "b"}, True]


async def test_two_of_them_talk_through_the_server_and_none_hears_itself() -> None:
    heard: list[tuple[str, int]] = []
    async with Endpoint(options()) as endpoint:
        port = (await endpoint.listen_web(style="zeek")).port
        client = zeek(port, ["/talk/"])

        @client.on("tick")
        def tick(number: zeekpy.count) -> None:
            heard.append(("one", number))
            if number == 99:
                client.stop()

        def consume() -> None:
            with client:
                client.publish("/talk/x", "tick", [zeekpy.count(1000)])
                client.consume(timeout=SOON)

        def publish() -> None:
            with zeek(port, []) as other:
                for number in range(100):
                    other.publish("/talk/x", "tick", [zeekpy.count(number)])

        subscriber = endpoint.make_subscriber("/talk/")
        async with trio.open_nursery() as nursery:
            nursery.start_soon(in_thread, consume)
            assert Event.from_value((await subscriber.get(SOON)).value).args == (Count(1000),)
            await in_thread(publish)
    assert heard == [("one", number) for number in range(100)]


async def test_its_asynchronous_half() -> None:
    got: list[int] = []
    async with Endpoint(options()) as endpoint:
        port = (await endpoint.listen_web(style="zeek")).port

        async def main() -> None:
            client = zeekpy.AsyncZeek(f"ws://127.0.0.1:{port}/v1/messages/json", topics=["/test/"])

            @client.on("tick")
            async def tick(number: zeekpy.count) -> None:
                got.append(number)
                await client.stop()

            async with client:
                await client.publish("/other", "ready", [])
                await client.consume()

        subscriber = endpoint.make_subscriber("/other")
        async with trio.open_nursery() as nursery:
            nursery.start_soon(in_thread, lambda: asyncio.run(main()))
            await subscriber.get(SOON)
            await endpoint.publish("/test/1", Event("tick", Count(5)))
    assert got == [5]


async def test_what_it_may_not_do_is_an_error_to_it() -> None:
    problems: list[Exception] = []
    async with Endpoint(options()) as endpoint:
        access = WebAccess(users=(WebUser(publish=("/allowed",)),))
        port = (await endpoint.listen_web(style="zeek", access=access)).port

        def publish() -> None:
            with zeek(port, []) as client:
                client.publish("/other", "tick", [])
                try:
                    client.consume(timeout=SOON)
                except zeekpy.Error as error:
                    problems.append(error)

        await in_thread(publish)
    assert "access_denied" in str(problems[0])
