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
