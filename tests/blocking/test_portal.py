"""The portal: calls from any thread, Ctrl-C, time limits, its own thread, fork, and the end of the interpreter."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
import trio
import trio.testing

from broker_core import Limits, LocalProtocolError
from broker_core.blocking.portal import Portal, current_portal


@pytest.fixture
def portal():
    portal = Portal()
    yield portal
    portal.close(5)


async def double(number):
    await trio.lowlevel.checkpoint()
    return 2 * number


async def fail(error):
    await trio.lowlevel.checkpoint()
    raise error


class Hanging:
    """An async function that starts and then waits for ever; tells when it has started, and how it ended."""

    def __init__(self):
        self.started = threading.Event()
        self.ended = ""

    async def __call__(self):
        self.started.set()
        try:
            await trio.sleep_forever()
        except trio.Cancelled:
            self.ended = "cancelled"
            raise


# -- calls --------------------------------------------------------------------------------------------------------


def test_one_for_the_process():
    assert current_portal() is current_portal()


def test_a_call_returns_what_the_function_returns(portal):
    assert portal.call(double, 21) == 42
    assert portal.ask(lambda number: number + 1, 41) == 42
    assert portal.ask(dict, key=1) == {"key": 1}


def test_a_call_raises_what_the_function_raises(portal):
    with pytest.raises(KeyError, match="where"):
        portal.call(fail, KeyError("where"))
    with pytest.raises(ZeroDivisionError):
        portal.ask(lambda: 1 // 0)
    assert portal.call(double, 1) == 2


@pytest.mark.parametrize("error", [trio.ClosedResourceError("it is closed"), trio.BrokenResourceError("it is closed")])
def test_what_trio_raises_becomes_an_error_of_the_library(portal, error):
    with pytest.raises(LocalProtocolError, match="it is closed"):
        portal.call(fail, error)


def test_a_timeout_of_the_function_is_a_timeout_error(portal):
    with pytest.raises(TimeoutError):
        portal.call(fail, trio.TooSlowError())


def test_a_call_ends_in_time_and_so_does_its_task(portal):
    hanging = Hanging()
    with pytest.raises(TimeoutError, match=r"not done within 0\.01 seconds"):
        portal.call(hanging, timeout=0.01)
    assert hanging.ended == "cancelled"


def test_calls_from_many_threads_at_once(portal):
    with ThreadPoolExecutor(16) as pool:
        assert list(pool.map(lambda number: portal.call(double, number), range(500))) == list(range(0, 1000, 2))


def test_posts_are_done_in_order(portal):
    done = []
    for number in range(100):
        portal.post(done.append, number)
    portal.ask(lambda: None)
    assert done == list(range(100))


def test_its_own_thread_is_refused(portal):
    async def call():
        await trio.lowlevel.checkpoint()
        return portal.call(double, 1)

    for refused in (lambda: portal.call(call), lambda: portal.ask(portal.ask, print)):
        with pytest.raises(RuntimeError, match="it would wait for itself"):
            refused()


def test_a_failing_background_task_is_logged_and_leaves_the_others_alone(portal, caplog):
    portal.ask(portal.start, fail, ValueError("broken"))
    assert portal.call(double, 1) == 2
    portal.call(trio.testing.wait_all_tasks_blocked)
    assert "broken" in caplog.text


# -- Ctrl-C -------------------------------------------------------------------------------------------------------


def interrupt_when(event):
    def run():
        assert event.wait(10)
        signal.pthread_kill(threading.main_thread().ident, signal.SIGINT)

    thread = threading.Thread(target=run)
    thread.start()
    return thread


def test_ctrl_c_ends_the_task_and_the_wait(portal):
    hanging = Hanging()
    thread = interrupt_when(hanging.started)
    with pytest.raises(KeyboardInterrupt):
        portal.call(hanging)
    thread.join()
    assert hanging.ended == "cancelled"
    assert portal.call(double, 1) == 2


def test_ctrl_c_while_the_portal_is_busy(portal):
    main, go_on = threading.main_thread().ident, threading.Event()

    def interrupt_the_waiting_caller():
        while sys._current_frames()[main].f_code.co_name != "wait":
            pass
        signal.pthread_kill(main, signal.SIGINT)
        assert go_on.wait(10)

    def interrupted(*_):
        go_on.set()
        raise KeyboardInterrupt

    original = signal.signal(signal.SIGINT, interrupted)
    try:
        with pytest.raises(KeyboardInterrupt):
            portal.post(interrupt_the_waiting_caller)
            portal.ask(dict)
    finally:
        signal.signal(signal.SIGINT, original)
    assert portal.call(double, 1) == 2


@pytest.mark.parametrize("way", ["ask", "call"])
def test_ctrl_c_before_the_call_is_on_its_way(portal, way):
    """The function is not called then."""

    class Interrupted:
        def __init__(self, token):
            self.token = token

        def run_sync_soon(self, *args):
            portal._token = self.token
            raise KeyboardInterrupt

    portal._token, called = Interrupted(portal._token), []
    with pytest.raises(KeyboardInterrupt):
        getattr(portal, way)(called.append, 1)
    assert portal.call(double, 1) == 2
    assert not called


# -- its end ------------------------------------------------------------------------------------------------------


def test_a_portal_that_is_over_says_so():
    portal = Portal()
    portal.close(5)
    with pytest.raises(LocalProtocolError, match="has ended"):
        portal.call(double, 1)
    portal.post(print)  # nothing


def test_whoever_waits_in_a_portal_that_ends_is_told():
    portal, hanging = Portal(), Hanging()
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(portal.call, hanging)
        assert hanging.started.wait(10)
        portal.close(5)
        with pytest.raises(LocalProtocolError):
            waiting.result(10)


class Resident:
    def __init__(self, *, stuck=False):
        self.stuck = stuck
        self.done = []

    async def flush(self, timeout):
        self.done.append(("flush", timeout))
        await trio.lowlevel.checkpoint()

    async def close(self, timeout):
        if self.stuck:
            await trio.sleep_forever()
        self.done.append(("close", timeout))


def test_residents_are_flushed_and_closed_at_the_end():
    portal, residents = Portal(), [Resident(), Resident()]
    portal.ask(portal.residents.update, residents)
    portal.close(4)
    assert [one.done for one in residents] == [[("flush", 2), ("close", 1)]] * 2


def test_a_stuck_resident_does_not_keep_the_portal_longer_than_allowed():
    portal = Portal()
    portal.ask(portal.residents.add, Resident(stuck=True))
    portal.close(0.01)
    with pytest.raises(LocalProtocolError):
        portal.check()


def run(program, *, patience=20):
    command = [
        sys.executable,
        "-W",
        "error",
        "-W",
        "ignore:.*fork.*:DeprecationWarning",
        "-c",
        textwrap.dedent(program),
    ]
    return subprocess.run(command, capture_output=True, text=True, timeout=patience, check=False)


def test_the_interpreter_ends_after_what_was_published_has_arrived():
    ended = run("""
        from broker_core.blocking.endpoint import Endpoint
        receiver, sender = Endpoint(), Endpoint()
        subscriber = receiver.make_subscriber("/test")
        assert sender.peer("127.0.0.1", receiver.listen("127.0.0.1"))
        for number in range(1000):
            sender.publish("/test", number)
    """)
    assert (ended.returncode, ended.stderr) == (0, "")


def test_the_interpreter_ends_while_a_daemon_thread_waits_for_messages():
    ended = run("""
        import threading
        from broker_core.blocking.endpoint import Endpoint
        endpoint = Endpoint()
        subscriber = endpoint.make_subscriber("/test")
        threading.Thread(target=subscriber.get, daemon=True).start()
        while not subscriber._inbox._waiting:
            pass
    """)
    assert (ended.returncode, ended.stderr) == (0, "")


def test_the_interpreter_ends_with_a_peer_that_takes_nothing():
    """Within limits.exit_timeout: the other process is stopped, and answers no more."""
    ended = run("""
        import os, signal, subprocess, sys
        from broker_core.blocking.endpoint import Endpoint
        program = '''if True:
            from broker_core.blocking.endpoint import Endpoint
            endpoint = Endpoint()
            subscriber = endpoint.make_subscriber("/test")
            print(endpoint.listen("127.0.0.1"), flush=True)
            subscriber.get(1000)
        '''
        read, write = os.pipe()
        other = os.posix_spawn(sys.executable, [sys.executable, "-c", program], os.environ, file_actions=[
            (os.POSIX_SPAWN_DUP2, write, 1), (os.POSIX_SPAWN_OPEN, 2, "/dev/null", os.O_WRONLY, 0)])
        sender = Endpoint()
        assert sender.peer("127.0.0.1", int(os.read(read, 100)))
        os.kill(other, signal.SIGSTOP)
        sender.publish("/test", 1)
        print(other)
    """)
    try:
        assert ended.returncode == 0
        assert "1 published message not confirmed by" in ended.stderr
    finally:
        os.kill(int(ended.stdout), signal.SIGKILL)


def test_a_forked_child_has_a_portal_of_its_own_and_its_parents_endpoints_say_so():
    ended = run("""
        import os, sys
        from broker_core.blocking.endpoint import Endpoint
        endpoint = Endpoint()
        subscriber = endpoint.make_subscriber("/test")
        publisher = endpoint.make_publisher("/test")
        status = endpoint.make_status_subscriber()
        endpoint.publish("/test", 1)
        child = os.fork()
        if child == 0:
            for use in (
                lambda: endpoint.publish("/test", 2), lambda: publisher.publish(2), subscriber.get, subscriber.poll,
                subscriber.fd, status.get, status.poll, endpoint.peers, lambda: endpoint.listen("127.0.0.1"),
                lambda: endpoint.make_subscriber("/test"), publisher.fd,
            ):
                try:
                    use()
                except Exception as error:
                    assert "belongs to the process that forked this one" in str(error), error
                else:
                    sys.exit("no error")
            assert endpoint.is_shutdown()
            endpoint.shutdown()
            subscriber.close()
            del endpoint, subscriber, publisher, status
            with Endpoint() as one, Endpoint() as other:
                subscriber = one.make_subscriber("/child")
                assert other.peer("127.0.0.1", one.listen("127.0.0.1"))
                other.publish("/child", 7)
                assert subscriber.get() == ("/child", 7)
            sys.exit(0)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
        with Endpoint() as other:
            assert other.peer("127.0.0.1", endpoint.listen("127.0.0.1"))
            other.publish("/test", 3)
            assert subscriber.get() == ("/test", 3)
        print("parent goes on")
    """)
    assert (ended.returncode, ended.stderr, ended.stdout) == (0, "", "parent goes on\n")


def test_the_bound_of_the_end_is_a_limit():
    assert Limits().exit_timeout == 5
