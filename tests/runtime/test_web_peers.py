"""What both ends of a WebSocket have in common: deadlines that are fair, and last words that are said."""

from __future__ import annotations

import trio
from wsproto.events import CloseConnection

from broker_core import SC, Endpoint, EndpointOptions, Limits
from pairs import SOON, options
from web_links import ServerEnd, web_client, web_server


async def test_what_came_while_this_side_was_busy_counts_as_a_sign_of_life() -> None:
    """The subscriber holds up the reader far longer than the ping interval; a pong waits in the socket."""
    limits = Limits(web_ping_interval=0.05, subscriber_queue=1, block_timeout=SOON)
    answered = trio.Event()

    async def serve(end: ServerEnd) -> None:
        await end.welcome()
        for number in range(3):
            await end.say(f'{{"type":"data-message","topic":"/x","@data-type":"count","data":{number}}}')
        while end.pings == 0:  # it is asked as soon as the reader is free again
            await end.next()
        answered.set()

    async with web_server(serve) as port, Endpoint(EndpointOptions(limits=limits)) as endpoint:
        subscriber = endpoint.make_subscriber("/x", capacity=1, overflow="block")
        await endpoint.peer(f"ws://127.0.0.1:{port}")
        with trio.move_on_after(0.3):
            await trio.sleep_forever()
        assert [(await subscriber.get(SOON)).value for _ in range(3)] == [0, 1, 2]
        assert len(endpoint.peers()) == 1


async def test_a_close_frame_is_answered_before_the_socket_is_closed() -> None:
    async with Endpoint(options()) as endpoint:
        port = (await endpoint.listen_web(style="zeek")).port
        statuses = endpoint.make_status_subscriber(receive_statuses=True)
        async with web_client(port, []) as client:
            await client.send(CloseConnection(3000, "done"))
            answer = await client.next()
            assert isinstance(answer, CloseConnection)
            assert (answer.code, answer.reason) == (3000, "done")
        with trio.fail_after(SOON):
            while (await statuses.get()).code is not SC.PEER_LOST:
                pass


async def test_who_breaks_the_rules_is_told_why() -> None:
    async with Endpoint(options()) as endpoint:
        port = (await endpoint.listen_web(style="zeek")).port
        async with web_client(port, []) as client:
            await client.stream.send_all(b"\x83\x80\x00\x00\x00\x00")  # an opcode that there is not
            assert (await client.end()).code == 1002
