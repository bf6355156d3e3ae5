"""The router's answers equal those of the plainest implementation there is."""

from __future__ import annotations

from dataclasses import dataclass

from hypothesis import given
from hypothesis import strategies as st

from broker_core.model.ids import EndpointId
from broker_core.routing.router import Route, Router


@dataclass(eq=False)
class FakePeer:
    """What the router needs to know of a peer, and nothing else."""

    peer_id: EndpointId
    filter: tuple[str, ...]
    edge: bool = False


def an_id(number: int) -> EndpointId:
    return EndpointId(number.to_bytes(16, "big"))


topics = st.text("ab/", max_size=4)
filters = st.lists(topics, max_size=3).map(tuple)


def test_routes_by_prefix() -> None:
    router: Router[str, FakePeer] = Router(an_id(1))
    router.set_subscriber("foo", ("/foo",))
    router.set_subscriber("all", ("",))
    peer = FakePeer(an_id(2), ("/foo/bar",))
    router.add_peer(peer)
    assert router.route("/foobar") == Route(("foo", "all"), ())
    assert router.route("/foo/bar/baz") == Route(("foo", "all"), (peer,))
    assert router.route("/other") == Route(("all",), ())


def test_a_changed_filter_takes_effect() -> None:
    router: Router[str, FakePeer] = Router(an_id(1))
    peer = FakePeer(an_id(2), ())
    router.add_peer(peer)
    assert router.route("/x").peers == ()
    peer.filter = ("/x",)
    router.filters_changed()
    assert router.route("/x").peers == (peer,)


def test_a_peer_that_replaced_another_is_not_removed_with_it() -> None:
    router: Router[str, FakePeer] = Router(an_id(1))
    old, new = FakePeer(an_id(2), ("",)), FakePeer(an_id(2), ("",))
    router.add_peer(old)
    router.add_peer(new)
    assert not router.remove_peer(old)
    assert router.route("/x").peers == (new,)
    assert router.remove_peer(new)
    assert router.route("/x").peers == ()
    assert router.peer_for(an_id(2)) == ()


def test_the_source_of_a_message_does_not_get_it_back() -> None:
    router: Router[str, FakePeer] = Router(an_id(1))
    one, two = FakePeer(an_id(2), ("",)), FakePeer(an_id(3), ("",))
    router.add_peer(one)
    router.add_peer(two)
    assert router.route("/x").without(an_id(2)) == (two,)


def test_the_memory_of_routes_is_bounded() -> None:
    router: Router[str, FakePeer] = Router(an_id(1), cache_size=4)
    router.set_subscriber("all", ("",))
    for number in range(100):
        assert router.route(f"/{number}").subscribers == ("all",)
        assert len(router.known) <= 4


def test_long_topics_have_routes_that_are_not_remembered() -> None:
    router: Router[str, FakePeer] = Router(an_id(1))
    router.set_subscriber("all", ("",))
    for length, remembered in ((512, 1), (513, 1), (65_535, 1)):
        assert router.route("t" * length).subscribers == ("all",)
        assert len(router.known) == remembered


@given(st.lists(filters, max_size=4), st.lists(filters, max_size=4), st.lists(topics, max_size=6))
def test_equals_brute_force(subscribers: list[tuple[str, ...]], peers: list[tuple[str, ...]], asked: list[str]) -> None:
    router: Router[int, FakePeer] = Router(an_id(0))
    for number, prefixes in enumerate(subscribers):
        router.set_subscriber(number, prefixes)
    known = [FakePeer(an_id(number + 1), prefixes) for number, prefixes in enumerate(peers)]
    for peer in known:
        router.add_peer(peer)
    for topic in asked + asked:  # the second time from memory
        route = router.route(topic)
        assert route.subscribers == tuple(
            number
            for number, prefixes in enumerate(subscribers)
            if any(topic[: len(prefix)] == prefix for prefix in prefixes)
        )
        assert route.peers == tuple(
            peer for peer in known if any(topic[: len(prefix)] == prefix for prefix in peer.filter)
        )
