"""URLs of status documents, as ``broker status`` takes them."""

from __future__ import annotations

from typing import NamedTuple
from urllib.parse import urlsplit

from .parsing import refuse

__all__ = ["StatusUrl", "is_url"]

_STATUS_PATH = "/v1/status/json"
_DEFAULT_PORTS = {"http": 80, "https": 443}


class StatusUrl(NamedTuple):
    """Where a status document is."""

    scheme: str
    host: str
    port: int
    target: str

    @classmethod
    def parse(cls, text: str) -> StatusUrl:
        """``http://[HOST][:PORT]`` with a path or without, or ``https://``; no host is this machine.

        Anything else is a usage error.
        """
        try:
            parts = urlsplit(text)
            host, port = parts.hostname, parts.port
            if host is None and port is not None and "@" not in parts.netloc:
                host = "127.0.0.1"
        except ValueError as error:
            refuse(f"'{text}' is no URL: {error}")
        if not host or not text.isprintable() or " " in text:
            refuse(f"'{text}' is no URL", "such as http://127.0.0.1:9990")
        if "@" in parts.netloc:
            refuse("a URL with a user name is not supported", "everybody on this machine could read the password")
        target = parts.path if parts.path not in {"", "/"} else _STATUS_PATH
        if not target.isascii():
            refuse(f"'{text}' is no URL", "characters that are not ASCII are written as %HH")
        return cls(parts.scheme, host, _DEFAULT_PORTS[parts.scheme] if port is None else port, target)

    @property
    def authority(self) -> str:
        """Host and port as the Host header has them."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _DEFAULT_PORTS[self.scheme] else f"{host}:{self.port}"

    def __str__(self) -> str:
        path = "" if self.target == _STATUS_PATH else self.target
        return f"{self.scheme}://{self.authority}{path}"


def is_url(text: str) -> bool:
    """Whether *text* is meant as a URL of a status document."""
    return text.startswith(("http://", "https://"))
