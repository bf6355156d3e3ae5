"""Which local subscribers and which peers get a message.

Some peers are edges: clients that are served here, and take part in what this endpoint sees. What is addressed to
local topics reaches no other peers. The rules are those of spec native-protocol.md section 7; the TTL is that of
manual section 2.2.2. The answer for a topic is remembered until a filter changes, so a stream of messages on one topic
costs one look-up each.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, NamedTuple, Protocol, TypeVar

from broker_core.limits import DEFAULT_LIMITS
from broker_core.model.topics import LOCAL_PREFIX

from .filters import PrefixIndex

if TYPE_CHECKING:
    from broker_core.model.ids import EndpointId

__all__ = ["Route", "RoutedPeer", "Router"]


class RoutedPeer(Protocol):
    """What the router needs to know of a peer."""

    @property
    def peer_id(self) -> EndpointId:
        """The id of the endpoint on the other side."""

    @property
    def filter(self) -> tuple[str, ...]:
        """The prefixes that it wants."""

    @property
    def edge(self) -> bool:
        """Whether it is a client of this endpoint."""


_LONGEST_KNOWN = 512  # characters; peers choose topics, and the longest of them would fill a quarter of a gigabyte

S = TypeVar("S")
P = TypeVar("P", bound=RoutedPeer)


class Route(NamedTuple, Generic[S, P]):
    """The receivers of one topic."""

    subscribers: tuple[S, ...]
    peers: tuple[P, ...]
    """All of them, edges included."""
    edges: tuple[P, ...] = ()

    def without(self, peer_id: EndpointId) -> tuple[P, ...]:
        """The peers other than the one that the message came from."""
        return tuple([peer for peer in self.peers if peer.peer_id != peer_id])


class Router(Generic[S, P]):
    """Knows the subscribers (with their prefixes) and the peers (with their filters)."""

    def __init__(self, own_id: EndpointId, *, cache_size: int = DEFAULT_LIMITS.topic_cache) -> None:
        self.own_id = own_id
        self.peers: dict[EndpointId, P] = {}
        self._subscribers: dict[S, tuple[str, ...]] = {}
        self.known: dict[str, Route[S, P]] = {}
        """The routes that are remembered now; always this one dict."""
        self._cache_size = cache_size
        self._indexes: dict[EndpointId, PrefixIndex] = {}

    def set_subscriber(self, subscriber: S, prefixes: tuple[str, ...]) -> None:
        """*subscriber* wants *prefixes* from now on."""
        self._subscribers[subscriber] = prefixes
        self.known.clear()

    def remove_subscriber(self, subscriber: S) -> None:
        """*subscriber* wants nothing any more; it need not be known."""
        self._subscribers.pop(subscriber, None)
        self.known.clear()

    def subscribers(self) -> tuple[S, ...]:
        """All of them."""
        return tuple(self._subscribers)

    def add_peer(self, peer: P) -> None:
        """*peer* takes part; its filter is read when routes are made."""
        self.peers[peer.peer_id] = peer
        self.known.clear()

    def remove_peer(self, peer: P) -> bool:
        """*peer* is gone. False when it was not this one that took part under its id."""
        if self.peers.get(peer.peer_id) is not peer:
            return False
        del self.peers[peer.peer_id]
        self._indexes.pop(peer.peer_id, None)
        self.known.clear()
        return True

    def filters_changed(self) -> None:
        """Some peer has another filter now."""
        self.known.clear()

    def route(self, topic: str) -> Route[S, P]:
        """Everyone who wants *topic*."""
        route = self.known.get(topic)
        if route is None:
            if len(self.known) >= self._cache_size:
                self.known.clear()
            peers = tuple([peer for peer in self.peers.values() if self._wants(peer, topic)])
            edges = tuple([peer for peer in peers if peer.edge])
            route = Route(
                tuple([who for who, prefixes in self._subscribers.items() if topic.startswith(prefixes)]),
                edges if topic.startswith(LOCAL_PREFIX) else peers,
                edges,
            )
            if len(topic) <= _LONGEST_KNOWN:
                self.known[topic] = route
        return route

    def _wants(self, peer: P, topic: str) -> bool:
        prefixes = peer.filter
        index = self._indexes.get(peer.peer_id)
        if index is None or index.prefixes is not prefixes:
            index = self._indexes[peer.peer_id] = PrefixIndex(prefixes)
        return index.matches(topic)

    def peer_for(self, receiver: EndpointId) -> tuple[P, ...]:
        """The direct peer that *receiver* names, if there is one: messages to others are not relayed."""
        peer = self.peers.get(receiver)
        return () if peer is None else (peer,)
