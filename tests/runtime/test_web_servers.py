"""An endpoint as the client of WebSocket servers, which are played with wsproto."""

from __future__ import annotations

import json
from datetime import timedelta, timezone
from typing import Any

import pytest
import trio
import trio.testing
from wsproto.connection import ConnectionState
from wsproto.events import CloseConnection

from broker_core import (
    EC,
    SC,
    Cause,
    Count,
    Endpoint,
    EndpointOptions,
    ErrorNotice,
    Event,
    Limits,
    PeerIncompatible,
    PeeringError,
    PeerRefused,
    PeerTimeout,
    Timestamp,
    UndeliveredError,
)
from pairs import SOON, until
from web_links import ACK, BARRIER_ANSWER, ZEEK_ID, ServerEnd, web_client, web_server

PING = (Count(1), Count(1), ("ping", (Count(5),)))
PING_TEXT = (
    '{"type":"data-message","topic":"/x","@data-type":"vector","data":[{"@data-type":"count","data":1},'
    '{"@data-type":"count","data":1},{"@data-type":"vector","data":[{"@data-type":"string","data":"ping"},'
    '{"@data-type":"vector","data":[{"@data-type":"count","data":5}]}]}]}'
)


def count_text(number: int, topic: str = "/x") -> str:
    return f'{{"type":"data-message","topic":"{topic}","@data-type":"count","data":{number}}}'


async def test_the_subscription_and_who_subscribes() -> None:
    seen: list[ServerEnd] = []

    async def serve(end: ServerEnd) -> None:
        seen.append(end)
        await end.welcome()
        await end.answer_barriers()

    options = EndpointOptions(token="s3cret", application="watcher")
    async with web_server(serve) as port, Endpoint(options) as endpoint:
        endpoint.make_subscriber(["/x", "/y", "/x/1"])
        info = await endpoint.peer(f"ws://127.0.0.1:{port}")
        assert seen[0].topics == ["/x", "/y"]
        assert seen[0].request is not None
        headers = {bytes(name): bytes(value) for name, value in seen[0].request.extra_headers}
        assert headers[b"x-application-name"] == b"watcher"
        assert headers[b"authorization"] == b"Bearer s3cret"
        assert seen[0].request.target == "/v1/messages/json"
        assert seen[0].request.host == f"127.0.0.1:{port}"
        assert (info.transport, info.name, info.version) == ("ws", ZEEK_ID, "8.2.2")
        assert (info.direction, info.tls, info.filter) == ("out", "off", ("",))
        assert info.address == f"127.0.0.1:{port}"
        assert 0 < await endpoint.ping(info.id, SOON) < SOON


async def test_messages_go_both_ways_in_the_words_of_zeek() -> None:
    got: list[Any] = []

    async def serve(end: ServerEnd) -> None:
        await end.welcome()
        got.append(await end.text())
        await end.say(PING_TEXT)
        await end.answer_barriers()

    async with web_server(serve) as port, Endpoint() as endpoint:
        subscriber = endpoint.make_subscriber("/x")
        statuses = endpoint.make_status_subscriber(receive_statuses=True)
        await endpoint.peer(f"ws://127.0.0.1:{port}")
        assert await endpoint.publish("/x", Event("ping", Count(5))) == 1
        message = await subscriber.get(SOON)
        assert (message.topic, message.value, message.sender) == ("/x", PING, endpoint.peers()[0].id)
        await endpoint.flush(SOON)
        assert got == [PING_TEXT]
        assert endpoint.peers()[0].received == 1
        await endpoint.shutdown()
        codes = [notice.code for notice in statuses.poll()]
        assert codes == [SC.ENDPOINT_DISCOVERED, SC.PEER_ADDED, SC.PEER_REMOVED, SC.ENDPOINT_UNREACHABLE]


async def test_an_error_of_the_server_is_shown_as_it_is_and_the_session_goes_on() -> None:
    async def serve(end: ServerEnd) -> None:
        await end.welcome()
        await end.text()
        await end.say('{"type":"error","code":"deserialization_failed","context":"failed to create Zeek event"}')
        await end.say('{"type":"error","code":"broker_error","context":"Could not process remote event"}')
        await end.say(count_text(1))
        await end.answer_barriers()

    async with web_server(serve) as port, Endpoint() as endpoint:
        subscriber, errors = endpoint.make_subscriber("/x"), endpoint.make_status_subscriber()
        await endpoint.peer(f"ws://127.0.0.1:{port}")
        await endpoint.publish("/x", 1)
        first, second = await errors.get(SOON), await errors.get(SOON)
        assert isinstance(first, ErrorNotice)
        assert first.code is EC.DESERIALIZATION_FAILED
        assert first.message == "deserialization_failed: failed to create Zeek event"
        assert first.context is not None
        assert str(first.context.network).startswith(f"127.0.0.1:{port}")
        assert (second.code, second.message) == (EC.UNSPECIFIED, "broker_error: Could not process remote event")
        assert (await subscriber.get(SOON)).value == Count(1)
        assert endpoint.statistics().refused == 2


async def test_what_the_server_has_not_worked_off_is_not_confirmed() -> None:
    go_on = trio.Event()

    async def serve(end: ServerEnd) -> None:
        await end.welcome()
        await end.text()
        await go_on.wait()
        await end.answer_barriers()

    async with web_server(serve) as port, Endpoint() as endpoint:
        info = await endpoint.peer(f"ws://127.0.0.1:{port}")
        await endpoint.publish("/x", 1)
        with pytest.raises(UndeliveredError) as caught:
            await endpoint.flush(0.05)
        assert caught.value.counts == {str(info.id): 1}
        go_on.set()
        await endpoint.flush(SOON)


async def test_leaving_waits_for_the_last_errors_and_closes() -> None:
    ends: list[Any] = []

    async def serve(end: ServerEnd) -> None:
        await end.welcome()
        assert json.loads(await end.text())["data"] == 1
        assert json.loads(await end.text())["type"] == "barrier"
        await end.say('{"type":"error","code":"deserialization_failed","context":"failed to create Zeek event"}')
        await end.say(BARRIER_ANSWER)
        ends.append(await end.end())

    async with web_server(serve) as port:
        async with Endpoint() as endpoint:
            errors = endpoint.make_status_subscriber()
            await endpoint.peer(f"ws://127.0.0.1:{port}")
            await endpoint.publish("/x", Count(1))
        assert ends[0].code == 1000
        assert [notice.message for notice in errors.poll()] == ["deserialization_failed: failed to create Zeek event"]


async def test_a_server_that_ends_is_a_loss_and_retry_subscribes_anew() -> None:
    served: list[list[str]] = []

    async def serve(end: ServerEnd) -> None:
        served.append(await end.welcome())
        if len(served) == 1:
            await end.stream.send_all(b"\x88\x0d\x03\xe9Terminating")
            await end.stream.aclose()
        else:
            await end.answer_barriers()

    async with web_server(serve) as port, Endpoint() as endpoint:
        statuses = endpoint.make_status_subscriber(receive_statuses=True)
        endpoint.make_subscriber("/x")
        await endpoint.peer(f"ws://127.0.0.1:{port}", retry=0.01)
        with trio.fail_after(SOON):
            codes = [(await statuses.get()).code for _ in range(6)]
        assert codes[2:4] == [SC.PEER_LOST, SC.ENDPOINT_UNREACHABLE]
        assert codes[5] is SC.PEER_ADDED
        assert served == [["/x"], ["/x"]]


async def test_another_subscription_takes_a_new_connection_and_loses_and_repeats_nothing() -> None:
    """The server sends 1 on the old connection, 2 and 3 on both, 4 on the new one; the client's own come on one."""
    old, subscribed, sent = trio.Event(), trio.Event(), trio.Event()
    texts: list[Any] = []

    async def serve(end: ServerEnd) -> None:
        topics = await end.welcome() if not old.is_set() else None
        if topics == ["/x"]:
            old.set()
            assert json.loads(await end.text())["type"] == "barrier"  # what was published is worked off first
            await end.say(BARRIER_ANSWER)
            await end.say(count_text(1))
            await subscribed.wait()
            await end.say(count_text(2))
            await end.say(count_text(3))
            sent.set()
            texts.append((await end.end()).code)
            return
        await end.upgrade()
        texts.append(json.loads(await end.text()))
        subscribed.set()
        await sent.wait()
        await end.say(ACK)
        for number in (2, 3, 4):
            await end.say(count_text(number))
        await end.say(count_text(3))
        texts.append((await end.message())["data"])
        await end.answer_barriers()

    async with web_server(serve) as port, Endpoint() as endpoint:
        first = endpoint.make_subscriber("/x")
        await endpoint.peer(f"ws://127.0.0.1:{port}")
        endpoint.make_subscriber("/y")
        with trio.fail_after(SOON):
            assert [(await first.get()).value for _ in range(5)] == [1, 2, 3, 4, 3]
        await endpoint.publish("/z", Count(9))
        await endpoint.flush(SOON)
        assert texts == [["/x", "/y"], 1000, 9]
        assert len(endpoint.peers()) == 1


async def test_a_subscription_that_is_refused_ends_the_peering_with_the_reason() -> None:
    served = 0

    async def serve(end: ServerEnd) -> None:
        nonlocal served
        served += 1
        if served == 1:
            await end.welcome()
            await end.answer_barriers()
        else:
            await end.stream.receive_some()
            await end.stream.send_all(b"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n")
            await end.stream.aclose()

    async with web_server(serve) as port, Endpoint() as endpoint:
        statuses = endpoint.make_status_subscriber(receive_statuses=True)
        await endpoint.peer(f"ws://127.0.0.1:{port}")
        endpoint.make_subscriber("/y")
        with trio.fail_after(SOON):
            async for notice in statuses:
                if notice.code is SC.PEER_LOST:
                    break
        assert endpoint.peers() == []


async def test_what_json_cannot_say_is_told_and_counted_and_the_rest_goes_on() -> None:
    async def serve(end: ServerEnd) -> None:
        await end.welcome()
        assert (await end.message())["data"] == "fine"
        await end.answer_barriers()

    async with web_server(serve) as port, Endpoint() as endpoint:
        errors = endpoint.make_status_subscriber()
        await endpoint.peer(f"ws://127.0.0.1:{port}")
        await endpoint.publish("/x", b"\xff")
        notice = await errors.get(SOON)
        assert notice.code is EC.SERIALIZATION_FAILED
        assert "/x cannot be expressed in JSON" in str(notice.message)
        await endpoint.publish("/x", "fine")
        await endpoint.flush(SOON)
        assert endpoint.peers()[0].dropped == 1


async def test_a_silent_server_is_asked_and_given_up() -> None:
    asked: list[int] = []

    async def serve(end: ServerEnd) -> None:
        await end.welcome()
        end.mute = True
        while True:
            data = await end.stream.receive_some()
            if not data:
                return
            asked.append(data[0])

    limits = Limits(web_ping_interval=0.05)
    async with web_server(serve) as port, Endpoint(EndpointOptions(limits=limits)) as endpoint:
        statuses = endpoint.make_status_subscriber(receive_statuses=True)
        await endpoint.peer(f"ws://127.0.0.1:{port}")
        with trio.fail_after(SOON):
            while (await statuses.get()).code is not SC.PEER_LOST:
                pass

        async def told() -> bool:
            return asked[0] == 0x89 and 0x88 in asked

        await until(told)


ANSWERS = {
    "wrong token": (
        b"HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n",
        PeerRefused,
        Cause.REJECTED,
        "401",
    ),
    "a web server": (
        b"HTTP/1.1 404 Not Found\r\nServer: nginx\r\nContent-Length: 0\r\n\r\n",
        PeeringError,
        None,
        "404",
    ),
    "a Broker": (b"\x00\x00\x00\x05\x07ZEEK", PeerIncompatible, Cause.WEBSOCKET, "Broker"),
    "TLS": (b"\x15\x03\x03\x00\x02\x02\x0a", PeerIncompatible, Cause.TLS_EXPECTED, "TLS"),
    "ssh": (b"SSH-2.0-OpenSSH_9.2p1\r\n", PeerIncompatible, Cause.NOT_BROKER, "SSH"),
    "nothing": (b"", PeeringError, None, "closed"),
}


@pytest.mark.parametrize("name", ANSWERS)
async def test_what_is_no_websocket_server_is_named(name: str) -> None:
    answer, kind, cause, words = ANSWERS[name]

    async def serve(end: ServerEnd) -> None:
        await end.stream.receive_some()
        await end.stream.send_all(answer)
        await end.stream.aclose()

    async with web_server(serve) as port, Endpoint() as endpoint:
        errors = endpoint.make_status_subscriber()
        with pytest.raises(kind, match=words) as caught:
            await endpoint.peer(f"ws://127.0.0.1:{port}")
        assert caught.value.address == f"ws://127.0.0.1:{port}"
        if cause is not None:
            assert caught.value.cause is cause
        assert words in str((await errors.get(SOON)).message)


async def test_a_server_that_never_acknowledges_is_given_up() -> None:
    async def serve(end: ServerEnd) -> None:
        await end.upgrade()
        await end.stream.receive_some()
        await end.next()

    options = EndpointOptions(limits=Limits(handshake_timeout=0.1))
    async with web_server(serve) as port, Endpoint(options) as endpoint:
        with pytest.raises(PeerTimeout, match=r"not acknowledged within 0\.1 s") as caught:
            await endpoint.peer(f"ws://127.0.0.1:{port}")
        assert caught.value.cause is Cause.HANDSHAKE_TIMEOUT


async def test_one_server_is_one_peer() -> None:
    """libbroker's server gives the id of its endpoint, so a second way to it would bring everything twice."""
    ack = '{"type":"ack","endpoint":"9999a454-dbd2-5cb5-9c4c-f3c6ffe7bdf8","version":"2.8.0-dev"}'

    async def serve(end: ServerEnd) -> None:
        await end.welcome(ack)
        await end.end()

    async with web_server(serve) as port, Endpoint() as endpoint:
        first = await endpoint.peer(f"ws://127.0.0.1:{port}")
        assert str(first.id) == "9999a454-dbd2-5cb5-9c4c-f3c6ffe7bdf8"
        second = await endpoint.peer(f"ws://127.0.0.1:{port}")
        assert second.id == first.id
        assert len(endpoint.peers()) == 1


async def test_what_a_server_sends_is_passed_on_to_native_peers() -> None:
    start = trio.Event()

    async def serve(end: ServerEnd) -> None:
        await end.welcome()
        await start.wait()
        await end.say(count_text(1))
        await end.answer_barriers()

    async with web_server(serve) as port, Endpoint() as bridge, Endpoint() as peer:
        subscriber = peer.make_subscriber("/x")
        await peer.peer("127.0.0.1", (await bridge.listen()).port)
        bridge.forward("/x")
        await bridge.wait_for_subscribers("/x")
        await bridge.peer(f"ws://127.0.0.1:{port}")
        start.set()
        assert (await subscriber.get(SOON)).value == Count(1)


async def test_a_server_before_zeek_8_writes_its_own_time() -> None:
    ack = ACK.replace("8.2.2", "7.2.0")

    async def serve(end: ServerEnd) -> None:
        await end.welcome(ack)
        await end.say('{"type":"data-message","topic":"/x","@data-type":"timestamp","data":"2026-05-01T14:00:00.000"}')
        sent = (await end.message())["data"]
        assert sent.startswith("2026-05-01T14:00:00"), sent
        await end.answer_barriers()

    options = EndpointOptions(web_zone=timezone(timedelta(hours=2)))
    async with web_server(serve) as port, Endpoint(options) as endpoint:
        subscriber = endpoint.make_subscriber("/x")
        await endpoint.peer("ws://127.0.0.1", port)
        moment = (await subscriber.get(SOON)).value
        assert moment == Timestamp(1_777_636_800_000_000_000)  # 12:00 UTC
        await endpoint.publish("/x", moment)
        await endpoint.flush(SOON)


async def test_what_is_queued_when_the_subscription_changes_is_confirmed_only_when_it_has_come() -> None:
    """The barriers of flush and of the change are both on their way; neither may be taken for the other."""
    got: list[Any] = []
    go_on = trio.Event()

    async def serve(end: ServerEnd) -> None:
        topics = await end.welcome()
        if topics == ["/x"]:
            await go_on.wait()
        while True:
            event = await end.next()
            if isinstance(event, CloseConnection):
                if end.ws.state is ConnectionState.REMOTE_CLOSING:
                    await end.send(event.response())
                return
            thing = json.loads(event.data)
            if thing["type"] == "barrier":
                await end.say(BARRIER_ANSWER)
            else:
                got.append(thing["data"])

    async with web_server(serve) as port, Endpoint() as endpoint:
        endpoint.make_subscriber("/x")
        await endpoint.peer(f"ws://127.0.0.1:{port}")
        for number in range(50):
            await endpoint.publish("/z", Count(number))
        confirmed: list[int] = []

        async def flush() -> None:
            await endpoint.flush(SOON)
            confirmed.append(len(got))

        async with trio.open_nursery() as nursery:
            nursery.start_soon(flush)
            endpoint.make_subscriber("/y")
            await trio.testing.wait_all_tasks_blocked()
            for number in range(50, 100):
                await endpoint.publish("/z", Count(number))
            nursery.start_soon(flush)
            await trio.testing.wait_all_tasks_blocked()
            assert confirmed == []
            go_on.set()
        assert got == list(range(100))
        assert confirmed[0] >= 50
        assert confirmed[1] == 100


async def test_another_subscription_while_this_side_leaves_changes_nothing() -> None:
    async def serve(end: ServerEnd) -> None:
        await end.welcome()
        while not isinstance(await end.next(), CloseConnection):
            pass
        subscriber.close()  # the close frame is not answered yet
        await trio.testing.wait_all_tasks_blocked()

    async with web_server(serve) as port, Endpoint() as endpoint:
        subscriber = endpoint.make_subscriber("/x")
        info = await endpoint.peer(f"ws://127.0.0.1:{port}")
        await endpoint.unpeer(info.id)
        assert endpoint.peers() == []


async def test_words_of_a_server_that_are_no_text_reach_a_client_of_ours() -> None:
    async def serve(end: ServerEnd) -> None:
        await end.welcome(r'{"type":"ack","endpoint":"\ud800","version":"8.2.2"}')
        await end.say(r'{"type":"error","code":"x","context":"bad \ud800"}')
        await end.end()

    async with web_server(serve) as port, Endpoint() as endpoint:
        here = (await endpoint.listen_web()).port
        async with web_client(here, ["<$>/local/data/errors"]) as client:
            info = await endpoint.peer(f"ws://127.0.0.1:{port}")
            assert info.name == "\ufffd"
            assert "bad \ufffd" in await client.text()
