"""TLS over streams in memory, and over TCP with the openssl command at the other end."""

from __future__ import annotations

import ssl
import subprocess
from functools import partial

import pytest
import trio
import trio.testing

from broker_core.runtime.tls_contexts import anonymous_context, verified_context
from broker_core.runtime.tls_stream import FIRST_BYTES, TlsStream

SOON = 10
PAYLOAD = bytes(range(256)) * 4096  # one MiB: many records


async def two(client: ssl.SSLContext, server: ssl.SSLContext) -> tuple[TlsStream, TlsStream]:
    """Two ends over memory, not yet secured."""
    one, other = trio.testing.memory_stream_pair()
    return TlsStream(one, client, server=False), TlsStream(other, server, server=True)


@pytest.fixture(params=["anonymous", "verified"])
async def ends(request, authority) -> tuple[TlsStream, TlsStream]:
    """Two ends that have shaken hands."""
    if request.param == "anonymous":
        client, server = await two(anonymous_context(server=False), anonymous_context(server=True))
    else:
        credentials = authority.node()
        client, server = await two(
            verified_context(credentials, server=False), verified_context(credentials, server=True)
        )
    async with trio.open_nursery() as nursery:
        nursery.start_soon(client.do_handshake)
        nursery.start_soon(server.do_handshake)
    return client, server


async def read_exactly(stream: TlsStream, count: int) -> bytes:
    data = b""
    while len(data) < count:
        more = await stream.receive_some()
        assert more
        data += more
    return data


async def test_both_directions_at_once(ends) -> None:
    client, server = ends
    got = {}

    async def read(stream: TlsStream) -> None:
        got[stream] = await read_exactly(stream, len(PAYLOAD))

    with trio.fail_after(SOON):
        async with trio.open_nursery() as nursery:
            for stream in ends:
                nursery.start_soon(stream.send_all, PAYLOAD)
                nursery.start_soon(read, stream)
    assert got == {client: PAYLOAD, server: PAYLOAD}


async def test_small_records_come_together_and_large_amounts_in_parts(ends) -> None:
    client, server = ends
    for number in range(100):
        await client.send_all(bytes((number,)))
    assert await server.receive_some() == bytes(range(100))
    await client.send_all(b"abc")
    assert [await server.receive_some(2), await server.receive_some(2)] == [b"ab", b"c"]
    await client.send_all(b"")
    await client.send_all(memoryview(b"xyz"))
    assert await server.receive_some() == b"xyz"


async def test_each_write_is_a_record_of_its_own(ends) -> None:
    """C++ Broker relies on it at the end of its handshake (spec native-protocol.md section 4.2)."""
    client, server = ends
    recorded = []
    transport = client._transport
    send_all = transport.send_all

    async def record(data: bytes) -> None:
        recorded.append(bytes(data))
        await send_all(data)

    transport.send_all = record
    for word in (b"one", b"two"):
        await client.send_all(word)
    assert [data[0] for data in recorded] == [0x17, 0x17]
    for data in recorded:
        assert len(data) == 5 + int.from_bytes(data[3:5], "big")
    assert await server.receive_some() == b"onetwo"


async def test_the_end_is_told_and_taken(ends) -> None:
    client, server = ends
    await client.send_all(b"last")
    await client.aclose()
    assert await server.receive_some() == b"last"
    assert await server.receive_some() == b""
    assert await server.receive_some() == b""
    with pytest.raises(trio.BrokenResourceError):
        await client.send_all(b"more")
    assert await client.receive_some() == b""


async def test_an_end_without_a_word_is_an_end_too(ends) -> None:
    client, server = ends
    await client.send_all(b"last")
    await trio.aclose_forcefully(client._transport)
    assert await server.receive_some() == b"last"
    assert await server.receive_some() == b""


async def test_closing_does_not_wait_for_who_takes_nothing(authority) -> None:
    [listener] = await trio.open_tcp_listeners(0, host="127.0.0.1")
    near = await trio.open_tcp_stream("127.0.0.1", listener.socket.getsockname()[1])
    far = await listener.accept()
    client = TlsStream(near, anonymous_context(server=False), server=False)
    server = TlsStream(far, anonymous_context(server=True), server=True)
    async with trio.open_nursery() as nursery:
        nursery.start_soon(client.do_handshake)
        nursery.start_soon(server.do_handshake)
    with trio.move_on_after(0.2) as scope:
        while True:
            await client.send_all(PAYLOAD)  # until nothing more fits
    assert scope.cancelled_caught
    with trio.fail_after(SOON):
        await client.aclose()
        await server.aclose()
        await listener.aclose()


async def test_a_write_that_was_cut_ends_writing(ends) -> None:
    """Whatever came behind it would be taken for garbage."""
    client, _ = ends

    async def cut(_data: bytes) -> None:
        await trio.sleep_forever()

    client._transport.send_all = cut
    with trio.move_on_after(0.01):
        await client.send_all(b"cut")
    with pytest.raises(trio.BrokenResourceError):
        await client.send_all(b"more")


async def test_bytes_that_are_no_records_break_it_and_say_why(ends) -> None:
    client, server = ends
    await client.send_all(b"before")
    await client._transport.send_all(b"\x17\x03\x03\x00\x20" + bytes(32))
    assert await server.receive_some() == b"before"
    with pytest.raises(trio.BrokenResourceError) as caught:
        await server.receive_some()
    assert isinstance(caught.value.__cause__, ssl.SSLError)
    with pytest.raises(trio.BrokenResourceError) as told:  # the other side hears of it
        await client.receive_some()
    assert "ALERT" in told.value.__cause__.reason


async def test_a_record_that_is_too_long_is_refused(ends) -> None:
    client, server = ends
    await client._transport.send_all(b"\x17\x03\x03\xff\xff" + bytes(0xFFFF))
    with pytest.raises(trio.BrokenResourceError):
        await server.receive_some()


async def test_nothing_can_be_said_before_the_handshake() -> None:
    client, _ = await two(anonymous_context(server=False), anonymous_context(server=True))
    with pytest.raises(trio.BrokenResourceError):
        await client.send_all(b"too early")


async def test_both_sides_learn_why_a_handshake_fails(authority) -> None:
    client, server = await two(
        verified_context(authority.node(), server=False), verified_context(authority.expired(), server=True)
    )
    errors = {}

    async def try_it(name: str, stream: TlsStream) -> None:
        try:
            await stream.do_handshake()
        except ssl.SSLError as error:
            errors[name] = error.reason

    with trio.fail_after(SOON):
        async with trio.open_nursery() as nursery:
            nursery.start_soon(try_it, "client", client)
            nursery.start_soon(try_it, "server", server)
    assert errors == {"client": "CERTIFICATE_VERIFY_FAILED", "server": "SSLV3_ALERT_CERTIFICATE_EXPIRED"}


async def test_the_first_bytes_are_kept() -> None:
    one, other = trio.testing.memory_stream_pair()
    stream = TlsStream(one, anonymous_context(server=True), server=True)
    await other.send_all(b"GET / HTTP/1.1\r\n" * 1000)
    with pytest.raises(ssl.SSLError, match="HTTP_REQUEST"):
        await stream.do_handshake()
    assert stream.first == (b"GET / HTTP/1.1\r\n" * 1000)[:FIRST_BYTES]


async def test_new_keys_in_the_middle(authority) -> None:
    """The openssl command asks for new keys ("K"), and gets them while data flows."""
    credentials = authority.node()
    [listener] = await trio.open_tcp_listeners(0, host="127.0.0.1")
    port = listener.socket.getsockname()[1]
    command = ["openssl", "s_client", "-connect", f"127.0.0.1:{port}", "-cert", credentials.certificate]
    command += ["-key", credentials.key, "-CAfile", credentials.ca_file, "-tls1_3"]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with trio.fail_after(SOON):
        async with trio.open_nursery() as nursery:
            program = await nursery.start(partial(trio.run_process, command, check=False, **pipes))
            stream = TlsStream(await listener.accept(), verified_context(credentials, server=True), server=True)
            await stream.do_handshake()
            said = b""
            for word in (b"one\n", b"two\n"):
                await program.stdin.send_all(word)
                assert await stream.receive_some() == word
                await program.stdin.send_all(b"K\n")
                while said.count(b"KEYUPDATE") < 1:
                    said += await program.stderr.receive_some()
                await stream.send_all(word)
            said = b""
            while b"one\ntwo\n" not in said:
                said += await program.stdout.receive_some()
            await program.stdin.send_all(b"Q\n")
            assert await stream.receive_some() == b""
            await stream.aclose()
    await listener.aclose()
