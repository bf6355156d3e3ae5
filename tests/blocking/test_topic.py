"""Topics as objects, and what stands for one."""

from __future__ import annotations

import pytest
from hypothesis import given

from broker_core.blocking.topic import Topic, topic_text, topic_texts
from strategies import topics


# Rows that the C++ bindings 1.4.0 gave.
@pytest.mark.parametrize(
    ("one", "other", "joined"),
    [
        ("a", "b", "a/b"),
        ("/a/", "/b/", "/a//b"),
        ("a/", "b", "a//b"),
        ("", "b", "b"),
        ("a", "", "a"),
        ("/", "", ""),
        ("/", "/", "/"),
        ("", "", ""),
    ],
)
def test_joining(one, other, joined):
    assert (Topic(one) / Topic(other)).string() == joined
    assert (Topic(one) / other).string() == joined


def test_joining_in_place_leaves_the_first_one_alone():
    first = topic = Topic("a")
    topic /= Topic("b")
    assert (first, topic) == (Topic("a"), Topic("a/b"))


def test_what_is_no_topic_is_not_joined():
    with pytest.raises(TypeError):
        Topic("a") / 1


@given(topics())
def test_texts(text):
    topic = Topic(text)
    assert topic.string() == str(topic) == repr(topic) == text
    assert topic == Topic(text)
    assert hash(topic) == hash(Topic(text))
    assert topic != text
    assert topic_text(topic) == topic_text(text) == topic_text(text.encode("utf-8", "surrogateescape")) == text


@pytest.mark.parametrize("thing", [None, 5, ["/a"]])
def test_what_is_no_text(thing):
    with pytest.raises(TypeError, match="a topic is made from a str, not from "):
        Topic(thing)


@pytest.mark.parametrize(
    ("given_topics", "texts"),
    [
        ("/a", ["/a"]),
        (b"/a", ["/a"]),
        (Topic("/a"), ["/a"]),
        (["/a", Topic("/b")], ["/a", "/b"]),
        (("/a",), ["/a"]),
        ((text for text in ("/a", "/b")), ["/a", "/b"]),
        ([], []),
    ],
)
def test_one_topic_or_several(given_topics, texts):
    assert topic_texts(given_topics) == texts


@pytest.mark.parametrize("thing", [None, 5, ["/a", 5]])
def test_one_that_is_none(thing):
    with pytest.raises(TypeError, match=r"not from (int|NoneType)"):
        topic_texts(thing)
