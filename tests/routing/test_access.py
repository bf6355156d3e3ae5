"""Tokens and topic rules of WebSocket servers."""

from __future__ import annotations

import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broker_core import ConfigurationError
from broker_core.routing.access import WebAccess, WebUser

READER = WebUser(name="reader", token="r-secret", publish=(), subscribe=("zeek/logs/", "/x"))
WRITER = WebUser(name="writer", token="w-secret", publish=("zeek/control/",))


def test_by_default_everybody_may_do_everything() -> None:
    access = WebAccess()
    user = access.admit(None)
    assert user is not None
    assert user.may_publish("zeek/anything")
    assert user.may_subscribe("")
    assert not access.asks_for_token


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("Bearer r-secret", READER),
        ("bearer  r-secret ", READER),
        ("Bearer w-secret", WRITER),
        ("Bearer wrong", None),
        ("Bearer ", None),
        ("Bearer r-secre", None),
        ("Basic r-secret", None),
        ("r-secret", None),
        ("", None),
        ("Bearer \udcff", None),
        (None, None),
    ],
)
def test_a_token_says_who_it_is(header: str | None, expected: WebUser | None) -> None:
    access = WebAccess(users=(READER, WRITER))
    assert access.admit(header) is expected
    assert access.asks_for_token


def test_a_wrong_token_does_not_become_a_guest() -> None:
    guest = WebUser(name="guest", publish=())
    access = WebAccess(users=(READER, guest))
    assert access.admit(None) is guest
    assert access.admit("Bearer wrong") is None


@pytest.mark.parametrize(
    ("prefix", "allowed"),
    [("zeek/logs/", True), ("zeek/logs/conn", True), ("zeek/log", False), ("zeek/", False), ("", False), ("/x", True)],
)
def test_a_subscription_must_lie_within_what_is_open(prefix: str, allowed: bool) -> None:
    assert READER.may_subscribe(prefix) is allowed


def test_publishing_has_rules_of_its_own() -> None:
    assert not READER.may_publish("zeek/logs/conn")
    assert WRITER.may_publish("zeek/control/x")
    assert not WRITER.may_publish("zeek/controlx")


@given(st.text(), st.lists(st.text()).map(tuple))
def test_whoever_may_subscribe_gets_only_what_is_open(prefix: str, allowed: tuple[str, ...]) -> None:
    user = WebUser(subscribe=allowed)
    assert user.may_subscribe(prefix) == any(prefix[: len(one)] == one for one in allowed)


@pytest.mark.parametrize("token", ["", "two words", "line\n", "ümlaut", "\x7f"])
def test_tokens_that_no_header_carries(token: str) -> None:
    with pytest.raises(ConfigurationError, match="token of spy"):
        WebUser(name="spy", token=token)


def test_two_users_cannot_share_a_token() -> None:
    with pytest.raises(ConfigurationError, match="a token of its own"):
        WebAccess(users=(WebUser(name="a"), WebUser(name="b")))
    with pytest.raises(ConfigurationError, match="one at the least"):
        WebAccess(users=())


def test_browsers_come_from_named_pages_only() -> None:
    assert WebAccess().takes_origin(None)
    assert not WebAccess().takes_origin("https://evil.example")
    assert not WebAccess().takes_origin("null")
    assert WebAccess(origins=("https://good.example",)).takes_origin("https://GOOD.example")
    assert WebAccess(origins=("*",)).takes_origin("https://any.example")


def test_secrets_do_not_show() -> None:
    assert "r-secret" not in repr(READER) + str(READER) + repr(WebAccess(users=(READER,)))
    assert pickle.loads(pickle.dumps(READER)) == READER
