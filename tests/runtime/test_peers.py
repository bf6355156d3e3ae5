"""What all peers have in common: how much of what was published they have not confirmed."""

from __future__ import annotations

import pytest
import trio

from broker_core import Limits
from broker_core.runtime.peers import Peer
from broker_core.runtime.queues import MessageQueue


class AnyPeer(Peer):
    """The least that a peer is."""

    def __init__(self) -> None:
        super().__init__()
        self.queue: MessageQueue[int] = MessageQueue(1, "drop_newest", Limits().block_timeout)


async def test_what_is_published_and_not_confirmed_is_undelivered() -> None:
    peer = AnyPeer()
    assert peer.undelivered == 0
    for number in range(2):
        peer.published += 1
        peer.queue.offer(number)
    assert peer.queue.dropped == 1
    assert peer.undelivered == 1  # the other one was discarded, which is told in another way
    peer._confirmed = peer._mark()
    assert peer.undelivered == 0
    peer.published += 1
    peer.queue.offer(3)
    assert (peer.queue.dropped, peer.undelivered) == (2, 0)


async def test_a_peer_is_no_client_and_pings_nobody_unless_its_kind_says_so() -> None:
    peer = AnyPeer()
    assert (peer.edge, peer.tls, peer.pings, peer.pongs, peer.retry) == (False, "off", 0, 0, 0.0)
    assert not peer.ended.is_set()


async def test_each_kind_has_its_own_ways() -> None:
    peer = AnyPeer()
    for ask in (lambda: peer.filter, peer.info):
        with pytest.raises(NotImplementedError):
            ask()
    for act in (peer.leave, lambda: peer.flush(1)):
        with pytest.raises(NotImplementedError):
            await act()
    await trio.lowlevel.checkpoint()
