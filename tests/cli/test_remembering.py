"""What is kept for completion: little, privately, and never at the cost of the command."""

from __future__ import annotations

import io
import json
import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broker_cli import remembering
from broker_cli.context import Context
from broker_cli.remembering import (
    LONGEST,
    MOST_FILTERS,
    MOST_PEERS,
    MOST_STORES,
    MOST_TOPICS,
    Memory,
    can_offer,
    learnt,
    recall,
    remember,
)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "state" / "last.json"


def context(verbosity: int = 0, **environ) -> Context:
    return Context(
        stderr=io.StringIO(), environ=environ, stdout_is_terminal=False, stderr_is_terminal=False, verbosity=verbosity
    )


def test_the_latest_comes_first_and_nothing_twice(path):
    here = context(BROKER_STATE=str(path))
    remember(here, Memory(("/a", "/b"), ("db",), ("h:1",)))
    remember(here, Memory(("/c", "/b"), (), ("h:2",)))
    assert recall(here.environ) == Memory(("/c", "/b", "/a"), ("db",), ("h:2", "h:1"))
    assert json.loads(path.read_text())["v"] == 1


def test_it_is_for_the_user_only(path):
    remember(context(BROKER_STATE=str(path)), Memory(("/a",)))
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700


def test_what_changes_nothing_writes_nothing(path):
    here = context(BROKER_STATE=str(path))
    remember(here, Memory(("/a",)))
    before = path.stat().st_ino
    remember(here, Memory(("/a",)))
    remember(here, Memory())
    assert path.stat().st_ino == before
    remember(here, Memory(("/b",)))
    assert path.stat().st_ino != before


@pytest.mark.parametrize(("field", "most"), [("topics", MOST_TOPICS), ("stores", MOST_STORES), ("peers", MOST_PEERS)])
def test_there_is_a_bound(path, field, most):
    here = context(BROKER_STATE=str(path))
    remember(here, Memory(**{field: tuple(f"x{number}" for number in range(most))}))
    assert len(getattr(recall(here.environ), field)) == most
    remember(here, Memory(**{field: ("new",)}))
    found = getattr(recall(here.environ), field)
    assert (len(found), found[0], found[-1]) == (most, "new", f"x{most - 2}")


@pytest.mark.parametrize(
    ("text", "good"),
    [
        ("/a b", True),
        ("ü" * LONGEST, True),
        ("a" * (LONGEST + 1), False),
        ("", False),
        ("a\nb", False),
        ("a\tb", False),
        ("\x1b[2J", False),
        ("\x9b", False),
        ("\udcff", False),
        ("a\u2028b", False),
        ("a\u202eb", False),
        (5, False),
    ],
)
def test_what_can_be_offered(text, good):
    assert can_offer(text) is good


def test_what_is_learnt_of_a_connection():
    filters = ["zeek/a", "db/<$>/data/master", "x/y/<$>/data/clone", "<$>/local/data/errors", "", "zeek/\x1b"]
    filters.append("zeek.cluster.nodeid.n.")
    found = learnt(["/mine", "<$>/x"], filters, ["h:1"])
    assert found == Memory(("/mine", "zeek/a"), ("db", "x/y"), ("h:1",))


def test_very_long_filters_are_not_read_to_the_end():
    filters = (f"{number}/<$>/data/master" if number % 2 == 0 else f"{number}" for number in range(10**9))
    assert learnt([], filters, []).topics[0] == "1"
    assert next(filters).startswith(str(MOST_FILTERS))


@pytest.mark.parametrize("environ", [{}, {"BROKER_STATE": "off", "HOME": "{home}"}, {"XDG_STATE_HOME": "relative"}])
def test_nothing_is_kept_where_there_is_no_place(tmp_path, environ):
    here = context(**{name: value.format(home=tmp_path) for name, value in environ.items()})
    remember(here, Memory(("/a",)))
    assert recall(here.environ) == Memory()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("environ", "expected"),
    [
        ({"HOME": "{home}"}, ".local/state/broker/last.json"),
        ({"HOME": "/", "XDG_STATE_HOME": "{home}/s"}, "s/broker/last.json"),
    ],
)
def test_the_usual_places(tmp_path, environ, expected):
    here = context(**{name: value.format(home=tmp_path) for name, value in environ.items()})
    remember(here, Memory(("/a",)))
    assert (tmp_path / expected).exists()
    assert recall(here.environ).topics == ("/a",)


@pytest.mark.parametrize(
    ("text", "kept"), [("state = false\n", False), ("state = true\n", True), ("", True), ("[", False)]
)
def test_the_file_with_profiles_can_forbid_it(tmp_path, text, kept):
    (tmp_path / "config.toml").write_text(text)
    here = context(HOME=str(tmp_path), BROKER_CONFIG=str(tmp_path / "config.toml"))
    remember(here, Memory(("/a",)))
    assert (tmp_path / ".local").exists() is kept


def test_root_leaves_no_files_with_others(tmp_path, monkeypatch):
    monkeypatch.setattr(remembering.os, "geteuid", lambda: os.getuid() + 1)
    remember(context(HOME=str(tmp_path)), Memory(("/a",)))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("place", ["/proc/none/x", "{folder}"])
def test_what_cannot_be_written_is_told_only_to_who_asks(tmp_path, place):
    environ = {"BROKER_STATE": place.format(folder=tmp_path)}
    for verbosity, expected in ((0, ""), (1, "completion will know less\n")):
        here = context(verbosity, **environ)
        remember(here, Memory(("/a",)))
        assert here.stderr.getvalue().endswith(expected)
        assert bool(here.stderr.getvalue()) is bool(expected)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff",
        b"[]",
        b"null",
        b'{"topics": 5}',
        b'{"topics": [5, null, {}, "\\u001b", "\\ud800"]}',
        b"[" * 100_000,
        b'{"topics": ["/a"',
    ],
)
def test_a_spoilt_file_is_as_none(path, content):
    path.parent.mkdir()
    path.write_bytes(content)
    here = context(BROKER_STATE=str(path))
    assert recall(here.environ) == Memory()
    remember(here, Memory(("/a",)))
    assert recall(here.environ) == Memory(("/a",))


@given(st.lists(st.text(max_size=300), max_size=300), st.lists(st.text(max_size=10), max_size=200))
def test_whatever_peers_send_it_can_be_read_back_within_bounds(topics, peers):
    found = learnt(topics, topics, peers)
    assert len(found.topics) <= MOST_TOPICS
    assert len(found.peers) <= MOST_PEERS
    assert all(map(can_offer, [*found.topics, *found.stores, *found.peers]))
    assert not any(topic.startswith("<$>") for topic in found.topics)


async def test_a_session_is_remembered(run, hub, path):
    async with hub() as here, await here.endpoint.attach_master("db"):
        here.endpoint.make_subscriber(["/theirs", "/$(x)"])
        result = await run("peer", here.peer, env={"BROKER_STATE": str(path)})
        assert result.code == 0
    found = recall({"BROKER_STATE": str(path)})
    assert set(found.topics) == {"/theirs", "/$(x)"}
    assert (found.stores, found.peers) == (("db",), (here.peer,))


async def test_so_is_one_that_did_not_find_what_it_looked_for(run, hub, path):
    """The next attempt can take the right topic from completion."""
    async with hub() as here:
        here.endpoint.make_subscriber(["/theirs"])
        result = await run("sub", "-p", here.peer, "/wrong", "--timeout", "10ms", env={"BROKER_STATE": str(path)})
        assert result.code == 4
    assert recall({"BROKER_STATE": str(path)}).topics == ("/wrong", "/theirs")


async def test_without_a_connection_there_is_nothing_to_remember(run, path):
    assert (await run("sub", "-p", "127.0.0.1:1", "/x", env={"BROKER_STATE": str(path)})).code == 5
    assert not path.exists()


async def test_what_is_published_is_remembered_in_front(run, hub, path):
    async with hub() as here:
        here.endpoint.make_subscriber(["/theirs"])
        assert (await run("pub", "-p", here.peer, "/mine", "x", env={"BROKER_STATE": str(path)})).code == 0
    assert recall({"BROKER_STATE": str(path)}).topics == ("/mine", "/theirs")
