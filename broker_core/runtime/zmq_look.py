"""What kind of ZeroMQ socket answers at a port, found out by plain TCP before libzmq goes there.

libzmq only says that a connection does not come about, and tries for ever. One look tells whether there is ZeroMQ at
all, which kind of socket it is, and whether it wants CURVE. Nodes of a cluster do not notice it: they watch what they
connect to, and what is looked at here is what others connect to (spec zeromq.md section 9).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import trio

from broker_core.errors import Cause, PeerIncompatible, PeerTimeout
from broker_core.protocol.sniff import PROBE, describe_first_bytes
from broker_core.protocol.zmtp import ZmtpLook

from .streams import dial

if TYPE_CHECKING:
    from broker_core.limits import Limits
    from broker_core.model.addresses import PeerAddress

__all__ = ["CURVE", "NULL", "SocketLook", "look_at"]

NULL = "NULL"
CURVE = "CURVE"
_OWN_PROTOCOL = "a Broker with its own protocol"
_PREVIEW = 64
_PORTS = "a central broker has two ports, by default 5555 and 5556; zeekctl's are 27760 and 27761"


@dataclass(frozen=True, slots=True, kw_only=True)
class SocketLook:
    """What a port shows."""

    host: str
    """Who was reached, as a number."""
    mechanism: str
    """``NULL`` or ``CURVE``."""
    socket_type: str
    """``XPUB``, ``XSUB``, ``PULL``, ...; "" where CURVE hides it."""
    version: str
    """Of ZMTP, such as ``3.1``."""


async def look_at(address: PeerAddress, limits: Limits) -> SocketLook:
    """Look at the port of *address*. Raises :class:`PeeringError` when nothing there speaks ZMTP 3."""
    connection = await dial(address, limits.connect_timeout)
    heard, seen = b"", ZmtpLook()
    try:
        with trio.move_on_after(limits.handshake_timeout) as scope:
            try:
                await connection.send(seen.to_send())
                while not seen.done and (data := await connection.receive()):
                    heard += data[:_PREVIEW]
                    seen.receive(data)
                    await connection.send(seen.to_send())
            except trio.BrokenResourceError:
                pass  # what it said before is still worth something
        host = connection.reached
    finally:
        with trio.CancelScope(shield=True):
            await connection.close()
    where = str(address)
    if not seen.is_zeromq or seen.version == "2":
        what = (
            _OWN_PROTOCOL
            if heard.startswith(PROBE)
            else describe_first_bytes(heard) or f"something that starts with {heard[:16]!r}"
        )
        if seen.version == "2":
            what = "a version of ZeroMQ before 3"
        raise PeerIncompatible(where, f"no ZeroMQ of today answers, but {what}", _PORTS, cause=Cause.NOT_BROKER)
    if scope.cancelled_caught and not seen.mechanism:
        reason = f"no greeting of ZeroMQ within {limits.handshake_timeout:g} s"
        raise PeerTimeout(where, reason, _PORTS, cause=Cause.HANDSHAKE_TIMEOUT)
    if not seen.mechanism:
        reason = "the connection was closed before the greeting was complete"
        raise PeerIncompatible(where, reason, _PORTS, cause=Cause.CLOSED_AT_ONCE)
    if seen.mechanism not in {NULL, CURVE}:
        reason = f"it wants the mechanism {seen.mechanism} of ZeroMQ, which no Zeek has"
        raise PeerIncompatible(where, reason, cause=Cause.NOT_BROKER)
    if seen.refused:
        raise PeerIncompatible(where, f"it ends the handshake of ZeroMQ: {seen.refused}", cause=Cause.REJECTED)
    return SocketLook(host=host, mechanism=seen.mechanism, socket_type=seen.socket_type, version=seen.version)
