"""Options of a WebSocket server that cannot be."""

from __future__ import annotations

import pytest

from broker_core import ConfigurationError
from broker_core.runtime.web_options import WebServerOptions


def test_what_holds_without_options() -> None:
    options = WebServerOptions()
    assert (options.style, options.overflow) == ("broker", "disconnect")
    assert options.access.admit(None) is not None


@pytest.mark.parametrize(
    ("changes", "words"),
    [({"style": "caf"}, "style 'caf' is none of broker, zeek"), ({"overflow": "drop"}, "'drop' is none of block")],
)
def test_what_cannot_be_is_refused(changes: dict[str, str], words: str) -> None:
    with pytest.raises(ConfigurationError, match=words):
        WebServerOptions(**changes)
