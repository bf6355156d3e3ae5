"""Topics and filters (manual 2.2.1, spec data-model.md section 8)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broker_core.errors import InvalidValue
from broker_core.model.topics import (
    CLONE_SUFFIX,
    CONTROL_TOPIC,
    ERRORS_TOPIC,
    LOCAL_PREFIX,
    MASTER_SUFFIX,
    STATUSES_TOPIC,
    check_topic,
    join_topics,
    minimal_filter,
    split_topic,
    store_of,
    topic_from_bytes,
    topic_matches,
    topic_to_bytes,
)
from strategies import topics


def test_reserved_topics() -> None:
    assert all(topic.startswith(CONTROL_TOPIC) for topic in (MASTER_SUFFIX, CLONE_SUFFIX, LOCAL_PREFIX))
    assert ERRORS_TOPIC.startswith(LOCAL_PREFIX)
    assert STATUSES_TOPIC.startswith(LOCAL_PREFIX)


@given(topics())
def test_bytes_and_back(topic: str) -> None:
    assert topic_from_bytes(topic_to_bytes(topic)) == topic
    assert check_topic(topic) is topic


def test_what_cannot_be_sent() -> None:
    with pytest.raises(InvalidValue, match="empty"):
        check_topic("")
    assert check_topic("", empty=True) == ""
    with pytest.raises(InvalidValue, match="is a str, not bytes"):
        check_topic(b"/a")  # type: ignore[arg-type]
    with pytest.raises(InvalidValue, match="lone surrogate at 1"):
        check_topic("a\ud800")
    assert check_topic("x" * 65535)
    with pytest.raises(InvalidValue, match="65536 bytes"):
        check_topic("x" * 65536)
    with pytest.raises(InvalidValue, match="65536 bytes"):
        check_topic("é" * 32768)


@pytest.mark.parametrize(
    ("prefix", "topic", "matches"),
    [
        ("/foo", "/foo", True),
        ("/foo", "/foo/bar", True),
        ("/foo", "/foobar", True),
        ("", "/x", True),
        ("/foo", "/fo", False),
    ],
)
def test_subscriptions_are_plain_prefixes(prefix: str, topic: str, matches: bool) -> None:
    assert topic_matches(prefix, topic) is matches


@pytest.mark.parametrize(
    ("one", "other", "joined"),
    [
        ("a", "b", "a/b"),
        ("/a", "/b", "/a/b"),
        ("a/", "b", "a//b"),
        ("", "b", "b"),
        ("a", "", "a"),
        ("a/", "", "a"),
        ("a", "b/", "a/b"),
        ("a", "b//", "a/b/"),
        ("", "/", ""),
        ("", "", ""),
    ],
)
def test_join(one: str, other: str, joined: str) -> None:
    assert join_topics(one, other) == joined


@pytest.mark.parametrize(("topic", "parts"), [("/a//b/", ["a", "b"]), ("", []), ("/", []), ("a", ["a"])])
def test_split(topic: str, parts: list[str]) -> None:
    assert split_topic(topic) == parts


@pytest.mark.parametrize(
    ("prefixes", "kept"),
    [
        (["/b/c", "/a"], ("/a", "/b/c")),
        (["/a", "/a"], ("/a",)),
        (["/a/b", "/a", "/ab"], ("/a",)),
        (["/b", "", "/a"], ("",)),
        (["/a/x", "/a/y"], ("/a/x", "/a/y")),
        (["/é", "/z"], ("/z", "/é")),
        ([], ()),
    ],
)
def test_minimal_filter(prefixes: list[str], kept: tuple[str, ...]) -> None:
    assert minimal_filter(prefixes) == kept


@given(st.lists(st.text("/ab", max_size=4), max_size=8), st.text("/ab", max_size=6))
def test_minimal_filter_matches_the_same(prefixes: list[str], topic: str) -> None:
    kept = minimal_filter(prefixes)
    assert any(topic_matches(prefix, topic) for prefix in kept) == any(topic_matches(p, topic) for p in prefixes)
    assert list(kept) == sorted(kept)
    assert not any(one != other and topic_matches(one, other) for one in kept for other in kept)


def test_topics_of_stores() -> None:
    assert store_of("scan_hosts/<$>/data/master") == ("scan_hosts", "master")
    assert store_of("a/b/<$>/data/clone") == ("a/b", "clone")
    for topic in ("/a", MASTER_SUFFIX, "x<$>/data/master", "x/<$>/data/other"):
        assert store_of(topic) is None
