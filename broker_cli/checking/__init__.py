"""``broker check``: one question, answered as the plugins of Nagios, Icinga and their kin answer."""

from __future__ import annotations

from .verdicts import Metric, Status, Verdict, report_failure

__all__ = ["Metric", "Status", "Verdict", "report_failure"]
