"""URLs of status documents."""

from __future__ import annotations

import pytest

from broker_cli.exit_codes import Failure
from broker_cli.status_urls import StatusUrl, is_url


@pytest.mark.parametrize(
    ("text", "parts", "shown"),
    [
        ("http://:9990", ("http", "127.0.0.1", 9990, "/v1/status/json"), "http://127.0.0.1:9990"),
        ("http://h:1", ("http", "h", 1, "/v1/status/json"), "http://h:1"),
        ("http://H/", ("http", "h", 80, "/v1/status/json"), "http://h"),
        ("https://h:443/v1/status/json", ("https", "h", 443, "/v1/status/json"), "https://h"),
        ("http://[::1]:9990/x?y#z", ("http", "::1", 9990, "/x"), "http://[::1]:9990/x"),
    ],
)
def test_urls(text, parts, shown):
    assert is_url(text)
    url = StatusUrl.parse(text)
    assert tuple(url) == parts
    assert str(url) == shown


@pytest.mark.parametrize(
    "text",
    [
        "http://",
        "http://:",
        "http://h:x",
        "http://h:99999",
        "http://a b",
        "http://h/é",
        "http://u@h",
        "http://h/\x1b",
    ],
)
def test_what_is_no_url(text):
    with pytest.raises(Failure):
        StatusUrl.parse(text)


@pytest.mark.parametrize("text", ["h:1", ":1", "ws://h", "broker://h", "http:/h", "HTTP://h"])
def test_what_is_not_meant_as_a_url(text):
    assert not is_url(text)
