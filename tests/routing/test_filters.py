"""The filter that peers are told."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from broker_core.model.topics import minimal_filter
from broker_core.routing.filters import OwnFilter, PrefixIndex

prefixes = st.lists(st.text("ab/", max_size=3), max_size=4)


def test_an_entry_stays_until_its_last_user_goes() -> None:
    own = OwnFilter()
    assert own.add(["/a", "/b"])
    assert not own.add(["/a"])
    assert not own.remove(["/a"])
    assert own.announced == ("/a", "/b")
    assert own.remove(["/a"])
    assert own.announced == ("/b",)


def test_a_covered_entry_comes_back_when_its_cover_goes() -> None:
    own = OwnFilter()
    own.add(["/a/b"])
    own.add(["/a"])
    assert own.announced == ("/a",)
    own.remove(["/a"])
    assert own.announced == ("/a/b",)


def test_local_topics_are_not_announced() -> None:
    own = OwnFilter()
    assert not own.add(["<$>/local/data/errors"])
    assert own.announced == ()


def test_removing_what_was_never_added_does_nothing() -> None:
    own = OwnFilter()
    own.add(["/a"])
    own.remove(["/b", "/b"])
    own.add(["/b"])
    assert own.announced == ("/a", "/b")


@given(st.lists(st.tuples(st.booleans(), prefixes), max_size=8))
def test_equals_counting_by_hand(steps: list[tuple[bool, list[str]]]) -> None:
    own, users = OwnFilter(), {}
    for add, names in steps:
        before = own.announced
        for name in names:
            users[name] = max(0, users.get(name, 0) + (1 if add else -1))
        changed = own.add(names) if add else own.remove(names)
        assert own.announced == minimal_filter(name for name, count in users.items() if count)
        assert changed == (own.announced != before)


@given(st.lists(st.text("ab/\U0001f600\ue000", max_size=4), max_size=40), st.text("ab/\U0001f600\ue000", max_size=6))
def test_the_index_finds_what_comparing_with_each_finds(prefixes: list[str], topic: str) -> None:
    index = PrefixIndex(tuple(prefixes))
    assert index.matches(topic) == any(topic[: len(prefix)] == prefix for prefix in prefixes)


def test_a_filter_of_the_greatest_length_costs_no_walk() -> None:
    """A peer may announce 65536 entries; walking them for every topic would cost a millisecond each."""
    index = PrefixIndex(tuple(f"/{number}/" for number in range(65536)))
    assert index.matches("/65535/x")
    assert not index.matches("/65536/x")
    assert not index.matches("")
