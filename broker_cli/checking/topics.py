"""``broker check topic``: does something come, soon enough, and how much?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import trio

from broker_cli.selecting.facts import MISSING, Facts, name_of_event
from broker_cli.selecting.unpacking import members
from broker_cli.session import Session, run_session
from broker_cli.wording import counted
from broker_core import DecodeError

from .running import conclude
from .verdicts import Metric, Status

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from broker_core import Message

    from .ranges import Range
    from .running import Check
    from .verdicts import Verdict

__all__ = ["TopicWishes", "check_topic"]


@dataclass(frozen=True, kw_only=True)
class TopicWishes:
    """What has to come on a topic."""

    topic: str
    within: float
    """Seconds from the subscription on."""
    count: int = 1
    """How many messages, at the least."""
    event: Callable[[str], bool] | None = None
    """Whether it is the name of an event that counts; None counts every message."""
    warning: Range | None = None
    """For the messages a second, over the whole time."""
    critical: Range | None = None

    @property
    def measures(self) -> bool:
        """Whether the rate matters, so that the whole time is waited."""
        return self.warning is not None or self.critical is not None


def check_topic(check: Check, wishes: TopicWishes) -> int:
    """Listen on a topic of the peers; the exit code. check.timeout is for all of it, the waiting included."""

    async def examine(report: Callable[[Verdict], None]) -> None:
        async def main(session: Session) -> None:
            # Closed with the endpoint only: over WebSocket, other topics would mean another connection.
            subscriber = session.endpoint.make_subscriber(wishes.topic)
            await session.connect()
            start = last = trio.current_time()
            seen = 0
            with trio.move_on_after(wishes.within):
                while wishes.measures or seen < wishes.count:
                    messages = await subscriber.get_batch()
                    fresh = sum(_counted(message, wishes.event) for message in messages)
                    if fresh and seen < wishes.count:
                        last = trio.current_time()
                    seen += fresh
            report(_verdict(check, wishes, seen, last - start))

        await run_session(check.context, check.settings, main, patient=False)

    return conclude(check, examine)


def _counted(message: Message, event: Callable[[str], bool] | None) -> int:
    """How many of the messages in *message* count."""
    if event is None:
        return 1
    try:
        inside: Sequence[Message] = members(message)
        names = [name_of_event(Facts(member)) for member in inside]
    except DecodeError:
        return 0
    return sum(name is not MISSING and event(name) for name in names)


def _verdict(check: Check, wishes: TopicWishes, seen: int, waited: float) -> Verdict:
    """*waited* is when there were enough messages."""
    noun = "message" if wishes.event is None else "event"
    metrics = [Metric(name=f"{noun}s", value=seen, help=f"The {noun}s that came.")]
    if seen >= wishes.count:
        metrics.append(Metric(name="wait", value=waited, unit="s", help="Time until there were enough."))
    if wishes.measures:
        rate = Metric(
            name="rate",
            value=seen / wishes.within,
            help=f"The {noun}s a second.",
            warning=wishes.warning,
            critical=wishes.critical,
        )
        metrics.append(rate)
    problems = []
    if seen < wishes.count:
        number = f"no {noun}" if not seen else f"{seen} of {wishes.count} {noun}s"
        problems.append((Status.CRITICAL, f"{number} on {wishes.topic} within {wishes.within:g} s"))
    time = wishes.within if wishes.measures else waited
    well = f"{counted(seen, noun)} on {wishes.topic} within {time:.3g} s"
    return check.verdict(well, metrics, problems)
