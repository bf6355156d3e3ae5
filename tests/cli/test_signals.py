"""Signals: in this process as far as that goes, the rest with real processes."""

from __future__ import annotations

import io
import os
import signal
from pathlib import Path

import pytest
import trio

from broker_cli.context import Context
from broker_cli.exit_codes import Interrupted
from broker_cli.signals import GRACE, Stop, run_until_stopped
from broker_core import Count, Endpoint

_LOST = KeyError("lost")


def context(stdout: int) -> Context:
    return Context(stdout=stdout, stderr=io.StringIO(), environ={}, owns_process=False)


@pytest.fixture
def null():
    with Path(os.devnull).open("wb") as file:
        yield context(file.fileno())


async def test_a_body_that_ends_is_all(null):
    done = []

    async def body(stop: Stop) -> None:
        await trio.lowlevel.checkpoint()
        assert stop.grace is None
        done.append(stop.signum)

    await run_until_stopped(null, body)
    assert done == [0]


async def test_errors_come_out_without_the_groups_of_nurseries(null):
    async def body(stop: Stop) -> None:
        async with trio.open_nursery() as nursery:
            nursery.start_soon(trio.sleep_forever)
            raise KeyError(stop.signum)

    with pytest.raises(KeyError):
        await run_until_stopped(null, body)


async def test_a_reader_that_is_gone_is_an_end_like_a_signal(null):
    async def body(_: Stop) -> None:
        await trio.lowlevel.checkpoint()
        raise BrokenPipeError

    with pytest.raises(Interrupted) as caught:
        await run_until_stopped(null, body)
    assert (caught.value.signum, caught.value.__cause__) == (signal.SIGPIPE, None)


async def test_two_errors_stay_a_group(null):
    async def fail() -> None:
        raise KeyError(1)

    async def body(_: Stop) -> None:
        async with trio.open_nursery() as nursery:
            nursery.start_soon(fail)
            nursery.start_soon(fail)

    with pytest.RaisesGroup(KeyError, KeyError):
        await run_until_stopped(null, body)


async def test_a_signal_ends_the_main_part_and_leaves_time_to_tidy_up(null):
    tidied = []

    async def body(stop: Stop) -> None:
        with stop.scope:
            stop.set(signal.SIGTERM)
            stop.set(signal.SIGINT)  # the first one counts
            await trio.sleep_forever()
        await trio.lowlevel.checkpoint()
        assert stop.grace is not None
        assert 0 < stop.grace <= GRACE
        tidied.append(True)

    with pytest.raises(Interrupted) as caught:
        await run_until_stopped(null, body)
    assert caught.value.signum == signal.SIGTERM
    assert tidied


async def test_what_went_wrong_while_tidying_up_is_the_cause(null):
    async def body(stop: Stop) -> None:
        stop.set(signal.SIGINT)
        raise _LOST

    with pytest.raises(Interrupted) as caught:
        await run_until_stopped(null, body)
    assert isinstance(caught.value.__cause__, KeyError)


async def test_writing_to_a_closed_pipe_is_the_signal_for_it(null):
    async def body(_: Stop) -> None:
        raise BrokenPipeError

    with pytest.raises(Interrupted) as caught:
        await run_until_stopped(null, body)
    assert caught.value.signum == signal.SIGPIPE


async def test_a_closed_pipe_is_noticed_while_idle():
    reading, writing = os.pipe()

    async def body(stop: Stop) -> None:
        os.close(reading)
        with stop.scope:
            await trio.sleep_forever()

    try:
        with trio.fail_after(10), pytest.raises(Interrupted) as caught:
            await run_until_stopped(context(writing), body)
    finally:
        os.close(writing)
    assert caught.value.signum == signal.SIGPIPE


# -- real processes -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("signum", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
async def test_a_subscriber_prints_what_it_has_and_ends_within_a_second(hub, start, signum):
    async with hub() as here, start("sub", "-p", here.peer, "/t", "-v") as program:
        await program.says("subscribed to /t")
        await here.publish("/t", Count(1))
        await program.prints('"data":1')
        program.process.send_signal(signum)
        assert await program.ends(within=1.5) == -signum
        assert b"received 1 message" in program.err
        assert b"Traceback" not in program.err


@pytest.mark.parametrize("signum", [signal.SIGINT, signal.SIGTERM])
async def test_a_publisher_hands_over_what_it_has_read(hub, start, signum):
    async with hub() as here, start("pub", "-p", here.peer, "/t", "--from", "-", "--in", "lines", "-v") as program:
        subscriber = here.endpoint.make_subscriber("/t")
        await program.says("connected")
        await here.peered()
        await program.send(b"one\ntwo\n")
        assert [(await subscriber.get()).value for _ in range(2)] == ["one", "two"]
        program.process.send_signal(signum)
        assert await program.ends(within=1.5) == -signum
        assert b"interrupted behind 2 messages" in program.err


async def test_a_listener_ends_with_peers_connected(hub, start):
    async with start("listen", "0", "--tls", "off") as program, hub() as here:
        await program.says("listening on ")
        address = program.err.decode().split("listening on ")[1].split()[0]
        await here.endpoint.peer(address)
        program.process.send_signal(signal.SIGTERM)
        assert await program.ends(within=1.5) == -signal.SIGTERM


async def test_signals_end_a_program_that_is_still_connecting(start):
    """Somebody accepts the connection and says nothing."""
    (listener,) = await trio.open_tcp_listeners(0, host="127.0.0.1")
    port = listener.socket.getsockname()[1]
    async with listener, start("sub", "-p", f"127.0.0.1:{port}", "/t") as program, await listener.accept() as stream:
        assert await stream.receive_some()
        program.process.send_signal(signal.SIGTERM)
        assert await program.ends(within=1.5) == -signal.SIGTERM


async def test_a_second_signal_ends_it_at_once(hub, start):
    """Nobody reads stdout, so the first signal takes its time, and the second one has to end it."""
    async with hub(tls="off") as here, start("sub", "-p", here.peer, "/t", "-v") as program:
        await here.publish("/t", *["x" * 1000] * 300)
        await here.endpoint.flush()
        before = trio.current_time()
        for _ in range(2):
            program.process.send_signal(signal.SIGINT)
            with trio.move_on_after(GRACE / 3):
                await program.process.wait()
        assert program.process.returncode == -signal.SIGINT
        assert trio.current_time() - before < GRACE


async def test_ignored_signals_stay_ignored_and_term_still_works(hub, start):
    def ignore() -> None:
        signal.signal(signal.SIGINT, signal.SIG_IGN)

    async with hub() as here, start("sub", "-p", here.peer, "/t", "-v", before=ignore) as program:
        await program.says("subscribed to /t")
        program.process.send_signal(signal.SIGINT)
        await here.publish("/t", Count(7))
        await program.prints('"data":7')
        program.process.send_signal(signal.SIGTERM)
        assert await program.ends(within=1.5) == -signal.SIGTERM


async def test_a_closed_stdout_ends_it_quietly_without_a_message(hub, start):
    async with hub() as here, start("sub", "-p", here.peer, "/t", "-v") as program:
        await program.says("subscribed to /t")
        program.err = b""
        await program.close_output()
        assert await program.ends(within=1.5) == -signal.SIGPIPE
        assert b"Traceback" not in program.err
        assert b"error" not in program.err


async def test_a_closed_stdout_ends_it_quietly_while_messages_come(hub, start):
    async with hub() as here, start("sub", "-p", here.peer, "/t", "-q") as program:
        await here.publish("/t", *range(100))
        await program.prints('"seq":1')
        await program.close_output()
        async with trio.open_nursery() as nursery:
            nursery.start_soon(flood, here.endpoint)
            assert await program.ends(within=5) == -signal.SIGPIPE
            nursery.cancel_scope.cancel()
        assert program.err == b""


async def flood(endpoint: Endpoint) -> None:
    while True:
        await endpoint.publish("/t", "more")
        await trio.lowlevel.checkpoint()
