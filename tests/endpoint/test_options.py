"""Options of an endpoint."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from broker_core import (
    ConfigurationError,
    EndpointOptions,
    Limits,
)

if TYPE_CHECKING:
    pass


@pytest.mark.parametrize("bad", [{"ttl": 0}, {"ttl": 65536}, {"tls": "yes"}, {"peer_overflow": "lose"}])
def test_bad_options_are_refused(bad: dict[str, Any]) -> None:
    with pytest.raises(ConfigurationError):
        EndpointOptions(**bad)
    with pytest.raises(ValueError, match=r"limits\.max_depth must be above 0"):
        Limits(max_depth=0)


@pytest.mark.parametrize("token", ["", "two words", "line\n", "ümlaut"])
def test_a_token_that_no_header_carries(token: str) -> None:
    with pytest.raises(ConfigurationError, match="no HTTP header can carry") as caught:
        EndpointOptions(token=token)
    assert not token or token not in str(caught.value)


def test_an_application_name_that_zeek_would_refuse() -> None:
    with pytest.raises(ConfigurationError, match="application name 'my app'"):
        EndpointOptions(application="my app")
    assert EndpointOptions(application="").application == ""


def test_secrets_do_not_show() -> None:
    assert "s3cret" not in repr(EndpointOptions(token="s3cret"))
