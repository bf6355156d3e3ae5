"""Which topics are carried, and what they are called on the other side."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broker_cli.exit_codes import ExitCode, Failure
from broker_cli.relaying.rules import MAX_REMEMBERED, Rules, parse_map, parse_prefix


def ways(**rules) -> tuple:
    """The topics of both directions."""
    made = Rules(**rules)
    return made.topics("a"), made.topics("b")


def test_both_ways():
    forth, back = ways(both=("/x",))
    assert forth.wanted == back.wanted == ("/x",)
    assert forth.renamed("/x/1") == back.renamed("/x/1") == "/x/1"
    assert forth.renamed("/y") is None


def test_each_way_has_its_own():
    forth, back = ways(both=("/c",), from_a=("/a",), from_b=("/b",))
    assert set(forth.wanted) == {"/a", "/c"}
    assert set(back.wanted) == {"/b", "/c"}
    assert forth.renamed("/b") is back.renamed("/a") is None
    assert forth.renamed("/a") == "/a"
    assert back.renamed("/b") == "/b"


def test_one_way():
    forth, back = ways(both=("/x",), one_way=True)
    assert forth.wanted == ("/x",)
    assert back.wanted == ()
    assert back.renamed("/x") is None


def test_everything_but():
    forth, back = ways(both=("",), exclude=("/secret", "/x/y"))
    assert forth.wanted == ("",)
    assert [forth.renamed(topic) for topic in ("/a", "/secret/1", "/secrets", "/x", "/x/y")] == [
        "/a", None, None, "/x", None,
    ]  # fmt: skip
    assert back.renamed("/secret") is None


def test_renaming_there_and_back():
    forth, back = ways(both=("zeek/",), maps=(("zeek/", "site/zeek/"),))
    assert forth.wanted == ("zeek/",)
    assert back.wanted == ("site/zeek/",)
    assert forth.renamed("zeek/x") == "site/zeek/x"
    assert back.renamed("site/zeek/x") == "zeek/x"
    assert back.renamed("zeek/x") is None


def test_a_renamed_part_of_what_is_carried():
    forth, back = ways(both=("/",), maps=(("/a/", "/b/"),))
    assert back.wanted == ("/",)
    assert forth.renamed("/a/1") == "/b/1"
    assert back.renamed("/b/1") == "/a/1"
    assert forth.renamed("/c") == back.renamed("/c") == "/c"
    assert back.renamed("/a/1") is None  # at A that would be something else
    assert forth.renamed("/b/1") is None  # and at B


def test_two_topics_may_become_one_where_nothing_comes_back():
    forth, _ = ways(both=("/",), maps=(("/a/", "/b/"),), one_way=True)
    assert forth.renamed("/a/1") == forth.renamed("/b/1") == "/b/1"


def test_part_of_what_is_renamed():
    forth, back = ways(both=("/a/1/",), maps=(("/a/", "x/"),))
    assert back.wanted == ("x/1/",)
    assert forth.renamed("/a/1/z") == "x/1/z"
    assert forth.renamed("/a/2") is None
    assert back.renamed("x/1/z") == "/a/1/z"
    assert back.renamed("x/2/z") is None


def test_the_longest_prefix_counts():
    forth, back = ways(both=("",), maps=(("/a/", "/b/"), ("/a/a/", "/c/")))
    assert forth.renamed("/a/a/1") == "/c/1"
    assert forth.renamed("/a/1") == "/b/1"
    assert back.renamed("/c/1") == "/a/a/1"


def test_a_prefix_for_all_and_none_at_all():
    forth, back = ways(both=("",), maps=(("", "site/"),))
    assert forth.renamed("/a") == "site//a"
    assert back.wanted == ("site/",)
    assert back.renamed("site//a") == "/a"
    assert back.renamed("site/") is None  # nothing would be left of it
    forth, back = ways(both=("site/",), maps=(("site/", ""),))
    assert forth.renamed("site/x") == "x"
    assert back.wanted == ("",)
    assert back.renamed("x") == "site/x"


def test_names_of_the_side_where_a_message_comes_from():
    _, back = ways(from_b=("/b/",), maps=(("/a/", "/b/"),))
    assert back.wanted == ("/b/",)
    assert back.renamed("/b/1") == "/a/1"


def test_a_name_that_becomes_too_long_is_not_carried():
    forth, _ = ways(both=("",), maps=(("/a", "x" * 65_000),))
    assert forth.renamed("/a") is not None
    assert forth.renamed("/a" + "y" * 536) is None


def test_the_memory_of_names_is_bounded():
    forth, _ = ways(both=("",))
    for number in range(2 * MAX_REMEMBERED + 1):
        assert forth.renamed(f"/{number}") == f"/{number}"
        assert len(forth._known) <= MAX_REMEMBERED


@pytest.mark.parametrize(
    ("rules", "message"),
    [
        ({}, "no topics given"),
        ({"exclude": ("/x",)}, "no topics given"),
        ({"from_b": ("/x",), "one_way": True}, "--one-way is from A to B"),
        ({"both": ("",), "maps": (("/a", "/b"), ("/a", "/c"))}, "'/a' is there twice for A"),
        ({"both": ("",), "maps": (("/a", "/c"), ("/b", "/c"))}, "'/c' is there twice for B"),
        ({"both": ("",), "maps": (("/a", "/c"), ("/b", "/c/d"))}, "the way back is not clear"),
    ],
)
def test_what_does_not_go_together(rules, message):
    with pytest.raises(Failure, match=message) as caught:
        Rules(**rules)
    assert caught.value.code is ExitCode.USAGE


def test_one_way_needs_no_way_back():
    forth, _ = ways(both=("",), maps=(("/a", "/c"), ("/b", "/c/d")), one_way=True)
    assert forth.renamed("/b") == "/c/d"


@pytest.mark.parametrize("text", ["", "/a", "=", "/a=/a"])
def test_what_is_no_map(text):
    with pytest.raises(Failure, match="is not A=B"):
        parse_map(text)


def test_maps():
    assert parse_map("/a=/b") == ("/a", "/b")
    assert parse_map("=/b=c") == ("", "/b=c")
    assert parse_map("/a=") == ("/a", "")


def test_a_prefix_that_is_no_topic():
    assert parse_prefix("--topic", "") == ""
    with pytest.raises(Failure, match="--topic: "):
        parse_prefix("--topic", "x" * 70_000)


PREFIXES = st.text("ab/", max_size=3)


@given(
    st.lists(PREFIXES, min_size=1, max_size=2),
    st.lists(st.tuples(PREFIXES, PREFIXES), max_size=2),
    st.text("ab/", min_size=1, max_size=6),
)
def test_what_went_to_b_has_its_way_back_and_both_sides_subscribe_to_it(both, maps, topic):
    try:
        forth, back = ways(both=tuple(both), maps=tuple(pair for pair in maps if pair[0] != pair[1]))
    except Failure:
        return
    name = forth.renamed(topic)
    if name is not None:
        assert topic.startswith(forth.wanted)
        assert name.startswith(back.wanted)
        assert back.renamed(name) == topic
    home = back.renamed(topic)
    if home is not None:
        assert topic.startswith(back.wanted)
        assert home.startswith(tuple(both))
        assert forth.renamed(home) == topic
