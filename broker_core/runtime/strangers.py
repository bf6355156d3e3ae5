"""Errors about those who are no Broker peer at all: what answers at the address, or what has connected.

What they are is found by :mod:`broker_core.protocol.sniff`; here it becomes a cause, a reason and a remedy.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from broker_core.errors import Cause, PeerIncompatible
from broker_core.model.addresses import WEB_PATH
from broker_core.protocol.sniff import BROKER_WEB, HTTP, METRICS, OLD_BROKER, TLS, WEB, ZEEK_WEB, ZEROMQ

if TYPE_CHECKING:
    from broker_core.errors import PeeringError

__all__ = ["strange_client", "strange_server"]

_OLD = "Zeek 5 and later speak Broker's present protocol; older ones cannot be peers"
_NOT = "not a Broker of version 2.3 or later"
_WEB_PATH = WEB_PATH.encode()


def strange_server(address: str, looks_like: str) -> PeeringError:
    """The error of a client that expected a Broker and found what *looks_like* says, in words of sniff."""
    cause, hint = Cause.NOT_BROKER, ""
    if looks_like == TLS:
        return PeerIncompatible(address, "it speaks TLS", "use TLS mode auto or anon", cause=Cause.TLS_EXPECTED)
    if looks_like == OLD_BROKER:
        cause, hint = Cause.OLD_BROKER, _OLD
    elif looks_like in {ZEEK_WEB, BROKER_WEB, WEB}:
        cause, hint = Cause.WEBSOCKET, f"use ws://{address}, or the port of Broker's own protocol"
    elif looks_like == HTTP:
        hint = f"if it is the WebSocket port of a Broker or Zeek, use ws://{address}"
    elif looks_like == ZEROMQ:
        hint = f"if it is a cluster's central broker, use zmq://{address}; Broker's own protocol is on another port"
    elif looks_like == METRICS:
        hint = "Broker's own protocol is on another port; Zeek's default is 9999"
    return PeerIncompatible(address, f"{_NOT}: {looks_like}", hint, cause=cause)


def strange_client(address: str, looks_like: str, first: bytes) -> PeeringError:
    """The error of a listener for Broker's own protocol to which a client began with *first*."""
    cause, hint = Cause.NOT_BROKER, "this port is for Broker's own protocol"
    if looks_like == TLS:
        hint = "it has to speak plain TCP, or this side has to take TLS (mode auto or anon)"
        return PeerIncompatible(address, "the client speaks TLS", hint, cause=Cause.TLS_EXPECTED)
    if looks_like == OLD_BROKER:
        cause, hint = Cause.OLD_BROKER, _OLD
    elif looks_like == HTTP:
        hint = "this port is for Broker's own protocol; WebSocket clients have a port of their own"
        looks_like = "HTTP"
        if _WEB_PATH in first.partition(b"\r\n")[0]:
            looks_like, cause = "WebSocket", Cause.WEBSOCKET
    return PeerIncompatible(address, f"the client is {_NOT}: {looks_like}", hint, cause=cause)
