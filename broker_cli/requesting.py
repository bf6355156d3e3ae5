"""What ``request`` does: subscribe to where replies come, see that somebody will hear, ask, and wait for the answer."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import trio

from broker_core import DecodeError, ForeignMessage, same_value

from .exit_codes import ExitCode, Failure
from .receiving import Printer
from .selecting.facts import Facts
from .selecting.unpacking import members
from .session import Session, run_session

if TYPE_CHECKING:
    from collections.abc import Callable

    from broker_core import Event, Message

    from .config import Settings
    from .context import Context

__all__ = ["DEFAULT_TIMEOUT", "MAX_OTHERS", "Asking", "Request", "run_request"]

DEFAULT_TIMEOUT = 5.0
"""Seconds for all of it: connecting, somebody who hears, and the replies."""

MAX_OTHERS = 100
"""Names of events that are remembered although they are no reply, to tell of them; others count as one."""

_SHOWN = 3


@dataclass(frozen=True, kw_only=True)
class Asking:
    """What makes a message a reply."""

    topics: tuple[str, ...]
    """Prefixes, as of a subscription."""
    event: Callable[[str], bool] | None = None
    """Whether it is the name of a reply; None takes every event."""
    matches: tuple[tuple[int, int], ...] = ()
    """Positions in the reply and in the request, from 0, where the same argument has to be."""


@dataclass(frozen=True, kw_only=True)
class Request:
    """What to ask, and what for."""

    topic: str
    event: Event
    asking: Asking
    replies: int = 1
    """How many to wait for; 0 takes all that come in time."""
    timeout: float = DEFAULT_TIMEOUT


class _Run:
    """One run of ``request``."""

    def __init__(self, context: Context, settings: Settings, request: Request) -> None:
        self.replies = 0
        self.stage: Literal["connect", "subscriber", "reply"] = "connect"
        self.refused = False
        self._context = context
        self._request = request
        self._where = ", ".join(str(address) for address in settings.peers)
        self._printer = Printer(context, settings)
        self._others: Counter[str] = Counter()

    async def main(self, session: Session) -> None:
        """Ask, and print replies. Raises :class:`Failure` when there were too few."""
        request, endpoint = self._request, session.endpoint
        with trio.move_on_after(request.timeout) as scope:

            def give_up(_: object) -> None:
                self.refused = session.refusals_fail = True
                scope.cancel()

            session.on_refusal = give_up
            # Closed with the endpoint only: over WebSocket, other topics would mean another connection.
            subscriber = endpoint.make_subscriber(request.asking.topics)
            session.used_topics.append(request.topic)
            await session.connect()  # which tells peers of the subscription before anything is sent
            self.stage = "subscriber"
            await endpoint.wait_for_subscribers(request.topic)
            self.stage = "reply"
            start = trio.current_time()
            await endpoint.publish(request.topic, request.event)
            while not request.replies or self.replies < request.replies:
                messages = await subscriber.get_batch()
                elapsed = trio.current_time() - start
                for message in messages:
                    await self._consider(message, elapsed)
        if scope.cancelled_caught and not self.refused and not (self.replies and not request.replies):
            raise self._timed_out(session)

    async def _consider(self, message: Message, elapsed: float) -> None:
        """Print the replies in *message*, as far as they are still wanted."""
        try:
            inside = members(message)
        except DecodeError:
            inside = ()
        for member in inside:
            wanted = self._request.replies
            if wanted and self.replies >= wanted:
                return
            if self._is_reply(member):
                await self._printer.show([member])
                self.replies += 1
                number = f" {self.replies}" if wanted != 1 else ""
                self._context.progress(f"reply{number} after {1000 * elapsed:.3f} ms")

    def _is_reply(self, message: Message) -> bool:
        asking = self._request.asking
        try:
            parts = Facts(message).parts
        except DecodeError:
            parts = None
        if parts is None:
            foreign = isinstance(message, ForeignMessage)
            self._note("a message in another format than Broker's" if foreign else "a value that is no event")
            return False
        name, args, _ = parts
        if asking.event is not None and not asking.event(name):
            self._note(name)
            return False
        sent = self._request.event.args
        if all(there < len(args) and same_value(args[there], sent[here]) for there, here in asking.matches):
            return True
        self._note(f"{name} with other arguments")
        return False

    def _note(self, what: str) -> None:
        """Remember what came and is no reply."""
        self._others[what if what in self._others or len(self._others) < MAX_OTHERS else "others"] += 1

    def _timed_out(self, session: Session) -> Failure:
        request, limit = self._request, f"{self._request.timeout:g} s"
        if self.stage == "connect":
            message = f"timed out: not connected to {self._where} within {limit}"
            return Failure(message, ExitCode.CONNECT, "--timeout DUR waits longer, for all of it")
        if self.stage == "subscriber":
            message = f"timed out: nobody is subscribed to {request.topic} at {self._where}; nothing sent"
            other = session.instead_of(request.topic)
            hint = f"broker peer {self._where.split(',')[0]} shows who wants what"
            return Failure(message, ExitCode.TIMEOUT, f"{other} has subscribers" if other else hint)
        if self.replies:
            return Failure(f"timed out: {self.replies} of {request.replies} replies within {limit}", ExitCode.TIMEOUT)
        if self._others:
            seen = [f"{name} ({number})" for name, number in self._others.most_common(_SHOWN)]
            more = ", ..." if len(self._others) > _SHOWN else ""
            hint = f"what came instead: {', '.join(seen)}{more}"
        else:
            topics = ", ".join(topic or '""' for topic in request.asking.topics)
            hint = f"nothing came on {topics}; a Zeek ignores events that it does not know, or with other types"
        return Failure(f"no reply within {limit}", ExitCode.TIMEOUT, hint)


def run_request(context: Context, settings: Settings, request: Request) -> None:
    """Ask for real."""
    run = _Run(context, settings, request)

    async def program() -> None:
        await run_session(context, settings, run.main, patient=False)

    trio.run(program)
