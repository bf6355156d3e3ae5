"""``broker ping`` and ``broker pong``: round trips of the messages that C++ ``broker-node`` sends for that."""

from __future__ import annotations

from .answering import Answering, run_pong
from .asking import Pinging, run_ping

__all__ = ["Answering", "Pinging", "run_ping", "run_pong"]
