"""The other end of a WebSocket, played by a test with wsproto: independent of the code under test."""

from __future__ import annotations

import json
from collections import deque
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import trio
from wsproto import ConnectionType, WSConnection
from wsproto.events import AcceptConnection, CloseConnection, Ping, Pong, Request, TextMessage

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

ZEEK_ID = "9999a454-dbd2-5cb5-9c4c-f3c6ffe7bdf8-websocket-7"
ACK = f'{{"type":"ack","endpoint":"{ZEEK_ID}","version":"8.2.2"}}'
BARRIER_ANSWER = '{"type":"error","code":"deserialization_failed","context":"no topic in top-level JSON object"}'
PATH = "/v1/messages/json"


class WebEnd:
    """One end of a WebSocket. Pings are answered unless :attr:`mute`."""

    def __init__(self, stream: trio.abc.Stream, kind: ConnectionType) -> None:
        self.stream = stream
        self.ws = WSConnection(kind)
        self.mute = False
        self.pings = 0
        self._pending: deque[Any] = deque()

    async def send(self, event: Any) -> None:
        await self.stream.send_all(self.ws.send(event))

    async def say(self, text: str) -> None:
        await self.send(TextMessage(text))

    async def next(self) -> Any:
        """The next event that is no ping."""
        while not self._pending:
            data = await self.stream.receive_some()
            self.ws.receive_data(bytes(data) or None)
            for event in self.ws.events():
                if isinstance(event, Ping):
                    self.pings += 1
                    if not self.mute:
                        await self.send(event.response())
                else:
                    self._pending.append(event)
        return self._pending.popleft()

    async def text(self) -> str:
        """The next text; anything else is an error."""
        parts = ""
        while True:
            event = await self.next()
            if isinstance(event, Pong):
                continue
            assert isinstance(event, TextMessage), event
            parts += event.data
            if event.message_finished:
                return parts

    async def end(self) -> CloseConnection:
        """The close frame, which must come next; it is answered."""
        event = await self.next()
        while isinstance(event, Pong):
            event = await self.next()
        assert isinstance(event, CloseConnection), event
        if self.ws.state.name == "REMOTE_CLOSING":
            await self.send(event.response())
        return event


class ServerEnd(WebEnd):
    """A server that lets a client in."""

    def __init__(self, stream: trio.abc.Stream) -> None:
        super().__init__(stream, ConnectionType.SERVER)
        self.request: Request | None = None
        self.topics: list[str] = []

    async def upgrade(self) -> Request:
        request = await self.next()
        assert isinstance(request, Request)
        self.request = request
        await self.send(AcceptConnection())
        return request

    async def welcome(self, ack: str = ACK) -> list[str]:
        """Do the upgrade and acknowledge the subscription; the topics."""
        await self.upgrade()
        self.topics = json.loads(await self.text())
        await self.say(ack)
        return self.topics

    async def message(self) -> Any:
        """The next text as JSON, with barriers answered."""
        while True:
            thing = json.loads(await self.text())
            if thing.get("type") != "barrier":
                return thing
            await self.say(BARRIER_ANSWER)

    async def answer_barriers(self) -> CloseConnection:
        """Nothing but barriers until the client closes."""
        while True:
            event = await self.next()
            if isinstance(event, CloseConnection):
                await self.send(event.response())
                return event
            if isinstance(event, TextMessage):
                assert json.loads(event.data)["type"] == "barrier", event.data
                await self.say(BARRIER_ANSWER)


@asynccontextmanager
async def web_server(serve: Callable[[ServerEnd], Awaitable[None]]) -> AsyncIterator[int]:
    """A server on loopback that does *serve* with each client; its port."""

    async def handle(stream: trio.SocketStream) -> None:
        await serve(ServerEnd(stream))

    with trio.fail_after(20):
        async with trio.open_nursery() as nursery:
            listeners = await trio.open_tcp_listeners(0, host="127.0.0.1")
            await nursery.start(trio.serve_listeners, handle, listeners)
            yield listeners[0].socket.getsockname()[1]
            nursery.cancel_scope.cancel()


@asynccontextmanager
async def web_client(
    port: int, topics: list[str] | None, *, path: str = PATH, headers: tuple[tuple[str, str], ...] = ()
) -> AsyncIterator[WebEnd]:
    """A client on loopback, subscribed to *topics* and acknowledged, or (None) only upgraded."""
    with trio.fail_after(20):
        async with await trio.open_tcp_stream("127.0.0.1", port) as stream:
            end = WebEnd(stream, ConnectionType.CLIENT)
            extra = [(name.encode(), value.encode()) for name, value in headers]
            await end.send(Request(host="h", target=path, extra_headers=extra))
            answer = await end.next()
            assert isinstance(answer, AcceptConnection), answer
            if topics is not None:
                await end.say(json.dumps(topics))
                assert json.loads(await end.text())["type"] == "ack"
            yield end
