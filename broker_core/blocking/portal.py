"""The thread that runs trio for all blocking endpoints of a process, and how other threads reach it.

There is one portal, a daemon thread that starts with the first endpoint. A call that needs an answer runs as a task
there; the caller waits on a lock, so Ctrl-C reaches it, ends the task, and is raised when the task is over. When the
interpreter exits, the portal closes what lives in it within ``limits.exit_timeout``. A forked child starts one of its
own; what lived in its parent's says so.
"""

from __future__ import annotations

import atexit
import logging
import os
import threading
from typing import TYPE_CHECKING, Any, Generic, ParamSpec, Protocol, TypeVar

import trio

from broker_core import DEFAULT_LIMITS, LocalProtocolError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

__all__ = ["SIGNAL_CHECK", "Portal", "Resident", "current_portal"]

SIGNAL_CHECK = 0.5
"""Seconds that a thread waits at most before it looks for signals: one that comes in the very moment when a wait begins
does not end it."""

_log = logging.getLogger(__name__)

P = ParamSpec("P")
T = TypeVar("T")

_INHERITED = "this endpoint belongs to the process that forked this one; make a new one here"
_OVER = "the thread of the blocking endpoints has ended"
_OWN_THREAD = "a call that waits is refused in the thread of the blocking endpoints: it would wait for itself"


class Resident(Protocol):
    """What lives in a portal and has to be closed before the interpreter exits."""

    async def flush(self, timeout: float) -> None:
        """Have what was published arrive, as far as that is possible within *timeout* seconds."""

    async def close(self, timeout: float | None = None) -> None:
        """End in an orderly way, at most *timeout* seconds of it; returns when all is over."""


class Portal:
    """A thread with trio in it. Made by :func:`current_portal`."""

    def __init__(self) -> None:
        self.unusable = ""
        """Why no call can be made any more; "" while they can."""
        self.exiting = False
        """Whether the interpreter is about to exit."""
        self.residents: set[Resident] = set()
        """What is closed at exit. To be changed in the portal's own thread only."""
        self._started = threading.Event()
        self._token: trio.lowlevel.TrioToken
        self._nursery: trio.Nursery
        self._thread = threading.Thread(target=self._run, name="broker_core.blocking", daemon=True)
        self._thread.start()
        self._started.wait()

    # -- the thread -----------------------------------------------------------------------------------------------

    def _run(self) -> None:
        try:
            trio.run(self._live)
        finally:
            self.unusable = self.unusable or _OVER
            self._started.set()

    async def _live(self) -> None:
        async with trio.open_nursery() as self._nursery:
            self._token = trio.lowlevel.current_trio_token()
            self._started.set()
            await trio.sleep_forever()

    # -- for all threads ------------------------------------------------------------------------------------------

    def check(self) -> None:
        """Raises :class:`LocalProtocolError` when this portal is over, or of the process that forked this one."""
        if self.unusable:
            raise LocalProtocolError(self.unusable)

    def post(self, function: Callable[..., object], *args: object) -> None:
        """Have *function*, which must neither wait nor raise, called soon in the portal; does not wait for that.

        For finalizers too: takes no lock, and does nothing when the portal is over.
        """
        if not self.unusable:
            try:
                self._token.run_sync_soon(function, *args)
            except trio.RunFinishedError:
                self.unusable = self.unusable or _OVER

    def ask(self, function: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        """What the plain *function* returns or raises in the portal, which it must not keep busy."""
        return self._wait_for(_PlainCall(lambda: function(*args, **kwargs)))

    def call(self, function: Callable[..., Awaitable[T]], *args: Any, timeout: float | None = None) -> T:
        """What the async *function* returns or raises in the portal.

        After *timeout* seconds it is cancelled, and the result is :class:`TimeoutError`; so it is for an expired
        timeout of its own. Ctrl-C cancels it, and is raised when it is over. A call on a portal that is over, and
        one whose resource is closed meanwhile, raises :class:`LocalProtocolError`; in the portal's own thread
        :class:`RuntimeError`.
        """
        return self._wait_for(_AsyncCall(function, args, timeout, self._spawn))

    def start(self, function: Callable[..., Awaitable[object]], *args: object) -> None:
        """Run the async *function* in the background; an error of it is logged. For the portal's own thread."""
        self._nursery.start_soon(_alone, function, *args)

    def _spawn(self, run: Callable[[], Awaitable[None]]) -> None:
        self._nursery.start_soon(run)

    def refuse_own_thread(self) -> None:
        """Raises :class:`RuntimeError` in the portal's own thread, before something that waits."""
        if threading.get_ident() == self._thread.ident:
            raise RuntimeError(_OWN_THREAD)

    def _wait_for(self, call: _Call[T]) -> T:
        self.check()
        self.refuse_own_thread()
        try:
            self._token.run_sync_soon(call.begin)
            call.wait()
        except trio.RunFinishedError:
            raise LocalProtocolError(_OVER) from None
        except BaseException:  # Ctrl-C, or what another signal handler raised
            self.post(call.cancel)
            call.wait()
            raise
        return call.result()

    # -- the end --------------------------------------------------------------------------------------------------

    def close(self, timeout: float) -> None:
        """Close all residents within *timeout* seconds, then end the thread; before the interpreter exits."""
        self.exiting = True
        try:
            self.call(self._close_residents, timeout / 2, timeout / 4, timeout=timeout)
        except (LocalProtocolError, TimeoutError):
            pass  # nobody is left who could do more
        finally:
            self.post(self._nursery.cancel_scope.cancel)
            self._thread.join(1)

    async def _close_residents(self, flush_timeout: float, close_timeout: float) -> None:
        # All flush before the first leaves: they may be peers of each other.
        async with trio.open_nursery() as nursery:
            for resident in self.residents:
                nursery.start_soon(resident.flush, flush_timeout)
        async with trio.open_nursery() as nursery:
            for resident in self.residents:
                nursery.start_soon(resident.close, close_timeout)


async def _alone(function: Callable[..., Awaitable[object]], *args: object) -> None:
    """Keep what goes wrong in one endpoint away from the others."""
    try:
        await function(*args)
    except Exception:  # noqa: BLE001  # whatever it is, the other endpoints go on
        _log.exception("a task of a blocking endpoint has failed")


class _Call(Generic[T]):
    """A function on its way through the portal."""

    def __init__(self) -> None:
        self._over = threading.Lock()
        self._over.acquire()
        self._begun = False
        self._result: T
        self._error: BaseException | None = None

    def begin(self) -> None:
        """Run it, or start to. In the portal."""
        raise NotImplementedError

    def cancel(self) -> None:
        """Nobody wants the result any more. In the portal."""
        if not self._begun:
            self._begun = True
            self._over.release()

    def wait(self) -> None:
        """Return when it is over. In the thread that called."""
        while not self._over.acquire(timeout=SIGNAL_CHECK):
            pass

    def result(self) -> T:
        """What it returned; raises what it raised."""
        error = self._error
        if error is None:
            return self._result
        try:
            if isinstance(error, trio.TooSlowError):
                raise TimeoutError(str(error) or "not in time") from None
            if isinstance(error, trio.Cancelled | trio.ClosedResourceError | trio.BrokenResourceError):
                raise LocalProtocolError(str(error) or "the endpoint is shut down") from None
            raise error
        finally:
            del error, self._error  # the traceback holds this frame


class _PlainCall(_Call[T]):
    def __init__(self, function: Callable[[], T]) -> None:
        super().__init__()
        self._function = function

    def begin(self) -> None:
        if self._begun:
            return
        self._begun = True
        try:
            self._result = self._function()
        except BaseException as error:  # noqa: ASYNC103, BLE001  # it is the caller's
            self._error = error
        self._over.release()


class _AsyncCall(_Call[T]):
    def __init__(
        self,
        function: Callable[..., Awaitable[T]],
        args: tuple[Any, ...],
        timeout: float | None,
        spawn: Callable[[Callable[[], Awaitable[None]]], None],
    ) -> None:
        super().__init__()
        self._function = function
        self._args = args
        self._timeout = timeout
        self._spawn = spawn
        self._scope = trio.CancelScope()

    def begin(self) -> None:
        if self._begun:
            return
        self._begun = True
        try:
            self._spawn(self._run)
        except RuntimeError:  # the portal's nursery has just closed
            self._error = LocalProtocolError(_OVER)
            self._over.release()

    def cancel(self) -> None:
        super().cancel()
        self._scope.cancel()

    async def _run(self) -> None:
        try:
            if self._timeout is not None:
                self._scope.deadline = trio.current_time() + self._timeout
            with self._scope:
                self._result = await self._function(*self._args)
                return
            self._error = TimeoutError(f"not done within {self._timeout} seconds")
        except trio.Cancelled as error:
            self._error = error
            raise
        except BaseException as error:  # noqa: BLE001  # it is the caller's
            self._error = error
        finally:
            self._over.release()


# -- one for each process -----------------------------------------------------------------------------------------

_lock = threading.Lock()
_portal: Portal | None = None


def current_portal() -> Portal:
    """The portal of this process; starts it when there is none, or when it is over."""
    global _portal  # noqa: PLW0603  # one for each process
    with _lock:
        if _portal is None or _portal.unusable:
            _portal = Portal()
        return _portal


def _leave_to_parent() -> None:
    """In a forked child: the thread did not come along, and another one may have held the lock."""
    global _lock, _portal  # noqa: PLW0603  # one for each process
    _lock = threading.Lock()
    if _portal is not None:
        _portal.unusable = _INHERITED
    _portal = None


@atexit.register
def _close_at_exit() -> None:
    if _portal is not None and not _portal.unusable:
        _portal.close(DEFAULT_LIMITS.exit_timeout)


os.register_at_fork(after_in_child=_leave_to_parent)
