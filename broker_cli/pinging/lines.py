"""How pings and pongs are printed: for people as ping(8) does, as ndjson, or the bare nanoseconds of ``broker-node``.

Lines of ndjson of ``ping``: ``pong`` (id, from, rtt in seconds, and late or duplicate where that is so), ``lost``
(id), and at the end ``ping-summary`` (topic, sent, answered, lost, late, duplicates, loss as a fraction, seconds, and
rtt with min, avg, p50, p95 and max, or null). Lines of ``pong``: ``ping`` (id, topic, from, size in bytes), and at the
end ``pong-summary`` (topic, answered).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from broker_cli.context import escape
from broker_cli.output.json_lines import json_line
from broker_cli.wording import counted

if TYPE_CHECKING:
    from broker_cli.config import OutputFormat
    from broker_core import EndpointId

    from .payload import Ping
    from .rounds import Answer, Rounds

__all__ = ["PING_FORMATS", "PONG_FORMATS", "PingLines", "PongLines", "milliseconds"]

PING_FORMATS: tuple[OutputFormat, ...] = ("human", "ndjson", "text", "broker")
PONG_FORMATS: tuple[OutputFormat, ...] = ("human", "ndjson")


def milliseconds(seconds: float) -> str:
    """*seconds* as people read them: ``0.213``, ``1503.1``."""
    value = seconds * 1000
    return f"{value:.3f}" if value < 100 else f"{value:.1f}"


class PingLines:
    """What ``ping`` prints about *topic*."""

    def __init__(self, form: OutputFormat, topic: str, timeout: float) -> None:
        self._form = form
        self._topic = topic
        self._timeout = timeout

    def answer(self, number: int, sender: EndpointId, answer: Answer) -> list[str]:
        """The line for a pong, if this format has one."""
        rtt = answer.rtt
        if self._form == "ndjson":
            marks = {} if answer.kind == "answer" else {answer.kind: True}
            seconds = None if rtt is None else round(rtt, 9)
            return [json_line("pong", id=number, **{"from": str(sender)}, rtt=seconds, **marks)]
        if self._form == "human":
            time = "" if rtt is None else f" {milliseconds(rtt)} ms"
            mark = {"answer": "", "late": " (late)", "duplicate": " (again)"}.get(answer.kind, "")
            return [f"pong {number} from {sender}:{time}{mark}"]
        # As broker-node: a line for each round trip, and nothing else.
        return [str(round(rtt * 1e9))] if answer.kind == "answer" and rtt is not None else []

    def lost(self, number: int) -> list[str]:
        """The line for a ping that was given up, if this format has one."""
        if self._form == "ndjson":
            return [json_line("lost", id=number)]
        return [f"ping {number}: no answer within {self._timeout:g} s"] if self._form == "human" else []

    def summary(self, rounds: Rounds, seconds: float) -> list[str]:
        """What it comes to; for people and in ndjson only."""
        spread = rounds.spread
        if self._form == "ndjson":
            rtt = None if spread is None else {name: round(time, 9) for name, time in spread._asdict().items()}
            return [
                json_line(
                    "ping-summary",
                    topic=self._topic,
                    sent=rounds.sent,
                    answered=rounds.answered,
                    lost=rounds.lost,
                    late=rounds.late,
                    duplicates=rounds.duplicates,
                    loss=round(rounds.lost / (rounds.answered + rounds.lost or 1), 6),
                    seconds=round(seconds, 3),
                    rtt=rtt,
                )
            ]
        if self._form != "human":
            return []
        counts = [counted(rounds.sent, "ping"), f"{rounds.answered} answered"]
        if rounds.lost:
            counts.append(f"{rounds.lost} lost ({100 * rounds.lost / (rounds.answered + rounds.lost):.3g}%)")
        counts += [
            f"{number} {word}" for number, word in ((rounds.late, "late"), (rounds.duplicates, "again")) if number
        ]
        lines = [f"--- {escape(self._topic)} ping statistics ---", f"{', '.join(counts)} in {seconds:.3g} s"]
        if spread is not None:
            times = "/".join(milliseconds(getattr(spread, name)) for name in ("min", "avg", "p95", "max"))
            lines.append(f"rtt min/avg/p95/max = {times} ms")
        return lines


class PongLines:
    """What ``pong`` prints."""

    def __init__(self, form: OutputFormat) -> None:
        self._json = form == "ndjson"

    def ping(self, ping: Ping, topic: str, sender: EndpointId) -> str:
        """The line for a ping that was answered."""
        if self._json:
            return json_line("ping", id=ping.id, topic=topic, **{"from": str(sender)}, size=ping.size)
        return f"ping {ping.id} from {sender} on {escape(topic)}, {ping.size} bytes"

    def summary(self, topic: str, answered: int) -> list[str]:
        """What it comes to; in ndjson only."""
        return [json_line("pong-summary", topic=topic, answered=answered)] if self._json else []
