"""What a check found: a state, a sentence, and numbers with their thresholds; and how each kind of reader gets it.

The lines: ``BROKER OK - TEXT | rtt=0.213ms;100;500;0;`` for Nagios and its kin; one object of ndjson of type ``check``
(check, target, status, code, message, seconds, and metrics, by name objects with value, unit, warning and critical);
or the text format of Prometheus, for the textfile collector of node_exporter.
"""

from __future__ import annotations

import os
from contextlib import suppress
from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING, Literal

from broker_cli.context import escape
from broker_cli.exit_codes import ExitCode

if TYPE_CHECKING:
    from collections.abc import Sequence

    from broker_cli.context import Context
    from broker_cli.exit_codes import Failure

    from .ranges import Range

__all__ = ["FORMS", "Form", "Metric", "Problem", "Status", "Verdict", "report_failure", "status_of", "worst"]

Form = Literal["nagios", "ndjson", "prometheus"]
FORMS: tuple[Form, ...] = ("nagios", "ndjson", "prometheus")

_UNITS = {"s": ("ms", 1000.0), "": ("", 1.0)}
"""What Nagios is told: times in milliseconds."""

_PREFIX = "broker_check"


class Status(IntEnum):
    """The states, which are the exit codes of ``check``, too."""

    OK = 0
    WARNING = 1
    CRITICAL = 2
    UNKNOWN = 3


_RANKS = (Status.OK, Status.WARNING, Status.UNKNOWN, Status.CRITICAL)


def worst(*statuses: Status) -> Status:
    """That of *statuses* which an operator has to look at first; OK when there are none."""
    return max(statuses, key=_RANKS.index, default=Status.OK)


def status_of(failure: Failure) -> Status:
    """The state for *failure*: what is wrong here is UNKNOWN, what is wrong over there CRITICAL."""
    return Status.UNKNOWN if failure.code in {ExitCode.USAGE, ExitCode.BUG} else Status.CRITICAL


@dataclass(frozen=True, slots=True, kw_only=True)
class Metric:
    """One number, and what it may be."""

    name: str
    value: float
    help: str
    unit: Literal["s", ""] = ""
    """Seconds, or just a number."""
    warning: Range | None = None
    critical: Range | None = None
    signed: bool = False
    """Whether it can be below 0."""

    @property
    def status(self) -> Status:
        """The state by this number alone."""
        if self.critical is not None and self.critical.alerts(self.value):
            return Status.CRITICAL
        if self.warning is not None and self.warning.alerts(self.value):
            return Status.WARNING
        return Status.OK

    def alert(self) -> str:
        """What is wrong with it, in words."""
        limit = self.critical if self.status is Status.CRITICAL else self.warning
        unit, scale = _UNITS[self.unit]
        wanted = "be a number" if limit is None else limit.words(scale, f" {unit}" if unit else "")
        value = f"{self.value * scale:.6g} {unit}".rstrip()
        return f"{self.name.replace('_', ' ')}: {value}, should {wanted}"

    def performance(self) -> str:
        """As Nagios stores it: value, thresholds, and the least that there can be."""
        unit, scale = _UNITS[self.unit]
        ranges = [limit.text(scale) if limit else "" for limit in (self.warning, self.critical)]
        return f"{self.name}={self.value * scale:.6g}{unit};{';'.join(ranges)};{'' if self.signed else '0'};"


Problem = tuple[Status, str]
"""Something that is wrong, and how bad it is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """The end of a check."""

    check: str
    target: str
    status: Status
    message: str
    metrics: Sequence[Metric] = ()

    @classmethod
    def of(cls, check: str, target: str, well: str, metrics: Sequence[Metric], problems: Sequence[Problem]) -> Verdict:
        """The verdict on what was measured and seen; *well* is the sentence when nothing is wrong. The worst first."""
        found = [*problems, *((metric.status, metric.alert()) for metric in metrics if metric.status is not Status.OK)]
        found.sort(key=lambda problem: -_RANKS.index(problem[0]))
        status = worst(*(problem[0] for problem in found))
        message = "; ".join([text for _, text in found] or [well])
        return cls(check=check, target=target, status=status, message=message, metrics=metrics)

    def text(self, form: Form, seconds: float) -> str:
        """What to print in *form*, without the last line end; *seconds* is how long it took."""
        if form == "nagios":
            return self.line()
        return self._json(seconds) if form == "ndjson" else self._prometheus(seconds)

    def line(self) -> str:
        """One line of a plugin. A ``|`` would begin the numbers, so none is in the text."""
        text = escape(f"BROKER {self.status.name} - {self.message}").replace("|", "\\x7c")
        numbers = " ".join(metric.performance() for metric in self.metrics)
        return f"{text} | {numbers}" if numbers else text

    def _json(self, seconds: float) -> str:
        from broker_cli.output.json_lines import json_line

        metrics = {
            metric.name: {
                "value": round(metric.value, 9),
                "unit": metric.unit,
                "warning": metric.warning.text() if metric.warning else None,
                "critical": metric.critical.text() if metric.critical else None,
            }
            for metric in self.metrics
        }
        return json_line(
            "check",
            check=self.check,
            target=self.target,
            status=self.status.name.lower(),
            code=int(self.status),
            message=self.message,
            seconds=round(seconds, 6),
            metrics=metrics,
        )

    def _prometheus(self, seconds: float) -> str:
        from prometheus_client import CollectorRegistry, Gauge, generate_latest

        registry = CollectorRegistry()
        labels = {"check": self.check, "target": self.target.encode("utf-8", "backslashreplace").decode()}
        rows = [
            Metric(name="status", value=int(self.status), help="0 OK, 1 WARNING, 2 CRITICAL, 3 UNKNOWN."),
            Metric(name="duration", value=seconds, unit="s", help="How long the check took."),
            *self.metrics,
        ]
        for row in rows:
            name = f"{_PREFIX}_{row.name}{'_seconds' if row.unit else ''}"
            Gauge(name, row.help, list(labels), registry=registry).labels(**labels).set(row.value)
        return generate_latest(registry).decode().rstrip("\n")


def report_failure(failure: Failure, context: Context) -> int:
    """Tell of a check that did not even begin, such as for a wrong option, as plugins do; the exit code."""
    status = status_of(failure)
    verdict = Verdict(check="", target="", status=status, message=failure.message)
    with suppress(OSError):
        os.write(context.stdout, f"{verdict.line()}\n".encode("utf-8", "surrogateescape"))
    if failure.hint:
        context.tell(f"  hint: {failure.hint}")
    return int(status)
