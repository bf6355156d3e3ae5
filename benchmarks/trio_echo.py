"""A bare trio echo over loopback TCP: the floor under every round trip of a trio program. Roles: ping, pong."""

from __future__ import annotations

import json
import sys
import time

import trio

_SIZE = 64


async def pong() -> None:
    listener = (await trio.open_tcp_listeners(0, host="127.0.0.1"))[0]
    print(json.dumps({"port": listener.socket.getsockname()[1]}), flush=True)
    stream = await listener.accept()
    while data := await stream.receive_some():
        await stream.send_all(data)


async def ping(port: int, warm: int, count: int) -> None:
    stream = await trio.open_tcp_stream("127.0.0.1", port)
    times = []
    for _ in range(warm + count):
        started = time.perf_counter()
        await stream.send_all(bytes(_SIZE))
        missing = _SIZE
        while missing:
            missing -= len(await stream.receive_some(missing))
        times.append(time.perf_counter() - started)
    print(json.dumps({"times": times[warm:]}), flush=True)


if __name__ == "__main__":
    if sys.argv[1] == "pong":
        trio.run(pong)
    else:
        port, warm, count = map(int, sys.argv[2:5])
        trio.run(ping, port, warm, count)
