"""Where an endpoint can be reached: a host, a port, and the protocol that is spoken there."""

from __future__ import annotations

import re
from typing import Literal, NamedTuple, get_args

from broker_core.errors import InvalidValue

__all__ = ["DEFAULT_PORTS", "WEB_PATH", "PeerAddress", "Transport", "split_address"]

Transport = Literal["broker", "ws", "wss"]
"""``broker``: Broker's own protocol. ``ws`` and ``wss``: WebSocket with JSON, plain and over TLS."""

DEFAULT_PORTS: dict[Transport, int] = {"broker": 9999, "ws": 27759, "wss": 27759}
"""``Broker::default_port``, and the port of Zeek's own WebSocket server."""

WEB_PATH = "/v1/messages/json"
"""The path of the WebSocket interface (spec websocket-json.md section 1)."""

_PORT = re.compile(r"[0-9]{1,10}")  # Python refuses to make numbers of thousands of digits


class PeerAddress(NamedTuple):
    """Where a peer listens."""

    host: str
    port: int
    transport: Transport = "broker"

    @classmethod
    def parse(cls, text: str) -> PeerAddress:
        """``host``, ``host:port``, ``:port`` (this machine), ``[::1]:port``; behind ``broker://``, ``ws://`` or ``wss://``.

        Raises :class:`InvalidValue` for anything else.
        """
        scheme, separator, rest = text.partition("://")
        if not separator:
            scheme, rest = "broker", text
        transport = next((one for one in get_args(Transport) if one == scheme), None)
        if transport is None:
            problem = f"{scheme}:// is not supported"
            raise InvalidValue(problem, hint="broker://HOST:PORT, ws://HOST:PORT or wss://HOST:PORT")
        rest = rest.removesuffix("/")
        if transport != "broker":
            rest = rest.removesuffix(WEB_PATH)
        host, port = split_address(rest, text)
        if port == 0:
            msg = f"'{text}' has port 0, which nobody can listen on"
            raise InvalidValue(msg)
        return cls(host or "127.0.0.1", DEFAULT_PORTS[transport] if port is None else port, transport)

    @property
    def host_and_port(self) -> str:
        """``host:port``, with an IPv6 address in brackets."""
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"

    def __str__(self) -> str:
        return self.host_and_port if self.transport == "broker" else f"{self.transport}://{self.host_and_port}"


def split_address(rest: str, text: str = "") -> tuple[str, int | None]:
    """Host ("" when there is none) and port (None when there is none) of ``[HOST][:PORT]``.

    *text* is what errors quote, if it is more than *rest*. Raises :class:`InvalidValue`.
    """
    text = text or rest
    if "@" in rest:  # not quoted: there may be a password in it
        problem = "an address has no user name and no password"
        raise InvalidValue(problem, hint="WebSocket servers ask for a token, which is an option of its own")
    if rest.startswith("["):
        host, bracket, tail = rest[1:].partition("]")
        port = tail.removeprefix(":")
        good = bool(bracket) and bool(host) and (not tail or tail.startswith(":")) and tail != ":"
    else:
        host, colon, port = rest.partition(":")
        good = bool(rest) and not set(host) & set("/[]@ ") and bool(port) == bool(colon)
        if ":" in port and "/" not in rest:
            problem = f"'{text}' is ambiguous"
            raise InvalidValue(problem, hint="put an IPv6 address in brackets: [::1]:9999")
    if not good or (port and not _PORT.fullmatch(port)) or int(port or 0) > 0xFFFF:
        problem = f"'{text}' is no address"
        raise InvalidValue(problem, hint="such as 192.0.2.1:9999, :9999 (this machine) or [::1]:9999")
    return host, int(port) if port else None
