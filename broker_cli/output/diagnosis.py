"""What the doctor says: a line for each step as it is taken, then the cause and the remedy; or one ndjson object."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING, Any

from broker_cli.context import escape

from .json_lines import json_line

if TYPE_CHECKING:
    from broker_core import CertificateFacts, Diagnosis, DiagnosisStep

__all__ = ["diagnosis_json", "note_lines", "step_lines", "verdict_lines"]

_MARKS = {True: "ok", False: "failed", None: "note"}
_COLOURS = {"ok": "green", "failed": "red", "note": "cyan"}
_NAME_WIDTH, _MARK_WIDTH = 15, 8
_NARROWEST = 20


def step_lines(step: DiagnosisStep, *, colour: bool, width: int | None = None) -> list[str]:
    """One step: its name, how it went, what was seen, and how long it took; folded at *width* columns."""
    mark = _MARKS[step.ok]
    shown = _coloured(mark, _COLOURS[mark], colour=colour) + " " * (_MARK_WIDTH - len(mark))
    took = f" ({step.seconds * 1000:.1f} ms)" if step.seconds else ""
    return _folded(f"{step.name:<{_NAME_WIDTH}}{shown}", escape(step.text) + took, _NAME_WIDTH + _MARK_WIDTH, width)


def note_lines(found: Diagnosis, *, colour: bool, width: int | None = None) -> list[str]:
    """What should be known besides the cause."""
    margin = _NAME_WIDTH + _MARK_WIDTH
    head = _coloured("note:", "cyan", colour=colour) + " " * (margin - len("note:"))
    return [line for text in found.warnings for line in _folded(head, escape(text), margin, width)]


def verdict_lines(found: Diagnosis, *, colour: bool, width: int | None = None) -> list[str]:
    """The two lines that say all."""
    well = found.cause is None
    cause = f"{found.cause or 'none'}: {escape(found.finding)}"
    remedy = escape(found.remedy) or "none is needed"
    return [
        *_folded(f"{_coloured('cause:', 'green' if well else 'red', colour=colour)} ", cause, len("cause: "), width),
        *_folded(f"{_coloured('remedy:', 'green', colour=colour)} ", remedy, len("remedy: "), width),
    ]


def _folded(head: str, text: str, margin: int, width: int | None) -> list[str]:
    """*head*, which takes *margin* columns, and *text* behind it on as many lines as it needs."""
    if width is None or margin + len(text) <= width:
        return [head + text]
    first, *others = textwrap.wrap(
        text, max(width - margin, _NARROWEST), break_on_hyphens=False, break_long_words=False
    )
    return [head + first, *(" " * margin + other for other in others)]


def _coloured(text: str, name: str, *, colour: bool) -> str:
    if not colour:
        return text
    from rich.color import ColorSystem
    from rich.style import Style

    return Style(color=name, bold=True).render(text, color_system=ColorSystem.STANDARD)


def diagnosis_json(found: Diagnosis) -> str:
    """One line of ndjson; null is what is not known."""
    return json_line(
        "diagnosis",
        address=found.address,
        cause=found.cause,
        finding=found.finding,
        remedy=found.remedy,
        warnings=list(found.warnings),
        id=None if found.id is None else str(found.id),
        protocol=found.protocol,
        tls=found.tls,
        version=found.version,
        rtt=None if found.rtt is None else round(found.rtt, 6),
        subscriptions=None if found.subscriptions is None else list(found.subscriptions),
        nodes=None if found.nodes is None else [node._asdict() for node in found.nodes],
        certificate=_certificate(found.certificate),
        steps=[
            {"name": step.name, "ok": step.ok, "text": step.text, "seconds": round(step.seconds, 6)}
            for step in found.steps
        ],
    )


def _certificate(facts: CertificateFacts | None) -> dict[str, Any] | None:
    if facts is None:
        return None
    return {
        "subject": facts.subject,
        "issuer": facts.issuer,
        "not_before": f"{facts.not_before:%Y-%m-%dT%H:%M:%SZ}",
        "not_after": f"{facts.not_after:%Y-%m-%dT%H:%M:%SZ}",
        "hosts": list(facts.hosts),
    }
