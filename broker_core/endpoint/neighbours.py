"""Other ports of Zeek on a host where one port is closed: which are open, what answers, what is worth trying."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import trio

from broker_core.model.addresses import PeerAddress
from broker_core.runtime.portraits import portray_socket
from broker_core.runtime.probes import reach

from .diagnosis import WEB_PORTS, ZEEK_PORTS, ZMQ_PORTS, describe_socket

if TYPE_CHECKING:
    from collections.abc import Collection

__all__ = ["Neighbour", "find_neighbours", "zmq_address"]


class Neighbour(NamedTuple):
    """An open port."""

    port: int
    what: str
    """What answers there, or usually does, in words."""
    address: PeerAddress
    """What to try."""


async def find_neighbours(host: str, address: PeerAddress, known: Collection[int], quick: float) -> list[Neighbour]:
    """Ports of Zeek that are open on *host*, which is one of *address* as a number; not those that are *known*.

    Each gets *quick* seconds for each of at most two visits, all of them side by side. Those of the transport of
    *address* come first.
    """
    found: dict[int, Neighbour] = {}

    async def visit(port: int) -> None:
        if (await reach(host, port, quick)).way != "open":
            return
        look = await portray_socket(host, port, quick) if port in ZMQ_PORTS else None
        if look is None:
            other = PeerAddress(address.host, port, "ws" if port in WEB_PORTS else "broker")
            found[port] = Neighbour(port, ZEEK_PORTS[port], other)
        else:
            found[port] = Neighbour(port, describe_socket(look), zmq_address(address.host, port, look.socket_type))

    async with trio.open_nursery() as nursery:
        for port in ZEEK_PORTS:
            if port not in known:
                nursery.start_soon(visit, port)
    ordered = [found[port] for port in ZEEK_PORTS if port in found]
    return sorted(ordered, key=lambda one: one.address.transport != address.transport)


def zmq_address(host: str, port: int, socket_type: str) -> PeerAddress:
    """The address of the cluster whose socket is on *port*: before an XSUB there is usually the XPUB."""
    return PeerAddress(host, port - 1 if socket_type == "XSUB" and port > 1 else port, "zmq")
