"""pyzmq is optional, and what is missing without it is said."""

from __future__ import annotations

import sys

import pytest

from broker_core import ConfigurationError, Endpoint
from broker_core.runtime.zmq_support import need_pyzmq


def test_with_pyzmq_nothing_is_said():
    need_pyzmq("zmq://h")


async def test_without_it_the_error_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "zmq", None)
    words = r"needs pyzmq, which is not installed: pip install 'broker-toolkit\[zeromq\]'"
    async with Endpoint() as endpoint:
        for retry in (None, 1.0):
            with pytest.raises(ConfigurationError, match=f"^zmq://h:5555 {words}"):
                await endpoint.peer("zmq://h", retry=retry)
        with pytest.raises(ConfigurationError, match=f"^a central broker {words}"):
            await endpoint.listen_zmq()
        with pytest.raises(ConfigurationError, match=words):
            await endpoint.listen_logs()
