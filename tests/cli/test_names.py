"""Names of events."""

from __future__ import annotations

import pytest

from broker_cli.names import is_event_name, is_plain_name


@pytest.mark.parametrize("name", ["ping", "Intel::match", "_x", "a::b::c", "set", "Zeek8"])
def test_names(name):
    assert is_event_name(name)


@pytest.mark.parametrize("name", ["", "5", "a b", "a:b", "a::", "::a", "ping(", "é", "a::5", "ping\n"])
def test_no_names(name):
    assert not is_event_name(name)
    assert not is_plain_name(name)


@pytest.mark.parametrize("name", ["set", "table", "vector", "enum", "string"])
def test_what_starts_a_literal_is_not_plain(name):
    assert not is_plain_name(name)
    assert is_plain_name(f"{name}s")
