"""The WebSocket server of an endpoint, with clients that are played with wsproto."""

from __future__ import annotations

import json
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import pytest
import trio
from wsproto import ConnectionType
from wsproto.events import CloseConnection, Ping, RejectConnection, RejectData, Request

from broker_core import (
    EC,
    SC,
    Cause,
    Count,
    Endpoint,
    Event,
    Limits,
    UndeliveredError,
    WebAccess,
    WebUser,
)
from broker_core.protocol.web_frames import CLOSE, close_payload, frame, text_frame
from pairs import SOON, options
from web_links import PATH, WebEnd, web_client

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from broker_core import WebStyle


def text(value: str, topic: str = "/x") -> str:
    return f'{{"type":"data-message","topic":"{topic}","@data-type":"string","data":"{value}"}}'


@asynccontextmanager
async def served(
    *, limits: Limits | None = None, forward: bool = False, **web: Any
) -> AsyncIterator[tuple[Endpoint, int]]:
    """An endpoint that serves WebSocket clients in plain TCP, and the port."""
    with trio.fail_after(2 * SOON):
        async with Endpoint(options(forward=forward, limits=limits or Limits())) as endpoint:
            yield endpoint, (await endpoint.listen_web(**web)).port


@pytest.mark.parametrize(("style", "name"), [("broker", "{}"), ("zeek", "{}-websocket-0")])
async def test_the_acknowledgement_names_the_endpoint(style: WebStyle, name: str) -> None:
    async with served(style=style) as (endpoint, port), web_client(port, None) as client:
        await client.say("[]")
        ack = json.loads(await client.text())
        assert (ack["type"], ack["endpoint"]) == ("ack", name.format(endpoint.id))
        assert ack["version"].startswith("broker-toolkit-")


async def test_a_client_takes_part_although_the_endpoint_does_not_forward() -> None:
    async with served() as (endpoint, port), Endpoint(options()) as peer:
        await peer.peer("127.0.0.1", (await endpoint.listen()).port)
        here, there = endpoint.make_subscriber("/x"), peer.make_subscriber("/x")
        await endpoint.wait_for_subscribers("/x")
        async with web_client(port, ["/x", "/y"]) as one, web_client(port, ["/x"]) as two:
            await peer.wait_for_subscribers("/y")  # the endpoint tells its peers what clients want
            await one.say(text("from one"))
            assert (await here.get(SOON)).value == (await there.get(SOON)).value == "from one"
            assert json.loads(await two.text()) == json.loads(text("from one"))
            await peer.publish("/x/1", Event("ev", Count(1)))
            await peer.flush(SOON)
            await endpoint.publish("/x/2", 2)
            for client in (one, two):  # nobody gets back what is their own
                assert json.loads(await client.text())["topic"] == "/x/1"
                assert await client.text() == '{"type":"data-message","topic":"/x/2","@data-type":"integer","data":2}'
        assert endpoint.statistics().received == 2


async def test_clients_are_peers_with_their_own_names() -> None:
    async with served() as (endpoint, port):
        statuses = endpoint.make_status_subscriber(receive_statuses=True)
        async with web_client(port, ["/x"], headers=(("X-Application-Name", "dashboard"),)) as client:
            host, own_port = client.stream.socket.getsockname()  # type: ignore[attr-defined]
            notices = [await statuses.get(SOON) for _ in range(2)]
            assert [notice.code for notice in notices] == [SC.ENDPOINT_DISCOVERED, SC.PEER_ADDED]
            [info] = endpoint.peers()
            assert (info.transport, info.direction, info.name) == ("ws", "in", "dashboard")
            assert (info.address, info.filter) == (f"{host}:{own_port}", ("/x",))
            await client.send(CloseConnection(1000))
            notices = [await statuses.get(SOON) for _ in range(2)]
        assert [notice.code for notice in notices] == [SC.PEER_LOST, SC.ENDPOINT_UNREACHABLE]
        assert endpoint.filter == ()


async def test_everything_includes_what_happens_at_the_server() -> None:
    """As C++ does: statuses, errors and events of stores are local topics, and a client of "" gets them."""
    async with served() as (endpoint, port), web_client(port, [""]) as one:
        async with web_client(port, []):
            topics = [json.loads(await one.text())["topic"] for _ in range(2)]
        assert topics == ["<$>/local/data/statuses"] * 2
        store = await endpoint.attach_master("db")
        await store.put("k", 1)
        while (message := json.loads(await one.text()))["topic"] == "<$>/local/data/statuses":
            pass
        assert message["data"][0]["data"] == "insert"


async def test_an_unreadable_message_gets_an_error_and_the_next_one_is_taken() -> None:
    async with served() as (endpoint, port), web_client(port, []) as client:
        subscriber = endpoint.make_subscriber("/x")
        await client.say("{'a':1}")
        await client.say(text("fine"))
        error = json.loads(await client.text())
        assert (error["type"], error["code"]) == ("error", "deserialization_failed")
        assert error["context"].startswith("input #1 contained malformed JSON")
        assert (await subscriber.get(SOON)).value == "fine"


async def test_a_message_of_a_client_on_a_local_topic_stays_here() -> None:
    async with served(forward=True) as (endpoint, port), Endpoint(options()) as peer:
        await peer.peer("127.0.0.1", (await endpoint.listen()).port)
        there, here = peer.make_subscriber(""), endpoint.make_subscriber("<$>/local/mine")
        await endpoint.wait_for_subscribers("/x")
        async with web_client(port, []) as client:
            await client.say(text("local", "<$>/local/mine"))
            await client.say(text("all", "/x"))
            assert (await here.get(SOON)).value == "local"
            assert (await there.get(SOON)).value == "all"


# -- who gets in ----------------------------------------------------------------------------------------------------


async def refusal(port: int, *headers: tuple[str, str], path: str = PATH) -> tuple[int, bytes]:
    """Status and body of the answer to a request that is refused."""
    async with await trio.open_tcp_stream("127.0.0.1", port) as stream:
        end = WebEnd(stream, ConnectionType.CLIENT)
        extra = [(name.encode(), value.encode()) for name, value in headers]
        await end.send(Request(host="h", target=path, extra_headers=extra))
        answer = await end.next()
        assert isinstance(answer, RejectConnection), answer
        body = b""
        if answer.has_body:
            while isinstance(part := await end.next(), RejectData):
                body += part.data
                if part.body_finished:
                    break
        return answer.status_code, body


async def test_without_its_token_nobody_gets_in() -> None:
    access = WebAccess(users=(WebUser(name="reader", token="s3cret", publish=(), subscribe=("/x",)),))
    async with served(access=access) as (endpoint, port):
        errors = endpoint.make_status_subscriber()
        for header in ((), (("Authorization", "Bearer wrong"),)):
            status, _ = await refusal(port, *header)
            assert status == 401
            message = str((await errors.get(SOON)).message)
            assert "token" in message
            assert "wrong" not in message
        async with web_client(port, ["/x/1"], headers=(("Authorization", "Bearer s3cret"),)) as client:
            assert endpoint.peers()[0].name == "reader"
            await client.say(text("not allowed"))
            error = json.loads(await client.text())
            assert error == {"type": "error", "code": "access_denied", "context": "reader may not publish on /x"}
            notice = await errors.get(SOON)
            assert (notice.code, notice.message) == (EC.INVALID_TOPIC_KEY, "reader may not publish on /x")
            assert endpoint.statistics().denied == 1
            await endpoint.publish("/x/1", "still there")
            assert json.loads(await client.text())["data"] == "still there"


async def test_a_subscription_beyond_the_rules_is_refused_whole() -> None:
    access = WebAccess(users=(WebUser(subscribe=("/x",)),))
    async with served(access=access) as (endpoint, port), web_client(port, None) as client:
        await client.say('["/x/1", "/y"]')
        assert json.loads(await client.text())["code"] == "access_denied"
        assert (await client.end()).code == 1008
        assert endpoint.peers() == []


async def test_pages_of_others_cannot_connect_from_a_browser() -> None:
    async with served() as (endpoint, port):
        errors = endpoint.make_status_subscriber()
        status, body = await refusal(port, ("Origin", "https://evil.example"))
        assert (status, b"evil.example" in body) == (403, True)
        assert "evil.example" in str((await errors.get(SOON)).message)
    async with (
        served(access=WebAccess(origins=("https://good.example",))) as (_, port),
        web_client(port, [], headers=(("Origin", "https://good.example"),)),
    ):
        pass


async def test_a_refused_client_is_told_of_on_this_side() -> None:
    async with served() as (endpoint, port):
        errors = endpoint.make_status_subscriber()
        status, body = await refusal(port, path="/other")
        assert (status, b"try /v1/messages/json" in body) == (400, True)
        notice = await errors.get(SOON)
        assert notice.code is EC.PEER_UNAVAILABLE
        assert "path" in str(notice.message)


async def test_there_is_room_for_so_many_clients() -> None:
    async with served(limits=Limits(web_clients=2)) as (endpoint, port), web_client(port, []):
        errors = endpoint.make_status_subscriber()
        async with web_client(port, []):
            async with await trio.open_tcp_stream("127.0.0.1", port) as third:
                assert await third.receive_some() == b""
            assert "2 WebSocket clients are connected already (web_clients)" in str((await errors.get(SOON)).message)
        statuses = endpoint.make_status_subscriber(receive_statuses=True)
        while (await statuses.get(SOON)).code is not SC.PEER_LOST:
            pass
        async with web_client(port, []):
            pass


# -- slow clients -----------------------------------------------------------------------------------------------


async def test_a_client_that_is_too_slow_is_disconnected_and_counted() -> None:
    async with (
        served(limits=Limits(web_client_queue=4)) as (endpoint, port),
        web_client(port, ["/x"]),
    ):
        statuses = endpoint.make_status_subscriber(receive_statuses=True)
        for _ in range(200):
            await endpoint.publish("/x", "a" * 200_000)
            if not endpoint.peers():
                break
        while (notice := await statuses.get(SOON)).code is not SC.PEER_REMOVED:
            pass
        assert "backpressure_overflow" in str(notice.message)
        assert endpoint.statistics().dropped > 0


async def test_or_it_misses_something() -> None:
    async with (
        served(limits=Limits(web_client_queue=4), overflow="drop_oldest") as (endpoint, port),
        web_client(port, ["/x"]) as client,
    ):
        for number in range(100):
            await endpoint.publish("/x", f"{number}" + "a" * 200_000)
        await endpoint.publish("/x", "last")
        got: list[str] = []
        while not got or got[-1] != "last":
            got.append(json.loads(await client.text())["data"].rstrip("a"))
        dropped = endpoint.peers()[0].dropped
        assert dropped > 0
        assert len(got) == 101 - dropped


# -- the end --------------------------------------------------------------------------------------------------------


async def test_shutdown_delivers_and_says_goodbye() -> None:
    async with served(style="zeek") as (endpoint, port), web_client(port, ["/x"]) as client:
        await endpoint.publish("/x", 1)
        async with trio.open_nursery() as nursery:
            nursery.start_soon(endpoint.shutdown)
            assert json.loads(await client.text())["data"] == 1
            end = await client.end()
            await client.stream.aclose()
        assert (end.code, end.reason) == (1001, "Terminating")
        assert client.pings == 1


async def test_a_client_that_takes_nothing_does_not_hold_up_the_end() -> None:
    limits = Limits(bye_timeout=0.05, drain_timeout=0.05)
    async with served(limits=limits) as (endpoint, port), web_client(port, ["/x"]):
        await endpoint.publish("/x", "a" * 20_000_000)
        with trio.fail_after(SOON):
            await endpoint.shutdown()


async def test_a_silent_client_is_asked_and_given_up() -> None:
    async with served(limits=Limits(web_ping_interval=0.05)) as (endpoint, port), web_client(port, []) as client:
        client.mute = True
        end = await client.end()
        assert (end.code, end.reason) == (1011, "Ping timeout")
        assert client.pings >= 1
        assert endpoint.statistics().denied == 0


async def test_pings_of_clients_are_answered() -> None:
    async with served() as (_, port), web_client(port, []) as client:
        await client.send(Ping(b"hello"))
        assert (await client.next()).payload == b"hello"


# -- TLS --------------------------------------------------------------------------------------------------------


async def test_one_port_takes_both_kinds() -> None:
    async with served(tls="auto") as (endpoint, port), web_client(port, []), Endpoint() as other:
        info = await other.peer(f"wss://127.0.0.1:{port}")
        assert "no certificates" in info.tls
        assert {peer.transport for peer in endpoint.peers()} == {"ws", "wss"}


async def test_plain_at_a_port_with_tls_is_told_on_both_sides() -> None:
    async with served(tls="anon") as (endpoint, port), Endpoint() as other:
        errors = endpoint.make_status_subscriber()
        with pytest.raises(Exception, match="TLS") as caught:
            await other.peer(f"ws://127.0.0.1:{port}")
        assert getattr(caught.value, "cause", None) is Cause.TLS_EXPECTED
        assert "WebSocket" in str((await errors.get(SOON)).message)


async def test_flush_tells_which_clients_did_not_confirm() -> None:
    async with served() as (endpoint, port):
        async with web_client(port, ["/x"]) as client:
            client.mute = True
            [info] = endpoint.peers()
            await endpoint.publish("/x", 1)
            with pytest.raises(UndeliveredError) as caught:
                await endpoint.flush(0.05)
            assert caught.value.counts == {str(info.id): 1}
            await endpoint.publish("/x", 2)
        statuses = endpoint.make_status_subscriber(receive_statuses=True)
        with trio.fail_after(SOON):
            while endpoint.peers():
                await statuses.get()
        with pytest.raises(UndeliveredError) as caught:  # the client has left without a word
            await endpoint.flush(SOON)
        assert caught.value.counts == {"WebSocket clients that left": 2}
        await endpoint.flush(SOON)


async def test_what_a_client_may_not_do_is_no_trouble_while_the_server_ends() -> None:
    access = WebAccess(users=(WebUser(publish=()),))
    async with (
        served(style="zeek", access=access) as (endpoint, port),
        web_client(port, []) as client,
        trio.open_nursery() as nursery,
    ):
        nursery.start_soon(endpoint.shutdown)
        event = await client.next()
        assert isinstance(event, CloseConnection)
        await client.stream.send_all(text_frame(text("too late")))
        while not endpoint.statistics().denied:  # the close frame comes in a read of its own
            await trio.lowlevel.checkpoint()
        await client.stream.send_all(frame(CLOSE, close_payload(1001, "")))
        assert await client.stream.receive_some() == b""  # nothing follows a close frame


async def test_flush_while_a_client_is_sent_away_tells_that_it_did_not_confirm() -> None:
    async with served(limits=Limits(bye_timeout=0.3)) as (endpoint, port), web_client(port, ["/x"]) as client:
        await endpoint.publish("/x", 1)
        [peer] = endpoint._hub.router.peers.values()
        client.mute = True
        async with trio.open_nursery() as nursery:
            nursery.start_soon(peer.leave)
            while not isinstance(await client.next(), CloseConnection):
                pass
            with pytest.raises(UndeliveredError):
                await endpoint.flush(SOON)
